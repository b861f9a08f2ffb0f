// The SIMD twin of ../../products.ts: the same operations in the same order per column, so the same bits.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.

// ---- multiplySparse: out = base + finish o (W (scale o z)) ----
// Types say what there may be: `W` weights and `S` scales, f32 for yes and i32 for no; `D` which entries are left out, f32 those that are dropped,
// i64 holes, i32 none; `N` how many registers of four columns stay with a row over all its entries: u8 one, u16 two, u32 four, u64 eight.

@inline export function isDropped(seed: i32, below: i32, edge: usize): bool {
  let x = seed + <i32>edge * <i32>0x9e3779b9
  x = (x ^ (x >>> 16)) * 0x21f0aaad
  x = (x ^ (x >>> 15)) * 0x735a2d97
  return ((x ^ (x >>> 15)) >>> 8) < below
}

@inline function isLeftOut<D>(column: usize, edge: usize, seed: i32, below: i32): bool {
  if (isFloat<D>()) return isDropped(seed, below, edge)
  return sizeof<D>() == 8 && <i32>column < 0
}

@inline function factorOf<W, S>(data: usize, edge: usize, scale: usize, column: usize): f32 {
  if (!isFloat<S>()) return isFloat<W>() ? load<f32>(data + (edge << 2)) : 1
  const own: f32 = scale ? load<f32>(scale + (column << 2)) : 1
  return isFloat<W>() ? load<f32>(data + (edge << 2)) * own : own
}

@inline function factorsOf<W, S>(data: usize, edge: usize, scale: usize, column: usize): v128 {
  if (isFloat<W>() && !isFloat<S>()) return v128.load32_splat(data + (edge << 2))
  return f32x4.splat(factorOf<W, S>(data, edge, scale, column))
}

/** sum + w v, or sum + v where every factor is 1. */
@inline function plus<W, S>(sum: v128, w: v128, v: v128): v128 {
  return isFloat<W>() || isFloat<S>() ? f32x4.add(sum, f32x4.mul(w, v)) : f32x4.add(sum, v)
}

@inline function finish(sum: v128, by: v128, base: usize): v128 {
  const scaled = f32x4.mul(by, sum)
  return base ? f32x4.add(v128.load(base), scaled) : scaled
}

@inline function sumTile<N, W, S, D>(from: usize, to: usize, indices: usize, data: usize, scale: usize, z: usize, bytes: usize, seed: i32, below: i32, base: usize, by: v128, out: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  let s5 = f32x4.splat(0)
  let s6 = f32x4.splat(0)
  let s7 = f32x4.splat(0)
  for (let edge = from; edge < to; edge++) {
    const column = <usize>load<u32>(indices + (edge << 2))
    if (!isLeftOut<D>(column, edge, seed, below)) {
      const w = factorsOf<W, S>(data, edge, scale, column)
      const row = z + column * bytes
      s0 = plus<W, S>(s0, w, v128.load(row))
      if (sizeof<N>() > 1) s1 = plus<W, S>(s1, w, v128.load(row, 16))
      if (sizeof<N>() > 2) {
        s2 = plus<W, S>(s2, w, v128.load(row, 32))
        s3 = plus<W, S>(s3, w, v128.load(row, 48))
      }
      if (sizeof<N>() > 4) {
        s4 = plus<W, S>(s4, w, v128.load(row, 64))
        s5 = plus<W, S>(s5, w, v128.load(row, 80))
        s6 = plus<W, S>(s6, w, v128.load(row, 96))
        s7 = plus<W, S>(s7, w, v128.load(row, 112))
      }
    }
  }
  v128.store(out, finish(s0, by, base))
  if (sizeof<N>() > 1) v128.store(out, finish(s1, by, base && base + 16), 16)
  if (sizeof<N>() > 2) {
    v128.store(out, finish(s2, by, base && base + 32), 32)
    v128.store(out, finish(s3, by, base && base + 48), 48)
  }
  if (sizeof<N>() > 4) {
    v128.store(out, finish(s4, by, base && base + 64), 64)
    v128.store(out, finish(s5, by, base && base + 80), 80)
    v128.store(out, finish(s6, by, base && base + 96), 96)
    v128.store(out, finish(s7, by, base && base + 112), 112)
  }
}

