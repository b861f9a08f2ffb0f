/**
 * A spectral filter as a schedule: f(T) z for a T with eigenvalues in [0, 1], as a Chebyshev polynomial evaluated by Clenshaw's recurrence.
 *
 *   f(x) ~ p(x) = sum_k c_k T_k(2x - 1), k = 0 .. degree;   b_k = 2 (2T - 1) b_k+1 - b_k+2 + c_k z;   p(T) z = (2T - 1) b_1 - b_2 + c_0 z
 *
 * Every b is one sweep and one step of the kernel's recurrence, so p(T) costs `degree` sweeps and no memory beyond that of a solve.
 * Clenshaw, Mathematical Tables 9 (1955), 10.1090/S0025-5718-1955-0071856-0; Hammond, Vandergheynst and Gribonval, ACHA 30 (2011),
 * 10.1016/j.acha.2010.04.005.
 */
import type { Schedule } from './schedule.ts'

/** f on [0, 1]: the factor of a component, by its share of the largest eigenvalue. */
export type Response = (x: number) => number

/** p(T) = gain x the schedule's polynomial, which starts with coefficient one. */
export interface Filter {
  readonly schedule: Schedule
  readonly gain: number
}

/** Points at which the response is sampled; far more than any useful degree. */
const SAMPLES = 512

/** A leading coefficient below this share of the largest one is rounding noise: a polynomial of lower degree. */
const NEGLIGIBLE = 1e-6

/** The Chebyshev coefficients c_0 .. c_degree of a response, without negligible ones at the end. */
export function chebyshevCoefficients(response: Response, degree: number): Float64Array {
  const values = cosinesOf(1).map((cosine) => response((cosine + 1) / 2))
  const coefficients = Float64Array.from({ length: degree + 1 }, (_, k) => {
    const cosines = cosinesOf(k)
    let sum = 0
    for (let sample = 0; sample < SAMPLES; sample++) sum += values[sample] * cosines[sample]
    return (sum * (k === 0 ? 1 : 2)) / SAMPLES
  })
  const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  let last = degree
  while (last > 1 && Math.abs(coefficients[last]) <= NEGLIGIBLE * largest) last--
  return coefficients.subarray(0, last + 1)
}

/** Cached by degree: a search evaluates thousands of responses. */
const known: Float64Array[] = []

/** cos(k angle) at the samples. */
const cosinesOf = (k: number): Float64Array =>
  (known[k] ??= Float64Array.from({ length: SAMPLES }, (_, sample) => Math.cos(k * angle(sample))))

const angle = (sample: number): number => (Math.PI * (sample + 0.5)) / SAMPLES

/** The schedule that applies a response's polynomial of at most `degree` >= 1. */
export function filterSchedule(response: Response, degree: number): Filter {
  const coefficients = chebyshevCoefficients(response, degree)
  const last = coefficients.length - 1
  const gain = gainOf(coefficients)
  const steps = Array.from({ length: last - 1 }, (_, at) => ({
    a: 4,
    b: -2,
    c: -1,
    d: coefficients[last - 1 - at] / gain,
  }))
  const lead = coefficients[last] / gain
  return {
    gain,
    schedule: {
      solver: 'filter',
      steps: [...steps, { a: 2 * lead, b: -lead, c: -1, d: coefficients[0] / gain }],
      stopBelow: 0,
    },
  }
}

/** The leading coefficient; 1 for a constant response, for which 0 T + c_0 is still one step. */
const gainOf = (coefficients: Float64Array): number => coefficients[coefficients.length - 1] || 1

/**
 * The part of a response's polynomial p before the last product with T: q in p(x) = p(0) + x q(x). Its gain is relative to that of p.
 *
 * @param degree of p
 */
export function beforeLastSweep(response: Response, degree: number): Filter {
  const p = chebyshevCoefficients(response, degree)
  const at0 = chebyshevSum(p, 0)
  const { schedule, gain } = filterSchedule((x) => (chebyshevSum(p, x) - at0) / x, Math.max(1, p.length - 2))
  return { schedule, gain: gain / gainOf(p) }
}

/** sum_k c_k T_k(2x - 1), by Clenshaw's recurrence. */
function chebyshevSum(coefficients: Float64Array, x: number): number {
  let [b, before] = [0, 0]
  for (let k = coefficients.length - 1; k > 0; k--) [b, before] = [2 * (2 * x - 1) * b - before + coefficients[k], b]
  return (2 * x - 1) * b - before + coefficients[0]
}

/** The schedule whose k-th step leaves T_k(2T - 1) z: the basis in which every filter of that degree is a weighted sum. */
export function chebyshevBasis(degree: number): Schedule {
  const steps = Array.from({ length: degree }, (_, at) =>
    at === 0 ? { a: 2, b: -1, c: 0, d: 0 } : { a: 4, b: -2, c: -1, d: 0 },
  )
  return { solver: 'filter', steps, stopBelow: 0 }
}
