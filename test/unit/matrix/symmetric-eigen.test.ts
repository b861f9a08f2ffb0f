import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '../../../src/matrix/symmetric-eigen.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { identity, product, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const flat = (matrix: Dense): Float64Array => Float64Array.from(matrix.flat())

function table(values: Float64Array, size: number): Dense {
  return Array.from({ length: size }, (_, row) => Array.from(values.subarray(row * size, (row + 1) * size)))
}

function randomSymmetric(size: number, seed: number): Dense {
  const random = seededRandom(seed)
  const a = Array.from({ length: size }, () => Array.from({ length: size }, () => random.next() - 0.5))
  return a.map((row, i) => row.map((value, j) => value + a[j][i]))
}

const MATRICES: Record<string, Dense> = {
  'one number': [[3]],
  'two by two': [
    [2, 1],
    [1, 2],
  ],
  'a diagonal, unsorted': [
    [1, 0, 0],
    [0, 5, 0],
    [0, 0, -2],
  ],
  'the identity: all eigenvalues equal': identity(7),
  'all zero': identity(4).map((row) => row.map(() => 0)),
  'rank one': Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => (i + 1) * (j + 1))),
  'two blocks that do not meet': [
    [0, 1, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 4, 1],
    [0, 0, 1, 4],
  ],
  'random, size 31': randomSymmetric(31, 1),
  'random, size 60': randomSymmetric(60, 2),
}

describe.each(Object.entries(MATRICES))('symmetricEigen on %s', (_, matrix) => {
  const size = matrix.length
  const { values, vectors } = symmetricEigen(flat(matrix), size)
  const rows = table(vectors, size)

  it("finds the eigenvalues of Jacobi's rotations, descending", () => {
    const expected = symmetricEigenvalues(matrix).reverse()
    expected.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 11))
  })

  it('gives orthonormal vectors', () => {
    product(rows, transposed(rows)).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 12)),
    )
  })

  it('puts the matrix together again', () => {
    const scaledRows = rows.map((row, j) => row.map((value) => value * values[j]))
    product(transposed(rows), scaledRows).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(matrix[i][j], 11)),
    )
  })
})

it('symmetricEigen leaves the matrix as it is', () => {
  const matrix = flat(randomSymmetric(9, 3))
  const before = matrix.slice()
  symmetricEigen(matrix, 9)
  expect(matrix).toEqual(before)
})