@inline function sumOne<W, S, D>(from: usize, to: usize, indices: usize, data: usize, scale: usize, z: usize, bytes: usize, seed: i32, below: i32): f32 {
  let sum: f32 = 0
  for (let edge = from; edge < to; edge++) {
    const column = <usize>load<u32>(indices + (edge << 2))
    if (isLeftOut<D>(column, edge, seed, below)) continue
    const v = load<f32>(z + column * bytes)
    if (isFloat<W>() || isFloat<S>()) sum += factorOf<W, S>(data, edge, scale, column) * v
    else sum += v
  }
  return sum
}

/** Rows of as many columns as `N` says, f32 for one, of nothing but entries and what they are finished with. */
function sumPlain<N, W>(start: usize, end: usize, indptr: usize, indices: usize, data: usize, z: usize, finish: usize, out: usize): void {
  const bytes: usize = isFloat<N>() ? 4 : sizeof<N>() << 4
  let from = <usize>load<u32>(indptr + (start << 2))
  for (let row = start; row < end; row++) {
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    const by: f32 = finish ? load<f32>(finish + (row << 2)) : 1
    const at = out + row * bytes
    if (isFloat<N>()) store<f32>(at, by * sumOne<W, i32, i32>(from, to, indices, data, 0, z, 4, 0, 0))
    else sumTile<N, W, i32, i32>(from, to, indices, data, 0, z, bytes, 0, 0, 0, f32x4.splat(by), at)
    from = to
  }
}

/** Rows of any width, with all that there may be. */
function sumEvery<W, S, D>(bytes: usize, start: usize, end: usize, rows: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, base: usize, finish: usize, out: usize, seed: i32, below: i32): void {
  for (let k = start; k < end; k++) {
    const row = rows ? <usize>load<u32>(rows + (k << 2)) : k
    const from = <usize>load<u32>(indptr + (row << 2))
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    const by = f32x4.splat(finish ? load<f32>(finish + (k << 2)) : 1)
    let at = k * bytes
    let column = z
    const stop = at + bytes
    for (; at + 128 <= stop; at += 128, column += 128) sumTile<u64, W, S, D>(from, to, indices, data, scale, column, bytes, seed, below, base && base + at, by, out + at)
    for (; at + 64 <= stop; at += 64, column += 64) sumTile<u32, W, S, D>(from, to, indices, data, scale, column, bytes, seed, below, base && base + at, by, out + at)
    for (; at + 16 <= stop; at += 16, column += 16) sumTile<u8, W, S, D>(from, to, indices, data, scale, column, bytes, seed, below, base && base + at, by, out + at)
    for (; at < stop; at += 4, column += 4) {
      const sum = f32x4.extract_lane(by, 0) * sumOne<W, S, D>(from, to, indices, data, scale, column, bytes, seed, below)
      store<f32>(out + at, base ? load<f32>(base + at) + sum : sum)
    }
  }
}

/** Blocks as sweeps have them. Exported to stay a function of its own: within a larger one its loops get fewer registers. */
export function multiplyPlain(start: usize, end: usize, width: usize, indptr: usize, indices: usize, data: usize, z: usize, finish: usize, out: usize): void {
  if (data) {
    if (width == 16) sumPlain<u32, f32>(start, end, indptr, indices, data, z, finish, out)
    else if (width == 8) sumPlain<u16, f32>(start, end, indptr, indices, data, z, finish, out)
    else if (width == 4) sumPlain<u8, f32>(start, end, indptr, indices, data, z, finish, out)
    else sumPlain<f32, f32>(start, end, indptr, indices, data, z, finish, out)
  } else {
    if (width == 16) sumPlain<u32, i32>(start, end, indptr, indices, 0, z, finish, out)
    else if (width == 8) sumPlain<u16, i32>(start, end, indptr, indices, 0, z, finish, out)
    else if (width == 4) sumPlain<u8, i32>(start, end, indptr, indices, 0, z, finish, out)
    else sumPlain<f32, i32>(start, end, indptr, indices, 0, z, finish, out)
  }
}

