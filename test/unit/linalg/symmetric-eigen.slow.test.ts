import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '../../../src/linalg/symmetric-eigen.ts'
import { atOnce } from '../../../src/support/drive.ts'
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

/** A symmetric matrix by its eigenvalues: a diagonal between three reflections. */
function withEigenvalues(values: readonly number[]): Dense {
  const random = seededRandom(6)
  const diagonal = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)))
  return [1, 2, 3].reduce<Dense>((matrix) => {
    const v = values.map(() => random.next() - 0.5)
    const square = v.reduce((sum, entry) => sum + entry * entry, 0)
    const reflection = v.map((x, i) => v.map((y, j) => Number(i === j) - (2 * x * y) / square))
    const turned = product(reflection, product(matrix, reflection))
    return turned.map((row, i) => row.map((value, j) => (value + turned[j][i]) / 2))
  }, diagonal)
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
  'random, size 131': randomSymmetric(131, 3),
  'the identity, larger than what is solved in one piece': identity(70),
  'a few eigenvalues, many times each': withEigenvalues(Array.from({ length: 90 }, (_, at) => at % 4)),
  'eigenvalues that nearly coincide': withEigenvalues(Array.from({ length: 60 }, (_, at) => 1 + (at % 7) * 1e-13)),
  'eigenvalues of all sizes': withEigenvalues(Array.from({ length: 64 }, (_, at) => 2 ** -at)),
  'two large blocks that do not meet': Array.from({ length: 80 }, (_, i) =>
    Array.from({ length: 80 }, (_, j) => (i < 40 === j < 40 ? 1 / (1 + Math.abs(i - j)) : 0)),
  ),
  "Wilkinson's: nearly equal pairs": Array.from({ length: 61 }, (_, i) =>
    Array.from({ length: 61 }, (_, j) => (i === j ? Math.abs(i - 30) : Number(Math.abs(i - j) === 1))),
  ),
}

describe.each(Object.entries(MATRICES))('symmetricEigen on %s', (_, matrix) => {
  const size = matrix.length
  const { values, vectors } = atOnce(symmetricEigen(flat(matrix), size))
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
  atOnce(symmetricEigen(matrix, 9))
  expect(matrix).toEqual(before)
})
