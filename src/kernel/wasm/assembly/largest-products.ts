// The SIMD twin of ../../largest-products.ts: the same sums and scores, and the same lists by other means.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory. What is random to the processor has no branch.

/** Bins by sign-less exponent and three bits of a score: what is in a higher bin is larger. */
const BINS: usize = 2048
const BIN_SHIFT: u32 = 20

/** The smallest number above 0: a sum of zero would have its column noted again and again. */
const LEAST: f64 = 5e-324

// ---- sums: one row of the product ----

/** Adds a row of W, `share` times its weights, and notes columns that were not met before behind `met`. @returns the end of what was noted */
@inline function addRow<W>(from: usize, to: usize, indices: usize, data: usize, share: f64, sums: usize, met: usize): usize {
  for (let edge = from << 2; edge < to << 2; edge += 4) {
    const column = <usize>load<u32>(indices + edge)
    const at = sums + (column << 3)
    const before = load<f64>(at)
    store<u32>(met, <u32>column)
    met += <usize>(before == 0) << 2
    const sum = before + (isFloat<W>() ? share * <f64>load<f32>(data + edge) : share)
    store<f64>(at, sum == 0 ? LEAST : sum)
  }
  return met
}

function sumRow<W>(row: usize, indptr: usize, indices: usize, data: usize, turnedPointers: usize, turnedIndices: usize, turnedData: usize, columns: usize, windows: usize, windowRows: usize, middle: usize, sums: usize, met: usize): usize {
  let end = met
  for (let window: usize = 0; window < windows; window++) {
    const first = <usize>load<u32>(windowRows + (window << 2))
    const pointer = turnedPointers + ((window * (columns + 1) + row) << 2)
    const to = <usize>load<u32>(pointer, 4)
    for (let edge = <usize>load<u32>(pointer); edge < to; edge++) {
      const user = first + <usize>load<u32>(turnedIndices + (edge << 2))
      let share = <f64>load<f32>(middle + (user << 2))
      if (turnedData) share *= <f64>load<f32>(turnedData + (edge << 2))
      if (share == 0) continue
      const own = indptr + (user << 2)
      end = addRow<W>(<usize>load<u32>(own), <usize>load<u32>(own, 4), indices, data, share, sums, end)
    }
  }
  return (end - met) >> 2
}

// ---- scores of the columns met, and how many fall into each bin ----
// `S` says whether there is something to shrink by, `C` whether scores are counted: f32 for yes, i32 for no.

@inline function binOf(score: f32, bins: usize): usize {
  return bins + (<usize>((reinterpret<u32>(score) & 0x7fffffff) >>> BIN_SHIFT) << 2)
}

function scoreOthers<S, C>(row: usize, count: usize, own: f64, right: usize, shrink: f64, sums: usize, met: usize, scores: usize, bins: usize): usize {
  let kept: usize = 0
  for (let at: usize = 0; at < count; at++) {
    const column = <usize>load<u32>(met + (at << 2))
    const factor = <f64>load<f32>(right + (column << 2))
    let value = own * load<f64>(sums + (column << 3)) * factor
    if (isFloat<S>()) value /= 1 + shrink * own * factor
    store<f64>(sums + (column << 3), 0)
    const score = <f32>value
    store<u32>(met + (kept << 2), <u32>column)
    store<f32>(scores + (kept << 2), score)
    const keeps = <u32>(score > 0) & <u32>(column != row)
    if (isFloat<C>()) {
      const bin = binOf(score, bins)
      store<u32>(bin, load<u32>(bin) + keeps)
    }
    kept += keeps
  }
  return kept
}

/** Of whole numbers: exact in any order. */
@inline function dot(a: usize, b: usize, bytes: usize): i32 {
  let p = i32x4.splat(0)
  let q = i32x4.splat(0)
  for (const end = a + bytes; a < end; a += 32) {
    p = i32x4.add(p, i32x4.dot_i16x8_s(v128.load(a), v128.load(b)))
    q = i32x4.add(q, i32x4.dot_i16x8_s(v128.load(a, 16), v128.load(b, 16)))
    b += 32
  }
  const four = i32x4.add(p, q)
  return i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1) + (i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3))
}