export function multiplySparse(start: usize, end: usize, width: usize, rows: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, base: usize, finish: usize, out: usize, seed: i32, below: i32, hasHoles: bool): void {
  const isBlock = width == 1 || width == 4 || width == 8 || width == 16
  const bytes = width << 2
  if (hasHoles) sumEvery<i32, i32, i64>(bytes, start, end, rows, indptr, indices, 0, 0, z, base, finish, out, 0, 0)
  else if (isBlock && !(rows || scale || base || below > 0)) {
    multiplyPlain(start, end, width, indptr, indices, data, z, finish, out)
  } else if (data) {
    if (below > 0) sumEvery<f32, f32, f32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
    else sumEvery<f32, f32, i32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, 0, 0)
  } else {
    if (below > 0) sumEvery<i32, f32, f32>(bytes, start, end, rows, indptr, indices, 0, scale, z, base, finish, out, seed, below)
    else sumEvery<i32, f32, i32>(bytes, start, end, rows, indptr, indices, 0, scale, z, base, finish, out, 0, 0)
  }
}

// ---- normal: acc += W' (middle o (W z)) of one column, one row at a time while its indices are in cache ----

@inline function normalRow<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
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

function normalRows<T>(start: usize, end: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  let from = <usize>load<u32>(indptr + (start << 2))
  for (let row = start; row < end; row++) {
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    normalRow<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
    from = to
  }
}

export function normal(start: usize, end: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  if (data) normalRows<f32>(start, end, indptr, indices, data, middle, z, acc)
  else normalRows<i32>(start, end, indptr, indices, data, middle, z, acc)
}

// ---- multiplyDense: every entry is the same sum, in the order of k. Rows and steps are in bytes here ----

/** Rows of b at a time: 16 columns of them stay in the first cache, however far apart they are. Rows side by side need no limit. */
const DEPTH: usize = 32

/** 2 rows x 16 columns: eight sums in registers over the whole loop. */
@inline function tile(depth: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize, begins: bool): void {
  const zero = f32x4.splat(0)
  const below = out + outRow
  let p0 = begins ? zero : v128.load(out)
  let p1 = begins ? zero : v128.load(out, 16)
  let p2 = begins ? zero : v128.load(out, 32)
  let p3 = begins ? zero : v128.load(out, 48)
  let q0 = begins ? zero : v128.load(below)
  let q1 = begins ? zero : v128.load(below, 16)
  let q2 = begins ? zero : v128.load(below, 32)
  let q3 = begins ? zero : v128.load(below, 48)
  const end = b + depth * bRow
  for (; b < end; b += bRow) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a + aRow)
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const b2 = v128.load(b, 32)
    const b3 = v128.load(b, 48)
    p0 = f32x4.add(p0, f32x4.mul(x, b0))
    p1 = f32x4.add(p1, f32x4.mul(x, b1))
    p2 = f32x4.add(p2, f32x4.mul(x, b2))
    p3 = f32x4.add(p3, f32x4.mul(x, b3))
    q0 = f32x4.add(q0, f32x4.mul(y, b0))
    q1 = f32x4.add(q1, f32x4.mul(y, b1))
    q2 = f32x4.add(q2, f32x4.mul(y, b2))
    q3 = f32x4.add(q3, f32x4.mul(y, b3))
    a += aStep
  }
  v128.store(out, p0)
  v128.store(out, p1, 16)
  v128.store(out, p2, 32)
  v128.store(out, p3, 48)
  v128.store(below, q0)
  v128.store(below, q1, 16)
  v128.store(below, q2, 32)
  v128.store(below, q3, 48)
}

