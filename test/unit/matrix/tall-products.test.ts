import { describe, expect, it } from 'vitest'
import { combineColumns, crossProduct } from '../../../src/matrix/tall-products.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { product, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const random = seededRandom(3)
const tall = (rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, () => random.next() - 0.5)
const table = (values: ArrayLike<number>, columns: number): Dense =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, c) => values[row * columns + c]),
  )

describe.each([
  [1, 1],
  [5, 3],
  [128, 16],
  [300, 21],
  [131, 40],
])('with %i rows and %i columns', (rows, columns) => {
  const [a, b] = [tall(rows, columns), tall(rows, columns)]

  it.each([
    ['another matrix', b],
    ['itself', a],
  ])("crossProduct is the lower triangle of A'B with %s", (_, other) => {
    const expected = product(transposed(table(a, columns)), table(other, columns))
    const found = table(crossProduct(a, other, columns), columns)
    found.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(j <= i ? expected[i][j] : 0, 10)))
  })

  it('combineColumns multiplies by the coefficients', () => {
    const kept = Math.max(1, columns - 2)
    const coefficients = Float64Array.from(tall(kept, columns))
    const expected = product(table(a, columns), transposed(table(coefficients, columns)))
    const found = table(combineColumns(a, columns, coefficients, kept), kept)
    found.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[i][j], 5)))
  })
})
