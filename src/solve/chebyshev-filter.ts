/**
 * The filter of `singularVectors`: T_d(2 P / b - 1), which damps eigenvalues in [0, b] and amplifies those above.
 *
 *   |T_d(2 x / b - 1)| <= 1 on [0, b];   cosh(d acosh(2 x / b - 1)) beyond
 *
 * Zhou, Saad, Tiago and Chelikowsky 2006, 10.1016/j.jcp.2006.03.017.
 */
import type { RecurrenceStep } from '../kernel/kernel.ts'

const MOST_DEGREE = 40

/** The filter as a recurrence, with the largest degree that amplifies `top` by at most `growth`. */
export function chebyshevSteps(top: number, bound: number, growth: number): RecurrenceStep[] {
  const degree = Math.floor(Math.acosh(growth) / Math.acosh((2 * top) / bound - 1))
  return Array.from({ length: Math.max(1, Math.min(MOST_DEGREE, degree)) }, (_, at) =>
    at === 0 ? { a: 2 / bound, b: -1, c: 0, d: 0 } : { a: 4 / bound, b: -2, c: -1, d: 0 },
  )
}

/** Factor by which the filter raises a component of a value >= bound. */
export const growthAt = (value: number, bound: number, degree: number): number =>
  Math.cosh(degree * Math.acosh(Math.max(1, (2 * value) / bound - 1)))

/** The value of a component that the filter has raised by a factor; `bound` for a factor of at most 1. */
export const valueRaised = (growth: number, bound: number, degree: number): number =>
  (bound / 2) * (1 + Math.cosh(Math.acosh(Math.max(1, growth)) / degree))
