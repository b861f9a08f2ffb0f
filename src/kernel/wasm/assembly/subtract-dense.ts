// The SIMD twin of subtractDense in ../../products.ts: every entry is the same sum, in the order of k, and one subtraction.
// AssemblyScript, a part of kernel.ts. Rows and steps are in bytes here.

/** Columns at a time: what b has of them stays in the first cache while rows go by. */
const TILE: usize = 512

/** 4 rows x 4 columns: eight sums in registers. */
@inline function tile(inner: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize): void {
  let p0 = f64x2.splat(0)
  let p1 = f64x2.splat(0)
  let q0 = f64x2.splat(0)
  let q1 = f64x2.splat(0)
  let r0 = f64x2.splat(0)
  let r1 = f64x2.splat(0)
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  const third = a + 2 * aRow
  const end = b + inner * bRow
  let step: usize = 0
  for (; b < end; b += bRow) {
    const x = v128.load(b)
    const y = v128.load(b, 16)
    const p = v128.load64_splat(a + step)
    const q = v128.load64_splat(a + aRow + step)
    const r = v128.load64_splat(third + step)
    const s = v128.load64_splat(third + aRow + step)
    p0 = f64x2.add(p0, f64x2.mul(p, x))
    p1 = f64x2.add(p1, f64x2.mul(p, y))
    q0 = f64x2.add(q0, f64x2.mul(q, x))
    q1 = f64x2.add(q1, f64x2.mul(q, y))
    r0 = f64x2.add(r0, f64x2.mul(r, x))
    r1 = f64x2.add(r1, f64x2.mul(r, y))
    s0 = f64x2.add(s0, f64x2.mul(s, x))
    s1 = f64x2.add(s1, f64x2.mul(s, y))
    step += aStep
  }
  subtract(out, p0, p1)
  subtract(out + outRow, q0, q1)
  subtract(out + 2 * outRow, r0, r1)
  subtract(out + 3 * outRow, s0, s1)
}

@inline function subtract(out: usize, first: v128, second: v128): void {
  v128.store(out, f64x2.sub(v128.load(out), first))
  v128.store(out, f64x2.sub(v128.load(out, 16), second), 16)
}

/** 1 row x 1 column, for what is left over. */
function single(inner: usize, a: usize, aStep: usize, b: usize, bRow: usize, out: usize): void {
  let sum: f64 = 0
  const end = b + inner * bRow
  for (; b < end; b += bRow) {
    sum += load<f64>(a) * load<f64>(b)
    a += aStep
  }
  store<f64>(out, load<f64>(out) - sum)
}

export function subtractDense(start: usize, end: usize, columns: usize, inner: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize): void {
  aRow <<= 3
  aStep <<= 3
  bRow <<= 3
  outRow <<= 3
  const width = columns << 3
  const four = (columns & ~3) << 3
  const whole = start + ((end - start) & ~3)
  for (let first: usize = 0; first < four; first += TILE) {
    const last = min(first + TILE, four)
    for (let i = start; i < whole; i += 4) {
      for (let c = first; c < last; c += 32) tile(inner, a + i * aRow, aRow, aStep, b + c, bRow, out + i * outRow + c, outRow)
    }
  }
  for (let i = start; i < end; i++) {
    for (let c = i < whole ? four : 0; c < width; c += 8) single(inner, a + i * aRow, aStep, b + c, bRow, out + i * outRow + c)
  }
}
