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
  /** Most entries of the walk of an item. */
  readonly neighbours: number
}

/** Nanoseconds of one thread, as Gowalla's lists took them on two cores of an AMD EPYC with Node 20; their ratios are what matters. */
const COST = {
  /** Of a pair in a sweep of sixteen columns. */
  pair: 9,
  /** Of a multiplication of dense matrices. */
  dense: 0.2,
  /** Of a multiplication of sparse rows, with the choice of what is kept. */
  sparse: 31,
  /** Of a multiplication of vectors that lie far apart. */
  scattered: 0.42,
  /** Of an item for sixteen profiles that are ranked together. */
  item: 33,
  /** Of an entry of the walk. */
  entry: 3.9,
}
/** Sweeps of a block of sixteen that the singular vectors take, and how much wider than the head their block is. */
const [PASSES, WIDER] = [25, 1.4]
/** Below so many nanoseconds sweeps are not worth replacing, nor where they take less than so many times as long. */
const [SHORT, GAIN] = [3e9, 2]

/** Nanoseconds that a ranking takes one thread. */
export interface RankingTimes {
  readonly sweeps: number
  readonly head: number
}

export function rankingTimes(
  { nnz, rowCount, columnCount }: MatrixShape,
  { profiles, sweeps, operations, head, neighbours }: RankingWork,
): RankingTimes {
  const blocks = Math.ceil(profiles / 16)
  const width = WIDER * head
  const met = Math.min(operations, columnCount * columnCount)
  const walked = profiles * (nnz / rowCount) * Math.min(neighbours, met / columnCount)
  return {
    sweeps: blocks * sweeps * nnz * COST.pair,
    head:
      PASSES * Math.ceil(width / 16) * nnz * COST.pair +
      8 * columnCount * width * width * COST.dense +
      operations * COST.sparse +
      met * head * COST.scattered +
      blocks * columnCount * COST.item +
      walked * COST.entry,
  }
}

/** Whether a head and a walk rank sooner than sweeps. */
export function headPays(matrix: MatrixShape, work: RankingWork): boolean {
  const times = rankingTimes(matrix, work)
  return times.sweeps > SHORT && times.sweeps > GAIN * times.head
}
