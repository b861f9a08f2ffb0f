/**
 * Scales weights for single precision.
 *
 * Spreading depends only on ratios of weights: if they are very large or very small they are all multiplied by one power of four. This is
 * exact, for the roots of degrees too, so weights of any size give the same bits as ordinary ones.
 */
import { RivuletError } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

/** The largest weight is not scaled between these powers of two: 1e-12 to 1e12. */
const ORDINARY = 40
/** Smallest weight after scaling: 1e-30. Quotients of degrees stay far from the limits of single precision. */
const LEAST = 2 ** -100

export interface ScaledWeights {
  readonly data: Float32Array
  /** Factor of the weights: 1 for ordinary ones, otherwise a power of four that brings the largest to between 1 and 4. */
  readonly scale: number
}

/**
 * Ordinary weights are only rounded to single precision.
 *
 * @param nameOf the origin of the weight at an index, for messages
 * @throws {RivuletError} INVALID_DATA naming the smallest weight where the largest one is more than 1e30 times as large.
 */
export const scaleWeights = (
  who: string,
  weights: Float32Array | Float64Array,
  nameOf: (at: number) => string,
): ScaledWeights => atOnce(scaleInSlices(who, weights, nameOf))

/** As `scaleWeights`. */
export function* scaleInSlices(
  who: string,
  weights: Float32Array | Float64Array,
  nameOf: (at: number) => string,
): Sliced<ScaledWeights> {
  let [largest, smallest, smallestAt] = [0, Infinity, -1]
  const meet = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const size = Math.abs(weights[at])
      if (size > largest) largest = size
      if (size < smallest && size > 0) {
        smallest = size
        smallestAt = at
      }
    }
  }
  yield* inSlices(weights.length, meet)
  const isOrdinary = largest >= 2 ** -ORDINARY && largest <= 2 ** ORDINARY && smallest >= LEAST
  const scale = isOrdinary || largest === 0 ? 1 : 4 ** -Math.floor(Math.log2(largest) / 2)
  if (smallest * scale < LEAST) throw tooFarApart(who, nameOf(smallestAt), smallest, largest)
  if (scale === 1 && weights instanceof Float32Array) return { data: weights, scale }
  const data = new Float32Array(weights.length)
  const multiply = (from: number, to: number): void => {
    for (let at = from; at < to; at++) data[at] = weights[at] * scale
  }
  yield* inSlices(data.length, multiply)
  return { data, scale }
}

function tooFarApart(who: string, name: string, smallest: number, largest: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, ${name}`,
    expected: 'weights within a factor of 1e30 of each other, the range of single precision',
    got: `${smallest}, where the largest is ${largest}`,
    todo: 'Correct or drop it, or give it the weight 0.',
    details: { smallest, largest },
  })
}
