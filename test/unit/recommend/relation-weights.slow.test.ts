import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Relations } from '../../../src/data/relation-options.ts'
import { Engine } from '../../../src/engine.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { withoutEntries } from '../../../src/network/relations.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { related } from './related-table.ts'

/** Users who take items of their own group among few others, so thinly that the group says more than what they took. */
function grouped(groups = 8, users = 240, items = 320) {
  const random = seededRandom(5)
  const rows = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 5 }, () => {
      const group = random.next() < 0.9 ? user % groups : random.below(groups)
      return { user: `u${user}`, item: `i${group + groups * random.below(items / groups)}` }
    }),
  ).flat()
  const nameOf = (at: number) => ({ item: `i${at}` })
  const genre = Array.from({ length: items }, (_, at) => ({ ...nameOf(at), genre: at % groups }))
  const noise = Array.from({ length: items }, (_, at) => ({ ...nameOf(at), shelf: random.below(9) }))
  const relations: Relations = {
    genre: { rows: genre, item: 'item', attribute: 'genre', weight: 'auto' },
    shelf: { rows: noise, item: 'item', attribute: 'shelf', weight: 'auto' },
  }
  return { table: fromRows(rows, { user: 'user', item: 'item' }), relations }
}

const all = { direction: 'both', weighted: false, memoryLimitBytes: 1e9 } as const

const missing = (): never => {
  throw new Error('no relations')
}

describe("weight 'auto' of relations", () => {
  const { table, relations } = grouped()

  it('is a number where lists of held-out users get better by it beyond chance, otherwise 0, and says so', async () => {
    await using engine = await Engine.create(table, { relations, threads: 1 })
    const before = engine.notes
    const lists = await engine.recommend({ k: 5 })
    const [genre, shelf] = engine.notes.slice(before.length)
    const weight = Number(/weight ([0-9.]+), which raises NDCG@20 of 2\d\d held-out users by 0.\d+/.exec(genre)?.[1])
    expect(weight).toBeGreaterThan(0)
    expect(shelf).toMatch(
      /'shelf': left out: no weight raises NDCG@20 of 2\d\d held-out users beyond chance, the best by -?0.\d+ \(/,
    )
    expect(engine.plan?.explain()).toContain("relation 'genre': weight")
    const found = { genre: { ...relations['genre'], weight }, shelf: { ...relations['shelf'], weight: 0 } }
    expect(lists).toEqual(recommend(table, { relations: found, k: 5 }))
  })

  it('is the same in the function, on threads, and in arrays', async () => {
    const lists = recommend(table, { relations, k: 5 })
    await using engine = await Engine.create(table, { relations, threads: 2 })
    expect(await engine.recommend({ k: 5 })).toEqual(lists)
    expect(recommend.detailed(table, { relations, k: 5 }).notes).toEqual(engine.notes)
  })

  it('is refused where nobody can be held out, and for what is no weight', () => {
    const single = fromRows([{ user: 'u', item: 'i0' }], { user: 'user', item: 'item' })
    expect(() => recommend(single, { relations })).toThrow(
      /users with several items, of which weight 'auto' holds some out/,
    )
    const wrong = { genre: { ...relations['genre'], weight: 'aut' as 'auto' } }
    expect(() => recommend(table, { relations: wrong })).toThrow(/'weight'.*'auto'/)
  })

  it('holds out as if what is left out had never been read', () => {
    const { table: whole, relations: known } = related()
    const network = openNetwork('test', whole, { ...all, relations: known })
    const left = new Set([network.rows.firstEntryOf(0), network.rows.firstEntryOf(3) + 1])
    const { relations: held = missing() } = network
    const without = atOnce(withoutEntries('test', { ...network, relations: held }, left))
    const rows = whole.user
      .map((_, row) => row)
      .filter((row) => {
        const [user, item] = [whole.user[row], whole.item[row]]
        return ![...left].some(
          (entry) => network.rows.columnsOf(user)[entry - network.rows.firstEntryOf(user)] === item,
        )
      })
    const fewer = {
      ...whole,
      user: rows.map((row) => whole.user[row]),
      item: rows.map((row) => whole.item[row]),
      length: rows.length,
    }
    const expected = openNetwork('test', fewer, { ...all, relations: known })
    for (let row = 0; row < network.rows.rowCount; row++) {
      expect(without.rows.columnsOf(row)).toEqual(expected.rows.columnsOf(row))
      without.rows.weightsOf(row).forEach((weight, at) => {
        expect(weight / expected.rows.weightsOf(row)[at]).toBeCloseTo(1, 6)
      })
    }
    expect(without.degrees).toEqual(expected.degrees)
  })
})
