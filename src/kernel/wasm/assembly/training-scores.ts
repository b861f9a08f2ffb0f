// The SIMD twin of ../../training-scores.ts: the same operations in the same order per entry, so the same bits.
// AssemblyScript, a part of kernel.ts. Rows are in bytes here.

import { addLanes } from './training-rows'

/** e^x, 0 below -87; x is at most 88. The sum with 1.5 2^23 holds n in its low bits: shifted, they are the exponent. */
@inline function exp(x: v128): v128 {
  const rounder = f32x4.splat(12582912)
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), rounder)
  const n = f32x4.sub(shifted, rounder)
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)))
  let sum = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(8.3334519073e-3))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(4.1665795894e-2))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.6666665459e-1))
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(5.0000001201e-1))
  const near = f32x4.add(f32x4.add(f32x4.mul(sum, f32x4.mul(r, r)), r), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23)
  return v128.andnot(f32x4.mul(near, power), f32x4.lt(x, f32x4.splat(-87)))
}

// ---- exclusions ----

export function excludeKnown(start: usize, end: usize, count: usize, pairs: usize, slots: usize, users: usize, indptr: usize, indices: usize, marks: usize, scores: usize, scoreRow: usize): void {
  scores += (start * scoreRow) << 2
  for (let b = start; b < end; b++, scores += scoreRow << 2) {
    const user = <usize>load<u32>(users + (<usize>load<u32>(slots + (b << 2)) << 2))
    const from = indices + (<usize>load<u32>(indptr + (user << 2)) << 2)
    const to = indices + (<usize>load<u32>(indptr + (user << 2), 4) << 2)
    for (let edge = from; edge < to; edge += 4) store<u8>(marks + <usize>load<u32>(edge), 1)
    for (let c: usize = 0; c < count; c++) {
      const item = <usize>load<u32>(indices + (<usize>load<u32>(pairs + (c << 2)) << 2))
      if (load<u8>(marks + item) && c != b) store<f32>(scores + (c << 2), -Infinity)
    }
    for (let edge = from; edge < to; edge += 4) store<u8>(marks + <usize>load<u32>(edge), 0)
  }
}

export function excludeSame(start: usize, end: usize, count: usize, ids: usize, scores: usize, scoreRow: usize): void {
  const excluded = f32x4.splat(-Infinity)
  const four = count & ~3
  scores += (start * scoreRow) << 2
  for (let b = start; b < end; b++, scores += scoreRow << 2) {
    const name = load<u32>(ids + (b << 2))
    const names = i32x4.splat(name)
    const own = load<f32>(scores + (b << 2))
    let c: usize = 0
    for (; c < four; c += 4) {
      const isSame = i32x4.eq(names, v128.load(ids + (c << 2)))
      const at = scores + (c << 2)
      if (v128.any_true(isSame)) v128.store(at, v128.bitselect(excluded, v128.load(at), isSame))
    }
    for (; c < count; c++) if (load<u32>(ids + (c << 2)) == name) store<f32>(scores + (c << 2), -Infinity)
    store<f32>(scores + (b << 2), own)
  }
}

// ---- softmaxRows: shift and find the largest, exponentials and their sum, slopes ----

/** v = s inverseTemperature - offset over one row. Answers the largest of every lane; a NaN is none. */
@inline function shiftRow(count: usize, row: usize, offsets: usize, by: f32): v128 {
  const times = f32x4.splat(by)
  const four = (count & ~3) << 2
  let most = f32x4.splat(-Infinity)
  let at: usize = 0
  for (; at < four; at += 16) {
    let v = f32x4.mul(v128.load(row + at), times)
    if (offsets) v = f32x4.sub(v, v128.load(offsets + at))
    v128.store(row + at, v)
    most = f32x4.pmax(most, v)
  }
  for (; at < count << 2; at += 4) {
    let v = load<f32>(row + at) * by
    if (offsets) v -= load<f32>(offsets + at)
    store<f32>(row + at, v)
    most = f32x4.pmax(most, f32x4.splat(v))
  }
  return most
}

@inline function largest(lanes: v128): f32 {
  return max(
    max(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  )
}

export function softmaxRows(start: usize, end: usize, count: usize, scores: usize, scoreRow: usize, offsets: usize, weights: usize, parts: usize, inverseTemperature: f32): void {
  const width = ((count + 3) & ~3) << 2
  scores += (start * scoreRow) << 2
  parts += start << 3
  for (let b = start; b < end; b++, scores += scoreRow << 2, parts += 8) {
    // -0 and 0 are equal, and four lanes meet them in another order: 0 of both.
    const most = largest(shiftRow(count, scores, offsets, inverseTemperature)) + 0
    const own = load<f32>(scores + (b << 2))
    for (let at = count << 2; at < width; at += 4) store<f32>(scores + at, -Infinity)
    const top = f32x4.splat(most)
    let sums = f32x4.splat(0)
    for (let at: usize = 0; at < width; at += 16) {
      const e = exp(f32x4.sub(v128.load(scores + at), top))
      v128.store(scores + at, e)
      sums = f32x4.add(sums, e)
    }
    const total = addLanes(sums)
    const slope = load<f32>(weights + (b << 2)) * inverseTemperature
    const by = f32x4.splat(slope / total)
    for (let at: usize = 0; at < width; at += 16) v128.store(scores + at, f32x4.mul(v128.load(scores + at), by))
    for (let at = count << 2; at < width; at += 4) store<f32>(scores + at, 0)
    store<f32>(scores + (b << 2), load<f32>(scores + (b << 2)) - slope)
    store<f32>(parts, most - own)
    store<f32>(parts, total, 4)
  }
}

// ---- rankingRows ----

@inline function shifted(row: usize, c: usize, offsets: usize, by: f32): f32 {
  const v = load<f32>(row + (c << 2)) * by
  return offsets ? v - load<f32>(offsets + (c << 2)) : v
}

export function rankingRows(start: usize, end: usize, count: usize, scores: usize, scoreRow: usize, offsets: usize, weights: usize, parts: usize, inverseTemperature: f32): void {
  const width = ((count + 3) & ~3) << 2
  scores += (start * scoreRow) << 2
  parts += start << 3
  for (let b = start; b < end; b++, scores += scoreRow << 2, parts += 8) {
    let other = b + 1 == count ? 0 : b + 1
    while (other != b && shifted(scores, other, offsets, inverseTemperature) == -Infinity) other = other + 1 == count ? 0 : other + 1
    const lead = other == b
      ? <f32>Infinity
      : shifted(scores, b, offsets, inverseTemperature) - shifted(scores, other, offsets, inverseTemperature)
    const rise = f32x4.extract_lane(exp(f32x4.pmin(f32x4.splat(lead), f32x4.splat(88))), 0)
    // sigmoid(-lead): beyond the range of exp it is 0 or 1.
    const share: f32 = lead == Infinity ? 0 : 1 / (1 + rise)
    const slope = load<f32>(weights + (b << 2)) * inverseTemperature * share
    for (let at: usize = 0; at < width; at += 16) v128.store(scores + at, f32x4.splat(0))
    store<f32>(scores + (other << 2), slope)
    store<f32>(scores + (b << 2), -slope)
    store<f32>(parts, lead)
    store<f32>(parts, 1, 4)
  }
}
