import { PRODUCT_CHUNK, type CrossProducts, type DenseProduct } from './kernel.ts'
import type { Drop, MatrixOffsets } from './loop.ts'
import type { NormalProduct, SparseProduct } from './kernel.ts'
import type { Views } from './loop.ts'

/**
 * The reference of the products: every multiplication and sum rounds to float32, in the order of a row's entries.
 *
 *   multiplySparse  out  = base + finish o (W (scale o z))
 *   multiplyDense   out  = A B
 *   subtractDense   out -= A B                             in float64
 *   crossProducts   out += A' z                            chunks of rows in float32, their sums in float64
 *   normal          acc += W' (middle o (W z))             one column; the rows' values are never stored
 *
 * Zhou, Bousquet, Lal, Weston, Schoelkopf: Learning with Local and Global Consistency, NeurIPS 2003. A product there and one back are the
 * Gauss-Seidel form of their iteration on a bipartite graph: the items use the users' fresh values.
 */
const { fround, imul } = Math

export function multiplySparse({ floats, words }: Views, start: number, end: number, product: SparseProduct): void {
  const { width, matrix, z, out, rows = 0, scale = 0, finish = 0, base = 0, drop = NONE, hasHoles = false } = product
  const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
  const sums = new Float32Array(width)
  for (let k = start; k < end; k++) {
    const row = rows === 0 ? k : words[(rows >>> 2) + k]
    sums.fill(0)
    for (let edge = words[indptr + row]; edge < words[indptr + row + 1]; edge++) {
      const column = words[indices + edge]
      if ((hasHoles && column < 0) || isDropped(drop, edge)) continue
      const factor = factorOf(floats, matrix, edge, scale, column)
      const from = (z >>> 2) + column * width
      for (let c = 0; c < width; c++) sums[c] += fround(factor * floats[from + c])
    }
    const by = finish === 0 ? 1 : floats[(finish >>> 2) + k]
    for (let c = 0, at = k * width; c < width; c++, at++) {
      const scaled = fround(by * sums[c])
      floats[(out >>> 2) + at] = base === 0 ? scaled : floats[(base >>> 2) + at] + scaled
    }
  }
}

export function multiplyDense({ floats }: Views, start: number, end: number, product: DenseProduct): void {
  const { columns, inner, a, aRow, aStep, b, bRow, out, outRow } = product
  for (let i = start; i < end; i++) {
    const at = (out >>> 2) + i * outRow
    floats.fill(0, at, at + columns)
    for (let k = 0; k < inner; k++) {
      addScaled(floats, columns, at, floats[(a >>> 2) + i * aRow + k * aStep], (b >>> 2) + k * bRow)
    }
  }
}

/** A sum is complete before it is subtracted. Four sums at a time, in blocks of columns whose part of b stays in the first cache. */
export function subtractDense({ doubles }: Views, start: number, end: number, product: DenseProduct): void {
  const { columns, inner, a, aRow, aStep, b, bRow, out, outRow } = product
  for (let first = 0; first < columns; first += 64) {
    const last = Math.min(first + 64, columns)
    for (let i = start; i < end; i++) {
      const row = (a >>> 3) + i * aRow
      for (let c = first; c < last; c += 4) {
        // Values read beyond the last column are not used.
        let [s0, s1, s2, s3] = [0, 0, 0, 0]
        for (let k = 0, at = row, from = (b >>> 3) + c; k < inner; k++, at += aStep, from += bRow) {
          const factor = doubles[at]
          s0 += factor * doubles[from]
          s1 += factor * doubles[from + 1]
          s2 += factor * doubles[from + 2]
          s3 += factor * doubles[from + 3]
        }
        const at = (out >>> 3) + i * outRow + c
        doubles[at] -= s0
        if (c + 1 < last) doubles[at + 1] -= s1
        if (c + 2 < last) doubles[at + 2] -= s2
        if (c + 3 < last) doubles[at + 3] -= s3
      }
    }
  }
}

export function crossProducts({ floats, doubles }: Views, start: number, end: number, given: CrossProducts): void {
  const { width, columnStart, columnEnd, a, aRow, z, out } = given
  const sums = new Float32Array(width)
  for (let from = start; from < end; from += PRODUCT_CHUNK) {
    const to = Math.min(from + PRODUCT_CHUNK, end)
    for (let column = columnStart; column < columnEnd; column++) {
      sums.fill(0)
      for (let row = from; row < to; row++) {
        const entry = floats[(a >>> 2) + row * aRow + column]
        const at = (z >>> 2) + row * width
        for (let c = 0; c < width; c++) sums[c] += fround(entry * floats[at + c])
      }
      for (let c = 0; c < width; c++) doubles[(out >>> 3) + column * width + c] += sums[c]
    }
  }
}

export function normal({ floats, words }: Views, start: number, end: number, product: NormalProduct): void {
  const { matrix, middle, z, acc } = product
  const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
  for (let row = start; row < end; row++) {
    const [from, to] = [words[indptr + row], words[indptr + row + 1]]
    let sum = 0
    for (let edge = from; edge < to; edge++) {
      const column = words[indices + edge]
      sum = fround(sum + fround(factorOf(floats, matrix, edge, 0, column) * floats[(z >>> 2) + column]))
    }
    sum = fround(sum * floats[(middle >>> 2) + row])
    for (let edge = from; edge < to; edge++) {
      const column = words[indices + edge]
      floats[(acc >>> 2) + column] += fround(factorOf(floats, matrix, edge, 0, column) * sum)
    }
  }
}

export const NONE: Drop = { seed: 0, below: 0 }

export const isDropped = ({ seed, below }: Drop, edge: number): boolean => below > 0 && hash(seed, edge) < below

/** w scale_c of an entry in column c. */
export function factorOf(
  floats: Float32Array,
  { data }: MatrixOffsets,
  edge: number,
  scale: number,
  column: number,
): number {
  const own = scale === 0 ? 1 : floats[(scale >>> 2) + column]
  return data === 0 ? own : fround(floats[(data >>> 2) + edge] * own)
}

/** row += factor z, `length` elements; offsets in elements. */
export function addScaled(floats: Float32Array, length: number, row: number, factor: number, z: number): void {
  for (let k = 0; k < length; k++) floats[row + k] += fround(factor * floats[z + k])
}

/** 24 random bits of a seed and a counter: two rounds of multiplication and shift (Mueller's and Wellons's search for low-bias constants). */
export function hash(seed: number, counter: number): number {
  let x = (seed + imul(counter, 0x9e3779b9)) | 0
  x = imul(x ^ (x >>> 16), 0x21f0aaad)
  x = imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 8
}
