/** Rows a chunk; a chunk of doubles is 512 KiB. */
const CHUNK_ROWS = 65_536

type Column = Int32Array | Float32Array | Float64Array | Uint8Array

/**
 * A typed column of unknown length. It grows by whole chunks, so rows that have arrived are never copied until `toArray`:
 * the peak is twice the column, not the three times of a doubling array.
 */
export class GrowingColumn<T extends Column> {
  readonly #create: (length: number) => T
  readonly #full: T[] = []
  #chunk: T
  #used = 0

  constructor(create: (length: number) => T) {
    this.#create = create
    this.#chunk = create(CHUNK_ROWS)
  }

  get length(): number {
    return this.#full.length * CHUNK_ROWS + this.#used
  }

  push(value: number): void {
    if (this.#used === CHUNK_ROWS) {
      this.#full.push(this.#chunk)
      this.#chunk = this.#create(CHUNK_ROWS)
      this.#used = 0
    }
    this.#chunk[this.#used++] = value
  }

  /** The whole column, in one array of exactly its length. The chunks are given up on the way: the column is then empty. */
  toArray(): T {
    const whole = this.#create(this.length)
    const chunks = this.#full.splice(0)
    chunks.forEach((chunk, number) => whole.set(chunk, number * CHUNK_ROWS))
    whole.set(this.#chunk.subarray(0, this.#used), chunks.length * CHUNK_ROWS)
    this.#used = 0
    return whole
  }
}