/** As `scoreOthers`, less products of vectors: whatever is not 0 is kept. */
function scoreRemainders<C>(row: usize, count: usize, own: f64, right: usize, sums: usize, met: usize, scores: usize, bins: usize, vector: usize, vectors: usize, step: f64, steps: usize, bytes: usize): usize {
  let kept: usize = 0
  for (let at: usize = 0; at < count; at++) {
    const column = <usize>load<u32>(met + (at << 2))
    const factor = <f64>load<f32>(right + (column << 2))
    const product = own * load<f64>(sums + (column << 3)) * factor
    store<f64>(sums + (column << 3), 0)
    const less = step * <f64>load<f32>(steps + (column << 2)) * <f64>dot(vector, vectors + column * bytes, bytes)
    const score = <f32>(product - less)
    store<u32>(met + (kept << 2), <u32>column)
    store<f32>(scores + (kept << 2), score)
    const keeps = <u32>(score != 0) & <u32>(column != row)
    if (isFloat<C>()) {
      const bin = binOf(score, bins)
      store<u32>(bin, load<u32>(bin) + keeps)
    }
    kept += keeps
  }
  return kept
}

// ---- what is kept: its scores lie in place of the sums, its columns are set bits. A bit of `upper` says that a word of `marks` is not empty ----

@inline function keep(column: usize, score: f32, sums: usize, marks: usize, upper: usize): void {
  store<f64>(sums + (column << 3), <f64>score)
  const word = marks + ((column >> 6) << 3)
  store<u64>(word, load<u64>(word) | (<u64>1 << (column & 63)))
  const above = upper + ((column >> 12) << 3)
  store<u64>(above, load<u64>(above) | (<u64>1 << ((column >> 6) & 63)))
}

/** @param score in size */
@inline function isBefore(scores: usize, met: usize, at: usize, score: f32, column: u32): bool {
  const other = abs<f32>(load<f32>(scores + (at << 2)))
  return other > score || (other == score && load<u32>(met + (at << 2)) < column)
}

@inline function swap(met: usize, scores: usize, a: usize, b: usize): void {
  const column = load<u32>(met + (a << 2))
  const score = load<f32>(scores + (a << 2))
  store<u32>(met + (a << 2), load<u32>(met + (b << 2)))
  store<f32>(scores + (a << 2), load<f32>(scores + (b << 2)))
  store<u32>(met + (b << 2), column)
  store<f32>(scores + (b << 2), score)
}

/** As `selectLargest`: the k first of `count` entries move to the front. */
function select(met: usize, scores: usize, count: usize, k: usize): void {
  let low: isize = 0
  let high = <isize>count - 1
  while (low < high) {
    const middle = <usize>(low + high) >> 1
    const score = abs<f32>(load<f32>(scores + (middle << 2)))
    const column = load<u32>(met + (middle << 2))
    let left = low
    let right = high
    while (left <= right) {
      while (isBefore(scores, met, left, score, column)) left++
      while (!isBefore(scores, met, right, score, column) && load<u32>(met + (right << 2)) != column) right--
      if (left <= right) swap(met, scores, left++, right--)
    }
    if (<isize>k - 1 <= right) high = right
    else if (<isize>k - 1 >= left) low = left
    else return
  }
}

/** Keeps the k largest of more than k counted scores. @returns the largest that is left out */
function keepLargest(count: usize, k: usize, sums: usize, met: usize, scores: usize, bins: usize, marks: usize, upper: usize): f32 {
  let bin = bins + (BINS << 2)
  let left = k
  let inBin: usize
  for (;;) {
    bin -= 4
    inBin = <usize>load<u32>(bin)
    if (inBin >= left) break
    left -= inBin
  }
  let same: usize = 0
  let dropped: f32 = 0
  for (let at: usize = 0; at < count; at++) {
    const column = load<u32>(met + (at << 2))
    const score = load<f32>(scores + (at << 2))
    const own = binOf(score, bins)
    if (own > bin) keep(column, score, sums, marks, upper)
    else if (own == bin) {
      store<u32>(met + (same << 2), column)
      store<f32>(scores + (same << 2), score)
      same++
    } else dropped = max<f32>(dropped, abs<f32>(score))
  }
  if (left < same) select(met, scores, same, left)
  for (let at: usize = 0; at < same; at++) {
    const score = load<f32>(scores + (at << 2))
    if (at < left) keep(load<u32>(met + (at << 2)), score, sums, marks, upper)
    else dropped = max<f32>(dropped, abs<f32>(score))
  }
  return dropped
}

