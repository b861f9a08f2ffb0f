import type { Memory } from '../memory/arena.ts'
import type { MatrixOffsets } from './kernel.ts'
import type { Drop, LossRows, TrainingLoops } from './training.ts'

const { fround, sqrt, imul } = Math

/** A vector shorter than this has no direction. */
const SHORTEST = 1e-12
const [FIRST_DECAY, SECOND_DECAY, LEAST] = [0.9, 0.999, 1e-8].map(fround)
const [FIRST_REST, SECOND_REST] = [fround(1 - 0.9), fround(1 - 0.999)]

/** The reference of the training loops, in TypeScript: `Math.fround` after every operation makes the bits equal to the SIMD kernel's. */
export function trainingLoops(memory: Memory): TrainingLoops {
  let floats = new Float32Array(memory.buffer)
  let words = new Int32Array(memory.buffer)
  let bytes = new Uint8Array(memory.buffer)
  const refresh = (): void => {
    if (floats.buffer === memory.buffer) return
    floats = new Float32Array(memory.buffer)
    words = new Int32Array(memory.buffer)
    bytes = new Uint8Array(memory.buffer)
  }
  const factorOf = ({ data }: MatrixOffsets, edge: number, scale: number): number => {
    const own = floats[(scale >>> 2) + columnOf.at]
    return data === 0 ? own : fround(floats[(data >>> 2) + edge] * own)
  }
  const columnOf = { at: 0 }

  function dot(stride: number, x: number, y: number): number {
    const sums = [0, 0, 0, 0]
    for (let k = 0; k < stride; k++) sums[k & 3] = fround(sums[k & 3] + fround(floats[x + k] * floats[y + k]))
    return addLanes(sums)
  }

  /** row += factor z */
  function addScaled(stride: number, row: number, factor: number, z: number): void {
    for (let k = 0; k < stride; k++) floats[row + k] += fround(factor * floats[z + k])
  }

  return {
    sumRows(stride, start, end, { rows, matrix, scale, z, base, finish, out, drop }) {
      refresh()
      const indptr = matrix.indptr >>> 2
      const sums = new Float32Array(stride)
      for (let k = start; k < end; k++) {
        const row = rows === 0 ? k : words[(rows >>> 2) + k]
        sums.fill(0)
        for (let edge = words[indptr + row]; edge < words[indptr + row + 1]; edge++) {
          if (isDropped(drop, edge)) continue
          columnOf.at = words[(matrix.indices >>> 2) + edge]
          const factor = factorOf(matrix, edge, scale)
          const from = (z >>> 2) + columnOf.at * stride
          for (let c = 0; c < stride; c++) sums[c] += fround(factor * floats[from + c])
        }
        const at = k * stride
        const by = finish === 0 ? 1 : floats[(finish >>> 2) + k]
        for (let c = 0; c < stride; c++) {
          const scaled = fround(by * sums[c])
          floats[(out >>> 2) + at + c] = base === 0 ? scaled : fround(floats[(base >>> 2) + at + c] + scaled)
        }
      }
    },

    pairRows(stride, count, { pairs, slots, matrix, scale, sums, z, users, items }) {
      refresh()
      for (let b = 0; b < count; b++) {
        const edge = words[(pairs >>> 2) + b]
        columnOf.at = words[(matrix.indices >>> 2) + edge]
        const factor = factorOf(matrix, edge, scale)
        const [from, sum] = [(z >>> 2) + columnOf.at * stride, (sums >>> 2) + words[(slots >>> 2) + b] * stride]
        for (let c = 0, at = b * stride; c < stride; c++, at++) {
          floats[(users >>> 2) + at] = floats[sum + c] - fround(factor * floats[from + c])
          floats[(items >>> 2) + at] = floats[from + c]
        }
      }
    },

    takeRows(stride, count, ids, from, out) {
      refresh()
      for (let b = 0; b < count; b++) {
        const row = (from >>> 2) + words[(ids >>> 2) + b] * stride
        floats.copyWithin((out >>> 2) + b * stride, row, row + stride)
      }
    },

    unitRows(stride, count, rows, lengths) {
      refresh()
      for (let b = 0; b < count; b++) {
        const row = (rows >>> 2) + b * stride
        const length = fround(sqrt(dot(stride, row, row)))
        const by = length < SHORTEST ? 0 : fround(1 / length)
        for (let k = 0; k < stride; k++) floats[row + k] *= by
        floats[(lengths >>> 2) + b] = length < SHORTEST ? 0 : length
      }
    },

    throughLength(stride, count, unit, lengths, gradient) {
      refresh()
      for (let b = 0; b < count; b++) {
        const [own, along] = [(gradient >>> 2) + b * stride, (unit >>> 2) + b * stride]
        const length = floats[(lengths >>> 2) + b]
        const by = length === 0 ? 0 : fround(1 / length)
        const part = dot(stride, own, along)
        for (let k = 0; k < stride; k++) {
          floats[own + k] = fround(floats[own + k] - fround(part * floats[along + k])) * by
        }
      }
    },

    noisyRows(stride, count, rows, out, seed, first, noise) {
      refresh()
      const drawn = new Float32Array(stride)
      for (let b = 0; b < count; b++) {
        const row = (rows >>> 2) + b * stride
        const sums = [0, 0, 0, 0]
        for (let k = 0; k < stride; k++) {
          drawn[k] = floats[row + k] === 0 ? 0 : hash(seed, imul(first + b, stride) + k) * 2 ** -24
          sums[k & 3] = fround(sums[k & 3] + fround(drawn[k] * drawn[k]))
        }
        const length = fround(sqrt(addLanes(sums)))
        const by = length < SHORTEST ? 0 : fround(fround(noise) / length)
        for (let k = 0; k < stride; k++) {
          const step = fround(drawn[k] * by)
          const entry = floats[row + k]
          floats[(out >>> 2) + b * stride + k] = entry < 0 ? entry - step : entry + step
        }
      }
    },

    transpose(stride, count, from, out, outRow) {
      refresh()
      for (let b = 0; b < count; b++) {
        for (let k = 0; k < stride; k++) {
          floats[(out >>> 2) + k * outRow + b] = floats[(from >>> 2) + b * stride + k]
        }
      }
    },

    multiply(rows, columns, inner, { a, aRow, aStep, b, bRow, out, outRow, adds }) {
      refresh()
      for (let i = 0; i < rows; i++) {
        const at = (out >>> 2) + i * outRow
        if (!adds) floats.fill(0, at, at + columns)
        for (let k = 0; k < inner; k++) {
          addScaled(columns, at, floats[(a >>> 2) + i * aRow + k * aStep], (b >>> 2) + k * bRow)
        }
      }
    },

    excludeKnown(count, { pairs, slots, users, matrix, marks }, scores, scoreRow) {
      refresh()
      const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
      for (let b = 0; b < count; b++) {
        const user = words[(users >>> 2) + words[(slots >>> 2) + b]]
        const [from, to] = [words[indptr + user], words[indptr + user + 1]]
        for (let edge = from; edge < to; edge++) bytes[marks + words[indices + edge]] = 1
        for (let c = 0; c < count; c++) {
          const item = words[indices + words[(pairs >>> 2) + c]]
          if (c !== b && bytes[marks + item] === 1) floats[(scores >>> 2) + b * scoreRow + c] = -Infinity
        }
        for (let edge = from; edge < to; edge++) bytes[marks + words[indices + edge]] = 0
      }
    },

    excludeSame(count, ids, scores, scoreRow) {
      refresh()
      const names = words.subarray(ids >>> 2, (ids >>> 2) + count)
      for (let b = 0; b < count; b++) {
        for (let c = 0; c < count; c++) {
          if (c !== b && names[c] === names[b]) floats[(scores >>> 2) + b * scoreRow + c] = -Infinity
        }
      }
    },

    softmaxRows(count, loss) {
      refresh()
      for (let b = 0; b < count; b++) {
        const [row, parts, slope] = shiftRow(floats, count, loss, b)
        const padded = (count + 3) & ~3
        const own = floats[row + b]
        let most = -Infinity
        for (let c = 0; c < count; c++) most = Math.max(most, floats[row + c])
        const sums = [0, 0, 0, 0]
        for (let c = 0; c < padded; c++) {
          floats[row + c] = c < count ? exp(fround(floats[row + c] - most)) : 0
          sums[c & 3] = fround(sums[c & 3] + floats[row + c])
        }
        const total = addLanes(sums)
        const by = fround(slope / total)
        for (let c = 0; c < count; c++) floats[row + c] *= by
        floats[row + b] -= slope
        floats[parts] = most - own
        floats[parts + 1] = total
      }
    },

    rankingRows(count, loss) {
      refresh()
      for (let b = 0; b < count; b++) {
        const [row, parts, slope] = shiftRow(floats, count, loss, b)
        const own = floats[row + b]
        let other = (b + 1) % count
        while (other !== b && floats[row + other] === -Infinity) other = (other + 1) % count
        const lead = other === b ? Infinity : fround(own - floats[row + other])
        // sigmoid(-lead): beyond the range of exp it is 0 or 1.
        const share = lead === Infinity ? 0 : fround(1 / fround(1 + exp(lead)))
        floats.fill(0, row, row + ((count + 3) & ~3))
        floats[row + other] = fround(slope * share)
        floats[row + b] = -fround(slope * share)
        floats[parts] = lead
        floats[parts + 1] = 1
      }
    },

    sumPlaces(stride, start, end, slots, places, from, out) {
      refresh()
      for (let slot = start; slot < end; slot++) {
        const row = (out >>> 2) + slot * stride
        floats.fill(0, row, row + stride)
        for (let at = words[(slots >>> 2) + slot]; at < words[(slots >>> 2) + slot + 1]; at++) {
          const place = words[(places >>> 2) + at]
          if (place >= 0) addScaled(stride, row, 1, (from >>> 2) + place * stride)
        }
      }
    },

    addEdges(stride, slotCount, member, members, edges) {
      refresh()
      const { users, slots, matrix, scale, places, sums, userRows, itemRows, gradient, drop } = edges
      const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
      for (let slot = 0; slot < slotCount; slot++) {
        const user = words[(users >>> 2) + slot]
        let at = words[(slots >>> 2) + slot]
        for (let edge = words[indptr + user]; edge < words[indptr + user + 1]; edge++, at++) {
          const item = words[indices + edge]
          if (item % members !== member || isDropped(drop, edge)) continue
          columnOf.at = item
          const factor = factorOf(matrix, edge, scale)
          const place = places === 0 ? -1 : words[(places >>> 2) + at]
          const [row, sum] = [(gradient >>> 2) + item * stride, (sums >>> 2) + slot * stride]
          if (place < 0) {
            addScaled(stride, row, factor, sum)
            continue
          }
          const [own, taken] = [(userRows >>> 2) + place * stride, (itemRows >>> 2) + place * stride]
          for (let k = 0; k < stride; k++) {
            const seen = fround(factor * fround(floats[sum + k] - floats[own + k]))
            floats[row + k] += fround(seen + floats[taken + k])
          }
        }
      }
    },

    adam(start, end, { free, mean, square, gradient, rate, correction }) {
      refresh()
      const [by, wide] = [fround(rate), fround(correction)]
      for (let at = start; at < end; at++) {
        const slope = floats[(gradient >>> 2) + at]
        const first = fround(fround(FIRST_DECAY * floats[(mean >>> 2) + at]) + fround(FIRST_REST * slope))
        const second = fround(
          fround(SECOND_DECAY * floats[(square >>> 2) + at]) + fround(SECOND_REST * fround(slope * slope)),
        )
        floats[(mean >>> 2) + at] = first
        floats[(square >>> 2) + at] = second
        floats[(free >>> 2) + at] -= fround(fround(by * first) / fround(fround(sqrt(fround(second * wide))) + LEAST))
      }
    },
  }
}

