import { describe, expect, it } from 'vitest'
import { METHOD_NAMES } from '../../../src/advanced.ts'
import {
  clusterUsers,
  compile,
  Engine,
  explain,
  fromRows,
  recommend,
  recommendFor,
  splitLeaveLastOut,
  splitRandom,
  toGraph,
  type Interactions,
  type RecommendOptions,
  type RivuletError,
} from '../../../src/index.ts'
import { timedRows } from '../../../src/data/timed-rows.ts'
import { averageShares } from '../../../src/recommend/average-shares.ts'
import type { AverageShares } from '../../../src/recommend/methods/recipe.ts'
import { itemRecency } from '../../../src/recommend/recency.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { takeRows } from '../../../src/data/take-rows.ts'
import { driftingTable } from '../data/drifting-rows.ts'

const DRIFT = { halfLife: 400, recency: 0.8, popularity: 0 }
const drifting = driftingTable({ rows: 4000, items: 60, seed: 2, drift: DRIFT })
const still = driftingTable({ rows: 3000, items: 60, seed: 2, drift: null })
const RULE = { halfLife: 300, recency: 0.7, popularity: -0.4 }

const rowsOf = (table: Interactions, options: RecommendOptions): unknown => {
  const { items, scores } = recommend.detailed(table, { k: 5, ...options })
  return { items: Array.from(items), scores: Array.from(scores) }
}

/** (r + e)^recency (d + 1/2)^popularity of every item, slowly, up to a factor. */
function factorsOf({ item, time, items }: Interactions, { halfLife, recency, popularity }: typeof RULE): number[] {
  const now = Math.max(...(time ?? []))
  const [all, recent] = [new Array<number>(items.size).fill(0), new Array<number>(items.size).fill(0)]
  item.forEach((at, row) => {
    all[at]++
    recent[at] += 0.5 ** ((now - (time?.[row] ?? NaN)) / halfLife)
  })
  const mean = recent.reduce((sum, one) => sum + one, 0) / items.size
  return recent.map((one, at) => (one + 0.05 * mean) ** recency * (all[at] + 0.5) ** popularity)
}

/** What the past says of the average user where a rule was given. */
function sharesBy(table: Interactions, recency: typeof RULE): AverageShares {
  const rows = atOnce(timedRows(table, { weighted: false, signals: null }))
  const { past } = atOnce(itemRecency('test', rows, { recency, now: 3999 }))
  const shares = rows && past && atOnce(averageShares(rows, past))
  if (shares === null) throw new Error('expected somebody who came back')
  return shares
}

