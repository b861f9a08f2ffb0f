// The SIMD twin of ../../training-rows.ts: the same operations in the same order per entry, so the same bits.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.

/** A vector shorter than this has no direction. */
const SHORTEST: f64 = 1e-12

/** The sum of four, as two pairs. */
@inline export function addLanes(sums: v128): f32 {
  const first = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)
  return first + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
}

@inline function dot(bytes: usize, x: usize, y: usize): f32 {
  let sums = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(x + at), v128.load(y + at)))
  }
  return addLanes(sums)
}

export function takeRows(start: usize, end: usize, width: usize, ids: usize, from: usize, out: usize): void {
  const bytes = width << 2
  out += start * bytes
  for (let b = start; b < end; b++, out += bytes) {
    const row = from + <usize>load<u32>(ids + (b << 2)) * bytes
    for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, v128.load(row + at))
  }
}

export function unitRows(start: usize, end: usize, width: usize, rows: usize, lengths: usize): void {
  const bytes = width << 2
  rows += start * bytes
  for (let b = start; b < end; b++, rows += bytes) {
    const length = sqrt<f32>(dot(bytes, rows, rows))
    const isShort = <f64>length < SHORTEST
    const by = f32x4.splat(isShort ? 0 : <f32>1 / length)
    for (let at: usize = 0; at < bytes; at += 16) v128.store(rows + at, f32x4.mul(v128.load(rows + at), by))
    store<f32>(lengths + (b << 2), isShort ? 0 : length)
  }
}

export function throughLength(start: usize, end: usize, width: usize, unit: usize, lengths: usize, gradient: usize): void {
  const bytes = width << 2
  gradient += start * bytes
  unit += start * bytes
  for (let b = start; b < end; b++, gradient += bytes, unit += bytes) {
    const length = load<f32>(lengths + (b << 2))
    const by = f32x4.splat(length == 0 ? 0 : <f32>1 / length)
    const part = f32x4.splat(dot(bytes, gradient, unit))
    for (let at: usize = 0; at < bytes; at += 16) {
      const across = f32x4.sub(v128.load(gradient + at), f32x4.mul(part, v128.load(unit + at)))
      v128.store(gradient + at, f32x4.mul(across, by))
    }
  }
}

// ---- noisyRows: out = row + noise sign(row) o h / |h|; h is drawn twice, for its length and for its sum ----

@inline function drawn(row: v128, seed: v128, counters: v128): v128 {
  let x = i32x4.add(seed, i32x4.mul(counters, i32x4.splat(0x9e3779b9)))
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x21f0aaad))
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x735a2d97))
  x = i32x4.shr_u(v128.xor(x, i32x4.shr_u(x, 15)), 8)
  const uniform = f32x4.mul(f32x4.convert_i32x4_s(x), f32x4.splat(1 / <f32>(1 << 24)))
  return v128.andnot(uniform, f32x4.eq(row, f32x4.splat(0)))
}

export function noisyRows(start: usize, end: usize, width: usize, rows: usize, out: usize, seed: i32, first: i32, noise: f32): void {
  const bytes = width << 2
  const seeds = i32x4.splat(seed)
  const sign = i32x4.splat(1 << 31)
  let from = i32x4.add(i32x4.splat((first + <i32>start) * <i32>width), i32x4(0, 1, 2, 3))
  rows += start * bytes
  out += start * bytes
  for (let b = start; b < end; b++, rows += bytes, out += bytes) {
    let sums = f32x4.splat(0)
    let counters = from
    for (let at: usize = 0; at < bytes; at += 16) {
      const h = drawn(v128.load(rows + at), seeds, counters)
      sums = f32x4.add(sums, f32x4.mul(h, h))
      counters = i32x4.add(counters, i32x4.splat(4))
    }
    const length = sqrt<f32>(addLanes(sums))
    const by = f32x4.splat(<f64>length < SHORTEST ? 0 : noise / length)
    for (let at: usize = 0; at < bytes; at += 16) {
      const row = v128.load(rows + at)
      const step = f32x4.mul(drawn(row, seeds, from), by)
      const isNegative = f32x4.lt(row, f32x4.splat(0))
      v128.store(out + at, f32x4.add(row, v128.xor(step, v128.and(isNegative, sign))))
      from = i32x4.add(from, i32x4.splat(4))
    }
  }
}

// ---- transpose: 4 x 4 at a time ----

@inline function transposeFour(from: usize, bytes: usize, out: usize, next: usize): void {
  const r0 = v128.load(from)
  const r1 = v128.load(from + bytes)
  const r2 = v128.load(from + bytes * 2)
  const r3 = v128.load(from + bytes * 3)
  const a = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5)
  const b = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7)
  const c = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5)
  const d = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7)
  v128.store(out, v128.shuffle<i32>(a, c, 0, 1, 4, 5))
  v128.store(out + next, v128.shuffle<i32>(a, c, 2, 3, 6, 7))
  v128.store(out + next * 2, v128.shuffle<i32>(b, d, 0, 1, 4, 5))
  v128.store(out + next * 3, v128.shuffle<i32>(b, d, 2, 3, 6, 7))
}

export function transpose(start: usize, end: usize, width: usize, from: usize, out: usize, outRow: usize): void {
  const bytes = width << 2
  const next = outRow << 2
  let b = start
  for (; b + 4 <= end; b += 4) {
    for (let k: usize = 0; k < width; k += 4) transposeFour(from + b * bytes + (k << 2), bytes, out + k * next + (b << 2), next)
  }
  for (; b < end; b++) {
    for (let k: usize = 0; k < width; k++) store<f32>(out + k * next + (b << 2), load<f32>(from + b * bytes + (k << 2)))
  }
}

// ---- adam ----

export function adam(start: usize, end: usize, free: usize, mean: usize, square: usize, gradient: usize, rate: f32, correction: f32): void {
  const by = f32x4.splat(rate)
  const wide = f32x4.splat(correction)
  const stop = end << 2
  for (let at = start << 2; at < stop; ) {
    const isFour = at + 16 <= stop
    const slope = isFour ? v128.load(gradient + at) : v128.load32_zero(gradient + at)
    let first = isFour ? v128.load(mean + at) : v128.load32_zero(mean + at)
    let second = isFour ? v128.load(square + at) : v128.load32_zero(square + at)
    let moved = isFour ? v128.load(free + at) : v128.load32_zero(free + at)
    first = f32x4.add(f32x4.mul(f32x4.splat(0.9), first), f32x4.mul(f32x4.splat(0.1), slope))
    second = f32x4.add(f32x4.mul(f32x4.splat(0.999), second), f32x4.mul(f32x4.splat(0.001), f32x4.mul(slope, slope)))
    const spread = f32x4.add(f32x4.sqrt(f32x4.mul(second, wide)), f32x4.splat(1e-8))
    moved = f32x4.sub(moved, f32x4.div(f32x4.mul(by, first), spread))
    if (isFour) {
      v128.store(mean + at, first)
      v128.store(square + at, second)
      v128.store(free + at, moved)
      at += 16
    } else {
      v128.store32_lane(mean + at, first, 0)
      v128.store32_lane(square + at, second, 0)
      v128.store32_lane(free + at, moved, 0)
      at += 4
    }
  }
}
