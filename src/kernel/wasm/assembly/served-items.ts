// The SIMD twin of ../../served-items.ts. Places that the bound in whole numbers rules out are left out here: the lists are the same.
// AssemblyScript, a part of kernel.ts. Every pointer is a byte offset into the one imported memory.
import { offerTo } from './offered-items'
import { INSERTED_MOST } from './top-k'

/** log2 of SERVED_TOGETHER. */
const BLOCK_BITS: usize = 6

@inline function addAt(word: u32, mask: u32, value: f32, z: usize, marks: usize): void {
  const place = <usize>(word & mask)
  const sum = z + (place << 2)
  store<f32>(sum, load<f32>(sum) + value)
  store<u32>(marks + ((place >> BLOCK_BITS) << 2), 1)
}

export function addPacked(start: usize, end: usize, items: usize, weights: usize, indptr: usize, words: usize, steps: usize, bits: u32, signed: u32, times: f64, z: usize, marks: usize): void {
  const mask: u32 = (1 << bits) - 1
  for (let entry = start; entry < end; entry++) {
    const row = <usize>load<u32>(items + (entry << 2))
    const factor = <f32>(load<f64>(steps + (row << 3)) * <f64>load<f32>(weights + (entry << 2)) * times)
    const factors = f32x4.splat(factor)
    const last = words + (<usize>load<u32>(indptr + (row << 2), 4) << 2)
    let at = words + (<usize>load<u32>(indptr + (row << 2)) << 2)
    for (; at + 12 < last; at += 16) {
      const four = v128.load(at)
      const values = f32x4.mul(factors, f32x4.convert_i32x4_s(signed ? i32x4.shr_s(four, bits) : i32x4.shr_u(four, bits)))
      addAt(load<u32>(at), mask, f32x4.extract_lane(values, 0), z, marks)
      addAt(load<u32>(at, 4), mask, f32x4.extract_lane(values, 1), z, marks)
      addAt(load<u32>(at, 8), mask, f32x4.extract_lane(values, 2), z, marks)
      addAt(load<u32>(at, 12), mask, f32x4.extract_lane(values, 3), z, marks)
    }
    for (; at < last; at += 4) {
      const word = load<u32>(at)
      addAt(word, mask, factor * <f32>(signed ? <i32>word >> <i32>bits : <i32>(word >> bits)), z, marks)
    }
  }
}

/** The smallest number above 0. */
const LEAST: f32 = 1.401298464324817e-45

@inline function barOf(worst: usize): f32 {
  return max<f32>(LEAST, load<f32>(worst))
}

/** The sums of four registers, one a lane. */
@inline function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 2, 6), v128.shuffle<i32>(a, b, 1, 5, 3, 7))
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 2, 6), v128.shuffle<i32>(c, d, 1, 5, 3, 7))
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7))
}

/** levels o coefficientLevels of four places. */
@inline function productsOfFour(dimensions: usize, levels: usize, coefficientLevels: usize): v128 {
  const bytes = dimensions << 1
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  let c = i32x4.splat(0)
  let d = i32x4.splat(0)
  const l1 = levels + bytes
  const l2 = l1 + bytes
  const l3 = l2 + bytes
  for (let at: usize = 0; at < bytes; at += 16) {
    const own = v128.load(coefficientLevels + at)
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(levels + at), own))
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(l1 + at), own))
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(l2 + at), own))
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(l3 + at), own))
  }
  return sumsOfFour(a, b, c, d)
}

/** v c, in the order of the reference. */
@inline function product(dimensions: usize, vector: usize, coefficients: usize): f32 {
  let sums = f32x4.splat(0)
  for (const end = vector + (dimensions << 2); vector < end; vector += 64) {
    const p = f32x4.mul(v128.load(vector), v128.load(coefficients))
    const q = f32x4.mul(v128.load(vector, 16), v128.load(coefficients, 16))
    const r = f32x4.mul(v128.load(vector, 32), v128.load(coefficients, 32))
    const s = f32x4.mul(v128.load(vector, 48), v128.load(coefficients, 48))
    sums = f32x4.add(sums, f32x4.add(f32x4.add(p, q), f32x4.add(r, s)))
    coefficients += 64
  }
  return f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
}

/** 1 / LEVELS^2. */
const PER_PRODUCT: f32 = 1.0 / (32600.0 * 32600.0)

