// The SIMD twin of ../../training-product.ts: every entry is the same sum, in the order of k.
// AssemblyScript, a part of kernel.ts. Rows and steps are in bytes here.

/** Rows of b at a time: 16 columns of them stay in the first cache, however far apart they are. */
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

export function multiply(rows: usize, columns: usize, inner: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize, adds: bool): void {
  aRow <<= 2
  aStep <<= 2
  bRow <<= 2
  outRow <<= 2
  const wide = (columns & ~15) << 2
  const width = columns << 2
  const even = rows & ~1
  let begins = !adds
  let k: usize = 0
  do {
    const depth = min(DEPTH, inner - k)
    const left = a + k * aStep
    const right = b + k * bRow
    for (let c: usize = 0; c < wide; c += 64) {
      for (let i: usize = 0; i < even; i += 2) {
        tile(depth, left + i * aRow, aRow, aStep, right + c, bRow, out + i * outRow + c, outRow, begins)
      }
    }
    for (let i: usize = 0; i < rows; i++) {
      for (let c: usize = i < even ? wide : 0; c < width; c += 16) {
        strip(depth, left + i * aRow, aStep, right + c, bRow, out + i * outRow + c, begins)
      }
    }
    begins = false
    k += depth
  } while (k < inner)
}
