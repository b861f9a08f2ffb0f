// The SIMD twin of ../../dense.ts: the same operations in the same order per column, so the same bits.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.

// ---- combineColumns: out = A C, sums in the order of A's columns; two rows at a time share what is loaded of C ----

@inline function combineOneRow(width: usize, columns: usize, a: usize, coefficients: usize, out: usize): void {
  const stride = width << 2
  if (width == 1) {
    let sum: f32 = 0
    for (let k: usize = 0; k < columns; k++) sum += load<f32>(a + (k << 2)) * load<f32>(coefficients + (k << 2))
    store<f32>(out, sum)
    return
  }
  for (let lanes: usize = 0; lanes < stride; lanes += 16) {
    let sum = f32x4.splat(0)
    let at = coefficients + lanes
    for (let k: usize = 0; k < columns; k++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a + (k << 2)), v128.load(at)))
      at += stride
    }
    v128.store(out + lanes, sum)
  }
}

@inline function combineTwoRows(columns: usize, stride: usize, a: usize, coefficients: usize, out: usize): void {
  let p0 = f32x4.splat(0)
  let p1 = f32x4.splat(0)
  let p2 = f32x4.splat(0)
  let p3 = f32x4.splat(0)
  let q0 = f32x4.splat(0)
  let q1 = f32x4.splat(0)
  let q2 = f32x4.splat(0)
  let q3 = f32x4.splat(0)
  const end = a + (columns << 2)
  for (; a < end; a += 4) {
    const x = v128.load32_splat(a)
    const y = v128.load32_splat(a + stride)
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

export function combineColumns(width: usize, rowStart: usize, rowEnd: usize, columns: usize, stride: usize, a: usize, coefficients: usize, out: usize): void {
  let row = rowStart
  const bytes = stride << 2
  if (width == 16) {
    for (; row + 2 <= rowEnd; row += 2) combineTwoRows(columns, bytes, a + row * bytes, coefficients, out + (row << 6))
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

// ---- scaleRows: to = scale o from, rows of either side a stride apart ----

export function scaleRows(width: usize, rowStart: usize, rowEnd: usize, scale: usize, from: usize, fromStride: usize, to: usize, toStride: usize): void {
  for (let row = rowStart; row < rowEnd; row++) {
    const source = from + ((row * fromStride) << 2)
    const target = to + ((row * toStride) << 2)
    const factor = load<f32>(scale + (row << 2))
    if (width == 1) {
      store<f32>(target, load<f32>(source) * factor)
      continue
    }
    const factors = f32x4.splat(factor)
    for (let at: usize = 0; at < width << 2; at += 16) v128.store(target + at, f32x4.mul(v128.load(source + at), factors))
  }
}
