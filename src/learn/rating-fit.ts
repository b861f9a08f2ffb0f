import { connectedComponents } from '../matrix/components.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { singularVectors, type SingularVectors } from '../propagate/singular-vectors.ts'
import type { Algorithm } from '../run/drive.ts'
import { prepareMatrix, type PreparedMatrix } from '../run/prepared.ts'
import { graphFeatures } from './graph-features.ts'
import { evidenceGraph } from './rating-data.ts'
import { expectedErrors, type AskedPairs } from './rating-error.ts'
import { variancesOf, type RatingOptions } from './rating-options.ts'
import { meanRating, solveRatings, type RatingMatrix, type RatingSolution } from './rating-process.ts'

/** A graph, and what is to be known of it. Every balance makes a graph of its own, so whoever drives says where it is solved. */
export interface Decomposition {
  readonly prepared: PreparedMatrix
  readonly algorithm: Algorithm<SingularVectors>
}

/** An algorithm that asks for decompositions, and with `null` for nothing but a breath. */
export type RatingAlgorithm<Result> = Generator<Decomposition | null, Result, SingularVectors | null>

/** Of singular vectors that serve as coordinates: nobody looks at the third digit. */
const COORDINATE_TOLERANCE = 1e-2

/** Ratings spread over the graph of labels and evidence at one balance. */
export class RatingFit {
  readonly solution: RatingSolution
  readonly #ratings: RatingMatrix
  readonly #graph: CsrMatrix
  readonly #options: RatingOptions

  private constructor(ratings: RatingMatrix, graph: CsrMatrix, solution: RatingSolution, options: RatingOptions) {
    this.solution = solution
    this.#ratings = ratings
    this.#graph = graph
    this.#options = options
  }

  /** @param start weights of a fit on the same labels, to start from */
  static *at(
    who: string,
    ratings: RatingMatrix,
    evidence: CsrMatrix | null,
    lambda: number,
    options: RatingOptions,
    start: Float64Array | null = null,
  ): RatingAlgorithm<RatingFit> {
    const { rank, seed, tolerance, maxIterations, memoryLimitBytes } = options
    const prepared = prepareMatrix(who, evidenceGraph(ratings, evidence, lambda), false, memoryLimitBytes)
    const algorithm = singularVectors(who, prepared, { k: rank, tolerance: COORDINATE_TOLERANCE, seed })
    const vectors = yield { prepared, algorithm }
    if (vectors === null) throw new TypeError('a driver left the decomposition out')
    const features = graphFeatures(vectors, prepared.degrees)
    const solution = yield* solveRatings(ratings, features, variancesOf(options), { tolerance, maxIterations, start })
    return new RatingFit(ratings, prepared.matrix, solution, options)
  }

  /** Predictions within a scale, shape (pairs). */
  predict({ user, item }: AskedPairs, [low, high]: readonly [number, number]): Float32Array {
    const { model } = this.solution
    return Float32Array.from(user, (row, at) => Math.min(high, Math.max(low, meanRating(model, row, item[at]))))
  }

  /** Expected errors, shape (pairs). */
  errors(pairs: AskedPairs): Float32Array {
    const { model, noise } = this.solution
    return expectedErrors(this.#ratings, model.features, variancesOf(this.#options), noise, pairs)
  }

  /** 1 where the user or the item hangs together with a label, shape (pairs). */
  reached({ user, item }: AskedPairs): Uint8Array {
    const { count, of } = connectedComponents(this.#graph, false)
    const labelled = new Uint8Array(count)
    const { rowCount, indptr } = this.#ratings
    for (let row = 0; row < rowCount; row++) if (indptr[row] < indptr[row + 1]) labelled[of[row]] = 1
    return Uint8Array.from(user, (row, at) => labelled[of[row]] | labelled[of[rowCount + item[at]]])
  }
}
