// The SIMD twin of ../../offered-items.ts. Items that a bound rules out are left out here: the lists are the same.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.
import { INSERTED_MOST, isWorse, sink } from './top-k'

@inline function addAt(own: usize, item: u32, value: f32): void {
  const at = own + (<usize>item << 2)
  store<f32>(at, load<f32>(at) + value)
}

export function addLists(start: usize, end: usize, stride: usize, rows: usize, indptr: usize, indices: usize, data: usize, factors: usize, listPointers: usize, listIndices: usize, listData: usize, z: usize): void {
  for (let column = start; column < end; column++) {
    const row = rows ? <usize>load<u32>(rows + (column << 2)) : column
    const factor = load<f32>(factors + (column << 2))
    const own = z + ((column * stride) << 2)
    // In order, which brings all of it into the cache before it is added to anywhere.
    for (let at = own, none = f32x4.splat(0); at < own + (stride << 2); at += 16) v128.store(at, none)
    const last = <usize>load<u32>(indptr + (row << 2), 4)
    for (let edge = <usize>load<u32>(indptr + (row << 2)); edge < last; edge++) {
      const share = data ? factor * load<f32>(data + (edge << 2)) : factor
      const shares = f32x4.splat(share)
      const list = listPointers + (<usize>load<u32>(indices + (edge << 2)) << 2)
      const stop = <usize>load<u32>(list, 4) << 2
      let e = <usize>load<u32>(list) << 2
      for (; e + 12 < stop; e += 16) {
        const values = f32x4.mul(shares, v128.load(listData + e))
        const at = listIndices + e
        addAt(own, load<u32>(at), f32x4.extract_lane(values, 0))
        addAt(own, load<u32>(at, 4), f32x4.extract_lane(values, 1))
        addAt(own, load<u32>(at, 8), f32x4.extract_lane(values, 2))
        addAt(own, load<u32>(at, 12), f32x4.extract_lane(values, 3))
      }
      for (; e < stop; e += 4) addAt(own, load<u32>(listIndices + e), share * load<f32>(listData + e))
    }
  }
}

/** Puts an item into a list if it is better than the worst there. */
@inline export function offerTo(k: usize, rows: usize, scores: usize, row: u32, score: f32): void {
  if (k > <usize>INSERTED_MOST) {
    if (isWorse(load<f32>(scores), load<u32>(rows), score, row)) sink(k, rows, scores, row, score)
    return
  }
  let at = k - 1
  if (!isWorse(load<f32>(scores + (at << 2)), load<u32>(rows + (at << 2)), score, row)) return
  while (at > 0 && isWorse(load<f32>(scores + ((at - 1) << 2)), load<u32>(rows + ((at - 1) << 2)), score, row)) {
    store<f32>(scores + (at << 2), load<f32>(scores + ((at - 1) << 2)))
    store<i32>(rows + (at << 2), load<i32>(rows + ((at - 1) << 2)))
    at--
  }
  store<f32>(scores + (at << 2), score)
  store<i32>(rows + (at << 2), row)
}

/** Offers four scores to four lists. @returns their worst scores */
function offerFour(four: v128, k: usize, rows: usize, scores: usize, row: u32): v128 {
  const list = k << 2
  for (let lane: usize = 0; lane < 4; lane++) {
    const score = lane == 0 ? f32x4.extract_lane(four, 0) : lane == 1 ? f32x4.extract_lane(four, 1) : lane == 2 ? f32x4.extract_lane(four, 2) : f32x4.extract_lane(four, 3)
    if (score > 0) offerTo(k, rows + lane * list, scores + lane * list, row, score)
  }
  const worst = k > <usize>INSERTED_MOST ? scores : scores + list - 4
  return f32x4(load<f32>(worst), load<f32>(worst + list), load<f32>(worst + 2 * list), load<f32>(worst + 3 * list))
}

