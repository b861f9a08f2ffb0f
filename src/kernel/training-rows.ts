import type { AdamRows, LengthGradients, NoisyRows, TakenRows, TurnedRows, UnitRows } from './training.ts'
import type { Views } from './loop.ts'
import { hash } from './products.ts'

const { fround, sqrt, imul } = Math

/** Shorter vectors are treated as zero. */
const SHORTEST = 1e-12
/** Decays of the mean and of the square, and their complements to 1. */
const [FIRST_DECAY, FIRST_REST, SECOND_DECAY, SECOND_REST, LEAST] = [0.9, 0.1, 0.999, 0.001, 1e-8].map(fround)

/** The reference of `takeRows`. */
export function takeRows(
  { floats, words }: Views,
  start: number,
  end: number,
  { width, ids, from, out }: TakenRows,
): void {
  for (let b = start; b < end; b++) {
    const row = (from >>> 2) + words[(ids >>> 2) + b] * width
    floats.copyWithin((out >>> 2) + b * width, row, row + width)
  }
}

/** The reference of `unitRows`. */
export function unitRows({ floats }: Views, start: number, end: number, { width, rows, lengths }: UnitRows): void {
  for (let b = start; b < end; b++) {
    const row = (rows >>> 2) + b * width
    const length = fround(sqrt(dot(floats, width, row, row)))
    const by = length < SHORTEST ? 0 : fround(1 / length)
    for (let k = 0; k < width; k++) floats[row + k] *= by
    floats[(lengths >>> 2) + b] = length < SHORTEST ? 0 : length
  }
}

/** The reference of `throughLength`. */
export function throughLength({ floats }: Views, start: number, end: number, given: LengthGradients): void {
  const { width, rows: unit, lengths, gradient } = given
  for (let b = start; b < end; b++) {
    const [own, along] = [(gradient >>> 2) + b * width, (unit >>> 2) + b * width]
    const length = floats[(lengths >>> 2) + b]
    const by = length === 0 ? 0 : fround(1 / length)
    const part = dot(floats, width, own, along)
    for (let k = 0; k < width; k++) {
      floats[own + k] = fround(floats[own + k] - fround(part * floats[along + k])) * by
    }
  }
}

/** The reference of `noisyRows`. */
export function noisyRows({ floats }: Views, start: number, end: number, given: NoisyRows): void {
  const { width, rows, out, seed, first, noise } = given
  const drawn = new Float32Array(width)
  for (let b = start; b < end; b++) {
    const row = (rows >>> 2) + b * width
    for (let k = 0; k < width; k++) {
      drawn[k] = floats[row + k] === 0 ? 0 : hash(seed, imul(first + b, width) + k) * 2 ** -24
    }
    const length = fround(sqrt(dot(drawn, width, 0, 0)))
    const by = length < SHORTEST ? 0 : fround(fround(noise) / length)
    for (let k = 0; k < width; k++) {
      const step = fround(drawn[k] * by)
      const entry = floats[row + k]
      floats[(out >>> 2) + b * width + k] = entry < 0 ? entry - step : entry + step
    }
  }
}

/** The reference of `transpose`. */
export function transpose(
  { floats }: Views,
  start: number,
  end: number,
  { width, from, out, outRow }: TurnedRows,
): void {
  for (let b = start; b < end; b++) {
    for (let k = 0; k < width; k++) {
      floats[(out >>> 2) + k * outRow + b] = floats[(from >>> 2) + b * width + k]
    }
  }
}

/** The reference of `adam`. */
export function adam({ floats }: Views, start: number, end: number, rows: AdamRows): void {
  const [free, mean, square, gradient] = [rows.free >>> 2, rows.mean >>> 2, rows.square >>> 2, rows.gradient >>> 2]
  const [rate, correction] = [fround(rows.rate), fround(rows.correction)]
  for (let at = start; at < end; at++) {
    const slope = floats[gradient + at]
    const first = fround(fround(FIRST_DECAY * floats[mean + at]) + fround(FIRST_REST * slope))
    const second = fround(fround(SECOND_DECAY * floats[square + at]) + fround(SECOND_REST * fround(slope * slope)))
    floats[mean + at] = first
    floats[square + at] = second
    const spread = fround(fround(sqrt(fround(second * correction))) + LEAST)
    floats[free + at] -= fround(fround(rate * first) / spread)
  }
}

/** The scalar product of two vectors, offsets in elements. */
function dot(floats: Float32Array, width: number, x: number, y: number): number {
  const sums = [0, 0, 0, 0]
  for (let k = 0; k < width; k++) sums[k & 3] = fround(sums[k & 3] + fround(floats[x + k] * floats[y + k]))
  return addLanes(sums)
}

/** The sum of four, as two pairs. */
export const addLanes = ([a, b, c, d]: readonly number[]): number => fround(fround(a + b) + fround(c + d))
