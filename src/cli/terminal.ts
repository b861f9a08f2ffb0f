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
 * A terminal that shows what is printed and nothing else: ids, headers and file names may hold characters that move the cursor or turn the direction of
 * writing. They arrive as `\u` and four digits; in JSON these stand for the same strings.
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

/** The result of `work`, or the abort's reason as soon as it comes: for work that cannot be cancelled and leaves nothing behind. */
export async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    // In a race even work that nobody waits for has somebody to fail to.
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Runs work under a progress bar, drawn on the standard error when that is a terminal, and gone when the work ends.
 *
 * @param work gets the options that let the library report progress and notice an interruption
 * @param what the library counts
 * @param expectedSeconds of all of it, where they are known
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
    // A function that solves several problems begins again with each.
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
