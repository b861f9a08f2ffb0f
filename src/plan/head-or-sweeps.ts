import type { MatrixShape } from '../matrix/windows.ts'
import { denseCost, productCostOf, rankCost, sweepCost, type WorkCosts } from './costs.ts'
import { mostMet } from './product-plan.ts'

/** A request to a spreading recipe, and the work of both ways to compute it. */
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
/** When a head is worth its making. */
export interface Worth {
  /** Nanoseconds of sweeps up to which it is not. */
  readonly short: number
  /** How many times as long sweeps have to take. */
  readonly gain: number
}

const LISTS: Worth = { short: 1.5e10, gain: 2 }

/** Where a head reads its walk: in lists of items, or from the matrix. */
export type Walk = 'lists' | 'sweeps'

/** Cost of a ranking, as in `costs.ts`. */
export interface RankingCosts {
  readonly sweeps: number
  /** To make a head and a walk, and to rank by them. */
  readonly head: Readonly<Record<Walk, WorkCosts>>
}

export function rankingCosts(
  matrix: MatrixShape,
  { profiles, sweeps, operations, head, neighbours }: RankingWork,
): RankingCosts {
  const { nnz, rowCount, columnCount } = matrix
  const blocks = Math.ceil(profiles / 16)
  const width = WIDER * head
  const met = mostMet(operations, matrix)
  const walked = profiles * (nnz / rowCount) * Math.min(neighbours, met / columnCount)
  const vectors = sweepCost(matrix, Math.ceil(width / 16), 16, PASSES) + denseCost(8 * columnCount * width * width)
  return {
    sweeps: sweepCost(matrix, blocks, 16, sweeps),
    head: {
      lists: {
        making: vectors + productCostOf(operations, met, head),
        ranking: rankCost(profiles, columnCount, walked),
      },
      sweeps: {
        making: vectors,
        ranking: sweepCost(matrix, blocks, 16, 1) + denseCost(profiles * columnCount * head),
      },
    },
  }
}

/** The walk of a head that ranks sooner than sweeps alone, `null` where none does. */
export function walkThatPays({ sweeps, head }: RankingCosts, { short, gain }: Worth = LISTS): Walk | null {
  const walk = total(head.lists) <= total(head.sweeps) ? 'lists' : 'sweeps'
  return sweeps > short && sweeps > gain * total(head[walk]) ? walk : null
}

const total = ({ making, ranking }: WorkCosts): number => making + ranking
