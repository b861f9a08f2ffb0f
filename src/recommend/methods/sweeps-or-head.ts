/** A spreading recipe for few and for many: the plan's sizes decide whether lists come by sweeps or by a head and a walk. */
import { headPays } from '../../plan/head-or-sweeps.ts'
import { productCost } from '../../plan/product-plan.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { RivuletError } from '../../support/errors.ts'
import { polynomialModel, profileLengths } from './graph-filter.ts'
import { HEAD, headAndWalk, percent, rankByHead, walkLength, type HeadAndWalk } from './head-and-walk.ts'
import type { ModelCall } from './item-vectors.ts'
import type { Model, Profiles, Query } from './model.ts'
import type { Recipe } from './recipe.ts'

/** A walk stands for what is left of a filter where that is no further from a line than this share of its largest value. */
const MOST_DISTANCE = 0.2

/** @param exact always sweeps */
export function graphFilterModel(network: Network, recipe: Recipe, exact: boolean, call: ModelCall): Model {
  const polynomial = polynomialModel(network, recipe, call)
  if (exact || call.vectors !== null || network.signed) return polynomial
  const { who } = call
  let operations: number | null = null
  let head: HeadAndWalk | null = null
  /** Why there is no head. */
  let refusal: string | null = null

  function refuse(why: string): null {
    refusal = `by sweeps: ${why}`
    head = null
    network.budget.clear('model')
    return null
  }

  /** The lists, or `null` where a head does not do. */
  function* rankMany(profiles: Profiles, query: Query): Algorithm<TopLists | null> {
    try {
      if (head === null) {
        head = yield* headAndWalk(who, network, recipe)
        const { distance } = head
        if (distance > MOST_DISTANCE) {
          return refuse(`below ${HEAD} eigenvectors the filter is up to ${percent(distance)} away from a line`)
        }
      }
      return yield* rankByHead(who, head, profiles, profileLengths(network, profiles), query)
    } catch (thrown) {
      if (!(thrown instanceof RivuletError && thrown.code === 'MEMORY_LIMIT')) throw thrown
      return refuse('there is no room for a head and a walk')
    }
  }

  return {
    *rank(profiles, query) {
      operations ??= productCost(network.rows)
      const work = {
        ...{ profiles: query.asked ?? columnCount(profiles), sweeps: recipe.sweeps, operations },
        ...{ head: HEAD, neighbours: walkLength(network.shape.columnCount) },
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
