// The SIMD twin of ../../spread.ts: the same operations in the same order per column, so the same bits.
// AssemblyScript, compiled by ../build.ts. Every pointer is a byte offset into the one imported memory.
// `T` says whether the matrix has weights: f32 weighted, i32 pattern only.

@inline function weightAt<T>(data: usize, edge: usize): v128 {
  return f32x4.splat(load<f32>(data + (edge << 2)))
}

// ---- normal: acc += W' (middle o (W z)), one row at a time while its indices are in cache ----

@inline function normalRow1<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let sum: f32 = 0
  for (let e = from; e < to; e++) {
    const v = load<f32>(z + (<usize>load<u32>(indices + (e << 2)) << 2))
    if (isFloat<T>()) sum += load<f32>(data + (e << 2)) * v
    else sum += v
  }
  sum *= middle
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 2)
    if (isFloat<T>()) store<f32>(at, load<f32>(at) + load<f32>(data + (e << 2)) * sum)
    else store<f32>(at, load<f32>(at) + sum)
  }
}

@inline function normalRow4<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let sum = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const v = v128.load(z + (<usize>load<u32>(indices + (e << 2)) << 4))
    if (isFloat<T>()) sum = f32x4.add(sum, f32x4.mul(weightAt<T>(data, e), v))
    else sum = f32x4.add(sum, v)
  }
  sum = f32x4.mul(sum, f32x4.splat(middle))
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 4)
    if (isFloat<T>()) v128.store(at, f32x4.add(v128.load(at), f32x4.mul(weightAt<T>(data, e), sum)))
    else v128.store(at, f32x4.add(v128.load(at), sum))
  }
}

@inline function normalRow16<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
      c = f32x4.add(c, f32x4.mul(w, v128.load(at, 32)))
      d = f32x4.add(d, f32x4.mul(w, v128.load(at, 48)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      d = f32x4.add(d, v128.load(at, 48))
    }
  }
  const m = f32x4.splat(middle)
  a = f32x4.mul(a, m)
  b = f32x4.mul(b, m)
  c = f32x4.mul(c, m)
  d = f32x4.mul(d, m)
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(w, a)))
      v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(w, b)), 16)
      v128.store(at, f32x4.add(v128.load(at, 32), f32x4.mul(w, c)), 32)
      v128.store(at, f32x4.add(v128.load(at, 48), f32x4.mul(w, d)), 48)
    } else {
      v128.store(at, f32x4.add(v128.load(at), a))
      v128.store(at, f32x4.add(v128.load(at, 16), b), 16)
      v128.store(at, f32x4.add(v128.load(at, 32), c), 32)
      v128.store(at, f32x4.add(v128.load(at, 48), d), 48)
    }
  }
}

@inline function normalRows<T>(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  let from = <usize>load<u32>(indptr + (rowStart << 2))
  if (width == 16) {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow16<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  } else if (width == 4) {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow4<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  } else {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow1<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  }
}

export function normal(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  if (data) normalRows<f32>(width, rowStart, rowEnd, indptr, indices, data, middle, z, acc)
  else normalRows<i32>(width, rowStart, rowEnd, indptr, indices, data, middle, z, acc)
}

// ---- gather: out = scale o (W z) ----

@inline function gatherRow1<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let sum: f32 = 0
  for (let e = from; e < to; e++) {
    const v = load<f32>(z + (<usize>load<u32>(indices + (e << 2)) << 2))
    if (isFloat<T>()) sum += load<f32>(data + (e << 2)) * v
    else sum += v
  }
  store<f32>(out, sum * scale)
}

@inline function gatherRow4<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let sum = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const v = v128.load(z + (<usize>load<u32>(indices + (e << 2)) << 4))
    if (isFloat<T>()) sum = f32x4.add(sum, f32x4.mul(weightAt<T>(data, e), v))
    else sum = f32x4.add(sum, v)
  }
  v128.store(out, f32x4.mul(sum, f32x4.splat(scale)))
}

