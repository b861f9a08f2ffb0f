import { describe, expect, it } from 'vitest'
import { ContrastiveTraining } from '../../../src/embed/contrastive-training.ts'
import { holdUsersOut, validate } from '../../../src/embed/contrastive-validation.ts'
import { NormalProduct } from '../../../src/solve/normal-product.ts'
import { singularVectors } from '../../../src/solve/singular-vectors.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import type { Network } from '../../../src/network/network.ts'

const [USERS, ITEMS, DIMENSIONS] = [30, 40, 4]
const network = prepare(bipartite({ users: USERS, items: ITEMS, pairs: 200, weighted: true }))
const held = atOnce(holdUsersOut('test', network, 0.3, 1))

const run = <Result>(matrix: Network, algorithm: Algorithm<Result>): Result =>
  drive(algorithm, solveInThread(matrix, { memoryLimitBytes: 1e9, kernel: 'auto' }))

/** The matrix in which the held-out users have nothing. */
function withoutHeldOut(): Network {
  const { indptr, indices, data } = network.rows
  const edges = Array.from({ length: USERS }, (_, user) => user).flatMap((user) =>
    Array.from({ length: held.network.degrees.rows[user] > 0 ? indptr[user + 1] - indptr[user] : 0 }, (__, at) => ({
      user,
      edge: indptr[user] + at,
    })),
  )
  return prepare({
    rowCount: USERS,
    columnCount: ITEMS,
    row: Int32Array.from(edges, ({ user }) => user),
    column: Int32Array.from(edges, ({ edge }) => indices[edge]),
    data: Float32Array.from(edges, ({ edge }) => data?.[edge] ?? 1),
  })
}

describe('holding users out', () => {
  it('splits the items of a share of the users, at least one on each side', () => {
    const rows = held.network.degrees.rows
    expect(rows.filter((degree) => degree === 0).length).toBeGreaterThanOrEqual(held.profiles.length)
    expect(held.profiles.length).toBeGreaterThan(5)
    for (const { known, sought } of held.profiles) {
      expect(known.length).toBeGreaterThan(0)
      expect(sought.size).toBeGreaterThan(0)
      expect(known.some(({ item }) => sought.has(item))).toBe(false)
    }
  })

  it('leaves a training that has the bits of one in which they never were', () => {
    const apart = withoutHeldOut()
    expect(held.network.degrees).toEqual(apart.degrees)
    const [ours, theirs] = [held.network, apart].map((matrix) => {
      const product = new NormalProduct('test', matrix, 0.5, 0.5)
      const { right } = run(matrix, singularVectors('test', matrix, { k: DIMENSIONS }))
      const empty = new Float32Array(right.length)
      const state = { steps: 0, parameters: right, mean: empty, square: empty }
      const training = new ContrastiveTraining('test', product, matrix, state, {
        ...{ dimensions: DIMENSIONS, layers: 2, loss: 'softmax', temperature: 0.3, views: null },
        ...{ batchSize: 32, groupSize: 8, learningRate: 0.05, learningRateDecay: 1, seed: 1 },
        ...{ popularityCorrection: 1, userExponent: 0.5, itemExponent: 0.5 },
      })
      run(
        matrix,
        training.epoch(1, seededRandom(1), () => undefined),
      )
      return training.state
    })
    expect(ours).toEqual(theirs)
  })

  it('takes no place in a list for what a user is known by', () => {
    // 24 known items and the one sought all lie the same way: in a plain list of twenty the sought one, with the highest number, would be missing.
    const many = prepare({
      rowCount: 1,
      columnCount: ITEMS,
      row: new Int32Array(25),
      column: Int32Array.from({ length: 25 }, (_, at) => at),
      data: null,
    })
    const one = {
      network: many,
      profiles: [{ known: Array.from({ length: 24 }, (_, item) => ({ item, weight: 1 })), sought: new Set([24]) }],
    }
    const vectors = Float32Array.from({ length: ITEMS }, (_, item) => (item < 25 ? 1 : -1))
    expect(run(many, validate('test', one, vectors, 1, 0.5))).toEqual({ recall: 1, ndcg: 1 })
  })

  it('finds everything where the vectors say so, and nothing where they point away', () => {
    // One user's items all lie one way, and all other items the other way.
    const [{ known, sought }] = held.profiles
    const own = new Set([...sought, ...known.map(({ item }) => item)])
    const one = { network, profiles: held.profiles.slice(0, 1) }
    const vectors = (sign: number): Float32Array =>
      Float32Array.from({ length: ITEMS }, (_, item) => (own.has(item) ? (sought.has(item) ? sign : 1) : -1))
    expect(run(network, validate('test', one, vectors(1), 1, 0.5))).toEqual({ recall: 1, ndcg: 1 })
    const away = Float32Array.from({ length: ITEMS * 2 }, (_, at) => {
      const item = Math.floor(at / 2)
      return sought.has(item) ? -1 : (at + item) % 2
    })
    expect(run(network, validate('test', one, away, 2, 0.5))).toEqual({ recall: 0, ndcg: 0 })
  })
})
