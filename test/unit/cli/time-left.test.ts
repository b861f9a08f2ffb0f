import { describe, expect, it } from 'vitest'
import { secondsLeft, timeLeft } from '../../../src/cli/time-left.ts'

/** Estimates while work goes on. @param takes seconds of the whole @param shares done after equal steps of time */
function estimates(takes: number, expected: number | undefined, shareAt: (time: number) => number): number[] {
  return Array.from({ length: 100 }, (_, step) => {
    const time = (step + 1) / 100
    return secondsLeft(shareAt(time), time * takes, expected)
  })
}

/** The largest rise above anything that was said before, as a factor. */
function largestRise(told: readonly number[]): number {
  let [least, most] = [Infinity, 1]
  for (const seconds of told) {
    if (seconds > 1) most = Math.max(most, seconds / least)
    least = Math.min(least, seconds)
  }
  return most
}

const even = (time: number): number => time

describe('secondsLeft', () => {
  it('begins with what was expected, and ends at nothing', () => {
    expect(secondsLeft(0, 0, 120)).toBe(120)
    expect(secondsLeft(1, 95, 120)).toBe(0)
    expect(secondsLeft(0.25, 30, 120)).toBe(90)
  })

  it.each([0.5, 1, 2])('only falls where work takes %d times what was expected', (times) => {
    expect(largestRise(estimates(100 * times, 100, even))).toBe(1)
  })

  it('rises by no more than a third where it takes four times as long', () => {
    expect(largestRise(estimates(400, 100, even))).toBeLessThan(1.34)
  })

  it('rises little where one part of the work is half as fast as its costs say', () => {
    // The first half of the costs takes two thirds of the time.
    const uneven = (time: number): number => (time < 2 / 3 ? 0.75 * time : 0.5 + 1.5 * (time - 2 / 3))
    expect(largestRise(estimates(100, 100, uneven))).toBeLessThan(1.1)
  })

  it('goes on as fast as before where nothing was expected', () => {
    expect(secondsLeft(0, 5, undefined)).toBe(Infinity)
    expect(secondsLeft(0.5, 5, undefined)).toBe(5)
  })
})

describe('timeLeft', () => {
  it.each([
    [Infinity, '?'],
    [0, '0 s'],
    [6.2, '7 s'],
    [200, '3 min 20 s'],
    [3900, '1 h 5 min'],
  ])('%d seconds: %s', (seconds, text) => expect(timeLeft(seconds)).toBe(text))
})
