import { describe, expect, it } from 'vitest'
import { orthonormal } from '../../../src/linalg/orthonormal.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { product, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const random = seededRandom(4)
const anything = (rows: number, columns: number): Dense =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.next() - 0.5))

const gramOf = (y: Dense): Float64Array => Float64Array.from(product(transposed(y), y).flat())

const table = (values: Float32Array, size: number): Dense =>
  Array.from({ length: size }, (_, row) => Array.from(values.subarray(row * size, (row + 1) * size)))

describe('orthonormal', () => {
  const y = anything(40, 9).map((row) => row.map((value, j) => value * 10 ** (j - 4)))
  const found = atOnce(orthonormal(gramOf(y), 9))!
  const k = table(found.coefficients, 9)

  it('combines columns of any length into orthonormal ones', () => {
    const q = product(y, k)
    product(transposed(q), q).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 5)),
    )
  })

  it('uses of each column only those before it', () => {
    k.forEach((row, i) => row.forEach((value, j) => expect(value === 0).toBe(i > j)))
  })

  it('says how high each column stands on those before it', () => {
    const q = product(y, k)
    found.heights.forEach((height, j) => {
      const along = q.reduce((sum, row, i) => sum + row[j] * y[i][j], 0)
      expect(along / height).toBeCloseTo(1, 5)
    })
  })

  it.each([
    ['is the sum of two others', (row: number[]) => [...row, row[0] + row[1]]],
    ['is zero', (row: number[]) => [0, ...row]],
  ])('finds nothing where a column %s', (_, widen) => {
    const wide = anything(12, 4).map(widen)
    expect(atOnce(orthonormal(gramOf(wide), 5))).toBeNull()
  })
})
