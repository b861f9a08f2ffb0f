import { write } from 'node:fs'
import { Writable } from 'node:stream'

/** How long a pipe that is full is left alone. */
const PAUSE_MS = 5

/** Writes into something that is open already, wherever it stands, and leaves it open. */
export class DescriptorSink extends Writable {
  readonly #descriptor: number

  constructor(descriptor: number) {
    super({ decodeStrings: true })
    this.#descriptor = descriptor
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    write(this.#descriptor, chunk, (error, written) => {
      const rest = chunk.subarray(error === null ? written : 0)
      // A pipe of ours may be one that does not wait for its reader.
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(rest, _encoding, done), PAUSE_MS)
      else if (error === null && rest.length > 0) this._write(rest, _encoding, done)
      else done(error)
    })
  }
}
