/**
 * Trains item vectors so that a user, seen through her other items, is nearer to the item that she took than to items that others took.
 *
 *   Z = 1 / (layers + 1) sum over l of P^l E;   x_ui = sum over her items j but i of w_uj d_j^-e Z_j,   y_i = Z_i;   E <- Adam on dL/dE
 *
 * E, Z (items x dimensions), P = X'X, X = D_u^-a W D_i^-e, L the loss of `softmaxLoss`. P is symmetric, so the gradient goes back by the same sweeps that
 * went forth. The layer mean is that of LightGCN (He et al. 2020, 10.1145/3397271.3401063); users have no vectors of their own but the sum of their items' (Wu
 * et al. 2022, 10.1145/3477495.3531972), so that new users have one too; and the pair's own item is left out of that sum, or every pair would be explained by
 * itself. Adam: Kingma and Ba 2015 (arXiv 1412.6980).
 * Cost of a step: 2 layers sweeps of all dimensions, and batch x negatives x dimensions x 3 multiplications.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import { degreePower } from '../matrix/normalize.ts'
import type { NormalProduct } from '../propagate/normal-product.ts'
import type { Algorithm } from '../run/drive.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import type { Random } from '../support/random.ts'
import { AdamStep, type AdamState } from './adam.ts'
import { softmaxLoss } from './softmax-loss.ts'

export interface TrainingOptions {
  readonly dimensions: number
  /** Powers of P beside the first, integer >= 0. */
  readonly layers: number
  /** > 0. */
  readonly temperature: number
  /** Pairs of a step; integer >= 2. */
  readonly batchSize: number
  /** Pairs that are each other's negatives; integer >= 2. */
  readonly groupSize: number
  /** > 0. */
  readonly learningRate: number
  /** How much of log popularity is taken from the scores, in [0, 1]. */
  readonly popularityCorrection: number
  /** e. */
  readonly itemExponent: number
}

/** How far an epoch is. */
export interface BatchProgress {
  /** The batch just learnt from; from 1. */
  readonly batch: number
  /** Batches of an epoch. */
  readonly batches: number
  /** Mean loss of the batch's interactions. */
  readonly loss: number
}

/** Item vectors on their way. Users whose degree is 0 do not count, whatever is stored of them. */
export class ContrastiveTraining {
  readonly #product: NormalProduct
  readonly #matrix: CsrMatrix
  readonly #options: TrainingOptions
  /** d_j^-e, shape (items). */
  readonly #scale: Float64Array
  /** popularityCorrection x log degree, shape (items). */
  readonly #offsets: Float64Array
  /** The user of every pair. */
  readonly #userOf: Int32Array
  /** Stored entries that weigh more than nothing: what is to be explained. */
  readonly #pairs: Int32Array
  /** The user who was last found to have an item, shape (items): so that marks need not be cleared. */
  readonly #ownerOf: Int32Array
  readonly #adam: AdamStep
  /** E, shape (items x dimensions). */
  readonly #free: Float32Array

