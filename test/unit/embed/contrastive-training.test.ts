import { describe, expect, it } from 'vitest'
import { batchRunsOf } from '../../../src/embed/contrastive-batches.ts'
import {
  ContrastiveTraining,
  type BatchProgress,
  type TrainingOptions,
} from '../../../src/embed/contrastive-training.ts'
import { NormalProduct } from '../../../src/solve/normal-product.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import type { ParameterState } from '../../../src/request/train.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import { denseOf, multiply, product as times, scaled, transposed, type Dense } from '../../oracle/linear-algebra.ts'
import type { Network } from '../../../src/network/network.ts'

const [USERS, ITEMS, DIMENSIONS] = [14, 9, 3]
const prepared = prepare(bipartite({ users: USERS, items: ITEMS, pairs: 60, weighted: true }))
const solve = solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
const OPTIONS: TrainingOptions = {
  dimensions: DIMENSIONS,
  layers: 2,
  loss: 'softmax',
  temperature: 0.5,
  views: null,
  batchSize: 16,
  groupSize: 6,
  learningRate: 0.05,
  learningRateDecay: 0.97,
  popularityCorrection: 0.7,
  userExponent: 0.5,
  itemExponent: 0.5,
  seed: 1,
}

const run = <Result>(algorithm: Algorithm<Result>): Result => drive(algorithm, solve)

function randomVectors(seed: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: ITEMS * DIMENSIONS }, () => random.next() - 0.5)
}

const stateFrom = (parameters: Float32Array): ParameterState => {
  const { length } = parameters
  return { steps: 0, parameters, mean: new Float32Array(length), square: new Float32Array(length) }
}

const trainingOn = (
  matrix: Network,
  state: ParameterState,
  options: Partial<TrainingOptions> = {},
): ContrastiveTraining =>
  new ContrastiveTraining('test', new NormalProduct('test', matrix, 0.5, 0.5), matrix, state, {
    ...OPTIONS,
    ...options,
  })

const trainingFrom = (start: Float32Array, options: Partial<TrainingOptions> = {}): ContrastiveTraining =>
  trainingOn(prepared, stateFrom(start), options)

const table = (values: ArrayLike<number>): Dense =>
  Array.from({ length: ITEMS }, (_, row) => Array.from({ length: DIMENSIONS }, (_, k) => values[row * DIMENSIONS + k]))

describe('ContrastiveTraining', () => {
  it('encodes by the mean of the powers of P', () => {
    const { degrees, rows: matrix } = prepared
    const root = (side: Float64Array): Float64Array => side.map((degree) => 1 / Math.sqrt(degree))
    const x = scaled(root(degrees.rows), denseOf(matrix), root(degrees.columns))
    const p = times(transposed(x), x)
    const start = randomVectors(1)
    const found = transposed(table(run(trainingFrom(start).encode())))
    transposed(table(start)).forEach((column, k) => {
      const once = multiply(p, column)
      const twice = multiply(p, once)
      column.forEach((value, i) => expect(found[k][i]).toBeCloseTo((value + once[i] + twice[i]) / 3, 5))
    })
  })

  it("leaves a pair's own item out of its user's vector, and items that she has out of the negatives", () => {
    // User 0 has items 0, 1, 2; user 1 has 3, 4, 5.
    const row = Int32Array.of(0, 0, 0, 1, 1, 1)
    const coordinates = { rowCount: 2, columnCount: ITEMS, row, column: Int32Array.of(0, 1, 2, 3, 4, 5), data: null }
    const apart = prepare(coordinates)
    const solveApart = solveInThread(apart, { memoryLimitBytes: 1e9, kernel: 'auto' })
    const lossOf = (pairs: number[], tripled: number | null = null): number => {
      const parameters = randomVectors(2).map((entry, k) =>
        Math.floor(k / DIMENSIONS) === tripled ? 3 * entry : entry,
      )
      const profiles = [0, 1].map((user) => ({
        user,
        pairs: Int32Array.from(pairs.filter((pair) => row[pair] === user)),
      }))
      const places = Int32Array.from(pairs.keys())
      const batches = atOnce(batchRunsOf(apart.rows, [{ profiles, places }])[0])
      const scale = new Float32Array(ITEMS).fill(1)
      const { losses } = solveApart({
        ...{ kind: 'train', name: 'test', views: null, learningRate: 1, seed: 1, batches },
        encoder: { dimensions: DIMENSIONS, layers: 0, middle: new Float32Array(2), scale },
        loss: { kind: 'softmax', temperature: 0.5, groupSize: 6, offsets: new Float32Array(ITEMS) },
        state: stateFrom(parameters),
      })
      return losses[0]
    }
    // Cosines do not see how long a vector is, a sum does.
    expect(lossOf([0, 3], 0)).toBeCloseTo(lossOf([0, 3]), 5)
    expect(lossOf([0, 3], 1)).not.toBeCloseTo(lossOf([0, 3]), 3)
    expect(lossOf([0])).toBe(0)
    expect(lossOf([0, 1])).toBeCloseTo(0, 6)
    expect(lossOf([0, 3])).toBeGreaterThan(0.1)
  })

  it('lowers the loss, epoch by epoch', () => {
    const training = trainingFrom(randomVectors(5), { groupSize: 16 })
    const random = seededRandom(1)
    const losses = Array.from({ length: 30 }, () => run(training.epoch(1, random, () => undefined)))
    const mean = (from: number, to: number): number =>
      losses.slice(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from)
    expect(mean(25, 30)).toBeLessThan(0.9 * mean(0, 3))
  })

  it('tells of every step, and ends where the listener throws', () => {
    const training = trainingFrom(randomVectors(5))
    const heard: BatchProgress[] = []
    const mean = run(training.epoch(1, seededRandom(1), (progress) => heard.push(progress)))
    const { nnz } = prepared.rows
    // A batch is full when it has 16 pairs or more: a user's come several at a time.
    const [{ batches }] = heard
    expect(batches).toBeGreaterThan(1)
    expect(batches).toBeLessThanOrEqual(Math.ceil(nnz / 16))
    expect(heard.map(({ batch }) => batch)).toEqual(Array.from({ length: batches }, (_, at) => at + 1))
    expect(mean).toBeGreaterThan(Math.min(...heard.map(({ loss }) => loss)))
    expect(mean).toBeLessThan(Math.max(...heard.map(({ loss }) => loss)))
    const stop = (): never => {
      throw new Error('enough')
    }
    expect(() => run(training.epoch(1, seededRandom(1), stop))).toThrow('enough')
  })

  it('goes on from its state as if it had not stopped', () => {
    const [whole, first] = [trainingFrom(randomVectors(5)), trainingFrom(randomVectors(5))]
    const [random, again] = [seededRandom(1), seededRandom(1)]
    run(whole.epoch(1, random, () => undefined))
    run(whole.epoch(2, random, () => undefined))
    run(first.epoch(1, seededRandom(1), () => undefined))
    const second = trainingOn(prepared, first.state)
    atOnce(second.passOver(again))
    run(second.epoch(2, again, () => undefined))
    expect(second.state).toEqual(whole.state)
  })
})
