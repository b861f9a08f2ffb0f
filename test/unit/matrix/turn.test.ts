import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { turnWindows } from '../../../src/matrix/turn.ts'
import { cutWindows } from '../../../src/matrix/windows.ts'
import { seededRandom } from '../../../src/support/random.ts'

describe('turnWindows', () => {
  it.each([1, 2, 5])('transposes each of %i windows, rows ascending and counted from the window', (count) => {
    const random = seededRandom(count)
    const [rowCount, columnCount, length] = [40, 13, 300]
    const matrix = buildCsr({
      rowCount,
      columnCount,
      row: Int32Array.from({ length }, () => random.below(rowCount)),
      column: Int32Array.from({ length }, () => random.below(columnCount)),
      data: Float32Array.from({ length }, () => random.next()),
    })
    const windows = cutWindows(matrix.indptr, count)
    const indptr = new Uint32Array(count * (columnCount + 1))
    const indices = new Uint32Array(matrix.nnz)
    const data = new Float32Array(matrix.nnz)
    turnWindows(matrix, windows, { indptr, indices, data })

    windows.forEach(({ rowStart, rowEnd }, window) => {
      const expected: [column: number, row: number, weight: number][] = []
      for (let row = rowStart; row < rowEnd; row++) {
        for (let edge = matrix.indptr[row]; edge < matrix.indptr[row + 1]; edge++) {
          expected.push([matrix.indices[edge], row - rowStart, matrix.data?.[edge] ?? NaN])
        }
      }
      expected.sort(([a, from], [b, to]) => a - b || from - to)
      const found: typeof expected = []
      for (let column = 0; column < columnCount; column++) {
        const at = window * (columnCount + 1) + column
        for (let edge = indptr[at]; edge < indptr[at + 1]; edge++) found.push([column, indices[edge], data[edge]])
      }
      expect(found).toEqual(expected)
    })
  })
})
