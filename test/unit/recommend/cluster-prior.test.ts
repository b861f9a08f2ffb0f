import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { clusterItems, clusterUsers } from '../../../src/cluster/cluster-users.ts'
import { Engine } from '../../../src/engine.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { clusterPrior, type UserClusters } from '../../../src/recommend/cluster-prior.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { popularityOf } from '../../../src/recommend/methods/popularity.ts'
import { recommend, recommendFor } from '../../../src/recommend/recommend.ts'
import { prepareNetwork } from '../../../src/network/prepared.ts'
import { DenseKeyIndex } from '../../../src/support/key-index.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { CLUSTERS_FORMAT } from '../../../src/cluster/clusters-format.ts'

const coded = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error

/** Sixty users of two tastes, and two of whom one item is known, which many have. */
function tastes(): Interactions {
  const random = seededRandom(4)
  const rows = Array.from({ length: 60 * 12 }, (_, at) => {
    const taste = random.next() < 0.9 ? at % 2 : 1 - (at % 2)
    return { user: `u${at % 60}`, item: `${'ab'[taste]}${Math.floor(20 * random.next() ** 2)}` }
  })
  const few = ['a', 'b'].map((taste) => ({ user: `new ${taste}`, item: `${taste}1` }))
  return fromRows([...rows, ...few], { user: 'user', item: 'item' })
}

const table = tastes()
const clusters = clusterUsers.detailed(table, { method: 'k-means', count: 2, dimensions: 2 })
const ids = (list: readonly { readonly item: string }[] | undefined): string[] => (list ?? []).map(({ item }) => item)
/** Of a list, those of one taste. */
const ofTaste = (taste: string, list: readonly { readonly item: string }[] | undefined): number =>
  ids(list).filter((item) => item.startsWith(taste)).length

