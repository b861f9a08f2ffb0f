import type { AdamRows } from './training.ts'
import { hash } from './training-hash.ts'
import type { TrainingViews } from './training-views.ts'

const { fround, sqrt, imul } = Math

/** A vector shorter than this has no direction. */
const SHORTEST = 1e-12
/** Decays of the mean and of the square, and what is left of 1. */
const [FIRST_DECAY, FIRST_REST, SECOND_DECAY, SECOND_REST, LEAST] = [0.9, 0.1, 0.999, 0.001, 1e-8].map(fround)

/** The reference of `takeRows`. */
export function takeRows(
  { floats, words }: TrainingViews,
  stride: number,
  count: number,
  ids: number,
  from: number,
  out: number,
): void {
  for (let b = 0; b < count; b++) {
    const row = (from >>> 2) + words[(ids >>> 2) + b] * stride
    floats.copyWithin((out >>> 2) + b * stride, row, row + stride)
  }
}

/** The reference of `unitRows`. */
export function unitRows(
  { floats }: TrainingViews,
  stride: number,
  count: number,
  rows: number,
  lengths: number,
): void {
  for (let b = 0; b < count; b++) {
    const row = (rows >>> 2) + b * stride
    const length = fround(sqrt(dot(floats, stride, row, row)))
    const by = length < SHORTEST ? 0 : fround(1 / length)
    for (let k = 0; k < stride; k++) floats[row + k] *= by
    floats[(lengths >>> 2) + b] = length < SHORTEST ? 0 : length
  }
}

/** The reference of `throughLength`. */
export function throughLength(
  { floats }: TrainingViews,
  stride: number,
  count: number,
  unit: number,
  lengths: number,
  gradient: number,
): void {
  for (let b = 0; b < count; b++) {
    const [own, along] = [(gradient >>> 2) + b * stride, (unit >>> 2) + b * stride]
    const length = floats[(lengths >>> 2) + b]
    const by = length === 0 ? 0 : fround(1 / length)
    const part = dot(floats, stride, own, along)
    for (let k = 0; k < stride; k++) {
      floats[own + k] = fround(floats[own + k] - fround(part * floats[along + k])) * by
    }
  }
}

/** The reference of `noisyRows`. */
export function noisyRows(
  { floats }: TrainingViews,
  stride: number,
  count: number,
  rows: number,
  out: number,
  seed: number,
  first: number,
  noise: number,
): void {
  const drawn = new Float32Array(stride)
  for (let b = 0; b < count; b++) {
    const row = (rows >>> 2) + b * stride
    for (let k = 0; k < stride; k++) {
      drawn[k] = floats[row + k] === 0 ? 0 : hash(seed, imul(first + b, stride) + k) * 2 ** -24
    }
    const length = fround(sqrt(dot(drawn, stride, 0, 0)))
    const by = length < SHORTEST ? 0 : fround(fround(noise) / length)
    for (let k = 0; k < stride; k++) {
      const step = fround(drawn[k] * by)
      const entry = floats[row + k]
      floats[(out >>> 2) + b * stride + k] = entry < 0 ? entry - step : entry + step
    }
  }
}

/** The reference of `transpose`. */
export function transpose(
  { floats }: TrainingViews,
  stride: number,
  count: number,
  from: number,
  out: number,
  outRow: number,
): void {
  for (let b = 0; b < count; b++) {
    for (let k = 0; k < stride; k++) {
      floats[(out >>> 2) + k * outRow + b] = floats[(from >>> 2) + b * stride + k]
    }
  }
}

/** The reference of `adam`. */
export function adam({ floats }: TrainingViews, start: number, end: number, rows: AdamRows): void {
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
function dot(floats: Float32Array, stride: number, x: number, y: number): number {
  const sums = [0, 0, 0, 0]
  for (let k = 0; k < stride; k++) sums[k & 3] = fround(sums[k & 3] + fround(floats[x + k] * floats[y + k]))
  return addLanes(sums)
}

/** The sum of four, as two pairs. */
export const addLanes = ([a, b, c, d]: readonly number[]): number => fround(fround(a + b) + fround(c + d))
