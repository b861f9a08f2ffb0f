import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invertSymmetric } from '../../../src/linalg/symmetric-inverse.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { atOnce } from '../../../src/support/drive.ts'

/** R'R + I of a random R: symmetric positive definite. */
function definite(size: number, seed: number): Float64Array {
  const { next } = seededRandom(seed)
  const root = Float64Array.from({ length: size * size }, () => next() - 0.5)
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) matrix[i * size + j] += root[k * size + i] * root[k * size + j]
    }
    matrix[i * size + i] += 1
  }
  return matrix
}

function largestError(matrix: Float64Array, inverse: Float64Array, size: number): number {
  let largest = 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? -1 : 0
      for (let k = 0; k < size; k++) sum += matrix[i * size + k] * inverse[k * size + j]
      largest = Math.max(largest, Math.abs(sum))
    }
  }
  return largest
}

describe('invertSymmetric', () => {
  it('inverts matrices of any size, both triangles, whatever lies above the diagonal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 140 }), fc.nat(), (size, seed) => {
        const matrix = definite(size, seed)
        const inverse = matrix.slice()
        for (let i = 0; i < size; i++) inverse.fill(NaN, i * size + i + 1, (i + 1) * size)
        atOnce(invertSymmetric(inverse, size))
        expect(largestError(matrix, inverse, size)).toBeLessThan(1e-11)
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < i; j++) expect(inverse[j * size + i]).toBe(inverse[i * size + j])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('stays exact where the matrix falls into parts: what is not joined stays zero', () => {
    const size = 70
    const matrix = definite(size, 7)
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) if (i % 3 !== j % 3) matrix[i * size + j] = 0
    const inverse = matrix.slice()
    atOnce(invertSymmetric(inverse, size))
    expect(largestError(matrix, inverse, size)).toBeLessThan(1e-11)
    expect(inverse.every((value, at) => Math.floor(at / size) % 3 === (at % size) % 3 || Math.abs(value) === 0)).toBe(
      true,
    )
  })
})
