import type { RowScanner } from './row-scanner.ts'

/** Ids of up to 9 digits fit a 32-bit integer. */
const MOST_DIGITS = 9

/**
 * Numbers the keys of one column as they pass by, making a string only for a key not met before where it can.
 *
 * Two shortcuts before the general way: the same bytes as in the row before (files are often sorted by user), and whole numbers in
 * canonical form ('7', not '07'), which go through an integer hash table (open addressing, linear probing, Fibonacci hashing).
 */
export class KeyReader {
  readonly #add: (key: string) => number
  #numbers = new Int32Array(1024).fill(-1)
  #rows = new Int32Array(1024)
  #shift = 22
  #held = 0
  #lastBytes: Buffer = Buffer.alloc(0)
  #lastStart = 0
  #lastEnd = -1
  #lastRow = -1

  /** @param add gives the row of a key, numbering it when it is new */
  constructor(add: (key: string) => number) {
    this.#add = add
  }

  /** The row of the key in a field of the scanner's current row. */
  rowOf(scanner: RowScanner, field: number): number {
    const bytes = scanner.bytes
    const start = scanner.starts[field]
    const end = scanner.ends[field]
    // Bytes with doubled quotes mean another key than the same bytes do where they stand for themselves.
    const plain = scanner.isPlain(field)
    if (plain && this.#sameAsLast(bytes, start, end)) return this.#lastRow
    const number = plain ? canonicalInteger(bytes, start, end) : -1
    const row = number < 0 ? this.#add(scanner.text(field)) : this.#rowOfNumber(number)
    if (plain) {
      this.#lastBytes = bytes
      this.#lastStart = start
      this.#lastEnd = end
      this.#lastRow = row
    }
    return row
  }

  #sameAsLast(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.#lastEnd - this.#lastStart) return false
    for (let at = start, last = this.#lastStart; at < end; at++, last++) {
      if (bytes[at] !== this.#lastBytes[last]) return false
    }
    return true
  }

  #rowOfNumber(number: number): number {
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

/** The whole number that the bytes spell, or -1 when `String(number)` would not give the same bytes back. */
function canonicalInteger(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  if (length === 0 || length > MOST_DIGITS || (bytes[start] === 48 && length > 1)) return -1
  let number = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}
