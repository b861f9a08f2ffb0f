import type { MatrixShape } from '../matrix/windows.ts'

/** What is asked of a spreading recipe, and what both ways would have to do for it. */
export interface RankingWork {
  /** Of the whole call. */
  readonly profiles: number
  /** Of the recipe. */
  readonly sweeps: number
  /** Multiplications of the matrix with itself: `productCost`. */
  readonly operations: number
  /** Eigenvectors of a head. */
  readonly head: number
}

/** Nanoseconds of one thread, measured on two cores of an AMD EPYC with Node 20; their ratios are what matters. */
const COST = {
  /** Of a pair in a sweep of sixteen columns. */
  pair: 5.5,
  /** Of a multiplication of dense matrices. */
  dense: 0.2,
  /** Of a multiplication of sparse rows. */
  sparse: 2,
  /** Of an item for sixteen profiles that are ranked together. */
  item: 30,
}
/** Sweeps of a block of sixteen that the singular vectors take, and how much wider than the head their block is. */
const [PASSES, WIDER] = [25, 1.4]
/** Below so many nanoseconds sweeps are not worth replacing, nor where they take less than so many times as long. */
const [SHORT, GAIN] = [2e9, 2]

/** Nanoseconds that a ranking takes one thread. */
export interface RankingTimes {
  readonly sweeps: number
  readonly head: number
}

export function rankingTimes(
  { nnz, columnCount }: MatrixShape,
  { profiles, sweeps, operations, head }: RankingWork,
): RankingTimes {
  const blocks = Math.ceil(profiles / 16)
  const width = WIDER * head
  const met = Math.min(operations, columnCount * columnCount)
  return {
    sweeps: blocks * sweeps * nnz * COST.pair,
    head:
      PASSES * Math.ceil(width / 16) * nnz * COST.pair +
      8 * columnCount * width * width * COST.dense +
      operations * COST.sparse +
      met * head * COST.dense +
      blocks * columnCount * COST.item,
  }
}

/** Whether a head and a walk rank sooner than sweeps. */
export function headPays(matrix: MatrixShape, work: RankingWork): boolean {
  const times = rankingTimes(matrix, work)
  return times.sweeps > SHORT && times.sweeps > GAIN * times.head
}
