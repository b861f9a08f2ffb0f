import {
  degreesOf,
  fixedSchedule,
  type Output,
  type PreparedNetwork,
  sideScales,
  type Sweep,
} from '../../src/advanced.ts'

const ALPHA = 0.9
const K = 20

type ListsWanted = Extract<Output, { kind: 'top-k' }>

/**
 * Symmetric label spreading from the rows of `columns` users, a fixed number of sweeps, the 20 best unseen items of each: what a recommender asks.
 *
 * @param columns users, spread evenly over all
 */
export function spreadingProblem(
  { rows: matrix }: PreparedNetwork,
  columns: number,
  sweeps: number,
): Sweep<ListsWanted> {
  const degrees = degreesOf(matrix)
  const users = sideScales(degrees.rows, 'symmetric')
  const items = sideScales(degrees.columns, 'symmetric')
  const stride = Math.floor(matrix.rowCount / columns)
  return {
    kind: 'sweep',
    name: 'bench',
    operator: {
      middle: Float32Array.from(users.out, (out, user) => out * users.into[user]),
      scale: Float32Array.from(items.out, (out, item) => ALPHA * ALPHA * out * items.into[item]),
      weight: Float32Array.from(items.out, (out) => 1 / out),
    },
    schedule: fixedSchedule({
      spectrum: [0, ALPHA * ALPHA],
      tolerance: 1e-30,
      maxIterations: sweeps,
      solver: 'chebyshev',
    }),
    seeds: {
      kind: 'rows',
      rows: Int32Array.from({ length: columns }, (_, column) => column * stride),
      scale: Float32Array.from(items.out, (out, item) => out * items.into[item]),
    },
    output: { kind: 'top-k', k: K, finish: Float32Array.from(items.out, (out) => 1 / out), excludeSeeds: true },
  }
}
