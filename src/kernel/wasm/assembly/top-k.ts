// The SIMD twin of ../../top-k.ts: the same lists, ties to the lower row.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.

/** As in ../../kernel.ts: longer lists are heaps. */
export const INSERTED_MOST: usize = 128

@inline function insert(k: usize, rows: usize, scores: usize, row: i32, score: f32): void {
  let at = k - 1
  while (at > 0 && load<f32>(scores + ((at - 1) << 2)) < score) {
    store<f32>(scores + (at << 2), load<f32>(scores + ((at - 1) << 2)))
    store<i32>(rows + (at << 2), load<i32>(rows + ((at - 1) << 2)))
    at--
  }
  store<f32>(scores + (at << 2), score)
  store<i32>(rows + (at << 2), row)
}

@inline export function isWorse(score: f32, row: u32, otherScore: f32, otherRow: u32): bool {
  return score < otherScore || (score == otherScore && row > otherRow)
}

// An entry takes the place of a heap's front and goes down to where it belongs.
export function sink(size: usize, rows: usize, scores: usize, row: u32, score: f32): void {
  if (size == 0) return
  let at: usize = 0
  for (let child: usize = 1; child < size; child = 2 * at + 1) {
    let childScore = load<f32>(scores + (child << 2))
    let childRow = load<u32>(rows + (child << 2))
    if (child + 1 < size) {
      const nextScore = load<f32>(scores + (child << 2), 4)
      const nextRow = load<u32>(rows + (child << 2), 4)
      if (isWorse(nextScore, nextRow, childScore, childRow)) {
        childScore = nextScore
        childRow = nextRow
        child++
      }
    }
    if (!isWorse(childScore, childRow, score, row)) break
    store<f32>(scores + (at << 2), childScore)
    store<u32>(rows + (at << 2), childRow)
    at = child
  }
  store<f32>(scores + (at << 2), score)
  store<u32>(rows + (at << 2), row)
}

@inline function offer<T>(k: usize, rows: usize, scores: usize, row: i32, score: f32): void {
  if (isFloat<T>()) insert(k, rows, scores, row, score)
  else sink(k, rows, scores, <u32>row, score)
}

// `T` says what the lists are: f32 sorted, i32 heaps.
@inline function topOf<T>(start: usize, end: usize, width: usize, k: usize, z: usize, scale: usize, rows: usize, scores: usize): void {
  const stride = k << 2
  const worst = isFloat<T>() ? scores + stride - 4 : scores
  for (let i = start; i < end; i++) {
    const at = z + ((i * width) << 2)
    const s = load<f32>(scale + (i << 2))
    if (width == 1) {
      const score = load<f32>(at) * s
      if (score > load<f32>(worst)) offer<T>(k, rows, scores, <i32>i, score)
      continue
    }
    for (let column: usize = 0; column < width; column += 4) {
      const bar = worst + column * stride
      const thresholds = f32x4(load<f32>(bar), load<f32>(bar + stride), load<f32>(bar + 2 * stride), load<f32>(bar + 3 * stride))
      const four = f32x4.mul(v128.load(at + (column << 2)), f32x4.splat(s))
      if (!v128.any_true(f32x4.gt(four, thresholds))) continue
      for (let lane: usize = 0; lane < 4; lane++) {
        const score = load<f32>(at + ((column + lane) << 2)) * s
        const list = (column + lane) * stride
        if (score > load<f32>(worst + list)) offer<T>(k, rows + list, scores + list, <i32>i, score)
      }
    }
  }
}

export function topK(start: usize, end: usize, width: usize, k: usize, z: usize, scale: usize, rows: usize, scores: usize): void {
  if (k > INSERTED_MOST) topOf<i32>(start, end, width, k, z, scale, rows, scores)
  else topOf<f32>(start, end, width, k, z, scale, rows, scores)
}

export function sortTop(start: usize, end: usize, rows: usize, scores: usize): void {
  for (let last = end; last > start; ) {
    last--
    const score = load<f32>(scores + (last << 2))
    const row = load<u32>(rows + (last << 2))
    store<f32>(scores + (last << 2), load<f32>(scores))
    store<u32>(rows + (last << 2), load<u32>(rows))
    sink(last, rows, scores, row, score)
  }
}
