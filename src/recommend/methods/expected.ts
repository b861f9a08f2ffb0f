/** Expected cost of lists, method by method, as far as measured. */
import type { Network } from '../../network/network.ts'
import { inverseCost, listsCost, productCostOf, sweepCost, type WorkCosts } from '../../plan/costs.ts'
import { mostMet, productCost } from '../../plan/product-plan.ts'

/** The lists of a call. */
export interface AskedLists {
  /** Number of lists of the whole call. */
  readonly profiles: number
  /** Whether items of a profile are excluded from its list. */
  readonly excludeSeeds: boolean
}

/** Cost of lists on one thread, as in plans, and how they are computed. */
export interface Expected extends WorkCosts {
  readonly way: Way
}

/** How lists are computed. */
export type Way = 'sweeps' | 'head and walk' | 'neighbours' | 'dense weights'

/** Lists by a number of sweeps. */
export const expectedOfSweeps = ({ shape }: Network, sweeps: number, { profiles }: AskedLists): Expected => ({
  ...{ way: 'sweeps', making: 0 },
  ranking: sweepCost(shape, Math.ceil(profiles / 16), 16, sweeps),
})

/** Lists by the nearest neighbours of items. */
export function expectedOfNeighbours({ shape, rows }: Network, neighbours: number, { profiles }: AskedLists): Expected {
  const operations = productCost(rows)
  const kept = Math.min(neighbours, mostMet(operations, shape) / shape.columnCount)
  return {
    way: 'neighbours',
    making: productCostOf(operations, 0, 0),
    ranking: listsCost(entriesOf(shape, profiles) * kept, false),
  }
}

/** Lists by a dense matrix of items that comes from the inverse of one with `size` rows. */
export const expectedOfInverse = ({ shape }: Network, size: number, { profiles }: AskedLists): Expected => ({
  ...{ way: 'dense weights', making: inverseCost(size) },
  ranking: listsCost(entriesOf(shape, profiles) * shape.columnCount, true),
})

/** Number of entries of so many mean profiles. */
const entriesOf = ({ nnz, rowCount }: Network['shape'], profiles: number): number =>
  (profiles * nnz) / Math.max(1, rowCount)
