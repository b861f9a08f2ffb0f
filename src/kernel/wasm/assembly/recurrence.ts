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

// Four elements. Sizes are compared as integers, which NaN is the largest of: f32x4.max takes seven instructions, one waiting for the other.
@inline function combineFour(acc: usize, s: v128, w: v128, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32, worst: v128): v128 {
  const spread = f32x4.mul(v128.load(acc), s)
  v128.store(acc, f32x4.splat(0))
  const now = v128.load(z)
  const seed = v128.load(rhs)
  let next = f32x4.add(f32x4.mul(spread, f32x4.splat(a)), f32x4.mul(now, f32x4.splat(b)))
  next = f32x4.add(next, f32x4.mul(v128.load(previous), f32x4.splat(c)))
  next = f32x4.add(next, f32x4.mul(seed, f32x4.splat(d)))
  v128.store(previous, next)
  return i32x4.max_s(worst, f32x4.abs(f32x4.mul(f32x4.sub(f32x4.add(spread, seed), now), w)))
}

@inline function combineOne(acc: usize, scale: usize, weight: usize, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32): f32 {
  const spread = load<f32>(acc) * load<f32>(scale)
  store<f32>(acc, 0)
  const now = load<f32>(z)
  const seed = load<f32>(rhs)
  store<f32>(previous, spread * a + now * b + load<f32>(previous) * c + seed * d)
  return abs((spread + seed - now) * load<f32>(weight))
}

export function combine(start: usize, end: usize, width: usize, acc: usize, scale: usize, weight: usize, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32): f32 {
  let worst = f32x4.splat(0)
  let last: f32 = 0
  if (width == 1) {
    let at = start << 2
    const stop = end << 2
    for (; at + 16 <= stop; at += 16) worst = combineFour(acc + at, v128.load(scale + at), v128.load(weight + at), z + at, previous + at, rhs + at, a, b, c, d, worst)
    for (; at < stop; at += 4) last = max(last, combineOne(acc + at, scale + at, weight + at, z + at, previous + at, rhs + at, a, b, c, d))
  } else {
    const bytes = width << 2
    for (let i = start; i < end; i++) {
      const s = v128.load32_splat(scale + (i << 2))
      const w = v128.load32_splat(weight + (i << 2))
      const stop = (i + 1) * bytes
      for (let at = i * bytes; at < stop; at += 16) worst = combineFour(acc + at, s, w, z + at, previous + at, rhs + at, a, b, c, d, worst)
    }
  }
  const left = max(f32x4.extract_lane(worst, 0), f32x4.extract_lane(worst, 1))
  const right = max(f32x4.extract_lane(worst, 2), f32x4.extract_lane(worst, 3))
  return max(last, max(left, right))
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
