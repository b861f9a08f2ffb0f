import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { gramMatrix } from '../../../src/matrix/gram.ts'
import { atOnce } from '../../../src/support/drive.ts'

const coordinates = { rowCount: 2, columnCount: 3, row: Int32Array.of(0, 0, 1, 1), column: Int32Array.of(0, 2, 1, 2) }

describe('gramMatrix', () => {
  it('is the lower triangle of the products of columns, the ridge added', () => {
    expect([...atOnce(gramMatrix(buildCsr(coordinates), 10))]).toEqual([11, 0, 0, 0, 11, 0, 1, 1, 12])
    const weighted = buildCsr({ ...coordinates, data: Float32Array.of(2, 3, 4, 5) })
    expect([...atOnce(gramMatrix(weighted, 0.5))]).toEqual([4.5, 0, 0, 0, 16.5, 0, 6, 20, 34.5])
  })
})