/** Items that are looked at before bars rise: their scores stay in the first cache. A multiple of 4. */
const TILE: usize = 64
/** BOUNDED_AT in ../../ranking.ts. */
const FIRST: usize = 16
const SECOND: usize = 48

@inline function reaches(sum: v128, room: v128, length: v128, bar: v128): v128 {
  return f32x4.ge(f32x4.add(sum, f32x4.mul(room, length)), bar)
}

/** The scores of four items for sixteen profiles, item by item. */
@inline function takeFour(from: usize, step: usize, sums: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + step)
  const c = v128.load(from + 2 * step)
  const d = v128.load(from + 3 * step)
  const lowAB = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const highAB = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const lowCD = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const highCD = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(sums, v128.shuffle<i32>(lowAB, lowCD, 0, 1, 4, 5))
  v128.store(sums, v128.shuffle<i32>(lowAB, lowCD, 2, 3, 6, 7), 64)
  v128.store(sums, v128.shuffle<i32>(highAB, highCD, 0, 1, 4, 5), 128)
  v128.store(sums, v128.shuffle<i32>(highAB, highCD, 2, 3, 6, 7), 192)
}

@inline function copyScores(from: usize, to: usize): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  v128.store(to, v128.load(from, 32), 32)
  v128.store(to, v128.load(from, 48), 48)
}

/** Candidates among the items of a tile: those that their whole vectors may lift into a list. @returns how many */
function takeCandidates(start: usize, end: usize, z: usize, step: usize, rooms: usize, lengths: usize, bars: usize, items: usize, sums: usize): usize {
  let count: usize = 0
  for (let item = start; item < end; item += 4) {
    const from = z + (item << 2)
    const room = v128.load(rooms + (item << 2))
    let some = i32x4.splat(0)
    for (let c: usize = 0, at = from; c < 64; c += 4, at += step) {
      some = v128.or(some, reaches(v128.load(at), room, v128.load32_splat(lengths + c), v128.load32_splat(bars + c)))
    }
    let mask = i32x4.bitmask(some)
    if (mask == 0) continue
    const four = sums + (count << 6)
    for (let c: usize = 0; c < 4; c++) takeFour(from + c * 4 * step, step, four + (c << 4))
    for (let place = four, own = item; mask != 0; mask >>>= 1, place += 64, own++) {
      if ((mask & 1) == 0) continue
      store<u32>(items + (count << 2), <u32>own)
      const to = sums + (count << 6)
      if (to != place) copyScores(place, to)
      count++
    }
  }
  return count
}

/** Adds dimensions to the scores of candidates, two at a time, and keeps those that the others may still lift into a list. @param rooms 0 where no others are left. @returns how many */
function narrow(count: usize, inner: usize, vectors: usize, coefficients: usize, rooms: usize, lengths: usize, bars: usize, items: usize, sums: usize): usize {
  const step = inner << 2
  let kept: usize = 0
  for (let at: usize = 0; at < count; at += 2) {
    const own = sums + (at << 6)
    // A last one without another goes with itself.
    const apart: usize = at + 1 < count ? 1 : 0
    const first = <usize>load<u32>(items + (at << 2))
    const second = <usize>load<u32>(items + ((at + apart) << 2))
    let p0 = v128.load(own)
    let p1 = v128.load(own, 16)
    let p2 = v128.load(own, 32)
    let p3 = v128.load(own, 48)
    let q0 = v128.load(own + (apart << 6))
    let q1 = v128.load(own + (apart << 6), 16)
    let q2 = v128.load(own + (apart << 6), 32)
    let q3 = v128.load(own + (apart << 6), 48)
    let x = vectors + first * step
    let y = vectors + second * step
    let c = coefficients
    for (const end = x + step; x < end; x += 4) {
      const c0 = v128.load(c)
      const c1 = v128.load(c, 16)
      const c2 = v128.load(c, 32)
      const c3 = v128.load(c, 48)
      const a = v128.load32_splat(x)
      const b = v128.load32_splat(y)
      p0 = f32x4.add(p0, f32x4.mul(a, c0))
      p1 = f32x4.add(p1, f32x4.mul(a, c1))
      p2 = f32x4.add(p2, f32x4.mul(a, c2))
      p3 = f32x4.add(p3, f32x4.mul(a, c3))
      q0 = f32x4.add(q0, f32x4.mul(b, c0))
      q1 = f32x4.add(q1, f32x4.mul(b, c1))
      q2 = f32x4.add(q2, f32x4.mul(b, c2))
      q3 = f32x4.add(q3, f32x4.mul(b, c3))
      y += 4
      c += 64
    }
    if (reachesAny(p0, p1, p2, p3, rooms, first, lengths, bars)) kept = putCandidate(p0, p1, p2, p3, first, kept, items, sums)
    if (apart && reachesAny(q0, q1, q2, q3, rooms, second, lengths, bars)) kept = putCandidate(q0, q1, q2, q3, second, kept, items, sums)
  }
  return kept
}

