import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { buildCsr, freshDestination, mirrorEdges, type Coordinates } from '../../../src/matrix/build.ts'
import { columnDegrees, rowDegrees, type CsrMatrix } from '../../../src/matrix/csr.ts'
import { transpose } from '../../../src/matrix/turn.ts'
import { denseOf, denseOfCoordinates, transposed, zeros } from '../../oracle/linear-algebra.ts'

/** Coordinates of a small matrix, duplicates likely; weights that float32 adds without rounding. */
const coordinates = (weighted: boolean): fc.Arbitrary<Coordinates> =>
  fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 6 })).chain(([rowCount, columnCount]) =>
    fc
      .array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: -8, max: 8 })), {
        maxLength: rowCount * columnCount === 0 ? 0 : 60,
      })
      .map((triples) => ({
        rowCount,
        columnCount,
        row: Int32Array.from(triples, ([row]) => row % rowCount),
        column: Int32Array.from(triples, ([, column]) => column % columnCount),
        data: weighted ? Float32Array.from(triples, ([, , weight]) => weight / 4) : null,
      })),
  )

/** The rows of a matrix as lists of [column, weight]. */
const rowsOf = ({ rowCount, indptr, indices, data }: CsrMatrix): [number, number | null][][] =>
  Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: indptr[row + 1] - indptr[row] }, (_, at) => {
      const edge = indptr[row] + at
      return [indices[edge], data === null ? null : data[edge]]
    }),
  )

describe.each([true, false])('buildCsr, weighted: %s', (weighted) => {
  it('stores what the coordinates say, rows ascending, every pair once', () => {
    fc.assert(
      fc.property(coordinates(weighted), (given) => {
        const matrix = buildCsr(given)
        expect(denseOf(matrix)).toEqual(denseOfCoordinates(given))
        for (const row of rowsOf(matrix)) {
          const columns = row.map(([column]) => column)
          expect(columns).toEqual([...new Set(columns)].sort((x, y) => x - y))
        }
        expect(matrix.indptr[0]).toBe(0)
        expect(matrix.indptr[given.rowCount]).toBe(matrix.nnz)
        expect(matrix.indices.length).toBe(matrix.nnz)
        expect(matrix.data?.length ?? null).toBe(weighted ? matrix.nnz : null)
      }),
    )
  })

  it('does not depend on the order of the coordinates', () => {
    fc.assert(
      fc.property(coordinates(weighted), (given) => {
        const { row, column, data } = given
        const turned = { ...given, row: row.toReversed(), column: column.toReversed(), data: data?.toReversed() }
        expect(rowsOf(buildCsr(turned))).toEqual(rowsOf(buildCsr(given)))
      }),
    )
  })

  it('is turned by transpose, and turned back', () => {
    fc.assert(
      fc.property(coordinates(weighted), (given) => {
        const matrix = buildCsr(given)
        const turned = transpose(matrix)
        expect(denseOf(turned)).toEqual(transposed(denseOf(matrix), given.columnCount))
        expect(rowsOf(transpose(turned))).toEqual(rowsOf(matrix))
      }),
    )
  })

  it('has degrees: sums of |weight|', () => {
    fc.assert(
      fc.property(coordinates(weighted), (given) => {
        const matrix = buildCsr(given)
        const absolute = denseOf(matrix).map((row) => row.map(Math.abs))
        const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
        expect([...rowDegrees(matrix)]).toEqual(absolute.map(sum))
        expect([...columnDegrees(matrix)]).toEqual(transposed(absolute, given.columnCount).map(sum))
      }),
    )
  })
})

describe('buildCsr', () => {
  it('adds the weights of duplicates and counts the pairs of a pattern once', () => {
    const pairs = { rowCount: 2, columnCount: 2, row: Int32Array.of(1, 0, 1, 1), column: Int32Array.of(1, 0, 1, 0) }
    expect(rowsOf(buildCsr({ ...pairs, data: Float32Array.of(1, 2, 4, 8) }))).toEqual([
      [[0, 2]],
      [
        [0, 8],
        [1, 5],
      ],
    ])
    expect(buildCsr(pairs).nnz).toBe(3)
  })

  it('makes a matrix of empty rows from nothing', () => {
    const empty = { rowCount: 3, columnCount: 2, row: new Int32Array(0), column: new Int32Array(0) }
    expect(denseOf(buildCsr(empty))).toEqual(zeros(3, 2))
  })

  it('writes into the destination it is given', () => {
    const given = { rowCount: 2, columnCount: 3, row: Int32Array.of(1, 0), column: Int32Array.of(2, 1) }
    const destination = freshDestination(given)
    const { indptr, indices } = buildCsr(given, destination)
    expect(indptr).toBe(destination.indptr)
    expect(indices.buffer).toBe(destination.indices.buffer)
  })
})

describe('mirrorEdges', () => {
  it('stores an edge from both ends and a loop once', () => {
    const mirrored = mirrorEdges(3, Int32Array.of(0, 2, 1), Int32Array.of(1, 2, 0), Float32Array.of(1, 4, 2))
    expect(mirrored.row.length).toBe(5)
    expect(denseOf(buildCsr(mirrored))).toEqual([
      [0, 3, 0],
      [3, 0, 0],
      [0, 0, 4],
    ])
  })

  it('keeps a graph without weights a pattern', () => {
    expect(mirrorEdges(2, Int32Array.of(0), Int32Array.of(1)).data).toBeNull()
  })
})
