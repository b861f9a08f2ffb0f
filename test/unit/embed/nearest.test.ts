import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/embed/nearest.ts'
import { drive } from '../../../src/support/drive.ts'
import { Executor } from '../../../src/run/executor.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import { topKBySort } from '../../oracle/propagation.ts'

const [USERS, ITEMS, DIMENSIONS, QUERIES, K] = [40, 31, 5, 37, 6]
const { row, column } = bipartite({ users: USERS, items: ITEMS - 1, pairs: 300 })
/** The last item has nobody. */
const prepared = prepare({ rowCount: USERS, columnCount: ITEMS, row, column, data: null })
const random = seededRandom(9)
const numbers = (rows: number): Float32Array =>
  Float32Array.from({ length: rows * DIMENSIONS }, () => Math.round(8 * random.next() - 4))

const query = {
  vectors: numbers(ITEMS),
  dimensions: DIMENSIONS,
  queries: numbers(QUERIES),
  k: K,
  excludedRows: Int32Array.from({ length: QUERIES }, (_, at) => (at % 5 === 0 ? -1 : at % USERS)),
}

const found = drive(
  nearest('test', prepared, query),
  solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' }),
)

describe('nearest', () => {
  it('gives the head of a full sort, without what is excluded and what has no weight', () => {
    const { indptr, indices } = prepared.rows
    const vector = (of: Float32Array, at: number): Float32Array => of.subarray(at * DIMENSIONS, (at + 1) * DIMENSIONS)
    for (let at = 0; at < QUERIES; at++) {
      const user = query.excludedRows[at]
      const own = user < 0 ? [] : [...indices.subarray(indptr[user], indptr[user + 1])]
      const scores = Array.from({ length: ITEMS }, (_, item) =>
        item === ITEMS - 1 || own.includes(item)
          ? -Infinity
          : vector(query.queries, at).reduce((sum, x, k) => sum + x * vector(query.vectors, item)[k], 0),
      )
      const best = topKBySort(scores, K)
      expect([...found.columns.subarray(at * K, (at + 1) * K)]).toEqual(best.map((entry) => entry.row))
      expect([...found.scores.subarray(at * K, (at + 1) * K)]).toEqual(best.map(({ score }) => score))
    }
  })

  it('is the same on threads', async () => {
    const options = { threads: 2, partition: 'columns', memoryLimitBytes: 1e9, kernel: 'auto' } as const
    const executor = new Executor('test', prepared, { ...options, deadlineMs: 20_000 })
    expect(await executor.run(nearest('test', prepared, query))).toEqual(found)
    await executor.close()
  })

  it('fills up with -1 where there are fewer', () => {
    const few = { ...query, k: ITEMS + 2, queries: numbers(1), excludedRows: Int32Array.of(-1) }
    const solve = solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
    const { columns } = drive(nearest('test', prepared, few), solve)
    expect([...columns.subarray(ITEMS - 1)]).toEqual([-1, -1, -1])
  })
})