describe("option 'recency'", () => {
  it('is at any later moment what it is at the newest row', () => {
    const newest = Math.max(...(drifting.time ?? []))
    for (const recency of ['auto', RULE] as const) {
      const wanted = rowsOf(drifting, { recency, now: newest })
      for (const now of [newest + 1, 1e12]) expect(rowsOf(drifting, { recency, now })).toEqual(wanted)
    }
  })

  it.each(METHOD_NAMES.filter((name) => name !== 'graph-filter'))(
    'multiplies the scores of %s, and popularity',
    (method) => {
      const [plain, recent] = [{ recency: null }, { recency: RULE, now: 3999 }].map((rule) =>
        recommend.detailed(drifting, { method, k: 60, ...rule }),
      )
      const factors = factorsOf(drifting, RULE)
      const ratios: number[] = []
      for (let user = 0; user < 20; user++) {
        const at = (lists: typeof plain): Map<number, number> => {
          const from = user * lists.k
          const end = from + lists.priorFrom[user]
          return new Map(
            Array.from(lists.items.subarray(from, end), (item, place) => [item, lists.scores[from + place]]),
          )
        }
        const before = at(plain)
        for (const [item, score] of at(recent)) {
          if ((before.get(item) ?? 0) > 0) ratios.push(score / (before.get(item) ?? NaN) / factors[item])
        }
      }
      expect(ratios.length).toBeGreaterThan(100)
      for (const ratio of ratios) expect(ratio / ratios[0]).toBeCloseTo(1, 3)
    },
  )

  it('multiplies the scores of graph-filter, whose profiles are completed by the average user', () => {
    const rule = { recency: RULE, now: 3999 }
    const share = sharesBy(drifting, RULE).long
    const factors = factorsOf(drifting, RULE)
    const users = Array.from({ length: 20 }, (_, user) => user)
    const itemsOf = users.map((user) => new Set(drifting.item.filter((_, row) => drifting.user[row] === user)))
    const degrees = new Map<number, number>()
    const pairs = new Set(drifting.item.map((item, row) => item + 1000 * drifting.user[row]))
    for (const pair of pairs) degrees.set(pair % 1000, (degrees.get(pair % 1000) ?? 0) + 1)
    for (const user of users) {
      const own = itemsOf[user]
      if (own.size < 8) continue
      const completed = Array.from(degrees, ([item, degree]) => ({
        item: drifting.items.keyOf(item),
        value: (own.has(item) ? 1 : 0) + (share * own.size * degree) / pairs.size,
      }))
      const plain = recommendFor(drifting, completed, { recency: null, exclude: 'none', k: 60 })
      const byItem = new Map(plain.map(({ item, score }) => [item, score]))
      const options = { ...rule, exclude: 'none', k: 60, users: [drifting.users.keyOf(user)] } as const
      const [list] = recommend(drifting, options).values()
      const ratios = list
        .filter(({ prior, item }) => !prior && byItem.has(item))
        .map(({ item, score }) => score / (byItem.get(item) ?? NaN) / factors[drifting.items.rowOf(item)])
      expect(ratios.length).toBeGreaterThan(20)
      for (const ratio of ratios) expect(ratio / ratios[0]).toBeCloseTo(1, 3)
    }
  })

  it("is found in the data by default, the same as 'auto', and said in the plan", async () => {
    expect(recommend.defaults.recency).toBe('auto')
    expect(rowsOf(drifting, {})).toEqual(rowsOf(drifting, { recency: 'auto' }))
    expect(rowsOf(drifting, {})).not.toEqual(rowsOf(drifting, { recency: null }))
    await using engine = await Engine.create(drifting, { threads: 1 })
    await engine.recommend({ k: 1 })
    expect(engine.plan?.explain()).toMatch(/recency: half-life [\d.]+, exponents .* found in 5 windows, gain/)
  })

  it.each(METHOD_NAMES)('changes no bit of %s without times, or where it is null', (method) => {
    const { time: _, ...timeless } = still
    expect(rowsOf(still, { method, recency: null })).toEqual(rowsOf(timeless, { method }))
  })

  it.each(METHOD_NAMES.filter((name) => name !== 'graph-filter'))('changes no bit of %s without a drift', (method) => {
    expect(rowsOf(still, { method })).toEqual(rowsOf(still, { method, recency: null }))
  })

  it('asks the past without a drift too how much the average user says, and the plan tells it', async () => {
    await using engine = await Engine.create(still, { threads: 1 })
    await engine.rank({ k: 1 })
    const told = engine.plan?.explain()
    expect(told).toContain('recency: no drift found')
    expect(told).toMatch(/the average user: [\d.]+ for each item of a profile, [\d.]+ where it has fewer than 8/)
    expect(rowsOf(still, {})).not.toEqual(rowsOf(still, { recency: null }))
  })

  it('is the same for every unit of time', () => {
    const times = drifting.time ?? new Float64Array(0)
    const seconds = { ...drifting, time: times.map((time) => 1e9 + 60 * time) }
    const { items } = rowsOf(drifting, {}) as { items: number[] }
    expect((rowsOf(seconds, {}) as { items: number[] }).items).toEqual(items)
    expect(rowsOf(seconds, { recency: { ...RULE, halfLife: 60 * RULE.halfLife } })).toEqual(
      rowsOf(drifting, { recency: RULE }),
    )
  })

  it.each(METHOD_NAMES.filter((name) => name !== 'popularity'))('is in the parts that explain names: %s', (method) => {
    const options = { method, recency: RULE, exclude: 'none' } as const
    const [{ item, score }] = recommend(drifting, { ...options, k: 1 }).get('u3') ?? []
    const { exclude: _, ...asked } = options
    const explained = explain(drifting, 'u3', item, asked)
    expect(explained.score / score).toBeCloseTo(1, 4)
    const compiled = compile(drifting, { ...asked, entriesPerItem: 60 })
    const own = Array.from(drifting.user.keys())
      .filter((row) => drifting.users.keyOf(drifting.user[row]) === 'u3')
      .map((row) => drifting.items.keyOf(drifting.item[row]))
    const byList = recommendFor(drifting, [...new Set(own)], { method, recency: RULE, k: 1 })[0]
    const byRows = compiled.recommendFor([...new Set(own)], { k: 1 })[0]
    expect(byRows.item).toBe(byList.item)
    expect(byRows.score / byList.score).toBeCloseTo(1, 1)
  })

  it('looks at no times of rows that are drawn from all of them, unless it is told to', () => {
    for (const { train } of [splitRandom(drifting), splitLeaveLastOut(drifting)]) {
      expect(rowsOf(train, {})).toEqual(rowsOf(train, { recency: null }))
      expect(rowsOf(train, { recency: RULE })).not.toEqual(rowsOf(train, { recency: null }))
      expect(rowsOf(train, { now: 3999 })).not.toEqual(rowsOf(train, { recency: null }))
    }
  })

  it('takes spans and moments as text, where times tell their unit', () => {
    const dated = { ...drifting, time: (drifting.time ?? new Float64Array(0)).map((time) => 1.4e9 + 3600 * time) }
    const rule = { halfLife: 7 * 86_400 }
    expect(rowsOf(dated, { recency: { halfLife: '7d' } })).toEqual(rowsOf(dated, { recency: rule }))
    const now = Date.UTC(2014, 6, 1) / 1000
    expect(rowsOf(dated, { now: '2014-07-01' })).toEqual(rowsOf(dated, { now }))
    expect(() => recommend(drifting, { recency: { halfLife: '7d' } })).toThrow(/a number in the unit of the times/)
  })

  it('is in the shares of clusters too', () => {
    const clusters = clusterUsers.detailed(drifting)
    const [plain, recent] = [null, RULE].map((recency) => {
      const options = { prior: clusters, priorUpTo: 1000, k: 60, recency, exclude: 'none' } as const
      return new Map((recommend(drifting, options).get('u3') ?? []).map(({ item, score }) => [item, score]))
    })
    expect([...recent.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(recent).not.toEqual(plain)
  })

  it('comes with graphs, and with any number of threads', async () => {
    const lists = rowsOf(drifting, {})
    const graph = toGraph(drifting)
    expect(Array.from(recommend.detailed(graph, { k: 5 }).items).length).toBe(
      (lists as { items: number[] }).items.length,
    )
    await using engine = await Engine.create(drifting, { threads: 2 })
    const { items, scores } = await engine.rank({ k: 5 })
    expect({ items: Array.from(items), scores: Array.from(scores) }).toEqual(lists)
  })
})

describe("option 'now'", () => {
  it('looks back from an earlier moment', () => {
    const before = rowsOf(drifting, { now: 2000 })
    expect(before).not.toEqual(rowsOf(drifting, {}))
    const past = takeRows(
      drifting,
      Int32Array.from({ length: 3000 }, (_, row) => row),
    )
    const popular = { method: 'popularity', recency: RULE, exclude: 'none', k: 60 } as const
    const first = (table: Interactions, now: number) => recommend(table, { ...popular, now, users: ['u3'] }).get('u3')
    // All rows count for what is popular, those until now for what is recent.
    expect(first(drifting, 2999)?.length).toBe(first(past, 2999)?.length)
  })

  it.each<[string, Interactions, RecommendOptions, RivuletError['code'], RegExp]>([
    ['before all rows', drifting, { now: -1 }, 'INVALID_OPTION', /moment not before the first row/],
    ['without times', { ...drifting, time: undefined } as never, { now: 5 }, 'INVALID_DATA', /'time' column/],
    ['beside recency: null', drifting, { now: 5, recency: null }, 'INVALID_OPTION', /Leave one of the two out/],
    ['that is no number', drifting, { now: NaN }, 'INVALID_OPTION', /a time: a number/],
  ])('is refused %s', (_, table, options, code, message) => {
    expect(() => recommend(table, options)).toThrow(expect.objectContaining<Partial<RivuletError>>({ code }) as Error)
    expect(() => recommend(table, options)).toThrow(message)
  })
})

describe('times that mislead', () => {
  const times = drifting.time ?? new Float64Array(0)
  const seconds = times.map((time) => 1.4e9 + 3600 * time)
  const mixed = { ...drifting, time: seconds.map((time, row) => (row % 3 === 0 ? 1000 * time : time)) }

  it('of two units count for nothing by default, which is said, and are refused for a rule', async () => {
    expect(rowsOf(mixed, {})).toEqual(rowsOf(mixed, { recency: null }))
    await using engine = await Engine.create(mixed, { threads: 1 })
    await engine.recommend({ k: 1 })
    expect(engine.plan?.explain()).toMatch(
      /recency: none, because times look like \d+ of seconds and \d+ of milliseconds/,
    )
    expect(() => recommend(mixed, { recency: RULE })).toThrow(/times in one unit/)
  })

  it('all equal, all unknown or of a single day count for nothing', () => {
    for (const time of [5, NaN]) {
      const table = { ...drifting, time: times.map(() => time) }
      expect(rowsOf(table, {})).toEqual(rowsOf(table, { recency: null }))
    }
    const rows = Array.from({ length: 40 }, (_, at) => ({
      user: `u${at % 7}`,
      item: `i${at % 5}`,
      time: 1e9 + 100 * at,
    }))
    const day = fromRows(rows, { user: 'user', item: 'item', time: 'time' })
    expect(rowsOf(day, {})).toEqual(rowsOf(day, { recency: null }))
  })

  it('half unknown still count, and the others are old', async () => {
    const half = { ...drifting, time: times.map((time, row) => (row % 2 === 0 ? NaN : time)) }
    await using engine = await Engine.create(half, { threads: 1 })
    await engine.recommend({ k: 1, recency: RULE })
    expect(engine.plan?.explain()).toContain('2000 rows of unknown time count as old')
  })

  it('after now are left out, which is said', async () => {
    await using engine = await Engine.create(drifting, { threads: 1 })
    await engine.recommend({ k: 1, now: 2999 })
    expect(engine.plan?.explain()).toContain("1000 rows after 'now' do not count")
  })

  it.each([0, -1, NaN, Infinity])('a half-life of %d is refused', (halfLife) => {
    expect(() => recommend(drifting, { recency: { halfLife } })).toThrow(/span of time > 0/)
  })
})
