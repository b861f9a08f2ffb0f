import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Why nothing can be printed any more. */
export class OutputGone extends Error {
  override readonly name = 'OutputGone'
  /** A reader such as `head` that has seen enough is no failure: 0. Anything else is: 1. */
  readonly exitCode: 0 | 1

  constructor({ code, message }: NodeJS.ErrnoException) {
    super(`cannot write to standard output: ${code === 'ENOSPC' ? 'the disk is full' : message}`)
    this.exitCode = code === 'EPIPE' ? 0 : 1
  }
}

/** A stream to print to. What cannot be printed ends the work by the next print, so that the work can still clean up or write its files. */
export class StandardOutput {
  readonly #stream: Writable
  #gone: OutputGone | null = null

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('error', (error) => (this.#gone ??= new OutputGone(error)))
  }

  /** Resolves when there is room for more. @throws {OutputGone} */
  async print(text: string): Promise<void> {
    if (this.#gone !== null) throw this.#gone
    if (this.#stream.write(text)) return
    try {
      await once(this.#stream, 'drain')
    } catch (error) {
      throw this.#gone ?? error
    }
  }

  /** When all is out that was printed. @returns why it is not */
  async end(): Promise<OutputGone | null> {
    if (this.#gone === null) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
    return this.#gone
  }
}
