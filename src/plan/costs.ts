/**
 * Cost of work on one thread, in nanoseconds of the machine where it was measured (two cores of an AMD EPYC, Node 20). Pure functions of sizes: decisions
 * based on them are the same on every machine. `expectedSeconds` converts them to this machine.
 */
import type { MatrixShape } from '../matrix/windows.ts'
import type { KernelName } from '../kernel/kernel.ts'
import type { Machine } from './machine.ts'

export const COST = {
  /** Of a pair in a sweep of sixteen columns. */
  pair: 9,
  /** Of a multiplication of dense matrices. */
  dense: 0.2,
  /** Of a multiplication of sparse rows, with the choice of what is kept. */
  sparse: 31,
  /** A multiplication of vectors that are far apart in memory. */
  scattered: 0.42,
  /** Of an item for sixteen profiles that are ranked together. */
  item: 33,
  /** Of an entry of the walk. */
  entry: 3.9,
  /** Of an entry of lists alone, added up and offered; as the next a guess from runs beside other work. */
  lent: 3,
  /** Of a number of whole lists. */
  whole: 0.5,
  /** Of a multiplication of dense matrices in double precision. */
  pivot: 0.27,
} as const

/** Of what has to be known before the first list, and of lists. */
export interface WorkCosts {
  readonly making: number
  readonly ranking: number
}

/** Sweeps of blocks of that width: narrow ones read as many pairs for less, and a square matrix is gone through once, not there and back. */
export const sweepCost = (
  { nnz, square }: Pick<MatrixShape, 'nnz' | 'square'>,
  blocks: number,
  width: number,
  sweeps: number,
): number => blocks * sweeps * (square ? nnz / 2 : nnz) * COST.pair * (0.2 + 0.05 * width)

/** Dense multiplications. */
export const denseCost = (multiplications: number): number => multiplications * COST.dense

/** A product of sparse matrices, less the products of vectors for each of the `met` pairs of rows that have an entry. */
export const productCostOf = (operations: number, met: number, dimensions: number): number =>
  operations * COST.sparse + met * dimensions * COST.scattered

/** Lists of profiles that are ranked together. @param walked entries of items that all profiles add up */
export const rankCost = (profiles: number, items: number, walked: number): number =>
  Math.ceil(profiles / 16) * items * COST.item + walked * COST.entry

/** Lists of profiles that are ranked by what their items lend. @param entries all that is added up @param isWhole of lists that name every item */
export const listsCost = (entries: number, isWhole: boolean): number => entries * (isWhole ? COST.whole : COST.lent)

/** The inverse of a dense matrix of that many rows. */
export const inverseCost = (size: number): number => (size ** 3 / 2) * COST.pivot

/** Below this cost the machine is not measured. */
const SHORT_SECONDS = 0.1

/**
 * Seconds to expect of work that so many threads share: 0 for less than a tenth.
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
