import { Presets, SingleBar } from 'cli-progress'
import type { CallOptions } from '../index.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs work under a progress bar, drawn on the standard error when that is a terminal, and gone when the work ends.
 *
 * @param work gets the options that let the library report progress and notice an interruption
 * @param what the library counts
 */
export async function withProgress<Result>(
  title: string,
  { bars, signal }: Terminal,
  work: (watch: CallOptions) => Promise<Result>,
  what = 'users',
): Promise<Result> {
  if (bars === null) return work({ signal })
  const format = `${title} {bar} {percentage}% of {total} ${what}, {eta_formatted} left`
  const progress = new SingleBar(
    { stream: bars, format, clearOnComplete: true, hideCursor: true, etaBuffer: 100 },
    Presets.shades_classic,
  )
  let started = false
  const onProgress: CallOptions['onProgress'] = ({ done, total }) => {
    // A function that solves several problems begins again with each.
    if (started) progress.setTotal(total)
    if (started) return progress.update(done)
    started = true
    progress.start(total, done)
  }
  try {
    return await work({ signal, onProgress })
  } finally {
    if (started) progress.stop()
  }
}