/** 1 row x 4 columns, for what is left over. */
function strip(depth: usize, a: usize, aStep: usize, b: usize, bRow: usize, out: usize, begins: bool): void {
  let sum = begins ? f32x4.splat(0) : v128.load(out)
  const end = b + depth * bRow
  for (; b < end; b += bRow) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a), v128.load(b)))
    a += aStep
  }
  v128.store(out, sum)
}

/** 1 row x 1 column. */
function single(depth: usize, a: usize, aStep: usize, b: usize, bRow: usize, out: usize, begins: bool): void {
  let sum: f32 = begins ? 0 : load<f32>(out)
  const end = b + depth * bRow
  for (; b < end; b += bRow) {
    sum += load<f32>(a) * load<f32>(b)
    a += aStep
  }
  store<f32>(out, sum)
}

export function multiplyDense(start: usize, end: usize, columns: usize, inner: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize): void {
  aRow <<= 2
  aStep <<= 2
  bRow <<= 2
  outRow <<= 2
  const wide = (columns & ~15) << 2
  const four = (columns & ~3) << 2
  const width = columns << 2
  const even = start + ((end - start) & ~1)
  const most = bRow <= 64 ? inner : DEPTH
  let k: usize = 0
  do {
    const depth = min(most, inner - k)
    const left = a + k * aStep
    const right = b + k * bRow
    const begins = k == 0
    for (let c: usize = 0; c < wide; c += 64) {
      for (let i = start; i < even; i += 2) {
        tile(depth, left + i * aRow, aRow, aStep, right + c, bRow, out + i * outRow + c, outRow, begins)
      }
    }
    for (let i = start; i < end; i++) {
      let c: usize = i < even ? wide : 0
      for (; c < four; c += 16) strip(depth, left + i * aRow, aStep, right + c, bRow, out + i * outRow + c, begins)
      for (; c < width; c += 4) single(depth, left + i * aRow, aStep, right + c, bRow, out + i * outRow + c, begins)
    }
    k += depth
  } while (k < inner)
}

// ---- crossProducts: row i of out += sum over rows r of A_ri z_r; 64 rows in float32, then float64 ----

const CHUNK: usize = 64

@inline function addDoubles(out: usize, sums: v128): void {
  v128.store(out, f64x2.add(v128.load(out), f64x2.promote_low_f32x4(sums)))
  const high = v128.shuffle<i32>(sums, sums, 2, 3, 2, 3)
  v128.store(out, f64x2.add(v128.load(out, 16), f64x2.promote_low_f32x4(high)), 16)
}

@inline function crossOneColumn(width: usize, rows: usize, stride: usize, a: usize, z: usize, out: usize): void {
  if (width == 1) {
    let sum: f32 = 0
    for (let row: usize = 0; row < rows; row++) sum += load<f32>(a + row * stride) * load<f32>(z + (row << 2))
    store<f64>(out, load<f64>(out) + <f64>sum)
    return
  }
  const bytes = width << 2
  for (let lanes: usize = 0; lanes < bytes; lanes += 16) {
    let sums = f32x4.splat(0)
    let from = a
    let at = z + lanes
    for (let row: usize = 0; row < rows; row++) {
      sums = f32x4.add(sums, f32x4.mul(v128.load32_splat(from), v128.load(at)))
      from += stride
      at += bytes
    }
    addDoubles(out + (lanes << 1), sums)
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

export function crossProducts(start: usize, end: usize, width: usize, columnStart: usize, columnEnd: usize, a: usize, aRow: usize, z: usize, out: usize): void {
  const stride = aRow << 2
  for (let from = start; from < end; from += CHUNK) {
    const rows = min(CHUNK, end - from)
    const chunk = a + from * stride
    const block = z + ((from * width) << 2)
    let column = columnStart
    if (width == 16) {
      for (; column + 2 <= columnEnd; column += 2) crossTwoColumns(rows, stride, chunk + (column << 2), block, out + (column << 7))
    }
    for (; column < columnEnd; column++) crossOneColumn(width, rows, stride, chunk + (column << 2), block, out + ((column * width) << 3))
  }
}
