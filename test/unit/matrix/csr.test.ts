import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'

describe('SparseRows', () => {
  it('has the entries that are stored, and no others', () => {
    const pair = fc.tuple(fc.nat(5), fc.nat(9))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 40 }), (pairs) => {
        const [row, column] = [0, 1].map((side) => Int32Array.from(pairs, (ends) => ends[side]))
        const matrix = buildCsr({ rowCount: 6, columnCount: 10, row, column })
        const stored = new Set(pairs.map((ends) => ends.join()))
        for (let user = 0; user < 6; user++)
          for (let item = 0; item < 10; item++) expect(matrix.has(user, item)).toBe(stored.has(`${user},${item}`))
      }),
      { numRuns: 50 },
    )
  })
})
