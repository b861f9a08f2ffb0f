import { connectedComponents } from '../matrix/components.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { ratingFitBytes } from '../plan/outside-bytes.ts'
import { singularVectors, type SingularVectors } from '../propagate/singular-vectors.ts'
import type { Algorithm } from '../run/drive.ts'
import { prepareMatrix, type PreparedMatrix } from '../run/prepared.ts'
import type { Pause } from '../support/pause.ts'
import { graphFeatures } from './graph-features.ts'
import { evidenceGraph } from './rating-data.ts'
import { expectedErrors, type AskedPairs } from './rating-error.ts'
import type { RatingOptions } from './rating-options.ts'
import { meanRating, solveRatings, type RatingMatrix, type RatingSolution } from './rating-process.ts'

/** A graph, and what is to be known of it. Every balance makes a graph of its own, so whoever drives says where it is solved. */
export interface Decomposition {
  readonly prepared: PreparedMatrix
  readonly algorithm: Algorithm<SingularVectors>
}

/** An algorithm that asks for decompositions. */
export type RatingAlgorithm<Result> = Generator<Decomposition | Pause, Result, SingularVectors>

/** Lowest and highest rating. */
export type Scale = readonly [lowest: number, highest: number]

/** Of singular vectors that serve as coordinates: nobody looks at the third digit. */
const COORDINATE_TOLERANCE = 1e-2

/** What an earlier fit leaves. */
interface Before {
  /** Weights of a fit on the same labels, to start from. */
  readonly start?: Float64Array | null
  /** Its `memoryBytes`. */
  readonly earlierBytes?: number
}

/** Ratings spread over the graph of labels and evidence at one balance. */
export class RatingFit {
  readonly solution: RatingSolution
  /** Of the shared memories that this fit and those before it took. */
  readonly memoryBytes: number
  readonly #ratings: RatingMatrix
  readonly #options: RatingOptions
  /** Whether a node hangs together with a label, shape (users + items). */
  readonly #isReached: Uint8Array

  private constructor(
    ratings: RatingMatrix,
    graph: CsrMatrix,
    solution: RatingSolution,
    options: RatingOptions,
    memoryBytes: number,
  ) {
    this.solution = solution
    this.memoryBytes = memoryBytes
    this.#ratings = ratings
    this.#options = options
    this.#isReached = reachedNodes(ratings, graph)
  }

  static *at(
    who: string,
    ratings: RatingMatrix,
    evidence: CsrMatrix | null,
    lambda: number,
    options: RatingOptions,
    { start = null, earlierBytes = 0 }: Before = {},
  ): RatingAlgorithm<RatingFit> {
    const { rank, seed, tolerance, maxIterations, memoryLimitBytes } = options
    const graph = evidenceGraph(ratings, evidence, lambda)
    const prepared = prepareMatrix(who, graph, false, memoryLimitBytes, {
      fit: ratingFitBytes(graph.rowCount + graph.columnCount, graph.row.length, rank),
      // Memories of graphs that were decomposed before may not have been collected.
      'earlier fits': earlierBytes,
    })
    const algorithm = singularVectors(who, prepared, { k: rank, tolerance: COORDINATE_TOLERANCE, seed })
    const vectors = yield { prepared, algorithm }
    const features = graphFeatures(vectors, prepared.degrees)
    const solution = yield* solveRatings(ratings, features, options, { tolerance, maxIterations, start })
    return new RatingFit(ratings, prepared.matrix, solution, options, earlierBytes + prepared.arena.bytes)
  }

  /** Predictions within a scale, shape (pairs); the mean where no label reaches, whatever coordinates there are. */
  predict(pairs: AskedPairs, [low, high]: Scale): Float32Array {
    const { model } = this.solution
    const reached = this.reached(pairs)
    return Float32Array.from(pairs.user, (user, at) =>
      reached[at] === 1 ? Math.min(high, Math.max(low, meanRating(model, user, pairs.item[at]))) : model.mean,
    )
  }

  /**
   * Expected errors, shape (pairs). The noise is estimated as if one more rating had been anywhere on the scale: that a few are equal makes
   * nothing certain.
   */
  errors(pairs: AskedPairs, [low, high]: Scale): Float32Array {
    const { model, noise } = this.solution
    const { nnz } = this.#ratings
    const shrunken = (noise * nnz + (high - low) ** 2 / 12) / (nnz + 1)
    return expectedErrors(this.#ratings, model.features, this.#options, shrunken, pairs)
  }

  /** 1 where the user or the item hangs together with a label, shape (pairs). */
  reached({ user, item }: AskedPairs): Uint8Array {
    const { rowCount } = this.#ratings
    return Uint8Array.from(user, (row, at) => this.#isReached[row] | this.#isReached[rowCount + item[at]])
  }
}

function reachedNodes({ rowCount, indptr }: RatingMatrix, graph: CsrMatrix): Uint8Array {
  const { count, of } = connectedComponents(graph, false)
  const labelled = new Uint8Array(count)
  for (let row = 0; row < rowCount; row++) if (indptr[row] < indptr[row + 1]) labelled[of[row]] = 1
  return Uint8Array.from(of, (component) => labelled[component])
}
