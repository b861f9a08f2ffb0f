import type { Check } from '../support/options.ts'

/** A number over the rounds: always the same, or from the first round's to the last one's in equal steps. */
export type Ramp = number | readonly [first: number, last: number]

/** A ramp whose numbers all pass a check. */
export const isRamp =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return check(value)
    const expected =
      value.length === 2 ? value.map((end) => check(end)).find((expected) => expected !== null) : 'a number'
    return expected === undefined ? null : `[first, last], each ${expected}`
  }

/** Whether every round has the same number. */
export const isConstant = (ramp: Ramp): boolean => typeof ramp === 'number' || ramp[0] === ramp[1]

/** The number of a round. @param round in [1, rounds] */
export function rampAt(ramp: Ramp, round: number, rounds: number): number {
  if (typeof ramp === 'number') return ramp
  const [first, last] = ramp
  return rounds === 1 ? last : first + ((last - first) * (round - 1)) / (rounds - 1)
}
