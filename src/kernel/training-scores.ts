import type { KnownItems, LossRows, SameIds } from './training.ts'
import type { Views } from './loop.ts'
import { addLanes } from './training-rows.ts'

const { fround } = Math

/** The reference of `excludeKnown`. */
export function excludeKnown({ floats, words, bytes }: Views, start: number, end: number, given: KnownItems): void {
  const { count, pairs, slots, users, matrix, marks, scores, scoreRow } = given
  const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
  for (let b = start; b < end; b++) {
    const user = words[(users >>> 2) + words[(slots >>> 2) + b]]
    const items = words.subarray(indices + words[indptr + user], indices + words[indptr + user + 1])
    for (const item of items) bytes[marks + item] = 1
    for (let c = 0; c < count; c++) {
      const item = words[indices + words[(pairs >>> 2) + c]]
      if (c !== b && bytes[marks + item] === 1) floats[(scores >>> 2) + b * scoreRow + c] = -Infinity
    }
    for (const item of items) bytes[marks + item] = 0
  }
}

/** The reference of `excludeSame`. */
export function excludeSame({ floats, words }: Views, start: number, end: number, given: SameIds): void {
  const { count, ids, scores, scoreRow } = given
  const names = words.subarray(ids >>> 2, (ids >>> 2) + count)
  for (let b = start; b < end; b++) {
    for (let c = 0; c < count; c++) {
      if (c !== b && names[c] === names[b]) floats[(scores >>> 2) + b * scoreRow + c] = -Infinity
    }
  }
}

/** The reference of `softmaxRows`. */
export function softmaxRows({ floats }: Views, start: number, end: number, loss: LossRows): void {
  const { count } = loss
  const by = fround(loss.inverseTemperature)
  for (let b = start; b < end; b++) {
    const row = (loss.scores >>> 2) + b * loss.scoreRow
    let most = -Infinity
    for (let c = 0; c < count; c++) {
      floats[row + c] = shifted(floats, row, c, loss)
      if (floats[row + c] > most) most = floats[row + c]
    }
    // -0 and 0 are equal, but four lanes compare them in another order: both become 0.
    most += 0
    const own = floats[row + b]
    const sums = [0, 0, 0, 0]
    for (let c = 0; c < count; c++) {
      floats[row + c] = exp(fround(floats[row + c] - most))
      sums[c & 3] = fround(sums[c & 3] + floats[row + c])
    }
    const total = addLanes(sums)
    const slope = fround(floats[(loss.weights >>> 2) + b] * by)
    const share = fround(slope / total)
    for (let c = 0; c < count; c++) floats[row + c] *= share
    floats.fill(0, row + count, row + padded(count))
    floats[row + b] -= slope
    floats.set([most - own, total], (loss.parts >>> 2) + 2 * b)
  }
}

/** The reference of `rankingRows`. */
export function rankingRows({ floats }: Views, start: number, end: number, loss: LossRows): void {
  const { count } = loss
  const by = fround(loss.inverseTemperature)
  for (let b = start; b < end; b++) {
    const row = (loss.scores >>> 2) + b * loss.scoreRow
    let other = (b + 1) % count
    while (other !== b && shifted(floats, row, other, loss) === -Infinity) other = (other + 1) % count
    const lead = other === b ? Infinity : fround(shifted(floats, row, b, loss) - shifted(floats, row, other, loss))
    // sigmoid(-lead): beyond the range of exp it is 0 or 1.
    const share = lead === Infinity ? 0 : fround(1 / fround(1 + exp(lead)))
    const slope = fround(fround(floats[(loss.weights >>> 2) + b] * by) * share)
    floats.fill(0, row, row + padded(count))
    floats[row + other] = slope
    floats[row + b] = -slope
    floats.set([lead, 1], (loss.parts >>> 2) + 2 * b)
  }
}

/** The next multiple of four. */
const padded = (count: number): number => (count + 3) & ~3

/** Score c of a row, times inverse temperature, minus its offset. */
function shifted(floats: Float32Array, row: number, c: number, { offsets, inverseTemperature }: LossRows): number {
  const offset = offsets === 0 ? 0 : floats[(offsets >>> 2) + c]
  return fround(fround(floats[row + c] * fround(inverseTemperature)) - offset)
}

const bits = new Int32Array(1)
const power = new Float32Array(bits.buffer)
/** Adding and subtracting it rounds to an integer. */
const ROUNDER = 1.5 * 2 ** 23
const [LOG2E, LN2_HIGH, LN2_LOW] = [1.44269504, 0.693359375, -2.1219444e-4].map(fround)
const SERIES = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]

/** e^x in float32, 0 below -87, and as at 88 above (Cephes, expf). */
export function exp(given: number): number {
  if (!(given >= -87)) return Number.isNaN(given) ? NaN : 0
  const x = Math.min(given, 88)
  const n = fround(fround(fround(x * LOG2E) + ROUNDER) - ROUNDER)
  const r = fround(fround(x - fround(n * LN2_HIGH)) - fround(n * LN2_LOW))
  let sum = 0
  for (const coefficient of SERIES) sum = fround(fround(sum * r) + fround(coefficient))
  const near = fround(fround(fround(sum * fround(r * r)) + r) + 1)
  bits[0] = (n + 127) << 23
  return fround(near * power[0])
}
