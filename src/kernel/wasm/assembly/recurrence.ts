// The SIMD twin of ../../recurrence.ts: the same operations in the same order per column, so the same bits.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.

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

export function combine(start: usize, end: usize, width: usize, acc: usize, scale: usize, weight: usize, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32): f32 {
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

// ---- scaleRows: to = scale o from, rows of either side as far apart as is said ----

export function scaleRows(start: usize, end: usize, width: usize, scale: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let row = start; row < end; row++) {
    const source = from + ((row * fromRow) << 2)
    const target = to + ((row * toRow) << 2)
    const factor = load<f32>(scale + (row << 2))
    if (width == 1) {
      store<f32>(target, load<f32>(source) * factor)
      continue
    }
    const factors = f32x4.splat(factor)
    for (let at: usize = 0; at < width << 2; at += 16) v128.store(target + at, f32x4.mul(v128.load(source + at), factors))
  }
}
