import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Items and their scores, best first. */
export interface TopEntries {
  readonly items: Int32Array
  readonly scores: Float32Array
}

/** Maximum operations per entry of a long list: the height of the heap. */
export const ENTRY_COST = 32

/** The k best entries of a stream in any order, ties to the lower item. A binary heap with the worst on top. */
export class TopList {
  readonly #items: Int32Array
  readonly #scores: Float32Array
  #size = 0

  constructor(k: number) {
    this.#items = new Int32Array(k)
    this.#scores = new Float32Array(k)
  }

  /** Lower scores cannot enter; the smallest positive number while there is room. */
  get threshold(): number {
    return this.#size < this.#items.length ? 1e-45 : this.#scores[0]
  }

  offer(item: number, score: number): void {
    if (this.#size < this.#items.length) this.#rise(this.#size++, item, score)
    else if (isWorse(this.#scores[0], this.#items[0], score, item)) this.#sink(item, score)
  }

  /** Moves the entries, best first, to places `start`, `start + 1` ...; the list is empty afterwards. @returns their number */
  moveTo(items: Int32Array, scores: Float32Array, start: number): number {
    const count = this.#size
    for (let at = start + count - 1; at >= start; at--) this.#moveWorst(items, scores, at)
    return count
  }

  /** The entries, best first; the list is empty afterwards. */
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
    if (this.#size > 0) this.#sink(this.#items[this.#size], this.#scores[this.#size])
  }

  /** Inserts an entry at a free place, or above it: better entries move down. */
  #rise(at: number, item: number, score: number): void {
    const items = this.#items
    const scores = this.#scores
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isWorse(score, item, scores[parent], items[parent])) break
      items[at] = items[parent]
      scores[at] = scores[parent]
      at = parent
    }
    items[at] = item
    scores[at] = score
  }

  /** Inserts an entry in place of the worst, or below it: worse entries move up. */
  #sink(item: number, score: number): void {
    const items = this.#items
    const scores = this.#scores
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= this.#size) break
      const right = left + 1
      const isRight = right < this.#size && isWorse(scores[right], items[right], scores[left], items[left])
      const child = isRight ? right : left
      if (!isWorse(scores[child], items[child], score, item)) break
      items[at] = items[child]
      scores[at] = scores[child]
      at = child
    }
    items[at] = item
    scores[at] = score
  }
}

/** Numbers only, because a comparison of each entry of a heap must not allocate memory. */
const isWorse = (score: number, item: number, otherScore: number, otherItem: number): boolean =>
  score < otherScore || (score === otherScore && item > otherItem)
