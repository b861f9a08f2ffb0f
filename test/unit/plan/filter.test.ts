import { describe, expect, it } from 'vitest'
import { beforeLastSweep, chebyshevBasis, chebyshevCoefficients, filterSchedule } from '../../../src/plan/filter.ts'
import type { Schedule } from '../../../src/plan/schedule.ts'

/** What a schedule does to a component with eigenvalue x, after every step, starting from `rhs`. */
function trace({ steps }: Schedule, x: number, rhs: number): number[] {
  let [z, previous] = [rhs, 0]
  return steps.map(({ a, b, c, d }) => {
    const next = a * x * z + b * z + c * previous + d * rhs
    previous = z
    z = next
    return z
  })
}

const points = Array.from({ length: 21 }, (_, at) => at / 20)

describe('filterSchedule', () => {
  it.each([
    ['a smooth step', (x: number) => 1 / (1 + (0.3 / x) ** 3), 60, 1e-3],
    ['a resolvent', (x: number) => x / (x + 0.2), 30, 1e-6],
    ['a line', (x: number) => 3 * x - 1, 12, 1e-12],
    ['a parabola with the fewest sweeps', (x: number) => x * x - x / 3, 2, 1e-12],
    ['one sweep', (x: number) => 2 * x + 0.5, 1, 1e-12],
    ['a constant', () => 0.7, 12, 1e-12],
    ['nothing', () => 0, 5, 1e-12],
  ])('applies %s', (_, response, degree, tolerance) => {
    const { schedule, gain } = filterSchedule(response, degree)
    expect(schedule.steps.length).toBeLessThanOrEqual(degree)
    for (const x of points) expect(Math.abs(trace(schedule, x, gain).at(-1) - response(x))).toBeLessThan(tolerance)
  })

  it('spends no sweep on coefficients that are rounding', () => {
    expect(filterSchedule((x) => x * x, 40).schedule.steps.length).toBe(2)
  })

  it('is the better the more sweeps it has', () => {
    const response = (x: number): number => 1 / (1 + (0.1 / x) ** 3)
    const worst = (degree: number): number => {
      const { schedule, gain } = filterSchedule(response, degree)
      return Math.max(...points.map((x) => Math.abs(trace(schedule, x, gain).at(-1) - response(x))))
    }
    expect(worst(16)).toBeLessThan(worst(8) / 2)
    expect(worst(32)).toBeLessThan(worst(16) / 2)
  })
})

describe('beforeLastSweep', () => {
  it.each([
    ['a resolvent', (x: number) => x / (x + 0.2), 8],
    ['what is more than 0 at 0', (x: number) => 1 / (1.2 - x), 5],
    ['a parabola', (x: number) => x * x - x / 3 + 1, 2],
    ['one sweep', (x: number) => 2 * x + 0.5, 1],
    ['a constant', () => 0.7, 12],
    ['nothing', () => 0, 5],
  ])('leaves q of p(x) = p(0) + x q(x): %s', (_, response, degree) => {
    const p = filterSchedule(response, degree)
    const q = beforeLastSweep(response, degree)
    expect(q.schedule.steps.length).toBeLessThanOrEqual(Math.max(1, degree - 1))
    const at = (x: number): number => p.gain * trace(p.schedule, x, 1).at(-1)
    for (const x of points) {
      const whole = at(0) + x * p.gain * q.gain * trace(q.schedule, x, 1).at(-1)
      expect(Math.abs(whole - at(x))).toBeLessThan(1e-10)
    }
  })
})

describe('chebyshevBasis', () => {
  it('leaves T_k after k steps, and every filter is a weighted sum of them', () => {
    const response = (x: number): number => x / (x + 0.1)
    const coefficients = chebyshevCoefficients(response, 9)
    const { schedule, gain } = filterSchedule(response, 9)
    for (const x of points) {
      const basis = [1, ...trace(chebyshevBasis(9), x, 1)]
      basis.forEach((value, k) => expect(value).toBeCloseTo(Math.cos(k * Math.acos(2 * x - 1)), 10))
      const sum = basis.reduce((total, value, k) => total + coefficients[k] * value, 0)
      expect(sum).toBeCloseTo(trace(schedule, x, gain).at(-1), 10)
    }
  })
})
