import { describe, expect, it } from 'vitest'
import {
  ContrastiveTraining,
  type BatchProgress,
  type TrainingOptions,
} from '../../../src/embed/contrastive-training.ts'
import { NormalProduct } from '../../../src/propagate/normal-product.ts'
import { drive, type Algorithm } from '../../../src/run/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import { denseOf, multiply, product as times, scaled, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const [USERS, ITEMS, DIMENSIONS] = [14, 9, 3]
const prepared = prepare(bipartite({ users: USERS, items: ITEMS, pairs: 60, weighted: true }))
const solve = solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
const OPTIONS: TrainingOptions = {
  dimensions: DIMENSIONS,
  layers: 2,
  temperature: 0.5,
  batchSize: 16,
  groupSize: 6,
  learningRate: 0.05,
  popularityCorrection: 0.7,
  itemExponent: 0.5,
}

const run = <Result>(algorithm: Algorithm<Result>): Result => drive(algorithm, solve)

function randomVectors(seed: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: ITEMS * DIMENSIONS }, () => random.next() - 0.5)
}

const trainingFrom = (start: Float32Array, options: Partial<TrainingOptions> = {}): ContrastiveTraining =>
  new ContrastiveTraining(new NormalProduct('test', prepared, 0.5, 0.5), prepared, start, { ...OPTIONS, ...options })

const table = (values: ArrayLike<number>): Dense =>
  Array.from({ length: ITEMS }, (_, row) => Array.from({ length: DIMENSIONS }, (_, k) => values[row * DIMENSIONS + k]))

describe('ContrastiveTraining', () => {
  it('encodes by the mean of the powers of P', () => {
    const { degrees, matrix } = prepared
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

  it('has the gradient that finite differences find, in float64', () => {
    const training = trainingFrom(randomVectors(1))
    const vectors = Float64Array.from(randomVectors(2))
    const pairs = Int32Array.from([0, 3, 8, 15, 21, 22, 40, 41, 42])
    const { gradient } = training.lossAt(vectors, pairs)
    const step = 1e-5
    gradient.forEach((slope, at) => {
      const [before, after] = [-step, step].map(
        (by) =>
          training.lossAt(
            vectors.map((value, k) => (k === at ? value + by : value)),
            pairs,
          ).loss,
      )
      expect((after - before) / (2 * step)).toBeCloseTo(slope, 6)
    })
  })

  it('sends gradients back by its own transpose', () => {
    const training = trainingFrom(randomVectors(1))
    const [a, b] = [randomVectors(3), randomVectors(4)]
    const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, at) => sum + value * y[at], 0)
    expect(dot(run(training.spread(a)), b)).toBeCloseTo(dot(a, run(training.spread(b))), 5)
  })

  it("leaves a pair's own item out of its user's vector, and items that she has out of the negatives", () => {
    // User 0 has items 0, 1, 2; user 1 has 3, 4, 5.
    const row = Int32Array.of(0, 0, 0, 1, 1, 1)
    const apart = prepare({ rowCount: 2, columnCount: ITEMS, row, column: Int32Array.of(0, 1, 2, 3, 4, 5), data: null })
    const product = new NormalProduct('test', apart, 0.5, 0.5)
    const training = new ContrastiveTraining(product, apart, randomVectors(1), OPTIONS)
    const vectors = Float64Array.from(randomVectors(2))
    const lossOf = (pairs: number[], tripled: number | null = null): number => {
      const at = vectors.map((entry, k) => (Math.floor(k / DIMENSIONS) === tripled ? 3 * entry : entry))
      return training.lossAt(at, Int32Array.from(pairs)).loss
    }
    // Cosines do not see how long a vector is, a sum does.
    expect(lossOf([0, 3], 0)).toBeCloseTo(lossOf([0, 3]), 12)
    expect(lossOf([0, 3], 1)).not.toBeCloseTo(lossOf([0, 3]), 3)
    expect(lossOf([0])).toBe(0)
    expect(lossOf([0, 1])).toBeCloseTo(0, 12)
    expect(lossOf([0, 3])).toBeGreaterThan(0.1)
  })

  it('lowers the loss, epoch by epoch', () => {
    const training = trainingFrom(randomVectors(5), { groupSize: 16 })
    const random = seededRandom(1)
    const losses = Array.from({ length: 30 }, () => run(training.epoch(random, () => undefined)))
    const mean = (from: number, to: number): number =>
      losses.slice(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from)
    expect(mean(25, 30)).toBeLessThan(0.9 * mean(0, 3))
  })

  it('tells of every step, and ends where the listener throws', () => {
    const training = trainingFrom(randomVectors(5))
    const heard: BatchProgress[] = []
    const mean = run(training.epoch(seededRandom(1), (progress) => heard.push(progress)))
    const { nnz } = prepared.matrix
    expect(heard.map(({ batch, batches }) => [batch, batches])).toEqual(
      Array.from({ length: Math.ceil(nnz / 16) }, (_, at) => [at + 1, Math.ceil(nnz / 16)]),
    )
    expect(mean).toBeGreaterThan(Math.min(...heard.map(({ loss }) => loss)))
    expect(mean).toBeLessThan(Math.max(...heard.map(({ loss }) => loss)))
    const stop = (): never => {
      throw new Error('enough')
    }
    expect(() => run(training.epoch(seededRandom(1), stop))).toThrow('enough')
  })

  it('goes on from its state as if it had not stopped', () => {
    const [whole, first] = [trainingFrom(randomVectors(5)), trainingFrom(randomVectors(5))]
    const [random, again] = [seededRandom(1), seededRandom(1)]
    for (const training of [whole, whole, first])
      run(training.epoch(training === whole ? random : seededRandom(1), () => undefined))
    const { parameters, adam } = first.state
    const product = new NormalProduct('test', prepared, 0.5, 0.5)
    const second = new ContrastiveTraining(product, prepared, parameters, OPTIONS, adam)
    second.passOver(again)
    run(second.epoch(again, () => undefined))
    expect(second.state).toEqual(whole.state)
  })
})
