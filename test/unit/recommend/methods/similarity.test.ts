import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCsr, type Coordinates } from '../../../../src/matrix/build.ts'
import type { Model, Profiles, Query } from '../../../../src/recommend/methods/model.ts'
import { similarityModel } from '../../../../src/recommend/methods/similarity.ts'
import { solveInThread } from '../../../../src/run/in-thread.ts'
import { drive } from '../../../../src/support/drive.ts'
import { prepare } from '../../../graphs.ts'
import { topKBySort } from '../../../oracle/propagation.ts'

const ITEMS = 8

/** A matrix of `rowCount` x 8 with small whole weights of either sign, so that sums come back to zero. */
const signed = (rowCount: number, low: number) =>
  fc.array(fc.array(fc.integer({ min: low, max: 2 }), { minLength: ITEMS, maxLength: ITEMS }), {
    minLength: rowCount,
    maxLength: rowCount,
  })

const cellsOf = (rows: number[][], weighted: boolean): Coordinates => {
  const cells = rows.flatMap((values, row) =>
    values.flatMap((value, column) => (value === 0 ? [] : [{ row, column, value }])),
  )
  return {
    rowCount: rows.length,
    columnCount: ITEMS,
    row: Int32Array.from(cells, ({ row }) => row),
    column: Int32Array.from(cells, ({ column }) => column),
    data: weighted ? Float32Array.from(cells, ({ value }) => value) : null,
  }
}

const rank = (model: Model, profiles: Profiles, query: Query) =>
  drive(model.rank(profiles, query), () => {
    throw new TypeError('nothing to propagate')
  })

describe('similarityModel', () => {
  it('ranks as a dense product does, with weights of either sign, whichever form profiles have', () => {
    fc.assert(
      fc.property(
        signed(3, 0),
        signed(ITEMS, -2),
        fc.boolean(),
        fc.boolean(),
        (users, lent, excludeSeeds, weighted) => {
          const network = prepare(cellsOf(users, weighted))
          const matrix = buildCsr(cellsOf(users, weighted))
          const model = similarityModel('test', network, buildCsr(cellsOf(lent, true)))
          const query = {
            k: 5,
            excludeSeeds,
            allowed: Uint8Array.from({ length: ITEMS }, (_, item) => (item === 2 ? 0 : 1)),
          }
          const rows = Int32Array.of(2, 0, 1)
          const profiles = { kind: 'rows', rows, scale: new Float32Array(0) } as const
          const known = rank(model, profiles, query)
          const asOfMany = drive(model.rank(profiles, { ...query, asked: 1e9 }), solveInThread(network))
          expect(asOfMany).toEqual(known)
          rows.forEach((user, place) => {
            const weights = users[user].map((weight) => (weighted ? weight : Math.min(weight, 1)))
            const scores = lent[0].map((_, item) =>
              item === 2 || (excludeSeeds && weights[item] > 0)
                ? 0
                : weights.reduce((sum, weight, from) => sum + weight * lent[from][item], 0),
            )
            const expected = topKBySort(scores, 5).filter(({ score }) => score > 0)
            const padded = [...expected.map(({ row }) => row), ...Array<number>(5 - expected.length).fill(-1)]
            expect([...known.rows.subarray(place * 5, place * 5 + 5)]).toEqual(padded)
            const [from, to] = [matrix.indptr[user], matrix.indptr[user + 1]]
            const sparse = {
              kind: 'sparse',
              indptr: Int32Array.of(0, to - from),
              indices: Int32Array.from(matrix.indices.subarray(from, to)),
              data: matrix.data?.slice(from, to) ?? new Float32Array(to - from).fill(1),
            } as const
            expect([...rank(model, sparse, query).rows]).toEqual(padded)
          })
        },
      ),
      { numRuns: 200 },
    )
  })
})
