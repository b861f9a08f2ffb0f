/**
 * Propagation on a network as a linear system.
 *
 *   F = alpha S F + (1 - alpha) Y,   S = into o W (out o .)
 *
 * W adjacency (n x n; bipartite: users x items and its transpose), Y seeds (n x c), F scores (n x c). Solved for z = out o F, so that one diagonal
 * serves: z = scale o (W z) + rhs. On a bipartite network the users are eliminated: z lives on the items, T = alpha^2 S' S, and the users'
 * scores follow by one half-step. That is the Gauss-Seidel form of the iteration: the same fixed point in half the sweeps.
 */
import type { NamedNetwork } from '../network/network.ts'
import { degreePower, sideScales, type Normalization, type SideScales } from '../matrix/normalize.ts'
import type { SolveRequest } from '../plan/schedule.ts'
import type { Operator, SparseSeeds } from '../request/sweep.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import { inSlices, SCATTERED } from '../support/pause.ts'

/** Seeds as sparse columns, one a class: node `nodes[e]` has weight `weights[e]` in class c, for e in indptr[c] .. indptr[c + 1]. */
export interface SeedColumns {
  /** Class of each column: numbers ascending, then texts in code-unit order. */
  readonly classes: readonly (string | number)[]
  readonly indptr: Int32Array
  readonly nodes: Int32Array
  readonly weights: Float32Array
  /** The largest weight. */
  readonly largest: number
  /** Notes on seeds that were left out. */
  readonly notes?: readonly string[]
}

/** A propagation to carry out. */
export interface System {
  readonly who: string
  readonly normalization: Normalization
  /** Share of a node's score that comes from its neighbours, in (0, 1). */
  readonly alpha: number
  readonly seeds: SeedColumns
  readonly tolerance: number
  readonly maxIterations: number
  readonly solver: SolveRequest['solver']
}

/** A system over the columns of the matrix. */
export interface PreparedSystem {
  readonly receivers: SideScales
  /** The user side; `null` on a square network. */
  readonly senders: SideScales | null
  readonly operator: Operator
  readonly rhs: SparseColumns
  /** Turns W z into what users get from items, shape (users); `null` on a square network. */
  readonly rowScale: Float64Array | null
  /** What users get of seeds directly, shape (users x classes); `null` on a square network. */
  readonly userBase: Float64Array | null
}

/** As `SparseSeeds`, in double precision, and each entry once. */
export interface SparseColumns {
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly data: Float64Array
}

export function* prepareSystem(network: NamedNetwork, system: System): Algorithm<PreparedSystem> {
  const { normalization, alpha, seeds } = system
  const { rows, columns } = network.degrees
  const userCount = network.sides === null ? 0 : network.sides.users.size
  const receivers = sideScales(columns, normalization)
  // Along arrows a node sends by its column and receives by its row: it shares itself out over what it points to.
  if (!network.undirected) receivers.into.set(degreePower(rows, 0, 0))
  const senders = network.sides === null ? null : sideScales(rows, normalization)
  const base = { userCount, share: 1 - alpha }
  return {
    receivers,
    senders,
    operator: operatorOf(alpha, receivers, senders),
    rhs: yield* rightHandSides(system, base, receivers, senders),
    rowScale: senders && senders.into.map((into) => alpha * into),
    userBase: senders && userBase(seeds, base),
  }
}

export const singlePrecision = ({ indptr, indices, data }: SparseColumns): SparseSeeds => ({
  ...{ kind: 'sparse', indptr, indices, data: new Float32Array(data) },
})

/** Bounds on the eigenvalues of T. */
export const spectrumOf = (network: NamedNetwork, alpha: number): readonly [low: number, high: number] =>
  network.sides === null ? [-alpha, alpha] : [0, alpha * alpha]

function operatorOf(alpha: number, receivers: SideScales, senders: SideScales | null): Operator {
  const factor = senders === null ? alpha : alpha * alpha
  return {
    middle: senders === null ? null : new Float32Array(senders.out.map((out, row) => out * senders.into[row])),
    scale: new Float32Array(receivers.out.map((out, column) => factor * out * receivers.into[column])),
    weight: new Float32Array(receivers.out.map((out) => 1 / out)),
  }
}

interface Base {
  readonly userCount: number
  /** What part of a seed enters directly. */
  readonly share: number
}

/** rhs = out o (base_items + alpha into o W' (out_users o base_users)), summed in float64, kept sparse. */
function* rightHandSides(
  { who, alpha, seeds }: System,
  { userCount, share }: Base,
  receivers: SideScales,
  senders: SideScales | null,
): Algorithm<SparseColumns> {
  const columnCount = seeds.indptr.length - 1
  const indptr = new Int32Array(columnCount + 1)
  const indices: number[] = []
  const data: number[] = []
  let dense: Float64Array = new Float64Array(receivers.out.length)
  const gather = (from: number, to: number): void => {
    for (let item = from; item < to; item++) {
      if (dense[item] === 0) continue
      indices.push(item)
      data.push(dense[item] * receivers.out[item])
      dense[item] = 0
    }
  }
  for (let column = 0; column < columnCount; column++) {
    const [first, last] = [seeds.indptr[column], seeds.indptr[column + 1]]
    const [nodes, weights] = [seeds.nodes.subarray(first, last), seeds.weights.subarray(first, last)]
    const rows = new Int32Array(senders === null ? 0 : nodes.length)
    const sent = new Float64Array(rows.length)
    let count = 0
    const send = (from: number, to: number): void => {
      for (let at = from; at < to; at++) {
        const row = nodes[at]
        if (senders === null || row >= userCount) continue
        rows[count] = row
        sent[count++] = alpha * senders.out[row] * (weights[at] * share)
      }
    }
    yield* inSlices(nodes.length, send, SCATTERED)
    if (count > 0) {
      const sending = { rows: rows.subarray(0, count), sent: sent.subarray(0, count) }
      dense = yield* aboutEdges({ kind: 'sendings', name: who, ...sending, into: receivers.into })
    }
    const addItems = (from: number, to: number): void => {
      for (let at = from; at < to; at++) {
        if (nodes[at] >= userCount) dense[nodes[at] - userCount] += weights[at] * share
      }
    }
    yield* inSlices(nodes.length, addItems, SCATTERED)
    yield* inSlices(dense.length, gather)
    indptr[column + 1] = indices.length
  }
  return { indptr, indices: Int32Array.from(indices), data: Float64Array.from(data) }
}

function userBase(seeds: SeedColumns, { userCount, share }: Base): Float64Array {
  const columnCount = seeds.indptr.length - 1
  const base = new Float64Array(userCount * columnCount)
  for (let column = 0; column < columnCount; column++) {
    for (let entry = seeds.indptr[column]; entry < seeds.indptr[column + 1]; entry++) {
      const node = seeds.nodes[entry]
      if (node < userCount) base[node * columnCount + column] += seeds.weights[entry] * share
    }
  }
  return base
}
