/**
 * Cost of work on one thread, in nanoseconds of the machine where it was measured (two cores of an AMD EPYC, Node 20). Pure functions of sizes: decisions
 * based on them are the same on every machine. `expectedSeconds` converts them to this machine.
 */
import type { MatrixShape } from '../matrix/windows.ts'
import type { KernelName } from '../kernel/kernel.ts'
import type { Machine } from './machine.ts'

export const COST = {
  /** A pair in a sweep of sixteen columns. */
  pair: 9,
  /** A multiplication of dense matrices. */
  dense: 0.2,
  /** A multiplication of sparse rows, with the selection of the largest entries. */
  sparse: 31,
  /** A multiplication of vectors that are far apart in memory. */
  scattered: 0.42,
  /** An item for sixteen profiles that are ranked together. */
  item: 23,
  /** An entry of the walk. */
  entry: 3.4,
  /** An entry of lists alone, added and offered; as the next, estimated on a loaded machine. */
  lent: 3,
  /** A number of whole lists. */
  whole: 0.5,
  /** A multiplication of dense matrices in double precision. */
  pivot: 0.27,
} as const

/** Costs of the preparation before the first list, and of the lists. */
export interface WorkCosts {
  readonly making: number
  readonly ranking: number
}

/** Sweeps of blocks of this width. Narrow blocks read the same pairs at a lower cost; a square matrix is read once per sweep, not twice. */
export const sweepCost = (
  { nnz, square }: Pick<MatrixShape, 'nnz' | 'square'>,
  blocks: number,
  width: number,
  sweeps: number,
): number => blocks * sweeps * (square ? nnz / 2 : nnz) * COST.pair * (0.2 + 0.05 * width)

/** Dense multiplications. */
export const denseCost = (multiplications: number): number => multiplications * COST.dense

/** A product of sparse matrices minus products of vectors, which are computed for each of the `met` pairs of rows with an entry. */
export const productCostOf = (operations: number, met: number, dimensions: number): number =>
  operations * COST.sparse + met * dimensions * COST.scattered

/** Lists of profiles that are ranked together. @param walked entries of items that all profiles add up */
export const rankCost = (profiles: number, items: number, walked: number): number =>
  Math.ceil(profiles / 16) * items * COST.item + walked * COST.entry

/** Lists of profiles ranked by the lists of their items. @param entries number of entries added @param isWhole whether lists name every item */
export const listsCost = (entries: number, isWhole: boolean): number => entries * (isWhole ? COST.whole : COST.lent)

/** The inverse of a dense matrix of `size` rows. */
export const inverseCost = (size: number): number => (size ** 3 / 2) * COST.pivot

/** Below this cost the machine is not measured. */
const SHORT_SECONDS = 0.1

/**
 * Expected seconds of work shared by some threads: 0 for less than a tenth.
 *
 * @param cost of one thread, as above
 */
export function expectedSeconds(
  cost: number,
  threads: number,
  kernel: KernelName,
  machine: Pick<Machine, 'slowness'>,
): number {
  const seconds = cost / 1e9 / threads
  return seconds < SHORT_SECONDS ? 0 : Math.round(10 * seconds * machine.slowness(kernel)) / 10
}
