import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** The reason why output has ended. */
export class OutputGone extends Error {
  override readonly name = 'OutputGone'
  /** 0 if the reader closed the pipe, as `head` does; otherwise 1. */
  readonly exitCode: 0 | 1

  constructor({ code, message }: NodeJS.ErrnoException) {
    super(`cannot write to standard output: ${code === 'ENOSPC' ? 'the disk is full' : message}`)
    this.exitCode = code === 'EPIPE' ? 0 : 1
  }
}

/** An output stream. An error of the stream is thrown by the next print, so that the work can still clean up or write its files. */
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

  /** Waits until everything is written. @returns the reason if it cannot be */
  async end(): Promise<OutputGone | null> {
    if (this.#gone === null) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
    return this.#gone
  }
}
