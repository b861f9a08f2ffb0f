import { Presets, SingleBar } from 'cli-progress'
import { printableLines } from '../advanced.ts'
import type { CallOptions } from '../index.ts'
import { secondsLeft, timeLeft } from './time-left.ts'

/** The environment of a command: its output, and cancelling. */
export interface Terminal {
  /** Text for the standard output; resolves when there is room for more. */
  print(text: string): Promise<void>
  /** Text for the standard error. */
  warn(text: string): void
  /** Where progress bars are drawn; `null` without a terminal. */
  readonly bars: NodeJS.WriteStream | null
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal
}

/**
 * A terminal that escapes unsafe characters: ids, headers and file names may contain characters that move the cursor or change the direction of
 * writing. They are printed as `\u` and four digits, which in JSON stand for the same strings.
 */
export function safeTerminal({ bars, signal, ...terminal }: Terminal): Terminal {
  return {
    print: (text) => terminal.print(printableLines(text)),
    warn: (text) => terminal.warn(printableLines(text)),
    bars,
    signal,
  }
}

/** The reason of an abort by a signal of the system. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** 128 and the signal's number, as shells count. */
  readonly exitCode: number

  constructor(signalNumber: number) {
    super('interrupted')
    this.exitCode = 128 + signalNumber
  }
}

/** The result of `work`, or the reason of an abort as soon as it comes: for work that cannot be cancelled and needs no clean-up. */
export async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    // The race handles a later rejection of `work`.
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Runs work under a progress bar, drawn on the standard error when that is a terminal, and gone when the work ends.
 *
 * @param work gets options for progress and cancelling
 * @param what unit of the progress
 * @param expectedSeconds expected time of the whole work, if known
 */
export async function withProgress<Result>(
  title: string,
  { bars, signal }: Terminal,
  work: (watch: CallOptions) => Promise<Result>,
  what = 'users',
  expectedSeconds?: number,
): Promise<Result> {
  if (bars === null) return work({ signal })
  const format = `${title} {bar} {percentage}% of {total} ${what}, {left} left`
  const progress = new SingleBar(
    { stream: bars, format, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  )
  let started = false
  const began = performance.now()
  const onProgress: CallOptions['onProgress'] = ({ done, total }) => {
    const elapsed = (performance.now() - began) / 1000
    const left = timeLeft(secondsLeft(total === 0 ? 1 : done / total, elapsed, expectedSeconds))
    // Functions that solve several problems restart the progress with each.
    if (started) progress.setTotal(total)
    if (started) return progress.update(done, { left })
    started = true
    progress.start(total, done, { left })
  }
  try {
    return await work({ signal, onProgress })
  } finally {
    if (started) progress.stop()
  }
}
