import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Items and their scores, best first. */
export interface TopEntries {
  readonly items: Int32Array
  readonly scores: Float32Array
}

/** Operations that an entry of a long list may cost: the height of the heap. */
export const ENTRY_COST = 32

/** The k best entries of a stream, ties to the lower item, in whatever order they come. A binary heap with the worst on top. */
export class TopList {
  readonly #items: Int32Array
  readonly #scores: Float32Array
  #size = 0

  constructor(k: number) {
    this.#items = new Int32Array(k)
    this.#scores = new Float32Array(k)
  }

  /** A lower score cannot enter any more; the smallest positive number while there is room. */
  get threshold(): number {
    return this.#size < this.#items.length ? 1e-45 : this.#scores[0]
  }

  offer(item: number, score: number): void {
    if (this.#size < this.#items.length) {
      this.#put(this.#size, item, score)
      this.#rise(this.#size++)
    } else if (score > this.#scores[0] || (score === this.#scores[0] && item < this.#items[0])) {
      this.#put(0, item, score)
      this.#sink(0)
    }
  }

  /** Moves the entries, best first, to places `start`, `start + 1` ... and is empty then. @returns how many they were. */
  moveTo(items: Int32Array, scores: Float32Array, start: number): number {
    const count = this.#size
    for (let at = start + count - 1; at >= start; at--) this.#moveWorst(items, scores, at)
    return count
  }

  /** The entries, best first; the list is empty then. */
  take(): TopEntries {
    return atOnce(this.takeInSlices())
  }

  /** As `take`, for long lists. */
  *takeInSlices(): Sliced<TopEntries> {
    const slices = new Slices()
    const taken = { items: new Int32Array(this.#size), scores: new Float32Array(this.#size) }
    while (this.#size > 0) {
      this.#moveWorst(taken.items, taken.scores, this.#size - 1)
      if (slices.full(ENTRY_COST)) yield PAUSE
    }
    return taken
  }

  #moveWorst(items: Int32Array, scores: Float32Array, to: number): void {
    items[to] = this.#items[0]
    scores[to] = this.#scores[0]
    this.#size--
    this.#put(0, this.#items[this.#size], this.#scores[this.#size])
    this.#sink(0)
  }

  #put(at: number, item: number, score: number): void {
    this.#items[at] = item
    this.#scores[at] = score
  }

  #isWorse(a: number, b: number): boolean {
    const [left, right] = [this.#scores[a], this.#scores[b]]
    return left < right || (left === right && this.#items[a] > this.#items[b])
  }

  #rise(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isWorse(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(at: number): void {
    for (;;) {
      const left = 2 * at + 1
      if (left >= this.#size) return
      const right = left + 1
      const child = right < this.#size && this.#isWorse(right, left) ? right : left
      if (!this.#isWorse(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #swap(a: number, b: number): void {
    const [item, score] = [this.#items[a], this.#scores[a]]
    this.#put(a, this.#items[b], this.#scores[b])
    this.#put(b, item, score)
  }
}
