import { describe, expect, it } from 'vitest'
import { Silence } from '../../../src/run/watchdog.ts'

const HOUR = 3_600_000

/** The silences that are measured at some looks, given as [sign, time]. */
const silences = (looks: readonly (readonly [number, number])[]): number[] => {
  const silence = new Silence(0)
  return looks.map(([sign, now]) => silence.look(sign, now))
}

describe('silence', () => {
  it('grows with the clock, and ends with a sign of life', () => {
    expect(silences([0, 25, 50, 75].map((now) => [3, now]))).toEqual([0, 25, 50, 75])
    expect(
      silences([
        [3, 25],
        [3, 50],
        [4, 75],
        [4, 110],
        [3, 120],
      ]),
    ).toEqual([0, 25, 0, 35, 0])
  })

  it('does not grow by more than a late look: the process was stopped, and the workers with it', () => {
    const [, before, after, next] = silences([
      [3, 25],
      [3, 50],
      [3, 50 + HOUR],
      [3, 75 + HOUR],
    ])
    expect(before).toBe(25)
    expect(after).toBe(125)
    expect(next).toBe(150)
  })

  it('is noticed of workers that hang, however often the process is stopped meanwhile', () => {
    const looks = Array.from({ length: 100 }, (_, look) => [3, look * HOUR] as const)
    expect(silences(looks).at(-1)).toBe(99 * 100)
  })
})