describe('clusterPrior', () => {
  it('gives the largest shares of the mixture, as summing over all items does', () => {
    const size = { users: 25, others: 40, edges: 160, weighted: true }
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (seed, count, some) => {
          const random = seededRandom(seed)
          const { users, items, user, item, value } = tableOfNetwork(randomNetwork({ ...size, seed }))
          const weights = value ?? new Float32Array()
          const coordinates = { rowCount: 25, columnCount: 40, row: user, column: item, data: weights }
          const prepared = prepareNetwork('test', coordinates, false, Infinity)
          const given = {
            facts: { side: 'users' as const },
            members: users,
            clusters: Int32Array.from({ length: 25 }, () => random.below(count + 1) - 1).fill(0, 0, 6),
            count,
          }
          const profile = { items: Int32Array.of(3, 17, 31), weights: Float32Array.of(1, 2, -1) }
          const isWanted = (row: number): boolean => !some || row % 3 > 0
          const popularity = atOnce(popularityOf(prepared))
          const prior = atOnce(clusterPrior('test', prepared.rows, users, given, popularity))
          const { items: found, shares } = atOnce(prior.best(profile, 12, isWanted))

          const n = Array.from({ length: count }, () => new Float64Array(items.size))
          const all = new Float64Array(items.size)
          user.forEach((row, at) => {
            all[item[at]] += weights[at]
            if (given.clusters[row] >= 0) n[given.clusters[row]][item[at]] += weights[at]
          })
          const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
          const mu = sum(all) / (4 * count)
          const inside = n.map((own) =>
            own.map((weight, row) => (weight + (mu * all[row]) / sum(all)) / (sum(own) + mu)),
          )
          // What speaks against an item places nobody.
          const known = [3, 17].filter((row) => all[row] > 0)
          const places = inside.map((own, c) => known.reduce((likelihood, row) => likelihood * own[row], sum(n[c])))
          const mixed = all.map((_, row) => sum(inside.map((own, c) => (own[row] * places[c]) / sum(places))))
          const best = known.length > 0 ? mixed : all.map((weight) => weight / sum(all))
          const order = Array.from(all.keys(), (row) => row).filter(isWanted)
          order.sort((a, b) => best[b] - best[a] || a - b)
          Array.from(shares).forEach((share, at) => expect(share).toBeCloseTo(best[order[at]], 6))
          expect(new Set(found).size).toBe(Math.min(12, order.length))
          for (const [at, row] of found.entries()) expect(best[row]).toBeCloseTo(shares[at], 6)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is popularity where there is one cluster, and for a profile that says nothing', () => {
    const one = { ...clusters, clusters: clusters.clusters.map(() => 0), count: 1 }
    const options = { priorUpTo: 100, k: 30 }
    const popular = recommend(table, options)
    for (const [user, list] of recommend(table, { ...options, prior: one })) {
      expect(ids(list)).toEqual(ids(popular.get(user)))
      list.forEach(({ score }, at) => expect(score).toBeCloseTo(popular.get(user)?.[at].score ?? NaN, 7))
    }
    expect(recommendFor(table, [], { prior: clusters })).toEqual(recommendFor(table, []))
    const against = [{ item: 'a1', value: -1 }]
    const prior = (options: object): string[] => ids(recommendFor(table, against, { priorUpTo: 1, ...options }))
    expect(prior({ prior: clusters })).toEqual(prior({}))
  })
})

describe("option 'prior'", () => {
  it('puts items of her taste first for a user of whom one item is known', () => {
    for (const taste of ['a', 'b']) {
      const users = [`new ${taste}`]
      const popular = recommend(table, { users, priorUpTo: 1, k: 10 }).get(users[0])
      const clustered = recommend(table, { users, priorUpTo: 1, k: 10, prior: clusters }).get(users[0])
      expect(clustered?.every(({ prior }) => prior === true)).toBe(true)
      expect(ids(clustered)).not.toContain(`${taste}1`)
      expect(ofTaste(taste, clustered)).toBeGreaterThan(ofTaste(taste, popular))
      expect(clustered?.map(({ score }) => score)).toEqual(clustered?.map(({ score }) => score).sort((a, b) => b - a))
    }
  })

  it('leaves what was reached as it is, and fills up behind it', async () => {
    const options = { method: 'item-knn', neighbours: 2, k: 38 } as const
    const plain = recommend(table, options)
    const filled = recommend(table, { ...options, prior: clusters })
    await using engine = await Engine.create(table, { threads: 1 })
    const rankings = await engine.rank({ ...options, prior: clusters })
    let place = 0
    for (const [user, list] of filled) {
      const from = rankings.priorFrom[place++]
      expect(list.slice(0, from)).toEqual(plain.get(user)?.slice(0, from))
      expect(list.findIndex(({ prior }) => prior === true)).toBe(from < list.length ? from : -1)
      expect(list.slice(from).every(({ prior }) => prior === true)).toBe(true)
      expect(new Set(ids(list))).toEqual(new Set(ids(plain.get(user))))
    }
    expect(rankings.priorFrom.some((from) => from < 20)).toBe(true)
    expect(await engine.recommend({ ...options, prior: clusters })).toEqual(filled)
    // Others than before: the engine must not answer by those it has kept.
    const turned = { ...clusters, clusters: clusters.clusters.map((_, row) => row % 2) }
    const asked = { priorUpTo: 1, prior: turned, k: 10 }
    expect(await engine.recommend({ users: ['new a'], ...asked })).toEqual(
      recommend(table, { users: ['new a'], ...asked }),
    )
  })

  it('takes clusters from a file, of a graph, for somebody new, and among allowed items alone', () => {
    const options = { priorUpTo: 1, k: 5, allow: ['a0', 'b0', 'b2'] }
    const kept = decodeSaved('test', CLUSTERS_FORMAT, encodeSaved(CLUSTERS_FORMAT, clusters))
    const asked = recommendFor(table, ['b1'], { ...options, prior: kept })
    expect(asked[0].item).toMatch(/^b/)
    expect(ids(asked).sort()).toEqual(['a0', 'b0', 'b2'])
    expect(recommendFor(toGraph(table), ['b1'], { ...options, prior: clusters })).toEqual(asked)
  })

  it('counts users whom the clusters do not know for everybody', () => {
    const rows = Array.from(table.user, (user, at) => ({
      user: table.users.keyOf(user),
      item: table.items.keyOf(table.item[at]),
    }))
    const grown = fromRows([...rows, { user: 'later', item: 'a1' }, { user: 'later', item: 'new' }], {
      user: 'user',
      item: 'item',
    })
    const asked = { users: ['later'], priorUpTo: 2, k: grown.items.size, exclude: 'none' } as const
    const list = recommend(grown, { ...asked, prior: clusters }).get('later')
    expect(ofTaste('a', list?.slice(0, 10))).toBeGreaterThan(5)
    expect(ids(list)).toContain('new')
  })

  it.each<[string, unknown, string]>([
    ['another word', 'clusters', "one of 'popularity'"],
    ['a map', new Map([['u1', 0]]), 'clusters of users'],
    ['clusters of items', clusterItems.detailed(table, { dimensions: 2 }), 'clusters of users'],
    ['clusters of others', { ...clusters, members: new DenseKeyIndex(62) } satisfies UserClusters, 'in this data'],
    ['clusters that do not say of what', { members: new Map(), clusters: new Int32Array(0) }, 'clusters of users'],
  ])('refuses %s', async (_, prior, message) => {
    expect(() => recommend(table, { prior } as never)).toThrow(coded('INVALID_OPTION', message))
    await using engine = await Engine.create(table, { threads: 1 })
    await expect(engine.recommend({ prior } as never)).rejects.toThrow(coded('INVALID_OPTION', message))
  })
})

describe("option 'priorUpTo'", () => {
  const pairs = 'ann tea,ann jam,ann bun,eve tea,eve nut,eve jam,bob tea,bob jam,cat tea,cat tea,dan oil'
    .split(',')
    .map((pair) => pair.split(' '))
  const small = fromColumns({ user: pairs.map(([user]) => user), item: pairs.map(([, item]) => item) })

  it('gives the prior alone to profiles of at most so many distinct items', async () => {
    const alone = (upTo: number): string[] =>
      [...recommend(small, { priorUpTo: upTo })].filter(([, list]) => list[0].prior).map(([user]) => user)
    expect(alone(0)).toEqual(['dan'])
    expect(alone(1)).toEqual(['cat', 'dan'])
    expect(alone(2)).toEqual(['bob', 'cat', 'dan'])
    expect(ids(recommend(small, { priorUpTo: 2 }).get('bob'))).toEqual(['bun', 'nut', 'oil'])
    expect(recommendFor(small, ['tea'], { priorUpTo: 1 }).every(({ prior }) => prior)).toBe(true)
    const compiled = compile(small, {})
    for (const priorUpTo of [0, 1, 2]) {
      const { priorFrom } = compiled.rank(small, { priorUpTo })
      expect([...priorFrom].map((from) => from === 0)).toEqual(
        [...small.users.keys()].map((user) => alone(priorUpTo).includes(user)),
      )
    }
    await using engine = await Engine.create(small, { threads: 1 })
    expect(await engine.recommend({ priorUpTo: 1 })).toEqual(recommend(small, { priorUpTo: 1 }))
  })

  it('leaves lists with a least score without a prior', () => {
    expect(recommend(small, { priorUpTo: 2, minScore: 0 })).toEqual(recommend(small, { minScore: 0 }))
  })

  it('must be a number of items', () => {
    expect(() => recommend(small, { priorUpTo: -1 })).toThrow(coded('INVALID_OPTION', 'an integer >= 0'))
  })
})
