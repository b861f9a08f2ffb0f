import { unitRows } from './unit-rows.ts'

/**
 * Item vectors as users are summed from them: of length |z|^1/2, between those of training, which fit what was seen more than what comes, and unit vectors, which tell
 * nothing of how much an item says about who has it. Likewise popular items count less by half the exponent of the training.
 *
 * @param vectors Z, shape (items x dimensions)
 */
export function summands(vectors: Float32Array, dimensions: number): Float32Array {
  const rows = unitRows(vectors, dimensions)
  for (let start = 0; start < rows.length; start += dimensions) {
    const length = vectors.subarray(start, start + dimensions).reduce((sum, entry) => sum + entry * entry, 0) ** 0.25
    for (let k = start; k < start + dimensions; k++) rows[k] *= length
  }
  return rows
}

/** The exponent of popularity in these sums. @param itemExponent that of the training */
export const sumExponent = (itemExponent: number): number => itemExponent / 2