@inline function reachesAny(p0: v128, p1: v128, p2: v128, p3: v128, rooms: usize, item: usize, lengths: usize, bars: usize): bool {
  const room = rooms ? v128.load32_splat(rooms + (item << 2)) : f32x4.splat(0)
  return v128.any_true(v128.or(
    v128.or(reaches(p0, room, v128.load(lengths), v128.load(bars)), reaches(p1, room, v128.load(lengths, 16), v128.load(bars, 16))),
    v128.or(reaches(p2, room, v128.load(lengths, 32), v128.load(bars, 32)), reaches(p3, room, v128.load(lengths, 48), v128.load(bars, 48)))))
}

@inline function putCandidate(p0: v128, p1: v128, p2: v128, p3: v128, item: usize, at: usize, items: usize, sums: usize): usize {
  const to = sums + (at << 6)
  v128.store(to, p0)
  v128.store(to, p1, 16)
  v128.store(to, p2, 32)
  v128.store(to, p3, 48)
  store<u32>(items + (at << 2), <u32>item)
  return at + 1
}

/** Offers the scores of one item to all lists. */
@inline function offerItem(row: u32, own: usize, k: usize, rows: usize, scores: usize, bars: usize): void {
  const list = k << 4
  for (let four: usize = 0; four < 4; four++) {
    const scored = v128.load(own + (four << 4))
    const bar = bars + (four << 4)
    if (v128.any_true(f32x4.ge(scored, v128.load(bar)))) v128.store(bar, offerFour(scored, k, rows + four * list, scores + four * list, row))
  }
}

export function offerItems(start: usize, end: usize, k: usize, dimensions: usize, vectors: usize, coefficients: usize, lengths: usize, rooms: usize, z: usize, stride: usize, candidates: usize, ids: usize, rows: usize, scores: usize, bars: usize): void {
  const room = stride << 2
  const first = min(FIRST, dimensions)
  const second = min(SECOND, dimensions)
  const items = candidates + (TILE << 6)
  for (let tile = start; tile < end; tile += TILE) {
    let count = takeCandidates(tile, min(tile + TILE, end), z, room, rooms, lengths, bars, items, candidates)
    count = narrow(count, first, vectors, coefficients, rooms + room, lengths + 64, bars, items, candidates)
    count = narrow(count, second - first, vectors + room * first, coefficients + (first << 6), rooms + 2 * room, lengths + 128, bars, items, candidates)
    count = narrow(count, dimensions - second, vectors + room * second, coefficients + (second << 6), 0, lengths, bars, items, candidates)
    for (let at: usize = 0; at < count; at++) {
      const row = load<u32>(ids + (load<u32>(items + (at << 2)) << 2))
      offerItem(row, candidates + (at << 6), k, rows, scores, bars)
    }
  }
}
