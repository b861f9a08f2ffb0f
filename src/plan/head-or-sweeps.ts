import type { MatrixShape } from '../matrix/windows.ts'
import { denseCost, productCostOf, rankCost, sweepCost, type WorkCosts } from './costs.ts'
import { mostMet } from './product-plan.ts'

/** A request to a spreading recipe, and the work of both ways to compute it. */
export interface RankingWork {
  /** Profiles of the whole call. */
  readonly profiles: number
  /** Sweeps of the recipe. */
  readonly sweeps: number
  /** Multiplications of the matrix with itself: `productCost`. */
  readonly operations: number
  /** Eigenvectors of a head. */
  readonly head: number
  /** Most entries of the walk of an item. */
  readonly neighbours: number
}

/** Sweeps of a block of sixteen for the singular vectors, and the width of their block relative to the head. */
const [PASSES, WIDER] = [25, 1.4]
/** When making a head pays off. */
export interface Worth {
  /** Cost of sweeps in nanoseconds up to which it does not. */
  readonly short: number
  /** Least ratio of the cost of sweeps to that of the head. */
  readonly gain: number
}

const LISTS: Worth = { short: 1.5e10, gain: 2 }

/** The source of a head's walk: lists of items, or sweeps of the matrix. */
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

/** The walk with which a head is faster than sweeps alone; `null` if none is. */
export function walkThatPays({ sweeps, head }: RankingCosts, { short, gain }: Worth = LISTS): Walk | null {
  const walk = total(head.lists) <= total(head.sweeps) ? 'lists' : 'sweeps'
  return sweeps > short && sweeps > gain * total(head[walk]) ? walk : null
}

const total = ({ making, ranking }: WorkCosts): number => making + ranking
