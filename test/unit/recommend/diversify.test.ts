import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { diversify, intraListDiversity, type ItemLists } from '../../../src/recommend/diversify.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import type { Recommendation } from '../../../src/recommend/rankings.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 40, others: 30, edges: 260, seed: 4 }))
const lists = recommend(table, { k: 15 })

const takers = new Map(Array.from(table.items.keys(), (key) => [key, new Set<number>()]))
table.item.forEach((item, row) => takers.get(table.items.keyOf(item))?.add(table.user[row]))
const usersOf = (item: string): ReadonlySet<number> => takers.get(item) ?? new Set()

function cosine(a: string, b: string): number {
  const both = [...usersOf(a)].filter((user) => usersOf(b).has(user)).length
  return both === 0 ? 0 : both / Math.sqrt(usersOf(a).size * usersOf(b).size)
}

/** By the definition, with every maximum counted anew. */
function slowly(list: readonly Recommendation[], k: number, lambda: number): string[] {
  const scores = list.map(({ score }) => score)
  const [best, last] = [Math.max(...scores), Math.min(...scores)]
  const chosen: string[] = []
  while (chosen.length < Math.min(k, list.length)) {
    const values = list.map(({ item, score }) =>
      chosen.includes(item)
        ? -Infinity
        : lambda * ((score - last) / (best - last)) -
          (1 - lambda) * Math.max(0, ...chosen.map((other) => cosine(item, other))),
    )
    chosen.push(list[values.indexOf(Math.max(...values))].item)
  }
  return chosen
}

const idsOf = (list: readonly Recommendation[] = []): string[] => list.map(({ item }) => item)

describe('diversify', () => {
  it.each([0.2, 0.5, 0.9])('chooses by maximal marginal relevance, as the definition says: %d', (diversity) => {
    for (const [user, list] of diversify(table, lists, { diversity, k: 6 })) {
      const own = lists.get(user)?.filter(({ prior }) => !prior) ?? []
      expect(idsOf(list).slice(0, own.length)).toEqual(slowly(own, 6, 1 - diversity))
    }
  })

  it('keeps the order where nothing is to differ, the scores always, and popular items behind the others', () => {
    for (const [user, list] of diversify(table, lists, { diversity: 0, k: 6 }))
      expect(list).toEqual(lists.get(user)?.slice(0, 6))
    const popular: Recommendation = { item: 'i1', score: 0.5, prior: true }
    const some = new Map([['u', [{ item: 'i2', score: 0.3 }, { item: 'i3', score: 0.2 }, popular]]])
    const [first, , last] = diversify(table, some, { diversity: 1 }).get('u') ?? []
    expect(first).toEqual({ item: 'i2', score: 0.3 })
    expect(last).toEqual(popular)
  })

  it('makes lists differ more, the more is asked', () => {
    const among = [0, 0.3, 0.6, 1].map(
      (diversity) => intraListDiversity(table, diversify(table, lists, { diversity, k: 6 })).diversity,
    )
    expect(among).toEqual(among.toSorted((a, b) => a - b))
    expect(among[3]).toBeGreaterThan(among[0] + 0.05)
  })

  it('takes lists of one entry, of none, of equal scores and of items that the source does not know', () => {
    const some: ItemLists = new Map([
      ['one', [{ item: 'i1', score: 1 }]],
      ['none', []],
      ['equal', ['i1', 'i2', 'new'].map((item) => ({ item, score: 2 }))],
    ])
    const ranked = diversify(table, some)
    expect([...ranked.keys()]).toEqual(['one', 'none', 'equal'])
    expect(idsOf(ranked.get('equal')).toSorted()).toEqual(['i1', 'i2', 'new'])
    expect(idsOf(ranked.get('equal'))[1]).toBe('new')
  })

  it.each<[unknown, RegExp]>([
    [[['u', []]], /lists: expected a Map of lists/],
    [null, /lists: expected a Map of lists/],
    [new Map([['u', 'i1']]), /'i1' in the list of 'u'/],
    [new Map([['u', [{ item: 'i1' }]]]), /in the list of 'u'/],
    [new Map([['u', [{ item: 'i1', score: NaN }]]]), /in the list of 'u'/],
    [new Map([['u', [{ item: 'film', score: 1 }]]]), /items that the source knows, got none/],
  ])('refuses what are no lists of the source: %j', (given, message) => {
    expect(() => diversify(table, given as ItemLists)).toThrow(message)
  })
})

describe('intraListDiversity', () => {
  it('is the mean over pairs of what they do not share', () => {
    const rows = [
      ['ann', 'tea'],
      ['ann', 'milk'],
      ['bob', 'tea'],
      ['cid', 'oil'],
    ].map(([user, item]) => ({ user, item }))
    const small = fromRows(rows, { user: 'user', item: 'item' })
    const given = new Map([
      ['a', ['tea', 'milk', 'oil'].map((item) => ({ item, score: 1 }))],
      ['b', [{ item: 'tea', score: 1 }]],
    ])
    const { diversity, byList } = intraListDiversity(small, given)
    expect(diversity).toBeCloseTo((1 - Math.SQRT1_2 + 1 + 1) / 3, 12)
    expect([...byList.keys()]).toEqual(['a'])
    expect(intraListDiversity(small, given, { k: 2 }).diversity).toBeCloseTo(1 - Math.SQRT1_2, 12)
    expect(() => intraListDiversity(small, new Map([['b', given.get('b') ?? []]]))).toThrow(
      /a list with at least two entries/,
    )
  })
})
