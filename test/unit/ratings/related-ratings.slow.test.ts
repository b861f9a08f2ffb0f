import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import type { Relations } from '../../../src/data/relation-options.ts'
import { Engine } from '../../../src/engine.ts'
import { predictRatings } from '../../../src/ratings/predict-ratings.ts'
import type { PredictRatingsOptions } from '../../../src/ratings/options.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { dot, product, solve, transposed, type Dense, type Vector } from '../../oracle/linear-algebra.ts'
import type { DenseRelation } from '../../oracle/relations.ts'
import { RATED, ratedTable } from '../../ratings.ts'

const [USERS, ITEMS, GENRES] = [10, 12, 2]

/** Even users like even items; genres tell them apart. The last two items and the last user have no ratings, and her friend is user 0. */
function world() {
  const random = seededRandom(9)
  const rated = Array.from({ length: USERS - 1 }, (_, user) =>
    Array.from({ length: ITEMS - 2 }, (_, item) => ({ user, item })).filter(() => random.next() < 0.6),
  ).flat()
  const stars = rated.map(({ user, item }) => ((user + item) % 2 === 0 ? 4 : 1) + random.next())
  const rows = rated.map(({ user, item }, at) => ({
    user: `u${user}`,
    item: `i${item}`,
    signal: 'stars',
    value: stars[at],
  }))
  const relations: Relations = {
    genre: {
      rows: Array.from({ length: ITEMS }, (_, item) => ({ item: `i${item}`, genre: `g${item % GENRES}` })),
      ...{ item: 'item', attribute: 'genre', weight: 0.3 },
    },
    friend: { rows: [{ one: `u${USERS - 1}`, two: 'u0' }], user: 'one', other: 'two', weight: 0.2 },
  }
  const dense: DenseRelation[] = [
    {
      side: 'item',
      weight: 0.3,
      holds: Array.from({ length: ITEMS }, (_, item) => [0, 1].map((genre) => Number(item % GENRES === genre))),
    },
    {
      side: 'user',
      weight: 0.2,
      holds: Array.from({ length: USERS }, (_, user) => [Number(user % (USERS - 1) === 0)]),
    },
  ]
  return { rated, stars, rows, table: ratedTable(rows), relations, dense }
}

const { rated, stars, rows, table, relations, dense } = world()
const VARIANCES = { userBias: 0.3, itemBias: 0.2, itemLevel: 0.15, userTaste: 0.4, itemAudience: 0.25, sharedTaste: 0 }
const EXACT: PredictRatingsOptions = {
  ...{ signals: RATED, rank: 40, tolerance: 1e-7, scale: [-20, 20], balance: 0 },
  ...VARIANCES,
}
const everyPair = Array.from({ length: USERS }, (_, user) =>
  Array.from({ length: ITEMS }, (_, item) => [`u${user}`, `i${item}`] as const),
).flat()
const ask = (options: PredictRatingsOptions = {}) => ({ ...EXACT, relations, pairs: everyPair, ...options })

/** <phi_i, phi_j> of nodes that stand as their rows of X'X, or XX', say: each of length 1, less their mean by degrees, of mean square 1; 0 for nodes without degree. */
function gramOf(products: Dense, degrees: Vector): Dense {
  const isIn = degrees.map((degree) => degree > 0)
  const cosines = products.map((row, i) =>
    row.map((value, j) => (isIn[i] && isIn[j] ? value / Math.sqrt(products[i][i] * products[j][j]) : 0)),
  )
  const total = degrees.reduce((sum, one) => sum + one, 0)
  const toMean = cosines.map((row) => dot(row, degrees) / total)
  const ofMean = dot(toMean, degrees) / total
  const centred = cosines.map((row, i) =>
    row.map((value, j) => (isIn[i] && isIn[j] ? value - toMean[i] - toMean[j] + ofMean : 0)),
  )
  const square = centred.reduce((sum, row, i) => sum + row[i], 0) / isIn.filter(Boolean).length
  return centred.map((row) => row.map((value) => value / square))
}

/** What each node's place is of those of all, by one relation: A in phi <- A phi. */
function placing({ weight, holds }: DenseRelation, degrees: Vector): Dense {
  const masses = holds[0].map((_, value) => holds.reduce((sum, row, one) => sum + degrees[one] * row[value], 0))
  return holds.map((row, one) => {
    const own = degrees[one] > 0 ? 1 - weight : 0
    const count = row.filter((part, value) => part > 0 && masses[value] > 0).length
    const others = degrees.map((degree, other) =>
      row.reduce(
        (sum, part, value) => sum + (masses[value] > 0 ? (part * degree * holds[other][value]) / masses[value] : 0),
        0,
      ),
    )
    const share = own + (count > 0 ? weight : 0)
    return others.map((sum, other) =>
      share === 0 ? 0 : ((count > 0 ? (weight * sum) / count : 0) + (one === other ? own : 0)) / share,
    )
  })
}

const moved = (gram: Dense, by: Dense): Dense => product(product(by, gram), transposed(by))