/** Writes what is kept in the order of the columns, and clears marks and sums. @returns how many */
function writeKept(columns: usize, sums: usize, marks: usize, upper: usize, indices: usize, data: usize): usize {
  let count: usize = 0
  for (let high: usize = 0; high << 12 < columns; high++) {
    let words = load<u64>(upper + (high << 3))
    if (words == 0) continue
    store<u64>(upper + (high << 3), 0)
    for (; words; words &= words - 1) {
      const word = (high << 6) + <usize>ctz<u64>(words)
      let bits = load<u64>(marks + (word << 3))
      store<u64>(marks + (word << 3), 0)
      for (; bits; bits &= bits - 1) {
        const column = (word << 6) + <usize>ctz<u64>(bits)
        store<u32>(indices + (count << 2), <u32>column)
        store<f32>(data + (count << 2), <f32>load<f64>(sums + (column << 3)))
        store<f64>(sums + (column << 3), 0)
        count++
      }
    }
  }
  return count
}

export function largestProducts(start: usize, end: usize, k: usize, columns: usize, windows: usize, indptr: usize, indices: usize, data: usize, turnedPointers: usize, turnedIndices: usize, turnedData: usize, windowRows: usize, middle: usize, left: usize, right: usize, shrink: f64, lessLeft: usize, lessRight: usize, leftSteps: usize, rightSteps: usize, dimensions: usize, places: usize, outIndices: usize, outData: usize, counts: usize, dropped: usize, sums: usize, met: usize, scores: usize, bins: usize): void {
  const marks = bins + (BINS << 2)
  const upper = marks + (((columns + 63) >> 6) << 3)
  for (let row = start; row < end; row++) {
    let count = data
      ? sumRow<f32>(row, indptr, indices, data, turnedPointers, turnedIndices, turnedData, columns, windows, windowRows, middle, sums, met)
      : sumRow<i32>(row, indptr, indices, 0, turnedPointers, turnedIndices, turnedData, columns, windows, windowRows, middle, sums, met)
    const own = <f64>load<f32>(left + (row << 2))
    // One of them may be the column itself.
    const isCounted = count > k
    if (isCounted) memory.fill(bins, 0, BINS << 2)
    if (dimensions) {
      const bytes = dimensions << 1
      const vector = lessLeft + row * bytes
      const step = <f64>load<f32>(leftSteps + (row << 2))
      count = isCounted
        ? scoreRemainders<f32>(row, count, own, right, sums, met, scores, bins, vector, lessRight, step, rightSteps, bytes)
        : scoreRemainders<i32>(row, count, own, right, sums, met, scores, 0, vector, lessRight, step, rightSteps, bytes)
    } else if (shrink == 0) {
      count = isCounted
        ? scoreOthers<i32, f32>(row, count, own, right, 0, sums, met, scores, bins)
        : scoreOthers<i32, i32>(row, count, own, right, 0, sums, met, scores, 0)
    } else {
      count = isCounted
        ? scoreOthers<f32, f32>(row, count, own, right, shrink, sums, met, scores, bins)
        : scoreOthers<f32, i32>(row, count, own, right, shrink, sums, met, scores, 0)
    }
    let largest: f32 = 0
    if (count > k) largest = keepLargest(count, k, sums, met, scores, bins, marks, upper)
    else for (let at: usize = 0; at < count; at++) keep(load<u32>(met + (at << 2)), load<f32>(scores + (at << 2)), sums, marks, upper)
    const place = <usize>load<u32>(places + (row << 2)) << 2
    store<u32>(counts + (row << 2), <u32>writeKept(columns, sums, marks, upper, outIndices + place, outData + place))
    store<f32>(dropped + (row << 2), largest)
  }
}