@inline function gatherRow16<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
      c = f32x4.add(c, f32x4.mul(w, v128.load(at, 32)))
      d = f32x4.add(d, f32x4.mul(w, v128.load(at, 48)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      d = f32x4.add(d, v128.load(at, 48))
    }
  }
  const s = f32x4.splat(scale)
  v128.store(out, f32x4.mul(a, s))
  v128.store(out, f32x4.mul(b, s), 16)
  v128.store(out, f32x4.mul(c, s), 32)
  v128.store(out, f32x4.mul(d, s), 48)
}

@inline function gatherRows<T>(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, out: usize): void {
  let from = <usize>load<u32>(indptr + (rowStart << 2))
  for (let row = rowStart; row < rowEnd; row++) {
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    const s = load<f32>(scale + (row << 2))
    if (width == 16) gatherRow16<T>(from, to, indices, data, s, z, out + (row << 6))
    else if (width == 4) gatherRow4<T>(from, to, indices, data, s, z, out + (row << 4))
    else gatherRow1<T>(from, to, indices, data, s, z, out + (row << 2))
    from = to
  }
}

export function gather(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, out: usize): void {
  if (data) gatherRows<f32>(width, rowStart, rowEnd, indptr, indices, data, scale, z, out)
  else gatherRows<i32>(width, rowStart, rowEnd, indptr, indices, data, scale, z, out)
}

// ---- add: total += part; part = 0 ----

export function add(start: usize, end: usize, total: usize, part: usize): void {
  let at = start << 2
  const stop = end << 2
  const zero = f32x4.splat(0)
  for (; at + 16 <= stop; at += 16) {
    v128.store(total + at, f32x4.add(v128.load(total + at), v128.load(part + at)))
    v128.store(part + at, zero)
  }
  for (; at < stop; at += 4) {
    store<f32>(total + at, load<f32>(total + at) + load<f32>(part + at))
    store<f32>(part + at, 0)
  }
}

// ---- combine: previous <- a (scale o acc) + b z + c previous + d rhs; acc = 0; answers max |scale o acc + rhs - z| weight ----

@inline function combineRow<T>(lanes: usize, acc: usize, scale: f32, weight: f32, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32, worst: v128): v128 {
  if (isFloat<T>()) {
    const spread = load<f32>(acc) * scale
    store<f32>(acc, 0)
    const now = load<f32>(z)
    const seed = load<f32>(rhs)
    store<f32>(previous, spread * a + now * b + load<f32>(previous) * c + seed * d)
    return f32x4.max(worst, f32x4.splat(abs(spread + seed - now) * weight))
  }
  const s = f32x4.splat(scale)
  const w = f32x4.splat(weight)
  for (let at: usize = 0; at < lanes << 2; at += 16) {
    const spread = f32x4.mul(v128.load(acc + at), s)
    v128.store(acc + at, f32x4.splat(0))
    const now = v128.load(z + at)
    const seed = v128.load(rhs + at)
    let next = f32x4.add(f32x4.mul(spread, f32x4.splat(a)), f32x4.mul(now, f32x4.splat(b)))
    next = f32x4.add(next, f32x4.mul(v128.load(previous + at), f32x4.splat(c)))
    next = f32x4.add(next, f32x4.mul(seed, f32x4.splat(d)))
    v128.store(previous + at, next)
    worst = f32x4.max(worst, f32x4.mul(f32x4.abs(f32x4.sub(f32x4.add(spread, seed), now)), w))
  }
  return worst
}

