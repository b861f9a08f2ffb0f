import type { MatrixShape } from '../matrix/windows.ts'
import { denseCost, productCostOf, rankCost, sweepCost } from './costs.ts'
import { mostMet } from './product-plan.ts'

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

/** Sweeps of a block of sixteen that the singular vectors take, and how much wider than the head their block is. */
const [PASSES, WIDER] = [25, 1.4]
/** Below so many nanoseconds sweeps are not worth replacing, nor where they take less than so many times as long. */
const [SHORT, GAIN] = [3e9, 2]

/** What a ranking costs, as in `costs.ts`. */
export interface RankingCosts {
  readonly sweeps: number
  /** To make a head and a walk, and to rank by them. */
  readonly making: number
  readonly ranking: number
}

export function rankingCosts(
  matrix: MatrixShape,
  { profiles, sweeps, operations, head, neighbours }: RankingWork,
): RankingCosts {
  const { nnz, rowCount, columnCount } = matrix
  const width = WIDER * head
  const met = mostMet(operations, matrix)
  const walked = profiles * (nnz / rowCount) * Math.min(neighbours, met / columnCount)
  return {
    sweeps: sweepCost(matrix, Math.ceil(profiles / 16), 16, sweeps),
    making:
      sweepCost(matrix, Math.ceil(width / 16), 16, PASSES) +
      denseCost(8 * columnCount * width * width) +
      productCostOf(operations, met, head),
    ranking: rankCost(profiles, columnCount, walked),
  }
}

/** Whether a head and a walk rank sooner than sweeps. */
export function headPays({ sweeps, making, ranking }: RankingCosts): boolean {
  return sweeps > SHORT && sweeps > GAIN * (making + ranking)
}
