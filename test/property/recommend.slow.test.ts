import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowPass, resolvent, spreading, walk } from '../../src/recommend/methods/operators.ts'
import { mix } from '../../src/recommend/methods/recipe.ts'
import { explain } from '../../src/recommend/explain.ts'
import { recommend, recommendFor, type RecommendOptions } from '../../src/recommend/recommend.ts'
import { tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { product, transposed, zeros, type Dense } from '../oracle/linear-algebra.ts'
import {
  cosineMatrix,
  easeMatrix,
  filterMatrix,
  matrixPower,
  multipleOfIdentity,
  nearest,
  noiseEdge,
  overSum,
  scoresOf,
  spreadingResolvent,
  walkMatrix,
} from '../oracle/recommenders.ts'
import { bipartite } from './small-networks.ts'

const networks = bipartite(10, 12)

function weightsOf({ nodes, edges, users }: NamedNetwork, weighted: boolean): Dense {
  const w = zeros(users, nodes.length - users)
  for (const { from, to, weight } of edges) w[from][to - users] = weighted ? weight : 1
  return w
}

const SQUARE = {
  leaveOneOut: null,
  shortProfiles: 0,
  userExponent: 0.3,
  itemExponent: 0.6,
  profileExponent: 0.2,
  popularityExponent: -0.4,
}

const METHODS: Readonly<Record<string, { options: RecommendOptions; matrix: (w: Dense) => Dense; relative: number }>> =
  {
    'label-spreading, tight': {
      options: { method: 'label-spreading', alpha: 0.8, tolerance: 1e-7 },
      matrix: (w) => {
        const side = w[0].map((_, i) => w.reduce((sum, row) => sum + row[i], 0))
        const resolvent = spreadingResolvent(w, 0.8)
        return resolvent.map((row, i) => (side[i] > 0 ? row : row.map(() => 0)))
      },
      relative: 1e-4,
    },
    'rp3beta, every item': {
      options: { method: 'rp3beta', alpha: 0.7, beta: 0.4 },
      matrix: (w) => walkMatrix(w, { alpha: 0.7, itemAlpha: 0.7, beta: 0.4 }),
      relative: 1e-5,
    },
    'rp3beta, as many neighbours as items': {
      options: { method: 'rp3beta', alpha: 0.7, beta: 0.4, neighbours: 1e9 },
      matrix: (w) => walkMatrix(w, { alpha: 0.7, itemAlpha: 0.7, beta: 0.4 }),
      relative: 1e-5,
    },
    'rp3beta, exponents of 1': {
      options: { method: 'rp3beta', alpha: 1, beta: 0.4 },
      matrix: (w) => walkMatrix(w, { alpha: 1, itemAlpha: 1, beta: 0.4 }),
      relative: 1e-5,
    },
    'p3alpha, as many neighbours as items': {
      options: { method: 'p3alpha', alpha: 1.2, itemAlpha: 0.5, neighbours: 1e9 },
      matrix: (w) => walkMatrix(w, { alpha: 1.2, itemAlpha: 0.5, beta: 0 }),
      relative: 1e-5,
    },
    'p3alpha, every item, popular items counting as much': {
      options: { method: 'p3alpha', itemAlpha: 0, neighbours: null },
      matrix: (w) => walkMatrix(w, { alpha: 1, itemAlpha: 0, beta: 0 }),
      relative: 1e-5,
    },
    'graph-filter, resolvent': {
      options: {
        method: 'graph-filter',
        recipe: mix([resolvent({ lambda: 0.3 })], { leaveOneOut: null, shortProfiles: 0, sweeps: 30 }),
      },
      matrix: (w) =>
        filterMatrix(w, mix([resolvent()]), (x, noise) => overSum(x, multipleOfIdentity(x.length, 0.3 * noise))),
      relative: 1e-4,
    },
    "graph-filter, leave-one-out ridge regression: EASE's weights": {
      options: {
        method: 'graph-filter',
        recipe: mix([resolvent({ lambda: 0.3 })], {
          userExponent: 0,
          itemExponent: 0,
          profileExponent: 0,
          popularityExponent: 0,
          leaveOneOut: 0.3,
          shortProfiles: 0,
          sweeps: 40,
        }),
      },
      matrix: (w) => easeMatrix(w, 0.3 * noiseEdge(w, product(transposed(w), w))),
      relative: 1e-4,
    },
    'graph-filter, low-pass of order 2': {
      options: {
        method: 'graph-filter',
        recipe: mix([lowPass({ cut: 0.4, order: 2, weight: 3 })], { ...SQUARE, sweeps: 100 }),
      },
      matrix: (w) =>
        filterMatrix(w, SQUARE, (x, noise) => {
          const squared = matrixPower(x, 2)
          return overSum(squared, multipleOfIdentity(x.length, (0.4 * noise) ** 2)).map((row) =>
            row.map((value) => 3 * value),
          )
        }),
      relative: 1e-4,
    },
    'graph-filter, degrees with an offset': {
      options: {
        method: 'graph-filter',
        recipe: mix([resolvent({ lambda: 0.3 })], { ...SQUARE, degreeOffset: 2.5, sweeps: 40 }),
      },
      matrix: (w) =>
        filterMatrix(w, { ...SQUARE, degreeOffset: 2.5 }, (x, noise) =>
          overSum(x, multipleOfIdentity(x.length, 0.3 * noise)),
        ),
      relative: 1e-4,
    },
    'graph-filter, a walk of five steps less one of seven': {
      options: {
        method: 'graph-filter',
        recipe: mix([walk({ steps: 5 }), walk({ steps: 7, weight: -0.5 })], { ...SQUARE, sweeps: 6 }),
      },
      matrix: (w) =>
        filterMatrix(w, SQUARE, (x) => {
          const [five, seven] = [matrixPower(x, 2), matrixPower(x, 3)]
          return five.map((row, i) => row.map((value, j) => value - 0.5 * seven[i][j]))
        }),
      relative: 1e-4,
    },
    'graph-filter, label spreading': {
      options: {
        method: 'graph-filter',
        recipe: mix([spreading({ alpha: 0.8 })], { ...SQUARE, userExponent: 0.5, itemExponent: 0.5, sweeps: 40 }),
      },
      matrix: (w) => {
        const side = w[0].map((_, i) => w.reduce((sum, row) => sum + row[i], 0))
        return spreadingResolvent(w, 0.8).map((row, i) =>
          row.map((value, j) => value * side[i] ** SQUARE.profileExponent * side[j] ** SQUARE.popularityExponent || 0),
        )
      },
      relative: 1e-2,
    },
    ease: {
      options: { method: 'ease', lambda: 3 },
      matrix: (w) => easeMatrix(w, 3),
      relative: 1e-5,
    },
    'item-knn, all neighbours of the target': {
      options: { method: 'item-knn', neighbours: 1e9, neighboursOf: 'target' },
      matrix: cosineMatrix,
      relative: 1e-5,
    },
    'item-knn, all neighbours': {
      options: { method: 'item-knn', neighbours: 1e9 },
      matrix: cosineMatrix,
      relative: 1e-5,
    },
  }

describe.each(Object.entries(METHODS))('%s', (_, { options, matrix, relative }) => {
  it('scores unseen items as the dense matrix does, in falling order, and fills up with popular items', () => {
    fc.assert(
      fc.property(networks, fc.boolean(), (network, weighted) => {
        const { nodes, users } = network
        const w = weightsOf(network, weighted)
        const m = matrix(w)
        const lists = recommend(tableOfNetwork(network), { ...options, weighted, k: 100 })
        const largest = Math.max(...m.flat())
        for (let user = 0; user < users; user++) {
          const list = lists.get(nodes[user])!
          const scores = scoresOf(m, w[user])
          const ranked = list.filter(({ prior }) => prior !== true)
          const unseen = scores.flatMap((score, item) => (w[user][item] === 0 ? [{ item, score }] : []))
          expect(list.length).toBe(unseen.length)
          expect(new Set(list.map(({ item }) => item)).size).toBe(list.length)
          ranked.forEach(({ item, score }, place) => {
            expect(Math.abs(score - scores[nodes.indexOf(item) - users])).toBeLessThan(relative * 10 * largest)
            if (place > 0) expect(score).toBeLessThanOrEqual(ranked[place - 1].score)
          })
          expect(list.slice(0, ranked.length)).toEqual(ranked)
          const reachable = unseen.filter(({ score }) => score > relative * largest).length
          expect(ranked.length).toBeGreaterThanOrEqual(reachable)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('explains a score by parts that sum to it and are finite differences', () => {
    fc.assert(
      fc.property(networks, fc.boolean(), fc.nat(), (network, weighted, pick) => {
        const { nodes, users, edges } = network
        const table = tableOfNetwork(network)
        const user = nodes[edges[pick % edges.length].from]
        const w = weightsOf(network, weighted)[nodes.indexOf(user)]
        const all = { ...options, weighted, k: 100, exclude: 'none' } as const
        const list = recommend(table, { ...all, users: [user] }).get(user)!
        const best = list.find(({ item }) => w[nodes.indexOf(item) - users] === 0)
        if (best === undefined || best.prior) return
        const { score, contributions } = explain(table, user, best.item, { ...options, weighted })
        expect(Math.abs(score - best.score)).toBeLessThan(1e-4 * best.score)
        expect(contributions.reduce((sum, part) => sum + part.score, 0)).toBeCloseTo(score, 10)
        const profile = w.flatMap((value, item) => (value > 0 ? [{ item: nodes[users + item], value }] : []))
        expect(contributions.map(({ item }) => item).sort()).toEqual(profile.map(({ item }) => item).sort())
        for (const { item, score: part } of contributions) {
          const without = recommendFor(
            table,
            profile.filter((entry) => entry.item !== item),
            all,
          ).find((entry) => entry.item === best.item && entry.prior !== true)
          // What is left may be negative, and is then in no list.
          const left = without?.score ?? Math.min(score - part, 0)
          expect(Math.abs(score - left - part)).toBeLessThan(1e-4 * score)
        }
      }),
      { numRuns: 30 },
    )
  })

  it("ranks somebody's own items as it ranks herself, bit for bit", () => {
    fc.assert(
      fc.property(networks, fc.boolean(), fc.nat(), (network, weighted, pick) => {
        const { nodes, users } = network
        const table = tableOfNetwork(network)
        const user = pick % users
        const w = weightsOf(network, weighted)[user]
        const profile = w.flatMap((value, item) => (value > 0 ? [{ item: nodes[users + item], value }] : []))
        const known = recommend(table, { ...options, weighted, users: [nodes[user]] }).get(nodes[user])
        expect(recommendFor(table, profile, { ...options, weighted })).toEqual(known)
      }),
      { numRuns: 30 },
    )
  })
})

describe('item-knn', () => {
  it('keeps the nearest neighbours of each item, zero weights included', () => {
    const networksWithZeros = networks.map((network) => ({
      ...network,
      edges: network.edges.map((edge, at) => (at % 3 === 0 ? { ...edge, weight: 0 } : edge)),
    }))
    fc.assert(
      fc.property(networksWithZeros, fc.integer({ min: 1, max: 3 }), (network, neighbours) => {
        const { nodes, users } = network
        const w = weightsOf(network, true)
        const m = nearest(cosineMatrix(w), neighbours)
        const table = tableOfNetwork(network)
        const lists = recommend(table, { method: 'item-knn', neighbours, weighted: true, k: 100, exclude: 'none' })
        for (let user = 0; user < users; user++) {
          const scores = scoresOf(m, w[user])
          const ranked = lists.get(nodes[user])!.filter(({ prior }) => prior !== true)
          const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
          // Ties between neighbours may fall either way by rounding: the multiset of sums stays nearly the same.
          expect(Math.abs(sum(ranked.map(({ score }) => score)) - sum(scores))).toBeLessThan(1e-4 * (1 + sum(scores)))
        }
      }),
      { numRuns: 30 },
    )
  })
})
