import { describe, expect, it } from 'vitest'
import { compile, CompiledRecommender, fromRows, type Interactions, type RecencyRule } from '../../../src/index.ts'
import { driftingTable } from '../data/drifting-rows.ts'
import { coded } from '../../refusals.ts'

const ITEMS = 40
const DRIFT = { halfLife: 400, recency: 0.8, popularity: 0 }
const table = driftingTable({ rows: 2000, items: ITEMS, seed: 2, drift: DRIFT })
const OLD: RecencyRule = { halfLife: 300, recency: 0.7, popularity: -0.4 }
const NEW: RecencyRule = { halfLife: 60, recency: 1.1, popularity: -0.9 }
const NEWEST = Math.max(...(table.time ?? []))
const BOTH = { exclude: 'none', priorUpTo: 0, k: ITEMS } as const

/** (r + e)^recency (d + 1/2)^popularity of every item, slowly, up to a factor. */
function factorsOf({ item, time, items }: Interactions, { halfLife, recency = 1, popularity = -1 }: RecencyRule) {
  const now = Math.max(...(time ?? []))
  const [all, recent] = [new Array<number>(items.size).fill(0), new Array<number>(items.size).fill(0)]
  item.forEach((at, row) => {
    all[at]++
    recent[at] += 0.5 ** ((now - (time?.[row] ?? NaN)) / Number(halfLife))
  })
  const mean = recent.reduce((sum, one) => sum + one, 0) / items.size
  return recent.map((one, at) => (one + 0.05 * mean) ** recency * (all[at] + 0.5) ** popularity)
}

/** Scores of every item for every user, by user and item row. */
function scoresOf(compiled: CompiledRecommender, given: Interactions = table): Float64Array {
  const { items, scores } = compiled.rank(given, BOTH)
  const all = new Float64Array(items.length)
  items.forEach((item, at) => {
    if (item >= 0) all[Math.floor(at / ITEMS) * ITEMS + item] = scores[at]
  })
  return all
}

const listsOf = (compiled: CompiledRecommender): unknown => [...compiled.recommendAll(table, { k: 5 })]

describe('a compiled recommender on another day', () => {
  it.each(['item-knn', 'rp3beta', 'label-spreading'] as const)('%s is what would be compiled then', (method) => {
    const asked = { method, entriesPerItem: ITEMS }
    const renewed = compile(table, { ...asked, recency: OLD }).withRecency(table, { recency: NEW, now: 1500 })
    const anew = compile(table, { ...asked, recency: NEW, now: 1500 })
    const [found, expected] = [scoresOf(renewed), scoresOf(anew)]
    const most = expected.reduce((a, b) => Math.max(a, b))
    expected.forEach((score, at) => expect(Math.abs(found[at] - score)).toBeLessThan(1e-4 * most))
    expect(renewed.popularity).toEqual(anew.popularity)
  })

  it.each([0, 16])('beside a head of %s, scores are times the new factors over the old ones', (head) => {
    const compiled = compile(table, { head, entriesPerItem: ITEMS, recency: OLD, now: NEWEST })
    const renewed = compiled.withRecency(table, { recency: NEW, now: NEWEST })
    const byOld = factorsOf(table, OLD)
    const ratios = factorsOf(table, NEW).map((factor, item) => factor / byOld[item])
    const [before, after] = [scoresOf(compiled), scoresOf(renewed)]
    const scaled = before.map((score, at) => score * ratios[at % ITEMS])
    const unit = Math.max(...after) / Math.max(...scaled)
    const most = Math.max(...after)
    expect(unit).toBeGreaterThan(0)
    after.forEach((score, at) => expect(Math.abs(score - unit * scaled[at])).toBeLessThan(1e-4 * most))
  })

  it('goes back to no recency, and to that of the first day', () => {
    const asked = { method: 'item-knn', entriesPerItem: ITEMS } as const
    const first = compile(table, { ...asked, recency: OLD })
    const none = first.withRecency(table, { recency: null })
    expect(listsOf(none)).toMatchObject(idsOf(compile(table, { ...asked, recency: null })))
    const again = none.withRecency(table, { recency: OLD })
    expect(listsOf(again)).toMatchObject(idsOf(first))
  })

  it('counts items by their ids, whatever their order in the table, before and after it has served', () => {
    const compiled = compile(table, { head: 16, recency: OLD })
    const order = Array.from(table.item.keys()).reverse()
    const rows = order.map((row) => ({
      user: table.users.keyOf(table.user[row]),
      item: table.items.keyOf(table.item[row]),
      time: table.time?.[row] ?? NaN,
    }))
    const turned = fromRows(rows, { user: 'user', item: 'item', time: 'time' })
    const bytes = compiled.withRecency(table, { recency: NEW }).encode()
    expect(compiled.withRecency(turned, { recency: NEW }).encode()).toEqual(bytes)
    listsOf(compiled)
    expect(compiled.withRecency(table, { recency: NEW }).encode()).toEqual(bytes)
  })

  it.each([0, 16])('is kept in a file with what is to be taken back, head %s', (head) => {
    const compiled = compile(table, { head, recency: OLD })
    const read = CompiledRecommender.decode(compiled.encode())
    expect(read.encode()).toEqual(compiled.encode())
    const [renewed, expected] = [read, compiled].map((one) => one.withRecency(table, { recency: NEW }))
    expect(renewed.encode()).toEqual(expected.encode())
  })

  it('leaves items out that it was not compiled of, and knows those that nobody takes any more', () => {
    const some = table.time?.findIndex((time) => time > 300) ?? 0
    const late = fromRows(
      [
        { user: 'new', item: 'newer', time: 5000 },
        { user: 'new', item: table.items.keyOf(table.item[some]), time: 5000 },
      ],
      { user: 'user', item: 'item', time: 'time' },
    )
    const compiled = compile(table, { method: 'item-knn', recency: OLD })
    expect(() => compiled.withRecency(late, { recency: NEW })).toThrow(coded('UNKNOWN_KEY', 'newer'))
    const renewed = compiled.withRecency(late, { recency: NEW, unknownItems: 'drop' })
    expect(renewed.items.size).toBe(ITEMS)
    expect(renewed.popularity.items[0]).toBe(table.item[some])
    expect(renewed.popularity.shares[0]).toBe(1)
  })

  it('refuses a table without times, and moments before all of them', () => {
    const compiled = compile(table, { method: 'item-knn' })
    const { time: _, ...timeless } = table
    expect(() => compiled.withRecency(timeless)).toThrow(coded('INVALID_DATA', 'time'))
    expect(() => compiled.withRecency(timeless, { recency: null })).not.toThrow()
    expect(() => compiled.withRecency(table, { now: -1 })).toThrow(coded('INVALID_OPTION', 'now'))
    expect(() => compiled.withRecency(table, { halfLife: 3 } as object)).toThrow(coded('UNKNOWN_OPTION', 'halfLife'))
  })
})

const idsOf = (compiled: CompiledRecommender): unknown[] =>
  [...compiled.recommendAll(table, { k: 5 })].map(({ user, items }) => ({
    user,
    items: items.map(({ item }) => ({ item })),
  }))
