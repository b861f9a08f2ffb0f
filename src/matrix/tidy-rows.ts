import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { CsrArrays } from './csr.ts'

/** Up to this many entries insertion beats everything else. */
const SHORT = 24

/**
 * Sorts every row by column and merges duplicates into the first of them, in place; rows close the gaps.
 *
 * Stable: duplicates are added in their order, in double precision, so the same coordinates give the same bits. Rows that are in order cost one pass.
 * Needs 8 bytes for each entry of the longest unsorted row while it works.
 *
 * @returns the number of entries left
 */
export function* tidyRows(rowCount: number, { indptr, indices, data }: CsrArrays): Sliced<number> {
  const slices = new Slices()
  const sort = rowSorter(indices, data)
  let kept = 0
  let from = 0
  for (let row = 0; row < rowCount; row++) {
    const end = indptr[row + 1]
    if (!isSorted(indices, from, end)) {
      if (end - from > SHORT) yield* sort(from, end)
      else insert(indices, data, from, end)
    }
    indptr[row] = kept
    kept = mergeDuplicates(indices, data, from, end, kept)
    if (slices.full(1 + end - from)) yield PAUSE
    from = end
  }
  indptr[rowCount] = kept
  return kept
}

/** Writes the sorted entries [from, end) from place `to` on, each column once. @returns the place after the last. */
function mergeDuplicates(
  indices: Uint32Array,
  data: Float32Array | null,
  from: number,
  end: number,
  to: number,
): number {
  for (let entry = from; entry < end; to++) {
    const column = indices[entry]
    let weight = data === null ? 1 : data[entry]
    entry++
    for (; entry < end && indices[entry] === column; entry++) if (data !== null) weight += data[entry]
    indices[to] = column
    if (data !== null) data[to] = weight
  }
  return to
}

/** A stable sort of many entries [from, end) by column: insertion for short runs, and merging of such runs. */
function rowSorter(indices: Uint32Array, data: Float32Array | null): (from: number, end: number) => Sliced<void> {
  const slices = new Slices()
  let spareIndices = new Uint32Array(0)
  let spareData = new Float32Array(0)

  function merge(from: number, middle: number, end: number): void {
    spareIndices.set(indices.subarray(from, middle))
    if (data !== null) spareData.set(data.subarray(from, middle))
    const leftEnd = middle - from
    let left = 0
    let right = middle
    for (let to = from; left < leftEnd; to++) {
      if (right < end && indices[right] < spareIndices[left]) {
        indices[to] = indices[right]
        if (data !== null) data[to] = data[right]
        right++
      } else {
        indices[to] = spareIndices[left]
        if (data !== null) data[to] = spareData[left]
        left++
      }
    }
  }

  return function* sort(from, end) {
    for (let start = from; start < end; start += SHORT) insert(indices, data, start, Math.min(start + SHORT, end))
    if (spareIndices.length < end - from) {
      spareIndices = new Uint32Array(end - from)
      if (data !== null) spareData = new Float32Array(end - from)
    }
    for (let run = SHORT; run < end - from; run *= 2) {
      for (let start = from; start + run < end; start += 2 * run) {
        merge(start, start + run, Math.min(start + 2 * run, end))
        if (slices.full(2 * run)) yield PAUSE
      }
    }
  }
}

function isSorted(indices: Uint32Array, from: number, end: number): boolean {
  for (let entry = from + 1; entry < end; entry++) if (indices[entry - 1] > indices[entry]) return false
  return true
}

function insert(indices: Uint32Array, data: Float32Array | null, from: number, end: number): void {
  for (let entry = from + 1; entry < end; entry++) {
    const column = indices[entry]
    const weight = data === null ? 0 : data[entry]
    let to = entry
    while (to > from && indices[to - 1] > column) {
      indices[to] = indices[to - 1]
      if (data !== null) data[to] = data[to - 1]
      to--
    }
    indices[to] = column
    if (data !== null) data[to] = weight
  }
}
