/**
 * Vectors in whole numbers, x ~ (length / LEVELS) levels: a product of two is exact in 32 bits, whatever the order of its sum, and half of the bytes are read.
 */

/** The length of a vector in whole numbers, so that no product of two leaves 32 bits, nor an entry 16. */
export const LEVELS = 32600

/** What rounding to whole numbers adds to a product at most, over both lengths. */
export const roundingOf = (dimensions: number): number => (Math.sqrt(dimensions) * LEVELS + dimensions) / LEVELS ** 2

/** What is added to a number and taken off again leaves the nearest whole number: three times as fast as Math.round. */
const TO_WHOLE = 1.5 * 2 ** 52

/** A vector of a length in whole numbers, from element `at` of `levels` on. */
export function toLevels(vector: Float32Array, length: number, levels: Int16Array, at = 0): void {
  const unit = length === 0 ? 0 : LEVELS / length
  for (let dimension = 0; dimension < vector.length; dimension++) {
    levels[at + dimension] = vector[dimension] * unit + TO_WHOLE - TO_WHOLE
  }
}
