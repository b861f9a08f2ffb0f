import { describe, expect, it } from 'vitest'
import { chebyshevSteps, growthAt, valueRaised } from '../../../src/solve/chebyshev-filter.ts'

/** What the recurrence makes of a component of value x. */
function raised(x: number, steps: ReturnType<typeof chebyshevSteps>): number {
  let [before, now] = [0, 1]
  for (const { a, b, c } of steps) [before, now] = [now, a * x * now + b * now + c * before]
  return now
}

describe('the filter of singular vectors', () => {
  const [top, bound] = [1.7, 0.8]

  it('is T_d(2 x / b - 1): at most 1 below b, and beyond it what growthAt says', () => {
    const steps = chebyshevSteps(top, bound, 1e4)
    const degree = steps.length
    for (const x of [0, 0.1, 0.37, 0.6, 0.79]) {
      expect(raised(x, steps)).toBeCloseTo(Math.cos(degree * Math.acos((2 * x) / bound - 1)), 9)
    }
    for (const x of [0.81, 1, 1.4, top]) {
      expect(raised(x, steps) / Math.cosh(degree * Math.acosh((2 * x) / bound - 1))).toBeCloseTo(1, 9)
      expect(growthAt(x, bound, degree) / raised(x, steps)).toBeCloseTo(1, 9)
    }
    expect(growthAt(0.3, bound, degree)).toBe(1)
  })

  it('has the largest degree that raises no more than it may, from 1 to 40', () => {
    for (const growth of [50, 1e3, 1e6]) {
      const degree = chebyshevSteps(top, bound, growth).length
      expect(growthAt(top, bound, degree)).toBeLessThanOrEqual(growth)
      expect(growthAt(top, bound, degree + 1)).toBeGreaterThan(growth)
    }
    expect(chebyshevSteps(top, bound, 1.01)).toHaveLength(1)
    expect(chebyshevSteps(bound * 1.0001, bound, 1e12)).toHaveLength(40)
  })

  it('tells a value by how much it was raised', () => {
    for (const x of [0.9, 1.3, top]) expect(valueRaised(growthAt(x, bound, 7), bound, 7)).toBeCloseTo(x, 9)
    expect(valueRaised(0.2, bound, 7)).toBe(bound)
  })
})
