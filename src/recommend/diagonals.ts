import { degreePower } from '../matrix/normalize.ts'

/** factor degree^exponent, and 0 where the degree is 0; shape of `degrees`. */
export function powers(degrees: Float64Array, exponent: number, factor = 1): Float32Array {
  return new Float32Array(degreePower(degrees, exponent, 0).map((power) => factor * power))
}
