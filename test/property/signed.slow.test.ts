/** Weights below 0, and signals that weigh: against dense matrices in float64, and against what signs must not change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../src/data/from-columns.ts'
import { labelSpreading } from '../../src/label/label-spreading.ts'
import { drive } from '../../src/support/drive.ts'
import { solveInThread } from '../../src/run/in-thread.ts'
import { prepareNetwork } from '../../src/network/prepared.ts'
import { compile } from '../../src/recommend/compile.ts'
import { ABOVE_ESTIMATE, unitOperator } from '../../src/recommend/methods/graph-filter.ts'
import { lowPass, resolvent } from '../../src/recommend/methods/operators.ts'
import { mix } from '../../src/recommend/methods/recipe.ts'
import { explain } from '../../src/recommend/explain.ts'
import { recommend, recommendFor, type RecommendOptions } from '../../src/recommend/recommend.ts'
import { seededRandom } from '../../src/support/random.ts'
import { graphOf, randomNetwork, tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { adjacencyOf, normalized, spreadingFixedPoint } from '../oracle/labelling.ts'
import { symmetricEigenvalues, zeros, type Dense } from '../oracle/linear-algebra.ts'
import { operatorMatrix } from '../oracle/propagation.ts'
import {
  cosineMatrix,
  easeMatrix,
  filterMatrix,
  matrixPower,
  multipleOfIdentity,
  nearest,
  overSum,
  scoresOf,
  spreadingResolvent,
} from '../oracle/recommenders.ts'

/** The same network with about a third of the weights below 0. */
function withSigns(network: NamedNetwork, seed: number): NamedNetwork {
  const random = seededRandom(seed)
  const edges = network.edges.map((edge) => (random.next() < 0.35 ? { ...edge, weight: -edge.weight } : edge))
  return { ...network, edges }
}

const size = { others: fc.integer({ min: 3, max: 12 }), edges: fc.integer({ min: 3, max: 45 }), seed: fc.nat() }
const signed = fc
  .record({ ...size, users: fc.integer({ min: 2, max: 10 }), weighted: fc.boolean() })
  .map((shape) => withSigns(randomNetwork(shape), shape.seed))
const signedSquare = fc
  .record({ ...size, weighted: fc.boolean() })
  .map((shape) => withSigns(randomNetwork(shape), shape.seed))

const flipped = (network: NamedNetwork): NamedNetwork => ({
  ...network,
  edges: network.edges.map((edge) => ({ ...edge, weight: -edge.weight })),
})

function weightsOf({ nodes, edges, users }: NamedNetwork): Dense {
  const w = zeros(users, nodes.length - users)
  for (const { from, to, weight } of edges) w[from][to - users] = weight
  return w
}

const RECIPE = mix([resolvent({ lambda: 0.3 })], { leaveOneOut: null, shortProfiles: 0, sweeps: 30 })
const STEEP = mix([lowPass({ cut: 0.4, order: 2 })], {
  leaveOneOut: null,
  shortProfiles: 0,
  sweeps: 100,
  popularityExponent: -0.4,
})

const METHODS: Readonly<Record<string, { options: RecommendOptions; matrix: (w: Dense) => Dense; relative: number }>> =
  {
    'label-spreading': {
      options: { method: 'label-spreading', alpha: 0.8, tolerance: 1e-7 },
      matrix: (w) => spreadingResolvent(w, 0.8),
      relative: 1e-4,
    },
    'graph-filter, resolvent': {
      options: { method: 'graph-filter', recipe: RECIPE },
      matrix: (w) => filterMatrix(w, RECIPE, (x, noise) => overSum(x, multipleOfIdentity(x.length, 0.3 * noise))),
      relative: 1e-4,
    },
    'graph-filter, low-pass of order 2': {
      options: { method: 'graph-filter', recipe: STEEP },
      matrix: (w) =>
        filterMatrix(w, STEEP, (x, noise) => {
          const squared = matrixPower(x, 2)
          return overSum(squared, multipleOfIdentity(x.length, (0.4 * noise) ** 2))
        }),
      relative: 1e-4,
    },
    ease: { options: { method: 'ease', lambda: 3 }, matrix: (w) => easeMatrix(w, 3), relative: 1e-5 },
    'item-knn': {
      options: { method: 'item-knn', neighbours: 1e9 },
      matrix: (w) => nearest(cosineMatrix(w), 1e9),
      relative: 1e-5,
    },
  }

