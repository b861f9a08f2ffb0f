import { describe, expect, it } from 'vitest'
import { buildCsr, mirrorEdges } from '../../../src/matrix/build.ts'
import { componentsInSlices } from '../../../src/matrix/components.ts'
import { atOnce } from '../../../src/support/drive.ts'

describe('componentsInSlices', () => {
  it('numbers the components of a square graph by their first nodes; a lonely node is one', () => {
    const source = Int32Array.of(4, 1, 5)
    const target = Int32Array.of(1, 3, 2)
    const { count, of } = atOnce(componentsInSlices(buildCsr(mirrorEdges(6, source, target)), true))
    expect(count).toBe(3)
    expect([...of]).toEqual([0, 1, 2, 1, 1, 2])
  })

  it('joins rows and columns of a bipartite graph, rows first', () => {
    const coordinates = {
      rowCount: 3,
      columnCount: 2,
      row: Int32Array.of(0, 2),
      column: Int32Array.of(1, 1),
      data: null,
    }
    expect([...atOnce(componentsInSlices(buildCsr(coordinates), false)).of]).toEqual([0, 1, 0, 2, 0])
  })

  it('takes a stored weight of 0 for no edge', () => {
    const [row, column] = [Int32Array.of(0, 1), Int32Array.of(0, 0)]
    const coordinates = { rowCount: 2, columnCount: 1, row, column, data: Float32Array.of(1, 0) }
    expect([...atOnce(componentsInSlices(buildCsr(coordinates), false)).of]).toEqual([0, 1, 0])
  })
})