const addLanes = ([a, b, c, d]: readonly number[]): number => fround(fround(a + b) + fround(c + d))

/** 24 random bits of a seed and a counter: two rounds of multiplication and shift (Mueller's and Wellons's search for low-bias constants). */
function hash(seed: number, counter: number): number {
  let x = (seed + imul(counter, 0x9e3779b9)) | 0
  x = imul(x ^ (x >>> 16), 0x21f0aaad)
  x = imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 8
}

const isDropped = ({ seed, below }: Drop, edge: number): boolean => below > 0 && hash(seed, edge) < below

/** s inverseTemperature - offset over one row. @returns where the row and its parts are, and weight times inverse temperature */
function shiftRow(floats: Float32Array, count: number, loss: LossRows, b: number): [number, number, number] {
  const { scores, scoreRow, offsets, weights, parts } = loss
  const by = fround(loss.inverseTemperature)
  const row = (scores >>> 2) + b * scoreRow
  for (let c = 0; c < count; c++) {
    const offset = offsets === 0 ? 0 : floats[(offsets >>> 2) + c]
    floats[row + c] = fround(floats[row + c] * by) - offset
  }
  return [row, (parts >>> 2) + 2 * b, fround(floats[(weights >>> 2) + b] * by)]
}

const bits = new Int32Array(1)
const power = new Float32Array(bits.buffer)
/** Adding and subtracting it rounds to an integer. */
const ROUNDER = 1.5 * 2 ** 23
const [LOG2E, LN2_HIGH, LN2_LOW] = [1.44269504, 0.693359375, -2.1219444e-4].map(fround)
const SERIES = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1].map(
  fround,
)

/** e^x in float32, 0 below -87, and as at 88 above (Cephes, expf). */
export function exp(given: number): number {
  if (!(given >= -87)) return Number.isNaN(given) ? NaN : 0
  const x = Math.min(given, 88)
  const n = fround(fround(fround(x * LOG2E) + ROUNDER) - ROUNDER)
  const r = fround(fround(x - fround(n * LN2_HIGH)) - fround(n * LN2_LOW))
  let sum = SERIES[0]
  for (let k = 1; k < SERIES.length; k++) sum = fround(fround(sum * r) + SERIES[k])
  const near = fround(fround(fround(sum * fround(r * r)) + r) + 1)
  bits[0] = (n + 127) << 23
  return fround(near * power[0])
}
