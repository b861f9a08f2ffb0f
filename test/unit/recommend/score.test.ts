import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import { fromRows, recommend, type MethodName } from '../../../src/browser.ts'
import { score, toRows } from '../../../src/browser-advanced.ts'

const rows = ['ann tea', 'ann milk', 'bob milk', 'bob bread', 'cid bread', 'cid jam', 'dan oil'].map((row) => {
  const [user, item] = row.split(' ')
  return { user, item }
})
const table = fromRows(rows, { user: 'user', item: 'item' })
const pairs = [['bob', 'jam'], ['ann', 'bread'], ['ann', 'oil'], ['ann', 'tea'], ['bob', 'jam']] as const // prettier-ignore

describe('score', () => {
  it.each<MethodName>(['graph-filter', 'label-spreading', 'rp3beta', 'item-knn'])(
    'is what the list says: %s',
    (method) => {
      const scored = score(table, pairs, { method })
      const lists = recommend(table, { method, exclude: 'none', k: 5 })
      expect(scored.map(({ user, item }) => [user, item])).toEqual(pairs.map((pair) => [...pair]))
      for (const { user, item, score: value } of scored) {
        const entry = lists.get(user)?.find((one) => one.item === item && !one.prior)
        expect(value).toBeCloseTo(entry?.score ?? 0, 6)
      }
      expect(scored[2].score).toBe(0)
    },
  )

  it('is the same on an engine, and its rows are rows', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    const scored = await engine.score(pairs)
    expect(scored).toEqual(score(table, pairs))
    expect(toRows(scored)).toEqual(scored)
    expect(score(table, [])).toEqual([])
  })

  it('refuses or drops what is unknown, and refuses what is no pair', () => {
    expect(() => score(table, [['eve', 'tea']])).toThrow("'eve'")
    expect(score(table, [['eve', 'tea'], ['ann', 'bread']], { unknown: 'drop' })).toHaveLength(1) // prettier-ignore
    expect(() => score(table, ['ann'] as never)).toThrow('[user, item]')
    expect(() => score(table, 3 as never)).toThrow('iterable')
  })
})
