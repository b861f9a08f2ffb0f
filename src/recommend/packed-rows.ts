/**
 * A sparse matrix of items by items with one 32-bit word per entry: the item in the low bits, its score as a level in the other bits.
 *
 *   M_ij = steps_i * level_ij,   word_ij = j + 2^itemBits * level_ij,   steps_i = max_j M_ij / (2^(32 - itemBits) - 1)
 *
 * With up to 65,536 items a score has at least 65,535 levels; its error is at most half a step of its row. If scores may be below 0, levels are signed,
 * with half as many magnitudes.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import { RivuletError } from '../support/errors.ts'
import type { TopLists } from '../request/sweep.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Entries by rows, sorted by item within a row. */
export interface PackedRows {
  /** Number of rows and columns. */
  readonly itemCount: number
  /** Whether entries may be below zero; otherwise all are above it. */
  readonly signed: boolean
  /** Start of each row's words, shape (items + 1). */
  readonly indptr: Uint32Array
  /** Shape (entries). */
  readonly words: Uint32Array
  /** The value of one level of each row, shape (items). */
  readonly steps: Float64Array
}

/** With more items, a score would have fewer than 256 levels. */
export const MOST_ITEMS = 2 ** 24

/** Number of low bits of a word that hold the item. */
export function itemBitsOf(itemCount: number): number {
  return Math.max(1, Math.ceil(Math.log2(itemCount)))
}

/** Bytes of the matrix in memory and in a file. */
export function bytesOf({ indptr, words, steps }: PackedRows): number {
  return indptr.byteLength + words.byteLength + steps.byteLength
}

/** The score of `column` in `row`, 0 where there is no entry. */
export function entryAt({ itemCount, signed, indptr, words, steps }: PackedRows, row: number, column: number): number {
  const bits = itemBitsOf(itemCount)
  const mask = 2 ** bits - 1
  const word = words.subarray(indptr[row], indptr[row + 1]).find((word) => (word & mask) === column) ?? 0
  return steps[row] * (signed ? word >> bits : word >>> bits)
}

/** The entries as floating-point numbers. */
export function unpacked({ itemCount, signed, indptr, words, steps }: PackedRows) {
  const bits = itemBitsOf(itemCount)
  const mask = 2 ** bits - 1
  const data = new Float32Array(words.length)
  for (let row = 0; row < itemCount; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      data[at] = steps[row] * (signed ? words[at] >> bits : words[at] >>> bits)
    }
  }
  return { indptr, indices: words.map((word) => word & mask), data }
}

/** The words with renumbered items, in the same order. */
export function renumbered({ itemCount, words }: PackedRows, numbers: Int32Array): Uint32Array {
  const mask = 2 ** itemBitsOf(itemCount) - 1
  return words.map((word) => word + numbers[word & mask] - (word & mask))
}

/** Operations per entry for rounding and sorting. */
const ENTRY_COST = 8

/** Packs lists as rows, in their order. */
export class RowPacker {
  readonly #itemCount: number
  readonly #signed: boolean
  readonly #indptr: Uint32Array
  readonly #steps: Float64Array
  readonly #parts: Uint32Array[] = []
  #rows = 0

  /** @throws {RivuletError} INVALID_DATA for more than 2^24 items. */
  constructor(who: string, itemCount: number, signed = false) {
    requireItems(who, itemCount)
    this.#itemCount = itemCount
    this.#signed = signed
    this.#indptr = new Uint32Array(itemCount + 1)
    this.#steps = new Float64Array(itemCount)
  }

  /** Bytes of the words so far. */
  get bytes(): number {
    return 4 * this.#indptr[this.#rows]
  }