/** @param reaching a bit for each place that may enter the list */
function offerReaching(reaching: i32, place: usize, sums: v128, k: usize, dimensions: usize, vectors: usize, coefficients: usize, order: usize, rows: usize, scores: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    if (!(reaching & (1 << <i32>lane))) continue
    const sum = lane == 0 ? f32x4.extract_lane(sums, 0) : lane == 1 ? f32x4.extract_lane(sums, 1) : lane == 2 ? f32x4.extract_lane(sums, 2) : f32x4.extract_lane(sums, 3)
    const at = place + lane
    const score = dimensions ? sum + product(dimensions, vectors + ((at * dimensions) << 2), coefficients) : sum
    if (score > 0) offerTo(k, rows, scores, load<u32>(order + (at << 2)), score)
  }
}

/** @returns the bar that the list has then */
function offerBlock(block: usize, bar: f32, k: usize, dimensions: usize, vectors: usize, levels: usize, coefficients: usize, coefficientLevels: usize, length: f32, slack: f32, rooms: usize, z: usize, marks: usize, order: usize, rows: usize, scores: usize): f32 {
  const worst = k > INSERTED_MOST ? scores : scores + ((k - 1) << 2)
  const zero = f32x4.splat(0)
  const lengths = f32x4.splat(length)
  const first = block << BLOCK_BITS
  for (let place = first; place < first + (1 << BLOCK_BITS); place += 4) {
    const at = z + (place << 2)
    const sums = v128.load(at)
    v128.store(at, zero)
    const reach = f32x4.mul(v128.load(rooms + (place << 2)), lengths)
    const bars = f32x4.splat(bar)
    let reaching = i32x4.bitmask(f32x4.ge(f32x4.add(sums, reach), bars))
    if (!reaching) continue
    if (dimensions) {
      const products = f32x4.convert_i32x4_s(productsOfFour(dimensions, levels + ((place * dimensions) << 1), coefficientLevels))
      const most = f32x4.mul(reach, f32x4.add(f32x4.mul(products, f32x4.splat(PER_PRODUCT)), f32x4.splat(slack)))
      reaching &= i32x4.bitmask(f32x4.ge(f32x4.add(sums, most), bars))
      if (!reaching) continue
    }
    offerReaching(reaching, place, sums, k, dimensions, vectors, coefficients, order, rows, scores)
    bar = barOf(worst)
  }
  store<u32>(marks + (block << 2), 0)
  return bar
}

export function offerLongest(start: usize, end: usize, k: usize, dimensions: usize, vectors: usize, levels: usize, coefficients: usize, coefficientLevels: usize, length: f32, slack: f32, rooms: usize, longest: usize, z: usize, marks: usize, order: usize, rows: usize, scores: usize): usize {
  let bar = barOf(k > INSERTED_MOST ? scores : scores + ((k - 1) << 2))
  for (let block = start; block < end; block++) {
    if (load<f32>(longest + (block << 2)) * length < bar) return block
    bar = offerBlock(block, bar, k, dimensions, vectors, levels, coefficients, coefficientLevels, length, slack, rooms, z, marks, order, rows, scores)
  }
  return end
}

/** The largest scores of a block, in four lanes; there is no NaN, which `max` would look for. */
@inline function mostOf(from: usize): v128 {
  let most = v128.load(from)
  for (let at = from + 16; at < from + (4 << BLOCK_BITS); at += 16) most = f32x4.pmax(most, v128.load(at))
  return most
}

export function offerMarked(start: usize, end: usize, k: usize, dimensions: usize, vectors: usize, levels: usize, coefficients: usize, coefficientLevels: usize, length: f32, slack: f32, rooms: usize, longest: usize, z: usize, marks: usize, order: usize, rows: usize, scores: usize): void {
  let bar = barOf(k > INSERTED_MOST ? scores : scores + ((k - 1) << 2))
  for (let block = start; block < end; block++) {
    if (!load<u32>(marks + (block << 2))) continue
    const from = z + (block << (BLOCK_BITS + 2))
    const most = f32x4.add(mostOf(from), f32x4.splat(load<f32>(longest + (block << 2)) * length))
    if (v128.any_true(f32x4.ge(most, f32x4.splat(bar)))) {
      bar = offerBlock(block, bar, k, dimensions, vectors, levels, coefficients, coefficientLevels, length, slack, rooms, z, marks, order, rows, scores)
    } else {
      // A call of memory.fill would cost more.
      for (let at = from; at < from + (4 << BLOCK_BITS); at += 16) v128.store(at, f32x4.splat(0))
      store<u32>(marks + (block << 2), 0)
    }
  }
}