export function combine(width: usize, start: usize, end: usize, acc: usize, scale: usize, weight: usize, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32): f32 {
  let worst = f32x4.splat(0)
  const bytes = width << 2
  for (let i = start; i < end; i++) {
    const at = i * bytes
    const s = load<f32>(scale + (i << 2))
    const w = load<f32>(weight + (i << 2))
    if (width == 1) worst = combineRow<f32>(width, acc + at, s, w, z + at, previous + at, rhs + at, a, b, c, d, worst)
    else worst = combineRow<i32>(width, acc + at, s, w, z + at, previous + at, rhs + at, a, b, c, d, worst)
  }
  return max(
    max(f32x4.extract_lane(worst, 0), f32x4.extract_lane(worst, 1)),
    max(f32x4.extract_lane(worst, 2), f32x4.extract_lane(worst, 3)),
  )
}

// ---- top-k: per column, the k best of z o scale, ties to the lower row ----

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

export function topK(width: usize, count: usize, k: usize, z: usize, scale: usize, rows: usize, scores: usize): void {
  const stride = k << 2
  const last = scores + stride - 4
  for (let i: usize = 0; i < count; i++) {
    const at = z + ((i * width) << 2)
    const s = load<f32>(scale + (i << 2))
    if (width == 1) {
      const score = load<f32>(at) * s
      if (score > load<f32>(last)) insert(k, rows, scores, <i32>i, score)
      continue
    }
    for (let column: usize = 0; column < width; column += 4) {
      const bar = last + column * stride
      const thresholds = f32x4(load<f32>(bar), load<f32>(bar + stride), load<f32>(bar + 2 * stride), load<f32>(bar + 3 * stride))
      const four = f32x4.mul(v128.load(at + (column << 2)), f32x4.splat(s))
      if (!v128.any_true(f32x4.gt(four, thresholds))) continue
      for (let lane: usize = 0; lane < 4; lane++) {
        const score = load<f32>(at + ((column + lane) << 2)) * s
        const list = (column + lane) * stride
        if (score > load<f32>(last + list)) insert(k, rows + list, scores + list, <i32>i, score)
      }
    }
  }
}

// ---- combineColumns: out = A C, sums in the order of A's columns; two rows at a time share what is loaded of C ----

@inline function combineOneRow(lanes: usize, columns: usize, a: usize, coefficients: usize, out: usize): void {
  for (let lane: usize = 0; lane < lanes; lane++) {
    let sum: f32 = 0
    let at = coefficients + (lane << 2)
    for (let k: usize = 0; k < columns; k++) {
      sum += load<f32>(a + (k << 2)) * load<f32>(at)
      at += lanes << 2
    }
    store<f32>(out + (lane << 2), sum)
  }
}

@inline function combineTwoRows(columns: usize, a: usize, coefficients: usize, out: usize): void {
  const next = columns << 2
  let p0 = f32x4.splat(0)
  let p1 = f32x4.splat(0)
  let p2 = f32x4.splat(0)
  let p3 = f32x4.splat(0)
  let q0 = f32x4.splat(0)
  let q1 = f32x4.splat(0)
  let q2 = f32x4.splat(0)
  let q3 = f32x4.splat(0)
  const end = a + next
  for (; a < end; a += 4) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a + next)
    const c0 = v128.load(coefficients)
    const c1 = v128.load(coefficients, 16)
    const c2 = v128.load(coefficients, 32)
    const c3 = v128.load(coefficients, 48)
    p0 = f32x4.add(p0, f32x4.mul(x, c0))
    p1 = f32x4.add(p1, f32x4.mul(x, c1))
    p2 = f32x4.add(p2, f32x4.mul(x, c2))
    p3 = f32x4.add(p3, f32x4.mul(x, c3))
    q0 = f32x4.add(q0, f32x4.mul(y, c0))
    q1 = f32x4.add(q1, f32x4.mul(y, c1))
    q2 = f32x4.add(q2, f32x4.mul(y, c2))
    q3 = f32x4.add(q3, f32x4.mul(y, c3))
    coefficients += 64
  }
  v128.store(out, p0)
  v128.store(out, p1, 16)
  v128.store(out, p2, 32)
  v128.store(out, p3, 48)
  v128.store(out, q0, 64)
  v128.store(out, q1, 80)
  v128.store(out, q2, 96)
  v128.store(out, q3, 112)
}