/** Posterior means of all pairs, in float64. */
function expectedRatings(): Vector {
  const w = Array.from({ length: USERS }, (_, user) =>
    Array.from({ length: ITEMS }, (_, item) => Number(rated.some((one) => one.user === user && one.item === item))),
  )
  const sums = (matrix: Dense): Vector => matrix.map((row) => row.reduce((sum, one) => sum + one, 0))
  const [users, items] = [sums(w), sums(transposed(w))]
  const x = w.map((row, user) => row.map((one, item) => (one > 0 ? one / Math.sqrt(users[user] * items[item]) : 0)))
  const [genre, friend] = dense
  const psi = moved(gramOf(product(x, transposed(x)), users), placing(friend, users))
  const phi = moved(gramOf(product(transposed(x), x), items), placing(genre, items))
  const { userBias, itemBias, itemLevel, userTaste, itemAudience } = VARIANCES
  interface Pair {
    readonly user: number
    readonly item: number
  }
  const covariance = (a: Pair, b: Pair): number =>
    (a.user === b.user ? userBias + userTaste * phi[a.item][b.item] : 0) +
    (a.item === b.item ? itemBias + itemAudience * psi[a.user][b.user] : 0) +
    itemLevel * phi[a.item][b.item]
  const mean = stars.reduce((sum, one) => sum + one, 0) / stars.length
  const system = rated.map((a, at) => rated.map((b, other) => covariance(a, b) + Number(at === other)))
  const weights = solve(
    system,
    stars.map((one) => one - mean),
  )
  return Array.from({ length: USERS * ITEMS }, (_, at) => {
    const pair = { user: Math.floor(at / ITEMS), item: at % ITEMS }
    return mean + rated.reduce((sum, one, place) => sum + weights[place] * covariance(pair, one), 0)
  })
}

describe('predictRatings with relations', () => {
  it('is the posterior mean where users and items stand among those that hold the same', () => {
    const { rating, reached, notes } = predictRatings.detailed(table, ask())
    const expected = expectedRatings()
    rating.forEach((one, at) => expect(Math.abs(one - expected[at]), everyPair[at].join(' ')).toBeLessThan(5e-3))
    expect([...reached].every((one) => one === 1)).toBe(true)
    expect(notes).toContain("relation 'genre': 2 items without interactions are added")
  })

  it('tells what an item without any rating is to users by its genre, and what a user without any thinks by her friends', () => {
    const pairs = [0, 1, USERS - 1].flatMap((user) =>
      [ITEMS - 2, ITEMS - 1].map((item) => [`u${user}`, `i${item}`] as const),
    )
    const found = predictRatings(table, { signals: RATED, rank: 8, relations, pairs })
    const [even, odd, friend] = [0, 2, 4].map((at) => found[at].rating - found[at + 1].rating)
    expect(even).toBeGreaterThan(0.5)
    expect(odd).toBeLessThan(-0.5)
    expect(friend).toBeGreaterThan(0.2)
    for (const { expectedError } of found) expect(expectedError).toBeGreaterThan(0)
    expect(() => predictRatings(table, { signals: RATED, pairs })).toThrow(/an item known in this data|a user known/)
  })

  it('means the same in any order, of any scale, and nothing where relations weigh 0', () => {
    const expected = predictRatings.detailed(table, ask()).rating
    const renumbered = ratedTable([...rows].reverse())
    const { genre, friend } = relations
    const many = [...(genre.rows ?? [])].reverse().map((row) => ({ ...row, much: 1e5 }))
    const larger = { friend, genre: { ...genre, rows: [...many, ...many], value: 'much' } }
    const found = predictRatings.detailed(renumbered, ask({ relations: larger })).rating
    found.forEach((one, at) => expect(one).toBeCloseTo(expected[at], 2))
    const pairs = [['u0', 'i1']] as const
    const without = { genre: { ...genre, weight: 0 } }
    expect(predictRatings(table, { ...EXACT, relations: without, pairs })).toEqual(
      predictRatings(table, { ...EXACT, pairs }),
    )
  })

  it('is the same on an engine, of rows that can be read only once', async () => {
    const { genre, friend } = relations
    const once = { friend, genre: { ...genre, rows: [...(genre.rows ?? [])].values() } }
    await using engine = await Engine.create(table, { relations: once, threads: 2 })
    const options = { signals: RATED, rank: 6, pairs: everyPair }
    const expected = predictRatings.detailed(table, { ...options, relations })
    for (let time = 0; time < 2; time++) {
      const { rating, expectedError } = await engine.predictRatings(options)
      expect(rating).toEqual(expected.rating)
      expect(expectedError).toEqual(expected.expectedError)
    }
  })

  it('takes edges of a graph by kind, and writes onto it', () => {
    const graph = new UndirectedGraph()
    for (let user = 0; user < USERS - 1; user++) graph.addNode(`u${user}`, { kind: 'user' })
    for (let item = 0; item < ITEMS; item++) graph.addNode(`i${item}`, { kind: 'item' })
    for (const genre of ['g0', 'g1']) graph.addNode(genre, { kind: 'genre' })
    for (const { user, item, signal, value } of rows) graph.addEdge(user, item, { signal, value })
    for (let item = 0; item < ITEMS; item++) graph.addEdge(`i${item}`, `g${item % GENRES}`)
    graph.addEdge('u0', `i${ITEMS - 1}`, { signal: 'view' })
    const ofGraph = { genre: { kind: 'genre', weight: 0.3 } }
    const options = { signals: { stars: RATED['stars'], view: 1 }, rank: 6, balance: 0.5, relations: ofGraph } as const
    const [found] = predictRatings(graph, options)
    expect([found.user, found.item]).toEqual(['u0', `i${ITEMS - 1}`])
    predictRatings.assign(graph, options)
    expect(graph.getEdgeAttribute(graph.edge('u0', `i${ITEMS - 1}`), 'predictedRating')).toBe(found.rating)
  })

  it('is refused where weights are to be found, and within too little memory', () => {
    const open: Relations = { genre: { ...relations['genre'], weight: 'auto' } }
    expect(() => predictRatings(table, { signals: RATED, relations: open })).toThrow(
      /relation 'genre': expected a number as 'weight'/,
    )
    expect(() => predictRatings(table, ask({ memoryLimitBytes: 20_000 }))).toThrow(/at most 20000 bytes/)
  })
})
