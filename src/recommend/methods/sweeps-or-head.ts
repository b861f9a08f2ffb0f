/** A spreading recipe for few and for many: the plan's sizes decide whether lists come by sweeps or by a head and a walk. */
import { headPays } from '../../plan/head-or-sweeps.ts'
import { productCost } from '../../plan/product-plan.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { RivuletError } from '../../support/errors.ts'
import { polynomialModel } from './graph-filter.ts'
import { headAndWalk, percent, walkLength, type HeadAndWalk, type HeadSize } from './head-and-walk.ts'
import type { ModelCall } from './item-vectors.ts'
import type { Model, Profiles, Query } from './model.ts'
import type { Recipe } from './recipe.ts'

/** A walk stands for what is left of a filter where that is no further from a line than this share of its largest value. */
const MOST_DISTANCE = 0.2

/** What is made, the next where memory has no room for one: a smaller head is no better than sweeps. */
export const SIZES: readonly [HeadSize, ...HeadSize[]] = [
  { eigenvectors: 128, walk: 'lists' },
  { eigenvectors: 128, walk: 'sweeps' },
  { eigenvectors: 64, walk: 'sweeps' },
  { eigenvectors: 32, walk: 'sweeps' },
]

/** @param exact always sweeps */
export function graphFilterModel(network: Network, recipe: Recipe, exact: boolean, call: ModelCall): Model {
  const polynomial = polynomialModel(network, recipe, call)
  if (exact || call.vectors !== null || network.signed) return polynomial
  let operations: number | null = null
  let head: HeadAndWalk | null = null
  /** Of SIZES. */
  let attempt = 0
  /** Why there is no head. */
  let refusal: string | null = null

  /** The lists, or `null` where a head does not do. */
  function* rankMany(profiles: Profiles, query: Query): Algorithm<TopLists | null> {
    for (; attempt < SIZES.length; attempt++) {
      try {
        head ??= yield* headAndWalk(call.who, network, recipe, SIZES[attempt])
        if (head.distance <= MOST_DISTANCE) return yield* head.rank(profiles, query)
        return refuse(`below the eigenvectors the filter is up to ${percent(head.distance)} away from a line`)
      } catch (thrown) {
        if (!(thrown instanceof RivuletError && thrown.code === 'MEMORY_LIMIT')) throw thrown
        forget()
      }
    }
    return refuse('there is no room for a head and a walk')
  }

  function refuse(why: string): null {
    refusal = `by sweeps: ${why}`
    forget()
    return null
  }

  function forget(): void {
    head?.release()
    head = null
  }

  return {
    *rank(profiles, query) {
      operations ??= productCost(network.rows)
      const work = {
        ...{ profiles: query.asked ?? columnCount(profiles), sweeps: recipe.sweeps, operations },
        ...{ head: SIZES[0].eigenvectors, neighbours: walkLength(network.shape.columnCount) },
      }
      if (query.excludeSeeds && refusal === null && headPays(network.shape, work)) {
        const lists = yield* rankMany(profiles, query)
        if (lists !== null) return lists
      }
      return yield* polynomial.rank(profiles, refusal === null ? query : { ...query, notes: [refusal] })
    },
    contributions: (profile, item) => polynomial.contributions(profile, item),
  }
}
