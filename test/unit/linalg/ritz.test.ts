import { describe, expect, it } from 'vitest'
import { ritzPairs } from '../../../src/linalg/ritz.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { SLICE } from '../../../src/support/pause.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { multiply, product, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const random = seededRandom(4)
const anything = (rows: number, columns: number): Dense =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.next() - 0.5))
const flat = (matrix: Dense): Float64Array => Float64Array.from(matrix.flat())

function ritzOf(p: Dense, y: Dense): { values: Float64Array; vectors: Dense } {
  const size = y[0].length
  const gram = product(transposed(y), y)
  const projected = product(transposed(y), product(p, y))
  const { values, coefficients } = atOnce(ritzPairs(flat(gram), flat(projected), size))
  const rank = values.length
  const k = Array.from({ length: size }, (_, i) => Array.from(coefficients.subarray(i * rank, (i + 1) * rank)))
  return { values, vectors: product(y, k) }
}

const half = anything(12, 12)
const p = product(half, transposed(half))

describe('ritzPairs', () => {
  it('finds all eigenpairs when the basis spans everything, however skewed and scaled', () => {
    const y = anything(12, 12).map((row) => row.map((value, j) => value * 10 ** (j - 6)))
    const { values, vectors } = ritzOf(p, y)
    const expected = symmetricEigenvalues(p).reverse()
    expected.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 7))
    const image = product(p, vectors)
    image.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(values[j] * vectors[i][j], 6)))
  })

  it('diagonalises within a smaller span, with orthonormal vectors', () => {
    const { values, vectors } = ritzOf(p, anything(12, 5))
    product(transposed(vectors), vectors).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 9)),
    )
    product(transposed(vectors), product(p, vectors)).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? values[i] : 0, 8)),
    )
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
  })

  it('leaves out columns that the others span, and columns of zeros', () => {
    const y = anything(12, 4)
    const doubled = y.map((row) => [...row, row[0] + row[1], 0, 3 * row[2]])
    const { values, vectors } = ritzOf(p, doubled)
    const plain = ritzOf(p, y)
    expect(values).toHaveLength(4)
    values.forEach((value, at) => expect(value).toBeCloseTo(plain.values[at], 8))
    expect(
      multiply(
        transposed(vectors),
        vectors.map((row) => row[0]),
      )[0],
    ).toBeCloseTo(1, 9)
  })

  it('pauses within itself, however large it is: nobody waits for size^3 operations', () => {
    const size = 128
    const diagonal = (entry: (at: number) => number): Float64Array =>
      Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? entry(at) : 0.5))
    const work = ritzPairs(
      diagonal(() => 1),
      diagonal((at) => at),
      size,
    )
    let pauses = 0
    while (work.next().done !== true) pauses++
    expect(pauses).toBeGreaterThan((3 * size ** 3) / SLICE)
  })
})
