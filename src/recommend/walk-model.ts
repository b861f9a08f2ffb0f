/**
 * Three steps of a random walk from the user: to her items, to their users, to those users' items.
 *
 *   score_j = d_j^-beta sum_i sum_u (w_ui / d_i)^itemAlpha (w_uj / d_u)^alpha profile_i
 *
 * w_ui weights (users x items), d_u and d_i their row and column sums. P3alpha (Cooper et al., WWW 2014, 10.1145/2567948.2579244) has
 * itemAlpha = alpha and beta = 0; RP3beta (Paudel et al., TiiS 2017, 10.1145/2955101) has itemAlpha = alpha.
 * Both papers keep all paths; with `neighbours` each item i keeps its largest j alone, which is faster and often better. The profile is taken as it
 * is, so that scores are linear in it.
 * Cost: all paths sweep the matrix as spreading does, or, where exponents change weights, walk the paths of each profile one by one;
 * with neighbours, as item-based nearest neighbours.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import { transposeInSlices } from '../matrix/turn.ts'
import { powers } from '../matrix/normalize.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Model } from './model.ts'
import { nearestItems } from './neighbour-model.ts'
import { scoredModel } from './scored-model.ts'
import { similarityModel } from './similarity-model.ts'
import { SparseSums } from './sparse-sums.ts'
import { spreadingModel } from './spreading-model.ts'

/** Exponents of a walk and how many of its ends to keep. */
export interface WalkOptions {
  /** Exponent of the steps from users to items, >= 0. */
  readonly alpha: number
  /** Exponent of the step from items to users, >= 0; 0 leaves d_i out. */
  readonly itemAlpha: number
  /** Exponent of the penalty on popular items, >= 0. */
  readonly beta: number
  /** Items kept of each item, integer >= 1; null keeps all and never builds a matrix of items. */
  readonly neighbours: number | null
}

export function* walkModel(
  prepared: PreparedMatrix,
  { alpha, itemAlpha, beta, neighbours }: WalkOptions,
): Sliced<Model> {
  const { degrees, matrix } = prepared
  const middle = powers(degrees.rows, -alpha)
  const start = powers(degrees.columns, -itemAlpha)
  const finish = powers(degrees.columns, -beta)
  if (neighbours !== null) {
    const recipe = { middle, left: start, right: finish, neighbours }
    const byItem = yield* transposeInSlices(raised(matrix, itemAlpha))
    return similarityModel(matrix, yield* nearestItems(raised(matrix, alpha), recipe, byItem))
  }
  if (matrix.data !== null && !(alpha === 1 && itemAlpha === 1)) {
    const turned = yield* transposeInSlices(raised(matrix, itemAlpha))
    yield PAUSE
    const out = scaled(turned, start, ones(matrix.rowCount))
    yield PAUSE
    return yield* pathModel(matrix, out, scaled(raised(matrix, alpha), middle, finish))
  }
  const operator = { middle, scale: ones(matrix.columnCount), weight: ones(matrix.columnCount) }
  const schedule = { solver: 'filter', steps: [{ a: 1, b: 0, c: 0, d: 0 }], stopBelow: 0 } as const
  return spreadingModel({ name: 'recommend', operator, schedule, start, finish })
}

/** scores = back' out' profile, every path of a profile one by one. Out (items x users), back (users x items). */
function* pathModel(matrix: CsrMatrix, out: CsrMatrix, back: CsrMatrix): Sliced<Model> {
  const [users, ends] = [new SparseSums(out), new SparseSums(back)]
  const sources = new SparseSums(yield* transposeInSlices(back))
  return scoredModel(matrix, {
    *score(items, weights, offer) {
      yield* users.fill(items, weights)
      yield* users.drainInto(ends)
      ends.drain(offer)
    },
    *parts({ items, weights }, item) {
      const slices = new Slices()
      const shares = new Float64Array(matrix.rowCount)
      users.clear()
      sources.add(item, 1)
      sources.drain((user, share) => (shares[user] = share))
      const parts = new Float64Array(items.length)
      for (let at = 0; at < items.length; at++) {
        users.add(items[at], weights[at])
        users.drain((user, sum) => (parts[at] += sum * shares[user]))
        if (slices.full(2 * users.entriesOf(items[at]))) yield PAUSE
      }
      return parts
    },
  })
}

/** Every weight to a power, zero staying zero; a pattern stays one. */
function raised(matrix: CsrMatrix, exponent: number): CsrMatrix {
  if (matrix.data === null || exponent === 1) return matrix
  return { ...matrix, data: matrix.data.map((weight) => (weight > 0 ? weight ** exponent : 0)) }
}

/** diag(left) matrix diag(right). */
function scaled(matrix: CsrMatrix, left: Float32Array, right: Float32Array): CsrMatrix {
  const { rowCount, nnz, indptr, indices } = matrix
  const data = new Float32Array(nnz)
  for (let row = 0; row < rowCount; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      data[edge] = left[row] * (matrix.data === null ? 1 : matrix.data[edge]) * right[indices[edge]]
    }
  }
  return { ...matrix, data }
}

const ones = (length: number): Float32Array => new Float32Array(length).fill(1)
