import { NumberKeys } from './number-keys.ts'
import type { RowScanner } from './row-scanner.ts'

/** Ids of up to 9 digits fit a 32-bit integer. */
const MOST_DIGITS = 9

/**
 * Numbers the keys of one column as they pass by, making a string only for a key not met before where it can.
 *
 * Two shortcuts before the general way: the same bytes as in the row before (files are often sorted by user), and whole numbers in
 * canonical form ('7', not '07'), which go through a hash table of integers.
 */
export class KeyReader {
  readonly #add: (key: string) => number
  readonly #numbers: NumberKeys
  #lastBytes: Buffer = Buffer.alloc(0)
  #lastStart = 0
  #lastEnd = -1
  #lastRow = -1

  /** @param add gives the row of a key, numbering it when it is new */
  constructor(add: (key: string) => number) {
    this.#add = add
    this.#numbers = new NumberKeys(add)
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
    const row = number < 0 ? this.#add(scanner.text(field)) : this.#numbers.rowOf(number)
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
