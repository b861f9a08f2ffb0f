// The SIMD twin of ../../served-items.ts.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.
import { offerTo } from './offered-items'
import { INSERTED_MOST } from './top-k'

export function addPacked(start: usize, end: usize, items: usize, weights: usize, indptr: usize, words: usize, steps: usize, bits: u32, signed: u32, times: f64, z: usize): void {
  const mask: u32 = (1 << bits) - 1
  for (let entry = start; entry < end; entry++) {
    const row = <usize>load<u32>(items + (entry << 2))
    const factor = load<f64>(steps + (row << 3)) * <f64>load<f32>(weights + (entry << 2)) * times
    const last = words + (<usize>load<u32>(indptr + (row << 2), 4) << 2)
    let at = words + (<usize>load<u32>(indptr + (row << 2)) << 2)
    if (signed) {
      for (; at < last; at += 4) {
        const word = load<u32>(at)
        const sum = z + (<usize>(word & mask) << 2)
        store<f32>(sum, <f32>(<f64>load<f32>(sum) + factor * <f64>(<i32>word >> <i32>bits)))
      }
    } else {
      for (; at < last; at += 4) {
        const word = load<u32>(at)
        const sum = z + (<usize>(word & mask) << 2)
        store<f32>(sum, <f32>(<f64>load<f32>(sum) + factor * <f64>(word >> bits)))
      }
    }
  }
}

/** The smallest number above 0. */
const LEAST: f32 = 1.401298464324817e-45

@inline function barOf(worst: usize): f32 {
  return max<f32>(LEAST, load<f32>(worst))
}

/** An item that may enter the list by its first bound. */
function offerReaching(item: usize, sum: f32, bar: f32, k: usize, dimensions: usize, vectors: usize, places: usize, coefficients: usize, lengths: usize, tails: usize, rows: usize, scores: usize): void {
  let score = sum
  if (dimensions) {
    const place = <usize>load<u32>(places + (item << 2))
    let vector = vectors + ((place * dimensions) << 2)
    let tail = tails + ((place * dimensions) >> 2)
    let sums = f32x4.splat(0)
    for (const end = vector + (dimensions << 2); vector < end; ) {
      const p = f32x4.mul(v128.load(vector), v128.load(coefficients))
      const q = f32x4.mul(v128.load(vector, 16), v128.load(coefficients, 16))
      const r = f32x4.mul(v128.load(vector, 32), v128.load(coefficients, 32))
      const s = f32x4.mul(v128.load(vector, 48), v128.load(coefficients, 48))
      sums = f32x4.add(sums, f32x4.add(f32x4.add(p, q), f32x4.add(r, s)))
      // Neighbours first.
      const pairs = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 1, 0, 3, 2))
      score = sum + f32x4.extract_lane(f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 2, 3, 0, 1)), 0)
      vector += 64
      coefficients += 64
      lengths += 4
      if (!(score + load<f32>(tail) * load<f32>(lengths) >= bar)) return
      tail += 4
    }
  }
  if (score > 0) offerTo(k, rows, scores, <u32>item, score)
}

export function offerOrdered(start: usize, end: usize, k: usize, dimensions: usize, vectors: usize, places: usize, coefficients: usize, lengths: usize, rooms: usize, tails: usize, z: usize, rows: usize, scores: usize, order: usize): usize {
  const worst = k > INSERTED_MOST ? scores : scores + ((k - 1) << 2)
  const length = load<f32>(lengths)
  for (let place = start; place < end; place++) {
    const item = <usize>load<u32>(order + (place << 2))
    const reach = load<f32>(rooms + (item << 2)) * length
    const bar = barOf(worst)
    if (reach < bar) return place
    const own = z + (item << 2)
    const sum = load<f32>(own)
    if (sum + reach >= bar) offerReaching(item, sum, bar, k, dimensions, vectors, places, coefficients, lengths, tails, rows, scores)
    store<f32>(own, -Infinity)
  }
  return end
}

export function offerPacked(start: usize, end: usize, k: usize, dimensions: usize, vectors: usize, places: usize, coefficients: usize, lengths: usize, rooms: usize, tails: usize, z: usize, rows: usize, scores: usize, items: usize, indptr: usize, words: usize, bits: u32): void {
  const worst = k > INSERTED_MOST ? scores : scores + ((k - 1) << 2)
  const mask: u32 = (1 << bits) - 1
  const length = load<f32>(lengths)
  let bar = barOf(worst)
  for (let entry = start; entry < end; entry++) {
    const row = <usize>load<u32>(items + (entry << 2))
    const last = words + (<usize>load<u32>(indptr + (row << 2), 4) << 2)
    for (let at = words + (<usize>load<u32>(indptr + (row << 2)) << 2); at < last; at += 4) {
      const item = <usize>(load<u32>(at) & mask)
      const own = z + (item << 2)
      const sum = load<f32>(own)
      if (sum == -Infinity) continue
      store<f32>(own, 0)
      // Without vectors most end here, and nothing else has to be read of them.
      if (!dimensions && sum < bar) continue
      if (!(sum + load<f32>(rooms + (item << 2)) * length >= bar)) continue
      offerReaching(item, sum, bar, k, dimensions, vectors, places, coefficients, lengths, tails, rows, scores)
      bar = barOf(worst)
    }
  }
}