  /** Adds rows. Row -1 ends a list, and so does a score that is not above zero, unless signed. */
  *add({ k, rows: items, scores }: TopLists): Sliced<void> {
    const slices = new Slices()
    const bits = itemBitsOf(this.#itemCount)
    const signed = this.#signed
    const most = 2 ** ((signed ? 31 : 32) - bits) - 1
    const words = new Uint32Array(items.length)
    let at = 0
    for (let start = 0; start < items.length; start += k) {
      const from = at
      let [end, largest] = [start, 0]
      for (; end < start + k && items[end] >= 0 && (signed || scores[end] > 0); end++)
        largest = Math.max(largest, Math.abs(scores[end]))
      const step = largest / most
      for (let place = start; place < end; place++) {
        const level = largest === 0 ? 0 : Math.round(scores[place] / step)
        // Unsigned entries are above zero.
        words[at++] = items[place] + (signed ? level : Math.max(1, level)) * 2 ** bits
      }
      sortByItem(words.subarray(from, at), bits)
      this.#steps[this.#rows] = step
      this.#indptr[this.#rows + 1] = this.#indptr[this.#rows] + at - from
      this.#rows++
      if (slices.full(ENTRY_COST * (1 + at - from))) yield PAUSE
    }
    this.#parts.push(words.slice(0, at))
  }

  /** The matrix of all added rows; no more can be added. */
  *finish(): Sliced<PackedRows> {
    const words = new Uint32Array(this.#indptr[this.#itemCount])
    let at = 0
    for (const part of this.#parts.splice(0)) {
      words.set(part, at)
      at += part.length
      yield PAUSE
    }
    return { itemCount: this.#itemCount, signed: this.#signed, indptr: this.#indptr, words, steps: this.#steps }
  }
}

/** All rows of a matrix of items, with their signs. @throws {RivuletError} INVALID_DATA for more than 2^24 items. */
export function* packSigned(who: string, { indptr, indices, data }: CsrMatrix): Sliced<PackedRows> {
  const itemCount = indptr.length - 1
  requireItems(who, itemCount)
  const valueAt = (_: number, at: number): number => data?.[at] ?? 1
  return yield* pack({ itemCount, signed: true, indptr: Uint32Array.from(indptr) }, (at) => indices[at], valueAt)
}

/** M diag(factors), with new steps. @param factors > 0, shape (items) */
export function* scaledPacked(rows: PackedRows, factors: Float64Array): Sliced<PackedRows> {
  const { words, steps, signed, itemCount } = rows
  const bits = itemBitsOf(itemCount)
  const itemAt = (at: number): number => words[at] & (2 ** bits - 1)
  const valueAt = (row: number, at: number): number =>
    steps[row] * (signed ? words[at] >> bits : words[at] >>> bits) * factors[itemAt(at)]
  return yield* pack(rows, itemAt, valueAt)
}

function* pack(
  { itemCount, signed, indptr }: Pick<PackedRows, 'itemCount' | 'signed' | 'indptr'>,
  itemAt: (at: number) => number,
  valueAt: (row: number, at: number) => number,
): Sliced<PackedRows> {
  const bits = itemBitsOf(itemCount)
  const most = 2 ** ((signed ? 31 : 32) - bits) - 1
  const words = new Uint32Array(indptr[itemCount])
  const steps = new Float64Array(itemCount)
  const slices = new Slices()
  for (let row = 0; row < itemCount; row++) {
    let largest = 0
    for (let at = indptr[row]; at < indptr[row + 1]; at++) largest = Math.max(largest, Math.abs(valueAt(row, at)))
    const step = largest / most
    for (let at = indptr[row]; at < indptr[row + 1]; at++) {
      const level = largest === 0 ? 0 : Math.round(valueAt(row, at) / step)
      // Unsigned entries are above zero.
      words[at] = itemAt(at) + (signed ? level : Math.max(1, level)) * 2 ** bits
    }
    steps[row] = step
    if (slices.full(ENTRY_COST * (1 + indptr[row + 1] - indptr[row]))) yield PAUSE
  }
  return { itemCount, signed, indptr, words, steps }
}

function requireItems(who: string, itemCount: number): void {
  if (itemCount <= MOST_ITEMS) return
  const got = `${itemCount} items`
  throw new RivuletError('INVALID_DATA', { who, expected: 'at most 2^24 items', got, todo: 'Use an Engine.' })
}

/** Rotates the words so that the item is in the high bits, sorts them as numbers and rotates them back. */
function sortByItem(words: Uint32Array, bits: number): void {
  for (let at = 0; at < words.length; at++) words[at] = (words[at] << (32 - bits)) | (words[at] >>> bits)
  words.sort()
  for (let at = 0; at < words.length; at++) words[at] = (words[at] << bits) | (words[at] >>> (32 - bits))
}
