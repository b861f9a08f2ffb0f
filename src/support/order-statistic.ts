import { inSlices, type Sliced } from './pause.ts'
import { seededRandom } from './random.ts'

/** Cost of comparing a number with the pivot, in simple operations. */
const COST = 4

/**
 * The number at a place of the sorted numbers, found without sorting (quickselect; Hoare 1961, 10.1145/366622.366647).
 * Time O(numbers) in expectation for any order, because pivots are random.
 *
 * @param numbers none of them NaN; their order is lost
 * @param place in [0, length)
 */
export function* orderStatistic(numbers: Float64Array | Float32Array, place: number): Sliced<number> {
  // The search would not end.
  if (!(place >= 0 && place < numbers.length)) throw new RangeError(`place ${place} of ${numbers.length} numbers`)
  const random = seededRandom(1)
  let left = numbers
  for (;;) {
    const pivot = left[random.below(left.length)]
    const { below, equal } = yield* comparedWith(left, pivot)
    if (place >= below && place < below + equal) return pivot
    const takesLower = place < below
    left = yield* keepSide(left, pivot, takesLower)
    if (!takesLower) place -= below + equal
  }
}

function* comparedWith(numbers: ArrayLike<number>, pivot: number): Sliced<{ below: number; equal: number }> {
  let [below, equal] = [0, 0]
  const compare = (from: number, to: number): void => {
    let smaller = 0
    let same = 0
    for (let at = from; at < to; at++) {
      if (numbers[at] < pivot) smaller++
      else if (numbers[at] === pivot) same++
    }
    below += smaller
    equal += same
  }
  yield* inSlices(numbers.length, compare, COST)
  return { below, equal }
}

/** Moves the numbers below the pivot, or those above it, to the front. */
function* keepSide<T extends Float64Array | Float32Array>(numbers: T, pivot: number, isLower: boolean): Sliced<T> {
  let kept = 0
  const keep = (from: number, to: number): void => {
    let end = kept
    for (let at = from; at < to; at++) {
      const number = numbers[at]
      if (isLower ? number < pivot : number > pivot) numbers[end++] = number
    }
    kept = end
  }
  yield* inSlices(numbers.length, keep, COST)
  return numbers.subarray(0, kept) as T
}
