/** Whole numbers below 2^31 -> row numbers: an integer hash table (open addressing, linear probing, Fibonacci hashing). */
export class NumberKeys {
  readonly #add: (key: string) => number
  #numbers = new Int32Array(1024).fill(-1)
  #rows = new Int32Array(1024)
  #shift = 22
  #held = 0

  /** @param add gives the row of a key, numbering it when it is new; asked once for each number */
  constructor(add: (key: string) => number) {
    this.#add = add
  }

  /** @param number from 0 */
  rowOf(number: number): number {
    const mask = this.#numbers.length - 1
    let slot = Math.imul(number, 0x9e3779b1) >>> this.#shift
    while (this.#numbers[slot] >= 0) {
      if (this.#numbers[slot] === number) return this.#rows[slot]
      slot = (slot + 1) & mask
    }
    const row = this.#add(String(number))
    this.#numbers[slot] = number
    this.#rows[slot] = row
    if (++this.#held * 2 > mask) this.#grow()
    return row
  }

  #grow(): void {
    const numbers = this.#numbers
    const rows = this.#rows
    const mask = numbers.length * 2 - 1
    this.#numbers = new Int32Array(mask + 1).fill(-1)
    this.#rows = new Int32Array(mask + 1)
    this.#shift--
    for (let old = 0; old < numbers.length; old++) {
      if (numbers[old] < 0) continue
      let slot = Math.imul(numbers[old], 0x9e3779b1) >>> this.#shift
      while (this.#numbers[slot] >= 0) slot = (slot + 1) & mask
      this.#numbers[slot] = numbers[old]
      this.#rows[slot] = rows[old]
    }
  }
}
