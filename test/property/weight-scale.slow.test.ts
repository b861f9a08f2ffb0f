import fc from 'fast-check'
import { MultiUndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import {
  clusterUsers,
  compile,
  contrastiveEmbedding,
  explain,
  fromColumns,
  inferLabels,
  labelPropagation,
  labelSpreading,
  personalizedPageRank,
  poissonLearning,
  predictRatings,
  recommend,
  recommendFor,
  RivuletError,
  spectralEmbedding,
  type Interactions,
  type RecommendOptions,
  type SignalRules,
} from '../../src/index.ts'
import { METHOD_NAMES, mix, resolvent, walk } from '../../src/advanced.ts'

/** Users by items, weights of which no two sums are alike. */
const WEIGHTS = [
  [5, 3.25, 0, 0, 1.5],
  [0, 4.5, 1.125, 0, 0],
  [0, 0, 2.375, 5, 0],
  [1.0625, 0, 0, 2.75, 3],
  [0, 0, 1.75, 0, 2.5],
]
const PAIRS = WEIGHTS.flatMap((row, user) => row.flatMap((value, item) => (value > 0 ? [{ user, item, value }] : [])))

function tableTimes(scale: number): Interactions {
  return fromColumns({
    user: PAIRS.map(({ user }) => `u${user}`),
    item: PAIRS.map(({ item }) => `i${item}`),
    value: PAIRS.map(({ value }) => value * scale),
    time: PAIRS.map((_, at) => at),
  })
}

/** The pairs as edges of a graph without kinds, the first of them twice. */
function graphTimes(scale: number): MultiUndirectedGraph {
  const graph = new MultiUndirectedGraph()
  for (const { user, item, value } of [...PAIRS, PAIRS[0]]) {
    graph.mergeEdgeWithKey(`${graph.size}`, `u${user}`, `i${item}`, { weight: value * scale })
  }
  return graph
}

const SEEDS = [
  ['u0', 'x'],
  ['i3', 'y'],
  ['i1', 'x'],
] as const

/** Whether nothing in an answer is NaN or infinite. */
function isFinite(answer: unknown): boolean {
  if (typeof answer === 'number') return Number.isFinite(answer)
  if (answer === null || typeof answer !== 'object') return true
  if (ArrayBuffer.isView(answer)) return Array.from(answer as Float32Array).every(Number.isFinite)
  if (answer instanceof Map) return [...(answer as Map<unknown, unknown>).values()].every(isFinite)
  return Object.values(answer).every(isFinite)
}

/** The answer, or the code of a refusal. */
function outcome<Answer>(ask: () => Answer): Answer | string {
  try {
    return ask()
  } catch (error) {
    if (error instanceof RivuletError) return error.code
    throw error
  }
}

const LABELLERS = { labelSpreading, labelPropagation, poissonLearning, inferLabels }
const LISTS: Readonly<Record<string, RecommendOptions>> = {
  ...Object.fromEntries(METHOD_NAMES.map((method) => [method, { method }])),
  'rp3beta with neighbours': { method: 'rp3beta', neighbours: 3, alpha: 1.7, itemAlpha: 0.4 },
  'p3alpha, all paths': { method: 'p3alpha', neighbours: null, alpha: 10, itemAlpha: 10 },
  'item-knn, shrunk': { method: 'item-knn', shrink: 10, neighboursOf: 'target' },
  'item-knn, plain': { method: 'item-knn', shrink: 0 },
  'graph-filter, far exponents': {
    recipe: mix([walk()], { userExponent: 1, itemExponent: 1, profileExponent: -2, popularityExponent: 2 }),
  },
  'graph-filter, no exponents': {
    recipe: mix([walk()], { userExponent: 0, itemExponent: 0, profileExponent: 0, popularityExponent: 0 }),
  },
}
/** Where a number is measured in the unit of the weights, their scale matters: it is answered, or refused. */
const IN_UNITS = ['ease', 'item-knn, shrunk']

const SCALES = [1e-44, 1e-38, 1e-30, 1e-20, 1e-13, 1, 1e13, 1e20, 1e30, 6e37, 1e38]
const orderOf = (lists: ReturnType<typeof recommend>): string[] =>
  [...lists].map(([user, list]) => `${user}: ${list.map(({ item, prior }) => `${item}${prior ? '*' : ''}`).join(' ')}`)

/** Compiled rows keep some neighbours. */
const withoutAll = (options: RecommendOptions): RecommendOptions =>
  options.method === 'p3alpha' || options.method === 'rp3beta'
    ? { ...options, neighbours: options.neighbours ?? undefined }
    : options

describe('weights of any size', () => {
  it.each(Object.entries(LISTS))('give the lists of ordinary ones, or are refused: %s', (name, options) => {
    const all = { ...options, weighted: true, k: 5 } as const
    const ordinary = recommend(tableTimes(1), all)
    for (const scale of SCALES) {
      const lists = outcome(() => recommend(tableTimes(scale), all))
      const own = outcome(() =>
        recommendFor(tableTimes(scale), [{ item: 'i0', value: 5 * scale }, { item: 'i4' }], all),
      )
      const parts = name === 'popularity' ? [] : outcome(() => explain(tableTimes(scale), 'u0', 'i3', all))
      const compiled =
        name === 'popularity'
          ? []
          : outcome(() => [
              ...compile(tableTimes(scale), { ...withoutAll(options), weighted: true }).recommendAll(tableTimes(scale)),
            ])
      expect([scale, [lists, own, parts, compiled].map(isFinite)]).toEqual([scale, [true, true, true, true]])
      if (typeof lists === 'string')
        expect([name, scale, lists]).toEqual([name, scale, expect.stringMatching(/^INVALID_/)])
      else if (!IN_UNITS.includes(name)) expect([scale, orderOf(lists)]).toEqual([scale, orderOf(ordinary)])
      const isHeld = scale > 1e-38 && scale < 6e37
      if (isHeld && !IN_UNITS.includes(name)) expect(lists).not.toBeTypeOf('string')
    }
  })

  it('give the lists of ordinary ones with an offset of degrees that is as much larger', () => {
    const at = (scale: number): string[] => {
      const recipe = mix([resolvent()], { degreeOffset: 3 * scale })
      return orderOf(recommend(tableTimes(scale), { recipe, weighted: true, k: 5 }))
    }
    const ordinary = at(1)
    for (const scale of [2 ** -40, 1e-13, 0.01, 40, 256]) expect([scale, at(scale)]).toEqual([scale, ordinary])
    const plain = recommend(tableTimes(1), { recipe: mix([resolvent()]), weighted: true, k: 5 })
    expect(ordinary).not.toEqual(orderOf(plain))
  })

  it.each(Object.entries(LABELLERS))(
    'give the shares of ordinary ones, to the bit for powers of two: %s',
    (_, labeller) => {
      const ordinary = labeller.detailed(graphTimes(1), { seeds: SEEDS })
      fc.assert(
        fc.property(fc.integer({ min: -126, max: 124 }), (power) => {
          const { labels, confidence } = labeller.detailed(graphTimes(2 ** power), { seeds: SEEDS })
          expect(labels).toEqual(ordinary.labels)
          if (power % 2 === 0) expect(confidence).toEqual(ordinary.confidence)
          confidence.forEach((share, node) => expect(share).toBeCloseTo(ordinary.confidence[node], 4))
        }),
        { numRuns: 12, examples: [[-126], [124], [-40], [42], [41]] },
      )
    },
  )

  it('give the ranks of ordinary ones: personalizedPageRank', () => {
    const ordinary = personalizedPageRank.detailed(graphTimes(1), { seeds: ['u0'] }).scores
    for (const power of [-126, -60, -41, 41, 60, 124]) {
      const { scores } = personalizedPageRank.detailed(graphTimes(2 ** power), { seeds: ['u0'] })
      scores.forEach((score, node) => expect(score).toBeCloseTo(ordinary[node], 6))
    }
  })

  it('give finite vectors, clusters and ratings, or are refused', () => {
    const ratings: SignalRules = { interaction: { role: 'label' } }
    for (const scale of SCALES) {
      const table = (): Interactions => tableTimes(scale)
      const answers = [
        outcome(() => spectralEmbedding(table(), { weighted: true, dimensions: 2 })),
        outcome(() => contrastiveEmbedding(table(), { weighted: true, dimensions: 2, epochs: 2 })),
        outcome(() => clusterUsers(table(), { weighted: true })),
        outcome(() => predictRatings(table(), { signals: ratings, pairs: [['u0', 'i3']] })),
        outcome(() =>
          predictRatings(table(), { signals: { ...ratings }, scale: 'none' as never, pairs: [['u0', 'i3']] }),
        ),
      ]
      expect([scale, answers.map(isFinite)]).toEqual([scale, answers.map(() => true)])
    }
  })

  it('may come from weights of signals times values', () => {
    const ordinary = orderOf(recommend(tableTimes(1), { weighted: true, k: 5 }))
    for (const [value, weight] of [
      [1e-30, 1e-30],
      [1e30, 1e30],
      [1e30, -1e-30],
      [1, 1e37],
    ] as const) {
      const signals = { interaction: Math.abs(weight) }
      const lists = recommend(tableTimes(value), { weighted: true, signals, k: 5 })
      expect(orderOf(lists)).toEqual(ordinary)
      expect(isFinite(recommend(tableTimes(value), { weighted: true, signals: { interaction: weight } }))).toBe(true)
    }
  })

  it('fade to nothing after a hundred half-lives, and not before', () => {
    for (const halfLife of [1e-300, 1e-3, 0.08, 0.2, 1, 1e9, 1e300]) {
      const signals = { interaction: { halfLife } }
      for (const { method } of METHOD_NAMES.map((method) => ({ method })))
        expect([method, halfLife, isFinite(recommend(tableTimes(1), { signals, weighted: true, method }))]).toEqual([
          method,
          halfLife,
          true,
        ])
    }
    const faded = recommend(tableTimes(1), { signals: { interaction: { halfLife: 0.08 } }, users: ['u0'], k: 1 })
    expect(faded.get('u0')?.[0].prior).toBe(true)
    const still = recommend(tableTimes(1), { signals: { interaction: { halfLife: 0.14 } }, users: ['u0'], k: 1 })
    expect(still.get('u0')?.[0].prior).toBeUndefined()
  })

  it('are refused where one cannot be held beside another, by name', () => {
    const table = fromColumns({ user: ['a', 'a', 'b'], item: ['x', 'y', 'x'], value: [1, 3e38, 2] })
    const refusal = "recommend, user 'a', item 'x': expected weights within a factor of 1e30 of each other"
    expect(() => recommend(table, { weighted: true })).toThrowError(refusal)
    expect(recommend(table).size).toBe(2)
    const graph = graphTimes(1)
    graph.addEdge('u0', 'i3', { weight: 1e-38 })
    expect(() => labelSpreading(graph, { seeds: SEEDS })).toThrowError("the edge 'u0' - 'i3'")
  })

  it('add up in double precision where a pair repeats', () => {
    const rows = 2 ** 24 + 8
    // 2^24 and then eights of ones: one at a time they would all be lost.
    const value = Float32Array.from({ length: 9 }, (_, at) => (at === 0 ? 2 ** 24 : 1))
    const table = fromColumns({
      user: new Int32Array(10),
      item: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      value: Float32Array.of(...value, rows),
    })
    const [first, second] = recommend(table, { method: 'popularity', weighted: true, exclude: 'none' }).get('0') ?? []
    expect(first.score).toBe(second.score)
  })
})
