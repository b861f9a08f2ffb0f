/** Expected cost of lists, method by method, as far as measured. */
import type { Network } from '../../network/network.ts'
import { inverseCost, listsCost, productCostOf, sweepCost, type WorkCosts } from '../../plan/costs.ts'
import { mostMet, productCost } from '../../plan/product-plan.ts'

/** Whom lists are for. */
export interface AskedLists {
  /** How many, in the whole call. */
  readonly profiles: number
  /** Whether items of a profile are left out of its list. */
  readonly excludeSeeds: boolean
}

/** What lists cost one thread, as costs of plans, and the way they come about. */
export interface Expected extends WorkCosts {
  readonly way: Way
}

/** How lists come about. */
export type Way = 'sweeps' | 'head and walk' | 'neighbours' | 'dense weights'

/** Lists by so many sweeps. */
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

/** Lists by a dense matrix of items, which is the inverse of one of `size` rows. */
export const expectedOfInverse = ({ shape }: Network, size: number, { profiles }: AskedLists): Expected => ({
  ...{ way: 'dense weights', making: inverseCost(size) },
  ranking: listsCost(entriesOf(shape, profiles) * shape.columnCount, true),
})

/** Items of so many mean profiles. */
const entriesOf = ({ nnz, rowCount }: Network['shape'], profiles: number): number =>
  (profiles * nnz) / Math.max(1, rowCount)
