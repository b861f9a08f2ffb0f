import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { METHOD_NAMES } from '../../src/advanced.ts'
import {
  compile,
  Engine,
  fromColumns,
  type Interactions,
  recommend,
  type Recommendation,
  recommendFor,
  similarItems,
} from '../../src/index.ts'
import { seededRandom } from '../../src/support/random.ts'
import { coded } from '../refusals.ts'

const SIGNALS = ['view', 'cart', 'buy']

/** What users did in a small shop: pairs with one signal, with several and with the same again. */
function shop(seed: number, users = 14, items = 20, rows = 120): Interactions {
  const random = seededRandom(seed)
  const draw = (below: number): number => random.below(below)
  const columns = Array.from({ length: rows }, () => ({ user: draw(users), item: draw(items), signal: draw(3) }))
  return fromColumns({
    user: columns.map(({ user }) => `u${user}`),
    item: columns.map(({ item }) => `i${item}`),
    signal: columns.map(({ signal }) => SIGNALS[signal]),
  })
}

function itemsWith({ users, items, user, item, signal, signals }: Interactions, names: readonly string[]) {
  const done = new Map<string, Set<string>>()
  user.forEach((who, row) => {
    const key = users.keyOf(who)
    const own = done.get(key) ?? new Set()
    if (names.includes(signals[signal?.[row] ?? 0])) own.add(items.keyOf(item[row]))
    done.set(key, own)
  })
  return done
}

type Lists = ReadonlyMap<string, readonly Recommendation[]>

/** The lists of all items without those that a user did something with. */
const filtered = (all: Lists, done: ReadonlyMap<string, Set<string>>, k: number): Lists =>
  new Map([...all].map(([user, list]) => [user, list.filter(({ item }) => !done.get(user)?.has(item)).slice(0, k)]))

const names = fc.subarray(SIGNALS, { minLength: 1 })
const shops = fc.nat({ max: 1e6 }).map((seed) => shop(seed))
const weights = fc.constantFrom(null, { view: 0.2, cart: 0.5, buy: 1 }, { view: 1 }, { view: 1, buy: 0 })

describe('lists without what was done with some signals', () => {
  it.each(METHOD_NAMES)('are those of all scores, filtered: %s', (method) => {
    const check = (
      table: Interactions,
      signals: string[],
      weighing: typeof weights extends fc.Arbitrary<infer W> ? W : never,
      k: number,
    ): void => {
      const options = { method, signals: weighing }
      const all = recommend(table, { ...options, exclude: 'none', k: 100 })
      const lists = recommend(table, { ...options, exclude: { signals }, k })
      expect(lists).toEqual(filtered(all, itemsWith(table, signals), k))
    }
    fc.assert(fc.property(shops, names, weights, fc.integer({ min: 1, max: 25 }), check), {
      numRuns: method === 'graph-filter' ? 5 : 12,
    })
  })

  it.each(['graph-filter', 'item-knn', 'label-spreading'] as const)(
    'are so from a compiled recommender: %s',
    (method) => {
      const check = (table: Interactions, signals: string[], k: number): void => {
        const compiled = compile(table, { method, signals: { view: 0.5, buy: 1 } })
        const listsOf = (options: object): Lists =>
          new Map(Array.from(compiled.recommendAll(table, options), ({ user, items }) => [user, items]))
        const all = listsOf({ exclude: 'none', k: 100 })
        expect(listsOf({ exclude: { signals }, k })).toEqual(filtered(all, itemsWith(table, signals), k))
      }
      fc.assert(fc.property(shops, names, fc.integer({ min: 1, max: 25 }), check), { numRuns: 5 })
    },
  )

  it('have the same bits on any threads and either kernel, and leave a model as it was', async () => {
    const table = shop(7, 90, 40, 900)
    const options = { exclude: { signals: ['buy'] }, k: 5 } as const
    for (const method of ['graph-filter', 'item-knn'] as const) {
      const [lists, seen] = [recommend(table, { ...options, method }), recommend(table, { method, k: 5 })]
      for (const more of [{ threads: 1 }, { threads: 2 }, { threads: 1, kernel: 'typescript' }] as const) {
        await using engine = await Engine.create(table, more)
        expect(await engine.recommend({ ...options, method })).toEqual(lists)
        expect(await engine.recommend({ method, k: 5 })).toEqual(seen)
      }
    }
  })
})

describe('signals that leave out nothing', () => {
  const table = shop(3)

  it('are refused by name, with the nearest', async () => {
    const refused = coded('UNKNOWN_KEY', "Did you mean 'buy'?")
    const exclude = { signals: ['buys'] }
    expect(() => recommend(table, { exclude })).toThrow(refused)
    expect(() => compile(table).rank(table, { exclude })).toThrow(refused)
    await using engine = await Engine.create(table)
    await expect(engine.rank({ exclude })).rejects.toThrow(refused)
  })

  it('are refused where a profile has none', () => {
    const exclude = { signals: ['buy'] }
    const refused = /expected 'seen' or 'none': a profile has no signals.*as 'deny'/
    expect(() => recommendFor(table, ['i1'], { exclude })).toThrow(refused)
    expect(() => similarItems(table, 'i1', { exclude })).toThrow(refused)
    expect(() => compile(table).recommendFor(['i1'], { exclude })).toThrow(refused)
  })

  it.each([[[]], ['buy'], [['buy', 3]], [undefined]])('are refused when they are %j', (signals) => {
    expect(() => recommend(table, { exclude: { signals } as never })).toThrow(
      coded('INVALID_OPTION', "option 'exclude'"),
    )
  })
})
