import { describe, expect, it } from 'vitest'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { predictRatings } from '../../../src/ratings/predict-ratings.ts'
import type { PredictRatingsOptions } from '../../../src/ratings/options.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { pearson, RATED, ratedTable, ratedWorld, type RatedRow } from '../../ratings.ts'

const SMALL = { signals: RATED, rank: 8 }
const rows = ratedWorld({ users: 60, items: 40, labels: 6, views: 8, telling: true })
const table = ratedTable(rows)
const detailed = (of: readonly (RatedRow | string)[], options: PredictRatingsOptions = {}) =>
  predictRatings.detailed(ratedTable(of), { ...SMALL, ...options })

/** Two islands: on the second one nothing was rated. */
const ISLANDS = 'a x stars 4,a y stars 5,b x stars 2,b y stars 1,a z view,q m view,q n view,p m view'.split(',')

describe('predictRatings', () => {
  it('predicts every pair that has evidence and no rating, in the order of users', () => {
    const { users, items, user, item, rating } = detailed(rows)
    const rated = new Set(rows.filter(({ signal }) => signal === 'stars').map((row) => `${row.user} ${row.item}`))
    const viewed = rows.filter(({ signal }) => signal === 'view').map((row) => `${row.user} ${row.item}`)
    const found = Array.from(user, (row, at) => `${users.keyOf(row)} ${items.keyOf(item[at])}`)
    expect(new Set(found)).toEqual(new Set(viewed.filter((pair) => !rated.has(pair))))
    expect(rating).toHaveLength(found.length)
    expect([...user]).toEqual([...user].sort((a, b) => a - b))
  })

  it('predicts the pairs that it is asked about, in their order, repeated or rated ones too', () => {
    const pairs = [
      ['u3', 'i7'],
      ['u1', 'i2'],
      ['u3', 'i7'],
      [rows[0].user, rows[0].item],
    ] as const
    const found = predictRatings(table, { ...SMALL, pairs })
    expect(found.map(({ user, item }) => [user, item])).toEqual(pairs)
    expect(found[2]).toEqual(found[0])
    expect(predictRatings(table, { ...SMALL, pairs: new Set(pairs.slice(0, 2)) })).toEqual(found.slice(0, 2))
    expect(predictRatings(table, { ...SMALL, pairs: [] })).toEqual([])
  })

  it('tells who likes what: predictions agree with ratings that were never seen', () => {
    const world = ratedWorld({ users: 200, items: 60, labels: 8, views: 12, telling: true, seed: 4 })
    const held = world.filter(({ signal }, at) => signal === 'stars' && at % 5 === 0)
    const pairs = held.map(({ user, item }) => [user, item] as const)
    const kept = ratedTable(world.filter((row) => !held.includes(row)))
    const { rating, expectedError } = predictRatings.detailed(kept, { ...SMALL, pairs })
    const truth = held.map(({ value }) => value)
    expect(pearson(rating, truth)).toBeGreaterThan(0.8)
    const square = (errors: ArrayLike<number>): number => Math.hypot(...Array.from(errors)) / Math.sqrt(held.length)
    const ratio = square(expectedError) / square(truth.map((value, at) => value - rating[at]))
    expect(ratio).toBeGreaterThan(0.85)
    expect(ratio).toBeLessThan(1.2)
  })

  it('is entries or columns of the same thing', () => {
    const { users, items, ...columns } = predictRatings.detailed(table, SMALL)
    const entries = predictRatings(table, SMALL)
    entries.forEach((entry, at) =>
      expect(entry).toEqual({
        user: users.keyOf(columns.user[at]),
        item: items.keyOf(columns.item[at]),
        rating: columns.rating[at],
        expectedError: columns.expectedError[at],
        reached: columns.reached[at] === 1,
      }),
    )
    expect(columns).toMatchObject({ converged: true, labels: { signal: 'stars' } })
    expect(columns.iterations).toBeGreaterThan(1)
    expect(columns.residual).toBeLessThanOrEqual(predictRatings.defaults.tolerance)
  })

  it('has frozen defaults that hold every option', () => {
    const { defaults } = predictRatings
    expect(Object.isFrozen(defaults)).toBe(true)
    const pairs = [['u3', 'i7']] as const
    expect(predictRatings(table, { ...defaults, pairs })).toEqual(predictRatings(table, { pairs }))
  })

  it('reads a graph as it reads the table', () => {
    const pairs = [['u3', 'i7']] as const
    expect(predictRatings(toGraph(table), { ...SMALL, pairs })).toEqual(predictRatings(table, { ...SMALL, pairs }))
  })
})

