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

/** 16 columns of one item, sums over `inner` dimensions: they go on in `sums`. */
@inline function addDimensions(inner: usize, vector: usize, coefficients: usize, sums: usize): void {
  let p0 = v128.load(sums)
  let p1 = v128.load(sums, 16)
  let p2 = v128.load(sums, 32)
  let p3 = v128.load(sums, 48)
  const end = vector + (inner << 2)
  for (; vector < end; vector += 4) {
    const x = v128.load32_splat(vector)
    p0 = f32x4.add(p0, f32x4.mul(x, v128.load(coefficients)))
    p1 = f32x4.add(p1, f32x4.mul(x, v128.load(coefficients, 16)))
    p2 = f32x4.add(p2, f32x4.mul(x, v128.load(coefficients, 32)))
    p3 = f32x4.add(p3, f32x4.mul(x, v128.load(coefficients, 48)))
    coefficients += 64
  }
  v128.store(sums, p0)
  v128.store(sums, p1, 16)
  v128.store(sums, p2, 32)
  v128.store(sums, p3, 48)
}

@inline function reaches(sum: v128, room: v128, length: usize, bar: v128): v128 {
  return f32x4.ge(f32x4.add(sum, f32x4.mul(room, v128.load(length))), bar)
}

/** The rest of an item that may reach into a list. */
function offerItem(item: usize, k: usize, rest: usize, tails: usize, others: usize, sums: usize, ids: usize, rows: usize, scores: usize, bars: usize): void {
  const list = k << 4
  if (rest) addDimensions(rest, tails + ((item * rest) << 2), others, sums)
  const row = load<u32>(ids + (item << 2))
  for (let four: usize = 0; four < 4; four++) {
    const scored = v128.load(sums + (four << 4))
    const bar = bars + (four << 4)
    if (v128.any_true(f32x4.ge(scored, v128.load(bar)))) v128.store(bar, offerFour(scored, k, rows + four * list, scores + four * list, row))
  }
}

/** Takes the scores of four items out of those of four profiles: items by rows of RANKED_TOGETHER. */
@inline function takeFour(from: usize, step: usize, sums: usize): void {
  const zero = f32x4.splat(0)
  const a = v128.load(from)
  v128.store(from, zero)
  const b = v128.load(from + step)
  v128.store(from + step, zero)
  const c = v128.load(from + 2 * step)
  v128.store(from + 2 * step, zero)
  const d = v128.load(from + 3 * step)
  v128.store(from + 3 * step, zero)
  const lowAB = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const highAB = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const lowCD = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const highCD = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(sums, v128.shuffle<i32>(lowAB, lowCD, 0, 1, 4, 5))
  v128.store(sums, v128.shuffle<i32>(lowAB, lowCD, 2, 3, 6, 7), 64)
  v128.store(sums, v128.shuffle<i32>(highAB, highCD, 0, 1, 4, 5), 128)
  v128.store(sums, v128.shuffle<i32>(highAB, highCD, 2, 3, 6, 7), 192)
}

export function offerItems(start: usize, end: usize, k: usize, first: usize, rest: usize, heads: usize, tails: usize, coefficients: usize, lengths: usize, rooms: usize, z: usize, stride: usize, sums: usize, ids: usize, rows: usize, scores: usize, bars: usize): void {
  const step = stride << 2
  for (let item = start; item < end; item += 4) {
    const from = z + (item << 2)
    for (let four: usize = 0; four < 4; four++) takeFour(from + four * 4 * step, step, sums + (four << 4))
    offerTwo(item, item + 1 < end, k, first, rest, heads, tails, coefficients, lengths, rooms, sums, ids, rows, scores, bars)
    if (item + 2 < end) offerTwo(item + 2, item + 3 < end, k, first, rest, heads, tails, coefficients, lengths, rooms, sums + 128, ids, rows, scores, bars)
  }
}

function offerTwo(item: usize, isPair: bool, k: usize, first: usize, rest: usize, heads: usize, tails: usize, coefficients: usize, lengths: usize, rooms: usize, sums: usize, ids: usize, rows: usize, scores: usize, bars: usize): void {
  const others = coefficients + (first << 6)
  const bytes = first << 2
  // A last item without another goes with itself.
  const step: usize = isPair ? 64 : 0
  const apart = isPair ? bytes : 0
  let p0 = v128.load(sums)
  let p1 = v128.load(sums, 16)
  let p2 = v128.load(sums, 32)
  let p3 = v128.load(sums, 48)
  let q0 = v128.load(sums + step)
  let q1 = v128.load(sums + step, 16)
  let q2 = v128.load(sums + step, 32)
  let q3 = v128.load(sums + step, 48)
  let at = coefficients
  let head = heads + item * bytes
  for (const stop = head + bytes; head < stop; head += 4) {
    const x = v128.load32_splat(head)
    const y = v128.load32_splat(head + apart)
    const c0 = v128.load(at)
    const c1 = v128.load(at, 16)
    const c2 = v128.load(at, 32)
    const c3 = v128.load(at, 48)
    p0 = f32x4.add(p0, f32x4.mul(x, c0))
    p1 = f32x4.add(p1, f32x4.mul(x, c1))
    p2 = f32x4.add(p2, f32x4.mul(x, c2))
    p3 = f32x4.add(p3, f32x4.mul(x, c3))
    q0 = f32x4.add(q0, f32x4.mul(y, c0))
    q1 = f32x4.add(q1, f32x4.mul(y, c1))
    q2 = f32x4.add(q2, f32x4.mul(y, c2))
    q3 = f32x4.add(q3, f32x4.mul(y, c3))
    at += 64
  }
  const room = v128.load32_splat(rooms + (item << 2))
  const own = v128.or(
    v128.or(reaches(p0, room, lengths, v128.load(bars)), reaches(p1, room, lengths + 16, v128.load(bars, 16))),
    v128.or(reaches(p2, room, lengths + 32, v128.load(bars, 32)), reaches(p3, room, lengths + 48, v128.load(bars, 48))))
  if (v128.any_true(own)) {
    v128.store(sums, p0)
    v128.store(sums, p1, 16)
    v128.store(sums, p2, 32)
    v128.store(sums, p3, 48)
    offerItem(item, k, rest, tails, others, sums, ids, rows, scores, bars)
  }
  if (!isPair) return
  const nextRoom = v128.load32_splat(rooms + (item << 2), 4)
  const next = v128.or(
    v128.or(reaches(q0, nextRoom, lengths, v128.load(bars)), reaches(q1, nextRoom, lengths + 16, v128.load(bars, 16))),
    v128.or(reaches(q2, nextRoom, lengths + 32, v128.load(bars, 32)), reaches(q3, nextRoom, lengths + 48, v128.load(bars, 48))))
  if (v128.any_true(next)) {
    v128.store(sums, q0, 64)
    v128.store(sums, q1, 80)
    v128.store(sums, q2, 96)
    v128.store(sums, q3, 112)
    offerItem(item + 1, k, rest, tails, others, sums + 64, ids, rows, scores, bars)
  }
}
