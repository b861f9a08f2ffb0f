/** Chunks of any length as pieces of the lengths that are asked for. */
export class Pieces {
  readonly #chunks: AsyncGenerator<Buffer>
  /** What was read and not taken. */
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(chunks: AsyncGenerator<Buffer>) {
    this.#chunks = chunks
  }

  /** A copy; memory is taken for bytes that are there, not for those that were announced. */
  async take(bytes: number): Promise<Uint8Array> {
    while (this.#heldBytes < bytes) {
      const chunk = await this.#chunks.next()
      if (chunk.done === true) break
      this.#held.push(chunk.value)
      this.#heldBytes += chunk.value.length
    }
    const piece = new Uint8Array(Math.min(bytes, this.#heldBytes))
    let [at, used] = [0, 0]
    while (at < piece.length) {
      const chunk = this.#held[used]
      const part = chunk.subarray(0, piece.length - at)
      piece.set(part, at)
      at += part.length
      if (part.length === chunk.length) used++
      else this.#held[used] = chunk.subarray(part.length)
    }
    this.#held.splice(0, used)
    this.#heldBytes -= piece.length
    return piece
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined)
  }
}