describe('predictRatings.assign', () => {
  it('writes onto the edges of pairs without a rating, and nothing else', () => {
    const graph = toGraph(table)
    const before = graph.copy()
    const options = { ...SMALL, edgeRatingAttribute: 'guess', edgeErrorAttribute: 'sure' }
    predictRatings.assign(graph, options)
    const entries = predictRatings(table, SMALL)
    const byPair = new Map(entries.map((entry) => [`${entry.user} ${entry.item}`, entry]))
    let written = 0
    graph.forEachEdge((edge, { guess, sure, ...attributes }, source, target) => {
      expect(attributes).toEqual(before.getEdgeAttributes(edge))
      const entry = byPair.get(`${source} ${target}`)
      expect([guess, sure]).toEqual([entry?.rating, entry?.expectedError])
      if (entry !== undefined) written++
    })
    expect(written).toBe(entries.length)
  })

  it('writes no errors unless asked', () => {
    const graph = toGraph(table)
    predictRatings.assign(graph, SMALL)
    expect(graph.someEdge((_, attributes) => 'predictedRating' in attributes)).toBe(true)
    expect(graph.someEdge((_, attributes) => 'expectedError' in attributes)).toBe(false)
  })

  it('refuses a table', () => {
    expect(() => predictRatings.assign(table as never, SMALL)).toThrowError(/expected a graph/)
  })
})

describe('the scale', () => {
  it('is that of the labels, and predictions stay within', () => {
    // Whoever is generous meets what is good.
    const stars = ['a x stars 5', 'b x stars 2', 'b z stars 5', 'c x stars 2', 'c z stars 5', 'd x stars 1']
    const pairs = [
      ['a', 'z'],
      ['d', 'z'],
    ] as const
    const loud = { pairs, userBias: 100, itemBias: 100, userTaste: 0, itemAudience: 0, sharedTaste: 0 }
    const { rating, labels } = detailed(stars, loud)
    expect(labels.scale).toEqual([1, 5])
    const wide = detailed(stars, { ...loud, scale: [0, 10] })
    expect(wide.labels.scale).toEqual([0, 10])
    expect(Math.max(...wide.rating)).toBeGreaterThan(5)
    expect(Math.max(...rating)).toBe(5)
    rating.forEach((one, at) => expect(one).toBeCloseTo(Math.min(5, wide.rating[at]), 5))
  })

  it('refuses a rating outside, and names it', () => {
    expect(() => detailed(['a x stars 4', 'b y stars 6'], { scale: [1, 5] })).toThrowError(
      /^predictRatings, user 'b', item 'y': expected a rating from 1 to 5, got 6\. .*'scale'/,
    )
  })
})

describe('what labels do not reach', () => {
  it('gets the mean of all labels, and is said to', () => {
    for (const balance of [0, 1]) {
      const { rating, reached, expectedError } = detailed(ISLANDS, {
        balance,
        pairs: [
          ['q', 'm'],
          ['p', 'n'],
          ['a', 'm'],
          ['q', 'x'],
        ],
      })
      expect([...reached]).toEqual([0, 0, 1, 1])
      expect([...rating.subarray(0, 2)]).toEqual([3, 3])
      expect(expectedError.every((error) => error > 0 && error < 4)).toBe(true)
    }
  })

  it('is reached through evidence that weighs', () => {
    const pairs = [['d', 'w']] as const
    const reach = (balance: number): number[] => [
      ...detailed(['a x stars 4', 'a y stars 2', 'd y view', 'd w view'], { balance, pairs }).reached,
    ]
    expect([reach(0), reach(1)]).toEqual([[0], [1]])
  })
})

