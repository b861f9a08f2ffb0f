/** A spreading recipe for few and for many: the plan's sizes decide whether lists come by sweeps or by a head and a walk. */
import { headPays } from '../../plan/head-or-sweeps.ts'
import { productCost } from '../../plan/product-plan.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount } from '../../request/sweep.ts'
import { RivuletError } from '../../support/errors.ts'
import { polynomialModel, profileLengths, unitOperator } from './graph-filter.ts'
import { HEAD, headAndWalk, rankByHead, type HeadAndWalk } from './head-and-walk.ts'
import type { ModelCall } from './item-vectors.ts'
import type { Model } from './model.ts'
import type { Recipe } from './recipe.ts'

/** A head stands for a filter that is no further from it than this share of its largest value. */
const MOST_BOUND = 0.2

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
    refusal = why
    head = null
    network.budget.clear('model')
    return null
  }

  function* prepare(): Algorithm<HeadAndWalk | null> {
    const unit = yield* unitOperator(network, recipe)
    try {
      head = yield* headAndWalk(who, network, recipe, unit.noise)
    } catch (thrown) {
      if (!(thrown instanceof RivuletError && thrown.code === 'MEMORY_LIMIT')) throw thrown
      return refuse('by sweeps: there is no room for a head and a walk')
    }
    if (head.bound <= MOST_BOUND) return head
    return refuse(`by sweeps: a head of ${HEAD} eigenvectors would be up to ${Math.round(100 * head.bound)} % off`)
  }

  return {
    *rank(profiles, query) {
      operations ??= productCost(network.rows)
      const work = { profiles: query.asked ?? columnCount(profiles), sweeps: recipe.sweeps, operations, head: HEAD }
      if (query.excludeSeeds && refusal === null && headPays(network.shape, work)) {
        const ready = head ?? (yield* prepare())
        if (ready !== null) return yield* rankByHead(who, ready, profiles, profileLengths(network, profiles), query)
      }
      return yield* polynomial.rank(profiles, refusal === null ? query : { ...query, notes: [refusal] })
    },
    contributions: (profile, item) => polynomial.contributions(profile, item),
  }
}
