import { watched } from '../run/watched.ts'
import type { Signals } from '../data/signal-rules.ts'
import type { Source } from '../network/network.ts'
import type { Executor } from '../run/executor.ts'
import type { Watch } from '../run/protocol.ts'
import { runSearchAsync } from './run-search.ts'
import { isRefusal } from './trial-error.ts'
import { resolveTune, type TunableName, type TuneOptions } from './tune-options.ts'
import { TuningRun, type Tuning } from './tune.ts'

/** How the matrix of an engine was made; candidates are judged on one that was made so too. */
export interface OwnReading {
  readonly weighted: boolean
  readonly signals: Signals | null
  readonly memoryLimitBytes: number
}

/** As `tune`, on threads that an executor lends; progress counts trials. */
export async function tuneOnThreads<Name extends TunableName>(
  host: Executor,
  source: Source,
  { memoryLimitBytes, ...reading }: OwnReading,
  options: TuneOptions<Name> | undefined,
  watch?: Watch,
): Promise<Tuning<Name>> {
  const { signal, onProgress } = watched('tune', watch)
  signal?.throwIfAborted()
  // What ratings and evidence are is a matter of their own.
  const own = options?.method === 'predictRatings' ? { memoryLimitBytes } : { memoryLimitBytes, ...reading }
  const resolved = resolveTune('tune', { ...own, ...options })
  const run = await host.runBeside(TuningRun.open('tune', source, resolved), { signal })
  const goOn = (done: number, total: number): boolean => {
    onProgress?.({ done, total })
    return true
  }
  const found = await runSearchAsync(
    run.searching(goOn),
    ({ options: point, resource }) => host.runBeside(run.judge(point, resource), { signal }),
    isRefusal,
    signal,
  )
  return run.report(found) as Tuning<Name>
}
