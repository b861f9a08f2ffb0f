import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { tidyRows } from '../../../src/matrix/tidy-rows.ts'
import { atOnce } from '../../../src/support/drive.ts'

/** One long row between two short ones: runs are inserted, then merged. */
const longRow = fc.array(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: -1000, max: 1000 })), {
  minLength: 1,
  maxLength: 400,
})

describe('tidyRows', () => {
  it('sorts long rows stably: duplicates add up in double precision, in the order in which they came, to the bit', () => {
    fc.assert(
      fc.property(longRow, (entries) => {
        const weights = entries.map(([, weight]) => Math.fround(weight / 7))
        const indptr = Uint32Array.of(0, 2, 2 + entries.length, 3 + entries.length)
        const indices = Uint32Array.of(5, 5, ...entries.map(([column]) => column), 1)
        const data = Float32Array.of(1, 2, ...weights, 4)
        const sums = new Map<number, number>()
        entries.forEach(([column], at) => sums.set(column, (sums.get(column) ?? 0) + weights[at]))
        const columns = [...sums.keys()].sort((a, b) => a - b)

        const kept = atOnce(tidyRows(3, { indptr, indices, data }))

        expect(kept).toBe(columns.length + 2)
        expect([...indptr]).toEqual([0, 1, 1 + columns.length, kept])
        expect([...indices.subarray(0, kept)]).toEqual([5, ...columns, 1])
        expect([...data.subarray(0, kept)]).toEqual([
          3,
          ...columns.map((column) => Math.fround(sums.get(column) ?? NaN)),
          4,
        ])
      }),
    )
  })
})
