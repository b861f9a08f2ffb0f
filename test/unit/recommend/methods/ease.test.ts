import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { easeModel, easeSize } from '../../../../src/recommend/methods/ease.ts'
import { solveInThread } from '../../../../src/run/in-thread.ts'
import { drive } from '../../../../src/support/drive.ts'
import { prepareNetwork } from '../../../../src/network/prepared.ts'

import { prepare } from '../../../graphs.ts'
import { randomNetwork } from '../../../networks.ts'
import { zeros } from '../../../oracle/linear-algebra.ts'
import { easeMatrix, scoresOf } from '../../../oracle/recommenders.ts'

const nothing = () => {
  throw new TypeError('nothing to propagate')
}

/** More items than twice the users, or fewer: the two forms of the inverse. */
const SHAPES = { 'by items': { users: 12, others: 9 }, 'by users': { users: 4, others: 13 } }

describe.each(Object.entries(SHAPES))('easeModel, %s', (name, shape) => {
  it('ranks and explains by the ridge regression of every item on the others', () => {
    const networks = fc.record({ seed: fc.nat(), weighted: fc.boolean(), lambda: fc.constantFrom(0.1, 2, 300) })
    fc.assert(
      fc.property(networks, ({ seed, weighted, lambda }) => {
        const { edges, users } = randomNetwork({ ...shape, edges: 30, weighted, seed })
        const w = zeros(users, shape.others)
        for (const { from, to, weight } of edges) w[from][to - users] = weighted ? weight : 1
        const cells = w.flatMap((row, user) =>
          row.flatMap((value, item) => (value === 0 ? [] : [{ user, item, value }])),
        )
        const prepared = prepare({
          rowCount: users,
          columnCount: shape.others,
          row: Int32Array.from(cells, ({ user }) => user),
          column: Int32Array.from(cells, ({ item }) => item),
          data: weighted ? Float32Array.from(cells, ({ value }) => value) : null,
        })
        expect(easeSize(prepared.rows)).toBe(name === 'by items' ? shape.others : users)
        const model = drive(easeModel('test', prepared, lambda), solveInThread(prepared))
        const weightsOf = easeMatrix(w, lambda)
        const rows = Int32Array.from({ length: users }, (_, user) => user)
        const query = { k: shape.others, excludeSeeds: false, allowed: new Uint8Array(shape.others).fill(1) }
        const everybody = { kind: 'rows', rows, scale: new Float32Array(0) } as const
        const lists = drive(model.rank(everybody, query), nothing)
        expect(drive(model.rank(everybody, { ...query, asked: 1e9 }), solveInThread(prepared))).toEqual(lists)
        w.forEach((profile, user) => {
          const scores = scoresOf(weightsOf, profile)
          const largest = Math.max(...scores.map(Math.abs))
          const found = new Map<number, number>()
          for (let at = user * shape.others; lists.rows[at] >= 0 && at < (user + 1) * shape.others; at++) {
            found.set(lists.rows[at], lists.scores[at])
          }
          const items = Int32Array.from(profile.keys()).filter((item) => profile[item] !== 0)
          const weights = Float32Array.from(items, (item) => profile[item])
          scores.forEach((score, item) => {
            expect(Math.abs((found.get(item) ?? Math.min(score, 0)) - score)).toBeLessThan(1e-5 * (1 + largest))
            const { parts } = drive(model.contributions({ items, weights }, item), nothing)
            parts.forEach((part, at) => {
              expect(Math.abs(part - weights[at] * weightsOf[items[at]][item])).toBeLessThan(1e-5 * (1 + largest))
            })
          })
        })
      }),
      { numRuns: 40 },
    )
  })
})

describe('easeModel', () => {
  it('refuses a catalogue that is not small before anything is allocated', () => {
    const row = Int32Array.from({ length: 300 }, (_, at) => at)
    const coordinates = { rowCount: 300, columnCount: 300, row, column: row }
    const prepared = prepareNetwork('test', coordinates, false, 1e6)
    const shared = prepared.stored.arena.bytes
    // The matrix in float64, two panels of 32 and the pivots; then the answer in float32.
    const end = prepared.stored.end + 8 * 300 * 300 + 8 * 32 * (300 + 312 + 32) + 64 * 4 + 64
    const refusal = {
      name: 'RivuletError',
      code: 'MEMORY_LIMIT',
      message: expect.stringContaining('a dense matrix of 300 x 300 items') as string,
      details: {
        bytes: end + 4800 + 360_000,
        limitBytes: 1e6,
        parts: { 'shared memory': end, degrees: 4800, solution: 360_000 },
      },
    }
    expect(() => drive(easeModel('test', prepared, 1), solveInThread(prepared))).toThrow(
      expect.objectContaining(refusal) as Error,
    )
    expect(prepared.stored.arena.bytes).toBe(shared)
  })
})
