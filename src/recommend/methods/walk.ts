/**
 * Three steps of a random walk from the user: to the user's items, to their users, to those users' items.
 *
 *   score_j = d_j^-beta sum_i sum_u (w_ui / d_i)^itemAlpha (w_uj / d_u)^alpha profile_i
 *
 * w_ui weights (users x items), d_u and d_i their row and column sums. P3alpha (Cooper et al., WWW 2014, 10.1145/2567948.2579244) has
 * itemAlpha = alpha and beta = 0; RP3beta (Paudel et al., TiiS 2017, 10.1145/2955101) has itemAlpha = alpha.
 * Both papers keep all paths; with `neighbours` each item i keeps only its largest j, which is faster and often better. The profile is not
 * normalised, so scores are linear in it.
 * Cost: all paths sweep the matrix as spreading does, or, if exponents change weights, follow the paths of each profile one by one;
 * with neighbours, as item-based nearest neighbours.
 */
import type { CsrMatrix, SparseRows, RowWindow, WeightedMatrix } from '../../matrix/csr.ts'
import { transposeInSlices } from '../../matrix/turn.ts'
import { powers } from '../../matrix/normalize.ts'
import type { Algorithm } from '../../request/request.ts'
import { PAUSE, Slices, type Sliced } from '../../support/pause.ts'
import type { Model } from './model.ts'
import { neighbourModel } from './neighbours.ts'
import { scoredModel } from './scored-model.ts'
import { SparseSums } from '../sparse-sums.ts'
import { spreadingModel } from './spreading.ts'
import type { Network } from '../../network/network.ts'

/** Exponents of a walk, and how many of its ends to keep. */
export interface WalkOptions {
  /** Exponent of the steps from users to items, >= 0. */
  readonly alpha: number
  /** Exponent of the step from items to users, >= 0; 0 leaves d_i out. */
  readonly itemAlpha: number
  /** Exponent of the penalty on popular items, >= 0. */
  readonly beta: number
  /** Neighbours kept per item, integer >= 1; null keeps all and never builds a matrix of items. */
  readonly neighbours: number | null
}

export function* walkModel(
  who: string,
  network: Network,
  { alpha, itemAlpha, beta, neighbours }: WalkOptions,
  factors: Float32Array | null = null,
): Algorithm<Model> {
  const { degrees, rows } = network
  const finish = powers(degrees.columns, -beta)
  if (network.shape.weighted && !(alpha === 1 && itemAlpha === 1)) {
    takePaths(who, network)
    const out = yield* transposeInSlices(yield* stepsOf(rows, itemAlpha, (_, item) => degrees.columns[item]))
    const back = yield* stepsOf(rows, alpha, (user) => degrees.rows[user])
    if (neighbours === null)
      return yield* pathModel(
        who,
        network,
        out,
        scaled(
          back,
          finish.map((factor, item) => factor * (factors?.[item] ?? 1)),
        ),
      )
    const recipe = { middle: ones(rows.rowCount), left: ones(rows.columnCount), right: finish, neighbours }
    return yield* neighbourModel(network, { name: who, ...recipe, given: out, weights: back.data }, 'profile', factors)
  }
  const middle = powers(degrees.rows, -alpha)
  const start = powers(degrees.columns, -itemAlpha)
  if (neighbours !== null) {
    return yield* neighbourModel(
      network,
      { name: who, middle, left: start, right: finish, neighbours },
      'profile',
      factors,
    )
  }
  const operator = { middle, scale: ones(rows.columnCount), weight: ones(rows.columnCount) }
  const schedule = { solver: 'filter', steps: [{ a: 1, b: 0, c: 0, d: 0 }], stopBelow: 0 } as const
  return spreadingModel({ name: 'recommend', operator, schedule, start, finish, factors })
}

/**
 * Reserves memory for walks whose exponents change weights: three matrices in addition to that of the network, and a sum per item and user.
 *
 * @throws {RivuletError} MEMORY_LIMIT
 */
function takePaths(who: string, { rows, budget }: Network): void {
  const { rowCount, columnCount, nnz } = rows
  budget.take({
    who,
    what: `paths over ${nnz} pairs`,
    parts: { model: 40 * nnz + 24 * (rowCount + columnCount) },
    todo: 'Raise memoryLimitBytes, or give exponents of 1.',
  })
}

/** scores = back' out' profile, following every path of a profile. Out (items x users), back (users x items). */
function* pathModel(who: string, network: Network, out: CsrMatrix, back: CsrMatrix): Sliced<Model> {
  const [users, ends] = [new SparseSums(out), new SparseSums(back)]
  const sources = new SparseSums(yield* transposeInSlices(back))
  return scoredModel(who, network, {
    *score(items, weights, offer) {
      yield* users.fill(items, weights)
      yield* users.drainInto(ends)
      ends.drain(offer)
    },
    *parts({ items, weights }, item) {
      const slices = new Slices()
      const shares = new Float64Array(network.shape.rowCount)
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

/** Operations per power. */
const POWER_COST = 12

/** Powers of transition probabilities: (weight / sum of the weights that it belongs to)^exponent, 0 staying 0. */
function* stepsOf(
  rows: SparseRows,
  exponent: number,
  sumOf: (user: number, item: number) => number,
): Sliced<WeightedMatrix> {
  const matrix = yield* rows.whole()
  const data = new Float32Array(matrix.nnz)
  const { indices, data: weights } = matrix
  const raise = (window: RowWindow, from: number, to: number): void => {
    for (let user = from; user < to; user++) {
      for (let at = window.start(user), end = window.end(user); at < end; at++) {
        const weight = weights === null ? 1 : weights[at]
        // The quotient first: powers of large weights and sums could overflow.
        if (weight > 0) data[at] = (weight / sumOf(user, indices[at])) ** exponent
      }
    }
  }
  yield* matrix.inSlices(raise, POWER_COST)
  return matrix.weighed(data)
}

/** matrix diag(right). */
function scaled(matrix: CsrMatrix, right: Float32Array): CsrMatrix {
  const { indices, data } = matrix
  return matrix.weighed(Float32Array.from(indices, (item, edge) => (data === null ? 1 : data[edge]) * right[item]))
}

const ones = (length: number): Float32Array => new Float32Array(length).fill(1)
