/** A spreading recipe for few and for many profiles: the plan decides by sizes whether lists are computed by sweeps or by a head and a walk. */
import { rankingCosts, walkThatPays, type Walk } from '../../plan/head-or-sweeps.ts'
import { sweepCost } from '../../plan/costs.ts'
import { productCost } from '../../plan/product-plan.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { RivuletError } from '../../support/errors.ts'
import type { AskedLists, Expected } from './expected.ts'
import { polynomialModel } from './graph-filter.ts'
import { headAndWalk, headLength, percent, walkLength, type HeadAndWalk, type HeadSize } from './head-and-walk.ts'
import type { ModelCall } from './item-vectors.ts'
import type { Model, Profiles, Query } from './model.ts'
import { PROBES } from './leverage.ts'
import type { Recipe } from './recipe.ts'

/** A walk replaces the remainder of a filter only if this is within this fraction of its largest value from a line. */
export const MOST_DISTANCE = 0.2

/** Sizes to try: the first with the walk that pays, or the next that fits into memory. A smaller head is no better than sweeps. */
export function headSizes(items: number): readonly [HeadSize, ...HeadSize[]] {
  const eigenvectors = headLength(items)
  return [
    { eigenvectors, walk: 'lists' },
    { eigenvectors, walk: 'sweeps' },
    { eigenvectors: eigenvectors / 2, walk: 'sweeps' },
    { eigenvectors: eigenvectors / 4, walk: 'sweeps' },
  ]
}

/** One-column sweeps to estimate the largest eigenvalue. */
const LANCZOS = 24

/** How lists of a recipe are computed, and their cost. */
interface ExpectedOfFilter extends Expected {
  /** The walk of a head, `null` without one. */
  readonly walk: Walk | null
}

/**
 * How lists of a recipe are computed, and their cost. The decision depends on sizes alone: it is the same on every machine.
 *
 * @param sweepsOnly whether a head is not allowed
 */
export function expectedOfFilter(
  { shape, rows, signed }: Network,
  { sweeps, leaveOneOut }: Recipe,
  sweepsOnly: boolean,
  { profiles, excludeSeeds }: AskedLists,
): ExpectedOfFilter {
  const work = { profiles, sweeps, operations: productCost(rows), neighbours: walkLength(shape.columnCount) }
  const costs = rankingCosts(shape, { ...work, head: headLength(shape.columnCount) })
  const walk = sweepsOnly || signed || !excludeSeeds ? null : walkThatPays(costs)
  if (walk !== null) return { way: 'head and walk', walk, ...costs.head[walk] }
  const owed = leaveOneOut === null ? 0 : sweepCost(shape, PROBES / 16, 16, sweeps)
  return { way: 'sweeps', walk, making: sweepCost(shape, 1, 1, LANCZOS) + owed, ranking: costs.sweeps }
}

const noting = (query: Query, note: string): Query => ({ ...query, notes: [note, ...(query.notes ?? [])] })

/** @param exact whether to use sweeps only */
export function graphFilterModel(network: Network, recipe: Recipe, exact: boolean, call: ModelCall): Model {
  const polynomial = polynomialModel(network, recipe, call)
  if (exact || call.vectors !== null || network.signed) return polynomial
  const sizes = headSizes(network.shape.columnCount)
  let isPrepared = false
  let made: { readonly head: HeadAndWalk; readonly size: HeadSize } | null = null
  /** Number of sizes that do not fit into memory. */
  let tooLarge = 0
  /** Why there is no head, or null. */
  let refusal: string | null = null

  /** The lists, or `null` if a head is not usable. */
  function* rankMany(walk: Walk, profiles: Profiles, query: Query): Algorithm<TopLists | null> {
    for (let at = sizeFor(walk); at < sizes.length; at++) {
      try {
        const head = yield* headOfSize(sizes[at])
        const told = tooLarge > 0 ? noting(query, 'memory has no room for a larger head and walk') : query
        if (head.distance <= MOST_DISTANCE) return yield* head.rank(profiles, told)
        return refuse(`below the eigenvectors the filter is up to ${percent(head.distance)} away from a line`)
      } catch (thrown) {
        if (!(thrown instanceof RivuletError && thrown.code === 'MEMORY_LIMIT')) throw thrown
        forget()
        tooLarge = at + 1
      }
    }
    return refuse('there is no room for a head and a walk')
  }

  function* headOfSize(size: HeadSize): Algorithm<HeadAndWalk> {
    if (made?.size !== size) {
      forget()
      made = { size, head: yield* headAndWalk(call.who, network, recipe, size, call) }
    }
    return made.head
  }

  /** Index in `sizes` of the largest head with that walk, or of the largest that fits into memory. */
  function sizeFor(wanted: Walk): number {
    return Math.max(
      tooLarge,
      sizes.findIndex(({ walk }) => walk === wanted),
    )
  }

  function refuse(why: string): null {
    refusal = `by sweeps: ${why}`
    forget()
    return null
  }

  function forget(): void {
    made?.head.release()
    made = null
  }

  function expected(asked: AskedLists): ExpectedOfFilter {
    const costs = expectedOfFilter(network, recipe, refusal !== null, asked)
    const isMade = costs.walk === null ? isPrepared : made?.size === sizes[sizeFor(costs.walk)]
    return isMade ? { ...costs, making: 0 } : costs
  }

  return {
    *rank(profiles, query) {
      const asked = { profiles: query.asked ?? columnCount(profiles), excludeSeeds: query.excludeSeeds }
      const { walk } = expected(asked)
      if (walk !== null) {
        const lists = yield* rankMany(walk, profiles, query)
        if (lists !== null) return lists
      }
      const lists = yield* polynomial.rank(profiles, refusal === null ? query : noting(query, refusal))
      isPrepared = true
      return lists
    },
    contributions: (profile, item) => polynomial.contributions(profile, item),
    ...(polynomial.arrivals && { arrivals: polynomial.arrivals }),
    expected,
  }
}
