import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { heldOutRows, holdOut, pairsOf, sampleUsers, unseenRows } from '../../../src/tune/hold-out.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { atOnce } from '../../../src/support/drive.ts'

const table = tableOfNetwork(randomNetwork({ users: 60, others: 40, edges: 500, weighted: true, seed: 5 }))
const network = openNetwork('test', table, {
  weighted: true,
  signals: null,
  direction: 'both',
  memoryLimitBytes: 1e9,
})
const matrix = atOnce(network.rows.whole())

const row = ({ indptr, indices }: { indptr: ArrayLike<number>; indices: ArrayLike<number> }, user: number): number[] =>
  Array.from({ length: indptr[user + 1] - indptr[user] }, (_, at) => indices[indptr[user] + at])

describe('holdOut', () => {
  const held = atOnce(holdOut('test', network, 0.2, 3))
  const kept = atOnce(held.network.rows.whole())

  it('divides the items of every user, with their weights, and leaves each at least one', () => {
    for (let user = 0; user < matrix.rowCount; user++) {
      const [all, stay, out] = [row(matrix, user), row(kept, user), row(held, user)]
      expect([...stay, ...out].sort((a, b) => a - b)).toEqual(all)
      if (all.length > 0) expect(stay.length).toBeGreaterThan(0)
      stay.forEach((item, at) => {
        expect(kept.data![kept.indptr[user] + at]).toBe(matrix.data![matrix.indptr[user] + all.indexOf(item)])
      })
    }
  })

  it('holds out the share of every user, a fraction of an item by chance', () => {
    let total = 0
    for (let user = 0; user < matrix.rowCount; user++) {
      const share = 0.2 * row(matrix, user).length
      expect(Math.abs(row(held, user).length - share)).toBeLessThan(1)
      total += row(held, user).length
    }
    expect(Math.abs(total / matrix.nnz - 0.2)).toBeLessThan(0.03)
  })

  it('holds a share out of users with few items too', () => {
    const pairs = fromRows(
      Array.from({ length: 1000 }, (_, at) => ({ user: `u${at >> 1}`, item: `i${(at & 1) + ((at >> 1) % 7)}` })),
      { user: 'user', item: 'item' },
    )
    const few = openNetwork('test', pairs, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
    // A fifth of two items is one item of two users in five: within four standard deviations of 200.
    expect(Math.abs(atOnce(holdOut('test', few, 0.2, 3)).indices.length - 200)).toBeLessThan(44)
  })

  it('holds nothing out that is disliked or weighs nothing', () => {
    const value = table.value!.map((weight, at) => (at % 3 === 0 ? -weight : at % 3 === 1 ? 0 : weight))
    const signed = openNetwork(
      'test',
      { ...table, value },
      { weighted: true, direction: 'both', memoryLimitBytes: 1e9 },
    )
    const { indptr, indices, data } = atOnce(signed.rows.whole())
    const out = atOnce(holdOut('test', signed, 0.5, 3))
    expect(out.indices.length).toBeGreaterThan(30)
    for (let user = 0; user < matrix.rowCount; user++) {
      const items = row({ indptr, indices }, user)
      for (const item of row(out, user)) expect(data![indptr[user] + items.indexOf(item)]).toBeGreaterThan(0)
    }
  })

  it('is a matter of the seed', () => {
    expect(atOnce(holdOut('test', network, 0.2, 3)).indices).toEqual(held.indices)
    expect(atOnce(holdOut('test', network, 0.2, 4)).indices).not.toEqual(held.indices)
  })

  it('samples users with held-out items without repeats, a smaller sample first in a larger one', () => {
    const users = sampleUsers(held, 25, 1)
    expect([...new Set(users)]).toEqual([...users])
    expect(sampleUsers(held, 10, 1)).toEqual(users.slice(0, 10))
    expect(sampleUsers(held, 25, 2)).not.toEqual(users)
    expect(users.length).toBe(25)
    users.forEach((user) => expect(row(held, user).length).toBeGreaterThan(0))
    expect(sampleUsers(held, 1e9, 1).length).toBeLessThanOrEqual(60)
  })
})

describe('heldOutRows', () => {
  it('finds the rows of another table by its keys, leaves out what is unknown, and counts what the network holds', () => {
    const { users, items } = network.sides!
    const { indptr, indices } = atOnce(network.rows.whole())
    const own = indices.subarray(indptr[users.rowOf('u3')], indptr[users.rowOf('u3') + 1])
    const fresh = [...items.keys()].find((key) => !own.includes(items.rowOf(key)))!
    const other = tableOfNetwork({
      nodes: ['u3', 'stranger', fresh, 'news', items.keyOf(own[0])],
      users: 2,
      directed: false,
      edges: [
        { from: 0, to: 2, weight: 1 },
        { from: 0, to: 3, weight: 1 },
        { from: 0, to: 4, weight: 1 },
        { from: 1, to: 2, weight: 1 },
      ],
    })
    const held = atOnce(heldOutRows(network, { users, items }, other))
    expect(held.network).toBe(network)
    expect(row(held, users.rowOf('u3'))).toEqual([items.rowOf(fresh)])
    expect([held.indices.length, held.seenPairs]).toEqual([1, 1])
  })
})

describe('unseenRows', () => {
  it('counts a pair that the source holds once, however many rows say it, and keeps new ones row by row', () => {
    const pairs = (rows: readonly (readonly [user: string, item: string])[]): Interactions =>
      fromColumns({ user: rows.map(([user]) => user), item: rows.map(([, item]) => item) })
    const source = pairs([['ann', 'tea'], ['ann', 'mug'], ['bob', 'jam']]) // prettier-ignore
    const given = pairs([['bob', 'tea'], ['zoe', 'tea'], ['ann', 'mug'], ['ann', 'mug'], ['bob', 'tea'], ['ann', 'pot']]) // prettier-ignore
    const { known, rows, seenPairs } = atOnce(unseenRows(atOnce(pairsOf(source)), source, given))
    expect([[...rows], seenPairs]).toEqual([[0, 4], 1])
    expect([known.users, known.items]).toEqual([source.users, source.items])
    expect([[...known.user], [...known.item]]).toEqual([
      [1, -1, 0, 0, 1, 0],
      [0, 0, 1, 1, 0, -1],
    ])
  })
})
