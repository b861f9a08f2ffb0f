// The SIMD twin of ../../list-sums.ts: every sum is made in the same order, so the same bits.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.
import { INSERTED_MOST } from './top-k'
import { offerTo } from './offered-items'

@inline function weightOf(entry: usize, data: usize, factor: f64): f64 {
  return data ? factor * <f64>load<f32>(data + (entry << 2)) : factor
}

@inline function addOne(sums: usize, indices: usize, data: usize, at: usize, weight: f64): void {
  const sum = sums + (<usize>load<u32>(indices + at) << 3)
  store<f64>(sum, load<f64>(sum) + weight * <f64>load<f32>(data + at))
}

/** Four entries a turn: a list holds an item once, so their order is free. */
@inline function addList(from: usize, to: usize, indices: usize, data: usize, weight: f64, sums: usize): void {
  let at = from << 2
  const end = to << 2
  for (; at + 16 <= end; at += 16) {
    addOne(sums, indices, data, at, weight)
    addOne(sums, indices, data, at + 4, weight)
    addOne(sums, indices, data, at + 8, weight)
    addOne(sums, indices, data, at + 12, weight)
  }
  for (; at < end; at += 4) addOne(sums, indices, data, at, weight)
}

@inline function plusLow(sum: v128, weight: f64, four: v128): v128 {
  return f64x2.add(sum, f64x2.mul(f64x2.splat(weight), f64x2.promote_low_f32x4(four)))
}

@inline function plusHigh(sum: v128, weight: f64, four: v128): v128 {
  return plusLow(sum, weight, v128.shuffle<i32>(four, four, 2, 3, 2, 3))
}

/** One whole list, or as many as `N` says, in one pass over the sums and in their order: u8 one, u32 four. */
@inline function addWhole<N>(columns: usize, a: usize, b: usize, c: usize, d: usize, w: f64, x: f64, y: f64, z: f64, sums: usize): void {
  const end = columns << 2
  let at: usize = 0
  for (; at + 16 <= end; at += 16) {
    const sum = sums + (at << 1)
    let four = v128.load(a + at)
    let low = plusLow(v128.load(sum), w, four)
    let high = plusHigh(v128.load(sum, 16), w, four)
    if (sizeof<N>() > 1) {
      four = v128.load(b + at)
      low = plusLow(low, x, four)
      high = plusHigh(high, x, four)
      four = v128.load(c + at)
      low = plusLow(low, y, four)
      high = plusHigh(high, y, four)
      four = v128.load(d + at)
      low = plusLow(low, z, four)
      high = plusHigh(high, z, four)
    }
    v128.store(sum, low)
    v128.store(sum, high, 16)
  }
  for (; at < end; at += 4) {
    let sum = load<f64>(sums + (at << 1)) + w * <f64>load<f32>(a + at)
    if (sizeof<N>() > 1) {
      sum += x * <f64>load<f32>(b + at)
      sum += y * <f64>load<f32>(c + at)
      sum += z * <f64>load<f32>(d + at)
    }
    store<f64>(sums + (at << 1), sum)
  }
}

function addWholes(start: usize, end: usize, entries: usize, weights: usize, factor: f64, columns: usize, data: usize, sums: usize): void {
  const bytes = columns << 2
  let entry = start
  for (; entry + 4 <= end; entry += 4) {
    const ids = entries + (entry << 2)
    addWhole<u32>(columns,
      data + <usize>load<u32>(ids) * bytes, data + <usize>load<u32>(ids, 4) * bytes,
      data + <usize>load<u32>(ids, 8) * bytes, data + <usize>load<u32>(ids, 12) * bytes,
      weightOf(entry, weights, factor), weightOf(entry + 1, weights, factor),
      weightOf(entry + 2, weights, factor), weightOf(entry + 3, weights, factor), sums)
  }
  for (; entry < end; entry++) {
    const list = data + <usize>load<u32>(entries + (entry << 2)) * bytes
    addWhole<u8>(columns, list, 0, 0, 0, weightOf(entry, weights, factor), 0, 0, 0, sums)
  }
}

export function sumLists(start: usize, end: usize, entries: usize, weights: usize, factor: f64, columns: usize, indptr: usize, indices: usize, data: usize, sums: usize): void {
  if (!indices) {
    addWholes(start, end, entries, weights, factor, columns, data, sums)
    return
  }
  for (let entry = start; entry < end; entry++) {
    const list = indptr + (<usize>load<u32>(entries + (entry << 2)) << 2)
    addList(<usize>load<u32>(list), <usize>load<u32>(list, 4), indices, data, weightOf(entry, weights, factor), sums)
  }
}

@inline function offerSum(item: usize, k: usize, worst: usize, rooms: usize, rows: usize, scores: usize, sums: usize): void {
  const sum = sums + (item << 3)
  const score = <f32>load<f64>(sum)
  store<f64>(sum, 0)
  if (!(score > 0 && score >= load<f32>(worst))) return
  const room = load<f32>(rooms + (item << 2))
  if (room == room) offerTo(k, rows, scores, <u32>item, score)
}

@inline function worstOf(k: usize, scores: usize): usize {
  return k > <usize>INSERTED_MOST ? scores : scores + ((k - 1) << 2)
}

export function offerMet(start: usize, end: usize, k: usize, entries: usize, indptr: usize, indices: usize, rooms: usize, rows: usize, scores: usize, sums: usize): void {
  const worst = worstOf(k, scores)
  for (let entry = start; entry < end; entry++) {
    const list = indptr + (<usize>load<u32>(entries + (entry << 2)) << 2)
    const last = indices + (<usize>load<u32>(list, 4) << 2)
    for (let at = indices + (<usize>load<u32>(list) << 2); at < last; at += 4) {
      offerSum(<usize>load<u32>(at), k, worst, rooms, rows, scores, sums)
    }
  }
}

export function offerSums(start: usize, end: usize, k: usize, rooms: usize, rows: usize, scores: usize, sums: usize): void {
  const worst = worstOf(k, scores)
  for (let item = start; item < end; item++) offerSum(item, k, worst, rooms, rows, scores, sums)
}