  constructor(
    product: NormalProduct,
    { matrix, degrees }: PreparedMatrix,
    start: Float32Array,
    options: TrainingOptions,
    adam: AdamState | null = null,
  ) {
    this.#product = product
    this.#matrix = matrix
    this.#options = options
    this.#scale = degreePower(degrees.columns, -options.itemExponent, 0)
    this.#offsets = degrees.columns.map((degree) => (degree > 0 ? options.popularityCorrection * Math.log(degree) : 0))
    this.#userOf = rowOfEntries(matrix)
    this.#free = start
    this.#pairs = Int32Array.from(this.#userOf.keys()).filter(
      (pair) => this.#weight(pair) > 0 && degrees.rows[this.#userOf[pair]] > 0,
    )
    this.#ownerOf = new Int32Array(matrix.columnCount).fill(-1)
    this.#adam = new AdamStep(start.length, options.learningRate, adam)
  }

  /** E and what the next step depends on; copies. */
  get state(): { parameters: Float32Array; adam: AdamState } {
    return { parameters: this.#free.slice(), adam: this.#adam.state }
  }

  /** Z. */
  encode(): Algorithm<Float32Array> {
    return this.spread(this.#free)
  }

  /** Draws the order of an epoch that was learnt from before. */
  passOver(random: Random): void {
    random.shuffle(this.#pairs)
  }

  /** Every pair once, in an order of chance. @param onBatch hears every step; what it throws ends the epoch. @returns the mean loss of a pair, weighted */
  *epoch(random: Random, onBatch: (progress: BatchProgress) => void): Algorithm<number> {
    const { batchSize } = this.#options
    const batches = Math.ceil(this.#pairs.length / batchSize)
    random.shuffle(this.#pairs)
    let [loss, weight] = [0, 0]
    for (let batch = 0; batch < batches; batch++) {
      const pairs = this.#pairs.subarray(batch * batchSize, (batch + 1) * batchSize)
      const [sum, own] = [yield* this.#step(pairs), this.#weightOf(pairs)]
      onBatch({ batch: batch + 1, batches, loss: sum / own })
      loss += sum
      weight += own
    }
    return loss / weight
  }

  /** The sum of the pairs' losses, each times its weight, and its gradient with respect to Z. Both in float64 if `vectors` are. */
  lossAt(vectors: Vectors, pairs: Int32Array): { loss: number; gradient: Float64Array } {
    const { groupSize } = this.#options
    const gradient = new Float64Array(vectors.length)
    let loss = 0
    for (let at = 0; at < pairs.length; at += groupSize) {
      loss += this.#addGroup(vectors, pairs.subarray(at, at + groupSize), gradient)
    }
    return { loss, gradient }
  }

  /** One step of Adam on a batch. @returns the sum of its losses */
  *#step(pairs: Int32Array): Algorithm<number> {
    const { loss, gradient } = this.lossAt(yield* this.encode(), pairs)
    const weight = this.#weightOf(pairs)
    const slopes = new Float32Array(gradient)
    for (let at = 0; at < slopes.length; at++) slopes[at] /= weight
    this.#adam.step(this.#free, yield* this.spread(slopes))
    return loss
  }

  #addGroup(vectors: Vectors, pairs: Int32Array, gradient: Float64Array): number {
    const { dimensions, temperature } = this.#options
    const { indices } = this.#matrix
    const users = new Float64Array(pairs.length * dimensions)
    const items = new Float64Array(pairs.length * dimensions)
    pairs.forEach((pair, at) => this.#gather(pair, vectors, users, items, at * dimensions))
    const group = {
      size: pairs.length,
      dimensions,
      users,
      items,
      weights: Float64Array.from(pairs, (pair) => this.#weight(pair)),
      offsets: Float64Array.from(pairs, (pair) => this.#offsets[indices[pair]]),
      excluded: this.#excluded(pairs),
    }
    const { loss, userGradient, itemGradient } = softmaxLoss(group, temperature)
    pairs.forEach((pair, at) => this.#scatter(pair, userGradient, itemGradient, at * dimensions, gradient))
    return loss
  }

  #weight(pair: number): number {
    const { data } = this.#matrix
    return data === null ? 1 : data[pair]
  }

  #weightOf(pairs: Int32Array): number {
    return pairs.reduce((sum, pair) => sum + this.#weight(pair), 0)
  }

  /** The vectors of a pair: the sum of her other items, each times what it counts for, and her own item. */
  #gather(pair: number, vectors: Vectors, users: Float64Array, items: Float64Array, at: number): void {
    const { indptr, indices } = this.#matrix
    const { dimensions } = this.#options
    const user = this.#userOf[pair]
    for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) {
      if (edge === pair) continue
      const factor = this.#scale[indices[edge]] * this.#weight(edge)
      for (let k = 0, from = indices[edge] * dimensions; k < dimensions; k++)
        users[at + k] += factor * vectors[from + k]
    }
    for (let k = 0, from = indices[pair] * dimensions; k < dimensions; k++) items[at + k] = vectors[from + k]
  }

  /** The way back of `#gather`. */
  #scatter(pair: number, users: Float64Array, items: Float64Array, at: number, gradient: Float64Array): void {
    const { indptr, indices } = this.#matrix
    const { dimensions } = this.#options
    const user = this.#userOf[pair]
    for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) {
      if (edge === pair) continue
      const factor = this.#scale[indices[edge]] * this.#weight(edge)
      for (let k = 0, to = indices[edge] * dimensions; k < dimensions; k++) gradient[to + k] += factor * users[at + k]
    }
    for (let k = 0, to = indices[pair] * dimensions; k < dimensions; k++) gradient[to + k] += items[at + k]
  }

  /** Marks items of other pairs that a pair's user has too. */
  #excluded(pairs: Int32Array): Uint8Array {
    const { indptr, indices } = this.#matrix
    const excluded = new Uint8Array(pairs.length * pairs.length)
    pairs.forEach((pair, b) => {
      const user = this.#userOf[pair]
      for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) this.#ownerOf[indices[edge]] = user
      for (let c = 0; c < pairs.length; c++) {
        if (this.#ownerOf[indices[pairs[c]]] === user) excluded[b * pairs.length + c] = 1
      }
    })
    return excluded
  }

  /** `layerMean`: its own transpose. */
  spread(block: Float32Array): Algorithm<Float32Array> {
    return layerMean(this.#product, this.#options.layers, block)
  }
}

/** 1 / (layers + 1) sum of P^l, times a block. Without layers a solver is asked too: that is where whoever would cancel is heard. */
export function* layerMean(product: NormalProduct, layers: number, block: Float32Array): Algorithm<Float32Array> {
  const steps = Array.from({ length: layers }, () => ({ a: 1, b: 0, c: 0, d: 1 }))
  const sum = yield* product.apply(steps, block)
  for (let at = 0; at < sum.length; at++) sum[at] /= layers + 1
  return sum
}

type Vectors = Float32Array | Float64Array

/** The row of every stored entry. */
function rowOfEntries({ rowCount, indptr, nnz }: CsrMatrix): Int32Array {
  const rows = new Int32Array(nnz)
  for (let row = 0; row < rowCount; row++) rows.fill(row, indptr[row], indptr[row + 1])
  return rows
}
