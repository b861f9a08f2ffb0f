import { componentsInSlices } from '../matrix/components.ts'
import type { SparseRows } from '../matrix/csr.ts'
import { ratingFitBytes } from '../memory/outside-bytes.ts'
import { singularVectors } from '../solve/singular-vectors.ts'
import { on, type Detached } from '../request/request.ts'
import { prepareInSlices } from '../network/prepared.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { graphFeatures } from './graph-features.ts'
import { evidenceGraph, type RatingSurroundings } from './data.ts'
import { expectedErrors, type AskedPairs } from './error.ts'
import type { RatingOptions } from './options.ts'
import { reachHolders, relatedFeatures } from './related-features.ts'
import { meanRating, solveRatings, type RatingMatrix, type RatingSolution } from './process.ts'

/** Lowest and highest rating. */
export type Scale = readonly [lowest: number, highest: number]

/** Tolerance of singular vectors used as coordinates: the third digit does not matter. */
const COORDINATE_TOLERANCE = 1e-2

/** Results of an earlier fit. */
interface Before {
  /** Weights of a fit to the same labels, as a start. */
  readonly start?: Float64Array | null
  /** Its `memoryBytes`. */
  readonly earlierBytes?: number
}

/** Ratings spread over the graph of labels and evidence at one balance. */
export class RatingFit {
  readonly solution: RatingSolution
  /** Bytes of shared memory of this fit and those before it. */
  readonly memoryBytes: number
  readonly #ratings: RatingMatrix
  readonly #options: RatingOptions
  /** Whether a node is connected to a label, shape (users + items). */
  readonly #isReached: Uint8Array

  private constructor(
    ratings: RatingMatrix,
    isReached: Uint8Array,
    solution: RatingSolution,
    options: RatingOptions,
    memoryBytes: number,
  ) {
    this.solution = solution
    this.memoryBytes = memoryBytes
    this.#ratings = ratings
    this.#options = options
    this.#isReached = isReached
  }

  static *at(
    who: string,
    ratings: RatingMatrix,
    { evidence, held }: RatingSurroundings,
    lambda: number,
    options: RatingOptions,
    { start = null, earlierBytes = 0 }: Before = {},
  ): Detached<RatingFit> {
    const { rank, seed, tolerance, maxIterations, memoryLimitBytes } = options
    const graph = yield* evidenceGraph(ratings, evidence, lambda)
    const network = yield* prepareInSlices(who, graph, false, memoryLimitBytes, {
      fit: ratingFitBytes(graph.rowCount + graph.columnCount, graph.row.length, rank),
      // The memory of earlier graphs may not have been collected yet.
      'earlier fits': earlierBytes,
    })
    // The weights of evidence are part of the graph, so every balance needs a decomposition of its own.
    const decomposition = singularVectors(who, network, { k: rank, tolerance: COORDINATE_TOLERANCE, seed })
    const vectors = yield* on(network, decomposition)
    const own = yield* graphFeatures(vectors, network.degrees)
    const features = yield* relatedFeatures(own, network.degrees, held)
    const solution = yield* solveRatings(ratings, features, options, { tolerance, maxIterations, start })
    const isReached = reachHolders(yield* reachedNodes(ratings, network.rows), ratings.rowCount, held)
    return new RatingFit(ratings, isReached, solution, options, earlierBytes + network.budget.sharedBytes)
  }

  /** Predictions within a scale, shape (pairs); the mean for pairs that no label reaches, even if they have coordinates. */
  *predict(pairs: AskedPairs, [low, high]: Scale): Sliced<Float32Array> {
    const { model } = this.solution
    const { user, item } = pairs
    const reached = this.reached(pairs)
    const ratings = new Float32Array(user.length)
    const predict = (from: number, to: number): void => {
      for (let at = from; at < to; at++) {
        const rating = reached[at] === 1 ? meanRating(model, user[at], item[at]) : model.mean
        ratings[at] = reached[at] === 1 ? Math.min(high, Math.max(low, rating)) : rating
      }
    }
    yield* inSlices(user.length, predict, SCATTERED + 2 * model.features.rank)
    return ratings
  }

  /**
   * Expected errors, shape (pairs). The noise is estimated with one additional rating, uniform on the scale, so that it is not 0 if the few ratings are
   * equal.
   */
  *errors(pairs: AskedPairs, [low, high]: Scale): Sliced<Float32Array> {
    const { model, noise } = this.solution
    const { nnz } = this.#ratings
    const shrunken = (noise * nnz + (high - low) ** 2 / 12) / (nnz + 1)
    return yield* expectedErrors(this.#ratings, model.features, this.#options, shrunken, pairs)
  }

  /** 1 where the user or the item is connected to a label, shape (pairs). */
  reached({ user, item }: AskedPairs): Uint8Array {
    const { rowCount } = this.#ratings
    const isReached = this.#isReached
    const reached = new Uint8Array(user.length)
    for (let at = 0; at < user.length; at++) reached[at] = isReached[user[at]] | isReached[rowCount + item[at]]
    return reached
  }
}

function* reachedNodes({ rowCount, indptr }: RatingMatrix, graph: SparseRows): Sliced<Uint8Array> {
  const { count, of } = yield* componentsInSlices(graph, false)
  const labelled = new Uint8Array(count)
  for (let row = 0; row < rowCount; row++) if (indptr[row] < indptr[row + 1]) labelled[of[row]] = 1
  return Uint8Array.from(of, (component) => labelled[component])
}