describe('awkward labels', () => {
  it.each(['auto', 0, 1] as const)('a single one is the answer to everything, balance %s', (balance) => {
    const { rating, expectedError, converged } = detailed(['a x stars 4', 'b x view', 'b y view'], {
      balance,
      scale: [1, 5],
    })
    expect([...rating]).toEqual([4, 4])
    expect(converged).toBe(true)
    for (const error of expectedError) {
      expect(error).toBeGreaterThan(0.5)
      expect(error).toBeLessThan(2)
    }
  })

  it('that are all equal are predicted, the surer the more there are', () => {
    const equal = (count: number): number => {
      const stars = Array.from({ length: count }, (_, n) => `u${n} i${n % 5} stars 4`)
      const { rating, expectedError } = detailed([...stars, 'b i0 view'], { scale: [1, 5] })
      expect(rating[0]).toBe(4)
      return expectedError[0]
    }
    const errors = [1, 2, 10, 50].map(equal)
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
    expect(errors[3]).toBeGreaterThan(0)
  })

  it('that are all equal without a scale span none: there is no error to expect', () => {
    const { rating, expectedError } = detailed(['a x stars 4', 'b x stars 4', 'b y view'])
    expect([...rating, ...expectedError]).toEqual([4, 0])
  })

  it('that are constant for each user tell users apart, not items', () => {
    const stars = ['u1', 'u2', 'u3'].flatMap((user, n) => [0, 1, 2, 3, 4].map((i) => `${user} i${i} stars ${2 + n}`))
    const pairs = ['u1', 'u2', 'u3'].map((user) => [user, 'i9'] as const)
    const { rating } = detailed([...stars, 'u4 i9 stars 3'], { pairs })
    expect(rating[0]).toBeLessThan(rating[1] - 0.3)
    expect(rating[1]).toBeLessThan(rating[2] - 0.3)
  })

  it('that are negative or large are only another scale', () => {
    const scaled = rows.map((row) => (row.signal === 'stars' ? { ...row, value: 1000 * (row.value - 3) } : row))
    const { rating, labels } = detailed(scaled)
    expect(labels.scale).toEqual([-2000, 2000])
    const plain = detailed(rows).rating
    rating.forEach((one, at) => expect(one).toBeCloseTo(1000 * (plain[at] - 3), 0))
  })

  it('say nothing of users and items that have neither label nor evidence', () => {
    const { users, ...others } = ratedTable(ISLANDS)
    const known = { ...others, users: GrowingKeyIndex.from([...users.keys(), 'stranger']) }
    const [{ rating, reached }, other] = predictRatings(known, {
      ...SMALL,
      pairs: [
        ['stranger', 'm'],
        ['stranger', 'x'],
      ],
    })
    expect([rating, reached, other.reached]).toEqual([3, false, true])
  })
})

describe('what predictRatings refuses', () => {
  it.each<[string, readonly (readonly string[])[], RegExp]>([
    ['an unknown user', [['nobody', 'i1']], /'pairs': expected a user known in this data.*'nobody'/],
    ['an unknown item', [['u1', 'nothing']], /'pairs': expected an item known in this data.*'nothing'/],
    ['a pair of three', [['u1', 'i1', 'i2']], /'pairs'/],
  ])('%s', (_, pairs, message) => {
    expect(() => predictRatings(table, { ...SMALL, pairs: pairs as never })).toThrowError(message)
  })

  it.each<[string, object]>([
    ['pairs', { pairs: 'all' }],
    ['pairs', { pairs: 5 }],
    ['signals', { signals: null }],
    ['signals', { signals: {} }],
    ['balance', { balance: -1 }],
    ['balance', { balance: NaN }],
    ['validationFraction', { validationFraction: 1 }],
    ['scale', { scale: [5, 1] }],
    ['scale', { scale: [1] }],
    ['rank', { rank: 0 }],
    ['userBias', { userBias: -0.1 }],
    ['sharedTaste', { sharedTaste: Infinity }],
    ['tolerance', { tolerance: 0 }],
    ['maxIterations', { maxIterations: 0.5 }],
    ['memoryLimitBytes', { memoryLimitBytes: 0 }],
    ['edgeRatingAttribute', { edgeRatingAttribute: null }],
  ])('%s %j', (name, options) => {
    expect(() => predictRatings(table, options)).toThrowError(new RegExp(`^predictRatings, option '${name}'`))
  })

  it('an unknown option, an empty table, a graph that does not fit', () => {
    expect(() => predictRatings(table, { balanced: 1 } as object)).toThrowError(/Did you mean 'balance'/)
    expect(() => predictRatings(ratedTable([]), SMALL)).toThrowError(/at least one interaction/)
    expect(() => predictRatings(table, { ...SMALL, memoryLimitBytes: 1000 })).toThrowError(
      expect.objectContaining({ code: 'MEMORY_LIMIT' }) as Error,
    )
  })

  it('labels it cannot tell: none, or two', () => {
    expect(() => detailed(rows, { signals: { view: 1 } })).toThrowError(/signal with role 'label'/)
    const both = { stars: { role: 'label' }, view: { role: 'label' } } as const
    expect(() => detailed(rows, { signals: both })).toThrowError(/got 'stars' and 'view'/)
  })
})