describe.each(Object.entries(METHODS))('%s with weights below 0', (_, { options, matrix, relative }) => {
  const all = { ...options, weighted: true, k: 100 } as const

  it('ranks unseen items as the dense matrix does', () => {
    fc.assert(
      fc.property(signed, (network) => {
        const { nodes, users } = network
        const w = weightsOf(network)
        const m = matrix(w)
        const slack = relative * 10 * Math.max(...m.flat().map(Math.abs))
        const lists = recommend(tableOfNetwork(network), all)
        for (let user = 0; user < users; user++) {
          const list = lists.get(nodes[user])!
          const scores = scoresOf(m, w[user])
          const ranked = new Map(list.filter(({ prior }) => !prior).map(({ item, score }) => [item, score]))
          nodes.slice(users).forEach((key, item) => {
            const seen = w[user][item] !== 0
            expect(list.some((entry) => entry.item === key)).toBe(!seen)
            const score = ranked.get(key)
            if (score !== undefined) expect(Math.abs(score - scores[item])).toBeLessThanOrEqual(slack)
            else if (!seen) expect(scores[item]).toBeLessThanOrEqual(slack)
          })
        }
      }),
      { numRuns: 20 },
    )
  })

  it('explains by parts that sum to the score', () => {
    fc.assert(
      fc.property(signed, fc.nat(), fc.nat(), (network, anyUser, anyItem) => {
        const { nodes, users } = network
        const w = weightsOf(network)
        const m = matrix(w)
        const slack = relative * 10 * Math.max(...m.flat().map(Math.abs))
        const [user, item] = [anyUser % users, anyItem % w[0].length]
        const options_ = { ...options, weighted: true }
        const { score, contributions } = explain(tableOfNetwork(network), nodes[user], nodes[users + item], options_)
        if (w[user][item] === 0) expect(Math.abs(score - scoresOf(m, w[user])[item])).toBeLessThanOrEqual(slack)
        for (const { item: own, score: part } of contributions) {
          const from = nodes.indexOf(own) - users
          if (from !== item) expect(Math.abs(part - w[user][from] * m[from][item])).toBeLessThanOrEqual(slack)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('gives the same from the same profile when all signs of the graph are turned', () => {
    fc.assert(
      fc.property(signed, fc.nat(), (network, pick) => {
        const { nodes, users, edges } = network
        // Where no weight is below 0 the largest eigenvalue is looked for from another start: equal, but not to the bit.
        fc.pre(edges.some(({ weight }) => weight < 0) && edges.some(({ weight }) => weight > 0))
        const profile = weightsOf(network)[pick % users].flatMap((value, item) =>
          value === 0 ? [] : [{ item: nodes[users + item], value }],
        )
        const scored = { ...all, minScore: 1e-30 }
        const own = recommendFor(tableOfNetwork(network), profile, scored)
        expect(recommendFor(tableOfNetwork(flipped(network)), profile, scored)).toEqual(own)
        expect(recommend(tableOfNetwork(network), scored).get(nodes[pick % users])).toEqual(own)
      }),
      { numRuns: 30 },
    )
  })

  it('lets the neighbours of an item fall when it is disliked', () => {
    const rows = [
      'ann tea',
      'ann milk',
      'bob tea',
      'bob milk',
      'cleo milk',
      'cleo jam',
      'dan jam',
      'dan bread',
      'dan tea',
    ]
    const table = fromColumns({
      user: rows.map((row) => row.split(' ')[0]),
      item: rows.map((row) => row.split(' ')[1]),
    })
    const scoreOf = (value: number): number =>
      recommendFor(table, ['bread', { item: 'milk', value }], options).find(({ item }) => item === 'tea')!.score
    expect(scoreOf(-0.2)).toBeLessThan(scoreOf(0))
    expect(scoreOf(0)).toBeLessThan(scoreOf(0.2))
  })
})

describe.each(['rp3beta', 'p3alpha'] as const)('%s', (method) => {
  const table = fromColumns({ user: ['ann', 'ann'], item: ['tea', 'milk'], value: [1, -2] })

  it('refuses weights below 0 wherever they come from, naming the pair', () => {
    const complaint = `method '${method}': expected weights >= 0, got -2 on the edge 'ann' - 'milk'`
    expect(() => recommend(table, { method, weighted: true })).toThrow(complaint)
    expect(() => explain(table, 'ann', 'tea', { method, weighted: true })).toThrow(complaint)
    expect(() => compile(table, { method, weighted: true })).toThrow(complaint)
    expect(() => recommendFor(table, [{ item: 'tea', value: -1 }], { method })).toThrow('a value >= 0 for this method')
    const compiled = compile(table, { method })
    expect(() => compiled.recommendFor([{ item: 'tea', value: -1 }])).toThrow('a value >= 0 for this method')
    expect(recommend(table, { method }).size).toBe(1)
  })

  it('takes a pair whose signals add up to no less than 0', () => {
    const both = fromColumns({
      user: ['ann', 'ann', 'bob'],
      item: ['tea', 'tea', 'tea'],
      signal: ['buy', 'return', 'buy'],
    })
    expect(recommend(both, { method, signals: { buy: 1, return: -0.5 } }).size).toBe(2)
    expect(() => recommend(both, { method, signals: { buy: 1, return: -2 } })).toThrow("'ann' - 'tea'")
  })
})

describe('popularity', () => {
  it('takes what speaks against an item from what speaks for it; what more speaks against comes last', () => {
    const table = fromColumns({
      user: ['a', 'b', 'c', 'a', 'b', 'c', 'd'],
      item: ['x', 'x', 'x', 'y', 'z', 'z', 'w'],
      signal: ['like', 'like', 'like', 'like', 'dislike', 'dislike', 'like'],
    })
    const list = recommendFor(table, [], { method: 'popularity', signals: { like: 1, dislike: -1 } })
    expect(list.map(({ item }) => item)).toEqual(['x', 'y', 'w', 'z'])
    expect(list.map(({ score }) => score)).toEqual([3 / 7, 1 / 7, 1 / 7, -2 / 7].map(Math.fround))
  })
})

describe('signals', () => {
  const rows = fc.array(
    fc.record({
      user: fc.integer({ min: 0, max: 5 }),
      item: fc.integer({ min: 0, max: 6 }),
      signal: fc.constantFrom('buy', 'view', 'dislike', 'share'),
      value: fc.constantFrom(0.5, 1, 2, 4),
    }),
    { minLength: 4, maxLength: 40 },
  )
  const signals = { buy: 1, view: 0.25, dislike: -0.5 }
  interface Row {
    user: number
    item: number
    signal: string
    value: number
  }

  /** Every pair once, with the weight that the sum over its signals is. */
  function merged(given: readonly Row[], weighted: boolean) {
    const bySignal = new Map<string, number>()
    for (const { user, item, signal, value } of given) {
      if (!(signal in signals)) continue
      const key = `${user} ${item} ${signal}`
      bySignal.set(key, weighted ? (bySignal.get(key) ?? 0) + value : 1)
    }
    const weights = new Map<string, number>()
    for (const [key, count] of bySignal) {
      const [user, item, signal] = key.split(' ')
      const pair = `${user} ${item}`
      weights.set(pair, (weights.get(pair) ?? 0) + signals[signal as keyof typeof signals] * count)
    }
    return [...weights].map(([pair, value]) => ({ pair: pair.split(' '), value }))
  }

  it.each(['graph-filter', 'label-spreading', 'ease', 'item-knn', 'popularity'] as const)(
    '%s answers as on a table that was merged by hand',
    (method) => {
      fc.assert(
        fc.property(rows, fc.boolean(), (given, weighted) => {
          const pairs = merged(given, weighted)
          if (pairs.length === 0) return
          const all = fromColumns({
            user: given.map(({ user }) => user),
            item: given.map(({ item }) => item),
            signal: given.map(({ signal }) => signal),
            value: given.map(({ value }) => value),
          })
          const known = Object.fromEntries(Object.entries(signals).filter(([name]) => all.signals.includes(name)))
          const rowOf = (index: typeof all.users, key: string): number => index.rowOf(key)
          const byHand = {
            users: all.users,
            items: all.items,
            signals: ['interaction'],
            user: Int32Array.from(pairs, ({ pair }) => rowOf(all.users, pair[0])),
            item: Int32Array.from(pairs, ({ pair }) => rowOf(all.items, pair[1])),
            value: Float32Array.from(pairs, ({ value }) => value),
            length: pairs.length,
          }
          expect(recommend(all, { method, weighted, signals: known })).toEqual(
            recommend(byHand, { method, weighted: true }),
          )
        }),
        { numRuns: 20 },
      )
    },
  )

  it('leave out what they do not name, as if it were not there; what weighs 0 is seen', () => {
    const table = fromColumns({
      user: ['ann', 'ann', 'bob', 'bob'],
      item: ['tea', 'milk', 'tea', 'milk'],
      signal: ['buy', 'view', 'buy', 'buy'],
    })
    const items = (signals: Record<string, number>): string[] =>
      recommend(table, { signals, users: ['ann'] })
        .get('ann')!
        .map(({ item }) => item)
    expect(items({ buy: 1 })).toEqual(['milk'])
    expect(items({ buy: 1, view: 0 })).toEqual([])
  })
})

describe('the largest eigenvalue', () => {
  it('is found from below, within what the filters leave, wherever the signs are', () => {
    fc.assert(
      fc.property(signed, fc.constantFrom(0, 0.35, 0.5), fc.constantFrom(0, 0.4, 0.5), (network, user, item) => {
        const { users, nodes, edges } = network
        const coordinates = {
          rowCount: users,
          columnCount: nodes.length - users,
          row: Int32Array.from(edges, ({ from }) => from),
          column: Int32Array.from(edges, ({ to }) => to - users),
          data: Float32Array.from(edges, ({ weight }) => weight),
        }
        const prepared = prepareNetwork('test', coordinates, false, Infinity)
        const solve = solveInThread(prepared, { memoryLimitBytes: Infinity, kernel: 'auto' })
        const { operator } = drive(unitOperator(prepared, { userExponent: user, itemExponent: item }), solve)
        // Similar to the symmetric matrix with the roots of `scale` on both sides.
        const t = operatorMatrix(prepared.rows, operator)
        const root = operator.scale.map(Math.sqrt)
        const symmetric = t.map((row, i) => row.map((value, j) => (root[i] > 0 ? (value / root[i]) * root[j] : 0)))
        const largest = Math.max(...symmetricEigenvalues(symmetric))
        expect(largest * ABOVE_ESTIMATE).toBeGreaterThan(1 - 1e-4)
        expect(largest).toBeLessThan(1 + 1e-4)
      }),
      { numRuns: 50 },
    )
  })

  it('is found where a start from ones would see nothing: everybody likes as much as she dislikes', () => {
    const table = fromColumns({
      user: ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'],
      item: ['w', 'x', 'x', 'y', 'y', 'z', 'z', 'w'],
      value: [1, -1, 1, -1, 1, -1, 1, -1],
    })
    const options = { method: 'graph-filter', weighted: true, recipe: RECIPE } as const
    const w = [
      [1, -1, 0, 0],
      [0, 1, -1, 0],
      [0, 0, 1, -1],
      [-1, 0, 0, 1],
    ]
    const m = filterMatrix(w, RECIPE, (x, noise) => overSum(x, multipleOfIdentity(x.length, 0.3 * noise)))
    const [first] = recommendFor(table, [{ item: 'x', value: -1 }], { ...options, k: 1 })
    expect(first.score).toBeCloseTo(Math.max(-m[1][0], -m[1][2], -m[1][3]), 4)
  })
})

describe('labelSpreading', () => {
  it.each(['power', 'chebyshev'] as const)('by %s is the closed form on graphs with negative ties', (solver) => {
    fc.assert(
      fc.property(
        fc.oneof(signed, signedSquare),
        fc.constantFrom('symmetric', 'row', 'column'),
        fc.nat(),
        (network, normalization, pick) => {
          const { nodes, edges } = network
          const places = [pick % nodes.length, (pick + 1) % nodes.length]
          const seeds = places.map((node, at) => [nodes[node], ['red', 'blue'][at]] as const)
          const run = labelSpreading.detailed(graphOf(network), {
            seeds,
            weighted: true,
            alpha: 0.8,
            normalization,
            solver,
          })
          const s = normalized(adjacencyOf(nodes.length, edges), normalization)
          const scores = places.map((seed) =>
            spreadingFixedPoint(
              s,
              0.8,
              nodes.map((__, node) => Number(node === seed)),
            ),
          )
          expect(run.converged).toBe(true)
          nodes.forEach((key, node) => {
            const [red, blue] = scores.map((column) => column[node] - Math.min(0, ...scores.map((one) => one[node])))
            // Scores near the tolerance say nothing reliable about shares.
            if (red + blue < 1e-2) return
            const row = run.nodes.rowOf(key)
            expect(Math.abs(run.scores.get(row, run.classes.indexOf('red')) - red / (red + blue))).toBeLessThan(2e-3)
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('takes a negative tie as a sign of the other class', () => {
    const edges = [
      { from: 0, to: 1, weight: 1 },
      { from: 0, to: 2, weight: -1 },
    ]
    const graph = graphOf({ nodes: ['seed', 'friend', 'foe', 'far'], edges, users: 0, directed: false })
    const seeds = [
      ['seed', 'red'],
      ['far', 'blue'],
    ] as const
    const labels = labelSpreading(graph, { seeds })
    expect([labels.get('friend'), labels.get('foe')]).toEqual(['red', 'blue'])
  })
})
