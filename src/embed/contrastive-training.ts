/**
 * Trains item vectors such that a user, as the sum of the user's other items, is closer to an item of the user than to items of others.
 *
 *   Z = sum over l <= layers of P^l E;   x_ui = sum over items j != i of u of w_uj d_j^-e Z_j,   y_i = Z_i;   E <- Adam on dL/dE
 *
 * E, Z (items x dimensions), P = X'X, X = D_u^-a W D_i^-e, L the mean over a batch of the loss of its pairs (see `TrainingLoops`), and of their views. P is
 * symmetric, so the gradient is propagated back by the same sweeps. The sum of layers is that of LightGCN (He et al. 2020, 10.1145/3397271.3401063); users
 * have no free vectors but the sum of their items' (Wu et al. 2022, 10.1145/3477495.3531972), so that new users have one too; and the pair's own item is
 * left out of that sum, because otherwise every pair would explain itself.
 * Cost of a step: batch x negatives x dimensions x 3 multiplications, the same again for every kind of view, the stored entries of the batch's users, and
 * 4 layers sweeps of all dimensions.
 */
import type { SparseRows } from '../matrix/csr.ts'
import { powers } from '../matrix/normalize.ts'
import type { NormalProduct } from '../solve/normal-product.ts'
import { train, type Algorithm } from '../request/request.ts'
import type { Train, ParameterState, Views } from '../request/train.ts'
import { inSlices, PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Random } from '../support/random.ts'
import { dealBatches, batchRunsOf, type Batch, type Profile } from './contrastive-batches.ts'
import type { Network } from '../network/network.ts'

export interface TrainingOptions {
  readonly dimensions: number
  /** Highest power of P, integer >= 0. */
  readonly layers: number
  readonly loss: 'softmax' | 'bpr'
  /** > 0. */
  readonly temperature: number
  readonly views: Views | null
  /** Pairs of a step; integer >= 2. */
  readonly batchSize: number
  /** Pairs that are each other's negatives; integer >= 2. */
  readonly groupSize: number
  /** > 0. */
  readonly learningRate: number
  /** Factor of the learning rate after every epoch, in (0, 1]. */
  readonly learningRateDecay: number
  /** Share of log popularity that is subtracted from the scores, in [0, 1]. */
  readonly popularityCorrection: number
  /** a. */
  readonly userExponent: number
  /** e. */
  readonly itemExponent: number
  readonly seed: number
}

/** Progress of an epoch. */
export interface BatchProgress {
  /** Number of the last batch, from 1. */
  readonly batch: number
  /** Number of batches per epoch. */
  readonly batches: number
  /** Mean loss of the batch's interactions. */
  readonly loss: number
}

/** The state of a training. Users whose degree is 0 are ignored, even if they have stored entries. */
export class ContrastiveTraining {
  readonly #product: NormalProduct
  readonly #rows: SparseRows
  readonly #options: TrainingOptions
  readonly #training: Pick<Train, 'name' | 'encoder' | 'loss' | 'views' | 'seed'>
  readonly #degrees: Float64Array
  /** Computed for the first epoch. */
  #profiles: readonly Profile[] | null = null
  #state: ParameterState

  constructor(
    who: string,
    product: NormalProduct,
    { rows, degrees }: Network,
    state: ParameterState,
    options: TrainingOptions,
  ) {
    const { dimensions, layers, loss: kind, temperature, groupSize, views, seed } = options
    const { popularityCorrection, userExponent, itemExponent } = options
    this.#product = product
    this.#rows = rows
    this.#options = options
    this.#state = state
    this.#training = {
      name: who,
      encoder: {
        ...{ dimensions, layers },
        middle: powers(degrees.rows, -2 * userExponent),
        scale: powers(degrees.columns, -itemExponent),
      },
      loss: {
        ...{ kind, temperature, groupSize },
        offsets: Float32Array.from(degrees.columns, (degree) =>
          degree > 0 ? popularityCorrection * Math.log(degree) : 0,
        ),
      },
      views,
      seed,
    }
    this.#degrees = degrees.rows
  }

  /** E and the state of Adam; must not be modified. */
  get state(): ParameterState {
    return this.#state
  }

  /** Z. */
  encode(): Algorithm<Float32Array> {
    return layerMean(this.#product, this.#options.layers, this.#state.parameters)
  }

  /** Draws the batches of an epoch that is already in the state. */
  passOver(random: Random): Sliced<unknown> {
    return this.#deal(random)
  }

  *#deal(random: Random): Sliced<Batch[]> {
    this.#profiles ??= yield* profilesOf(this.#rows, this.#degrees)
    return yield* dealBatches(this.#profiles, this.#options.batchSize, random)
  }

  /**
   * Trains on every pair once, in random order.
   *
   * @param epoch from 1
   * @param onBatch called for every step, after each run of batches; an error that it throws ends the epoch
   * @returns the mean loss of a pair, weighted
   */
  *epoch(epoch: number, random: Random, onBatch: (progress: BatchProgress) => void): Algorithm<number> {
    const { learningRate, learningRateDecay } = this.#options
    const dealt = yield* this.#deal(random)
    const rate = learningRate * learningRateDecay ** (epoch - 1)
    let [loss, weight, batch] = [0, 0, 0]
    for (const laying of batchRunsOf(this.#rows, dealt)) {
      const batches = yield* laying
      const { losses, state } = yield* train({ ...this.#training, learningRate: rate, state: this.#state, batches })
      for (const [at, sum] of losses.entries()) {
        const own = this.#weightOf(batches.pairs.subarray(batches.batchPairs[at], batches.batchPairs[at + 1]))
        onBatch({ batch: ++batch, batches: dealt.length, loss: sum / own })
        loss += sum
        weight += own
      }
      this.#state = state
    }
    return loss / weight
  }

  #weightOf(pairs: Int32Array): number {
    return pairs.reduce((sum, pair) => sum + this.#rows.weightAt(pair), 0)
  }
}

/** 1 / (layers + 1) sum of P^l, times a block. Without layers the executor is asked too, because that is where aborts are noticed. */
export function* layerMean(product: NormalProduct, layers: number, block: Float32Array): Algorithm<Float32Array> {
  const steps = Array.from({ length: layers }, () => ({ a: 1, b: 0, c: 0, d: 1 }))
  const sum = yield* product.apply(steps, block)
  const divide = (from: number, to: number): void => {
    for (let at = from; at < to; at++) sum[at] /= layers + 1
  }
  yield* inSlices(sum.length, divide)
  return sum
}

/** Operations per listed entry. */
const ENTRY_COST = 50

/** The targets of every user: stored entries with a weight above 0. */
function* profilesOf(rows: SparseRows, degrees: Float64Array): Sliced<Profile[]> {
  const slices = new Slices()
  const profiles: Profile[] = []
  for (let user = 0; user < rows.rowCount; user++) {
    if (degrees[user] === 0) continue
    const pairs = rows.positiveEntriesOf(user)
    if (pairs.length > 0) profiles.push({ user, pairs })
    if (slices.full(ENTRY_COST * (1 + rows.lengthOf(user)))) yield PAUSE
  }
  return profiles
}