export function combineColumns(width: usize, rowStart: usize, rowEnd: usize, columns: usize, a: usize, coefficients: usize, out: usize): void {
  let row = rowStart
  const bytes = columns << 2
  if (width == 16) {
    for (; row + 2 <= rowEnd; row += 2) combineTwoRows(columns, a + row * bytes, coefficients, out + (row << 6))
  }
  for (; row < rowEnd; row++) combineOneRow(width, columns, a + row * bytes, coefficients, out + ((row * width) << 2))
}

// ---- crossProducts: row i of out += sum over rows r of A_ri z_r; 64 rows in float32, then float64 ----

const CHUNK: usize = 64

@inline function addDoubles(out: usize, sums: v128): void {
  v128.store(out, f64x2.add(v128.load(out), f64x2.promote_low_f32x4(sums)))
  const high = v128.shuffle<i32>(sums, sums, 2, 3, 2, 3)
  v128.store(out, f64x2.add(v128.load(out, 16), f64x2.promote_low_f32x4(high)), 16)
}

@inline function crossOneColumn(lanes: usize, rows: usize, stride: usize, a: usize, z: usize, out: usize): void {
  for (let lane: usize = 0; lane < lanes; lane++) {
    let sum: f32 = 0
    let from = a
    let at = z + (lane << 2)
    for (let row: usize = 0; row < rows; row++) {
      sum += load<f32>(from) * load<f32>(at)
      from += stride
      at += lanes << 2
    }
    store<f64>(out + (lane << 3), load<f64>(out + (lane << 3)) + <f64>sum)
  }
}

@inline function crossTwoColumns(rows: usize, stride: usize, a: usize, z: usize, out: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = f32x4.splat(0)
  let p2 = f32x4.splat(0)
  let p3 = f32x4.splat(0)
  let q0 = f32x4.splat(0)
  let q1 = f32x4.splat(0)
  let q2 = f32x4.splat(0)
  let q3 = f32x4.splat(0)
  const end = z + (rows << 6)
  for (; z < end; z += 64) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a, 4)
    const z0 = v128.load(z)
    const z1 = v128.load(z, 16)
    const z2 = v128.load(z, 32)
    const z3 = v128.load(z, 48)
    p0 = f32x4.add(p0, f32x4.mul(x, z0))
    p1 = f32x4.add(p1, f32x4.mul(x, z1))
    p2 = f32x4.add(p2, f32x4.mul(x, z2))
    p3 = f32x4.add(p3, f32x4.mul(x, z3))
    q0 = f32x4.add(q0, f32x4.mul(y, z0))
    q1 = f32x4.add(q1, f32x4.mul(y, z1))
    q2 = f32x4.add(q2, f32x4.mul(y, z2))
    q3 = f32x4.add(q3, f32x4.mul(y, z3))
    a += stride
  }
  addDoubles(out, p0)
  addDoubles(out + 32, p1)
  addDoubles(out + 64, p2)
  addDoubles(out + 96, p3)
  addDoubles(out + 128, q0)
  addDoubles(out + 160, q1)
  addDoubles(out + 192, q2)
  addDoubles(out + 224, q3)
}

export function crossProducts(width: usize, rowCount: usize, columns: usize, columnStart: usize, columnEnd: usize, a: usize, z: usize, out: usize): void {
  const stride = columns << 2
  for (let start: usize = 0; start < rowCount; start += CHUNK) {
    const rows = min(CHUNK, rowCount - start)
    const chunk = a + start * stride
    const block = z + ((start * width) << 2)
    let column = columnStart
    if (width == 16) {
      for (; column + 2 <= columnEnd; column += 2) crossTwoColumns(rows, stride, chunk + (column << 2), block, out + (column << 7))
    }
    for (; column < columnEnd; column++) crossOneColumn(width, rows, stride, chunk + (column << 2), block, out + ((column * width) << 3))
  }
}
