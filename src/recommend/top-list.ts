/** The k best entries of a stream, best first; ties to the one that came first. A binary heap with the worst on top. */
export class TopList {
  readonly #items: Int32Array
  readonly #scores: Float32Array
  /** Order of arrival breaks ties. */
  readonly #arrivals: Float64Array
  #size = 0
  #arrived = 0

  constructor(k: number) {
    this.#items = new Int32Array(k)
    this.#scores = new Float32Array(k)
    this.#arrivals = new Float64Array(k)
  }

  clear(): void {
    this.#size = 0
    this.#arrived = 0
  }

  offer(item: number, score: number): void {
    const arrival = this.#arrived++
    if (this.#size < this.#items.length) {
      this.#put(this.#size, item, score, arrival)
      this.#rise(this.#size++)
    } else if (score > this.#scores[0]) {
      this.#put(0, item, score, arrival)
      this.#sink(0)
    }
  }

  /** The entries, best first. */
  take(): { items: Int32Array; scores: Float32Array } {
    const order = Array.from({ length: this.#size }, (_, at) => at).sort((a, b) => (this.#isWorse(a, b) ? 1 : -1))
    return {
      items: Int32Array.from(order, (at) => this.#items[at]),
      scores: Float32Array.from(order, (at) => this.#scores[at]),
    }
  }

  #put(at: number, item: number, score: number, arrival: number): void {
    this.#items[at] = item
    this.#scores[at] = score
    this.#arrivals[at] = arrival
  }

  #isWorse(a: number, b: number): boolean {
    const [left, right] = [this.#scores[a], this.#scores[b]]
    return left < right || (left === right && this.#arrivals[a] > this.#arrivals[b])
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
    const [item, score, arrival] = [this.#items[a], this.#scores[a], this.#arrivals[a]]
    this.#put(a, this.#items[b], this.#scores[b], this.#arrivals[b])
    this.#put(b, item, score, arrival)
  }
}
