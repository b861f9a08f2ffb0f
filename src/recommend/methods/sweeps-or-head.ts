/** A spreading recipe for few and for many: the plan's sizes decide whether lists come by sweeps or by a head and a walk. */
import { headPays, rankingCosts } from '../../plan/head-or-sweeps.ts'
import { denseCost, sweepCost } from '../../plan/costs.ts'
import { productCost } from '../../plan/product-plan.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { RivuletError } from '../../support/errors.ts'
import type { AskedLists, Expected } from './expected.ts'
import { polynomialModel } from './graph-filter.ts'
import { headAndWalk, percent, walkLength, type HeadAndWalk, type HeadSize } from './head-and-walk.ts'
import type { ModelCall } from './item-vectors.ts'
import type { Model, Profiles, Query } from './model.ts'
import { PROBES } from './leverage.ts'
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

/** One-column sweeps by which the largest eigenvalue is found. */
const LANCZOS = 24

/**
 * How many lists of a recipe come about, and what they cost. The way depends on sizes alone: it is the same on every machine.
 *
 * @param sweepsOnly whether there is to be no head
 */
export function expectedOfFilter(
  { shape, rows, signed }: Network,
  recipe: Recipe,
  sweepsOnly: boolean,
  { profiles, excludeSeeds }: AskedLists,
): Expected {
  const { sweeps, leaveOneOut } = recipe
  const neighbours = walkLength(shape.columnCount)
  const costs = rankingCosts(shape, {
    profiles,
    sweeps,
    operations: productCost(rows),
    head: SIZES[0].eigenvectors,
    neighbours,
  })
  const { making, ranking } = costs
  if (!sweepsOnly && !signed && excludeSeeds && headPays(costs)) return { way: 'head and walk', making, ranking }
  const owed = leaveOneOut === null ? 0 : sweepCost(shape, PROBES / 16, 16, sweeps)
  return { way: 'sweeps', making: sweepCost(shape, 1, 1, LANCZOS) + owed, ranking: costs.sweeps }
}

/** Of lists whose walk is read from the matrix. */
const costOfRankingBySweep = ({ shape }: Network, eigenvectors: number, profiles: number): number =>
  sweepCost(shape, Math.ceil(profiles / 16), 16, 1) + denseCost(profiles * shape.columnCount * eigenvectors)

/** @param exact always sweeps */
export function graphFilterModel(network: Network, recipe: Recipe, exact: boolean, call: ModelCall): Model {
  const polynomial = polynomialModel(network, recipe, call)
  if (exact || call.vectors !== null || network.signed) return polynomial
  let isPrepared = false
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

  function expected(asked: AskedLists): Expected {
    const costs = expectedOfFilter(network, recipe, refusal !== null, asked)
    if (costs.way === 'sweeps') return isPrepared ? { ...costs, making: 0 } : costs
    const { walk, eigenvectors } = SIZES[attempt]
    const ranking = walk === 'lists' ? costs.ranking : costOfRankingBySweep(network, eigenvectors, asked.profiles)
    return { ...costs, making: head === null ? costs.making : 0, ranking }
  }

  return {
    *rank(profiles, query) {
      const asked = { profiles: query.asked ?? columnCount(profiles), excludeSeeds: query.excludeSeeds }
      if (expected(asked).way === 'head and walk') {
        const lists = yield* rankMany(profiles, query)
        if (lists !== null) return lists
      }
      const lists = yield* polynomial.rank(profiles, refusal === null ? query : { ...query, notes: [refusal] })
      isPrepared = true
      return lists
    },
    contributions: (profile, item) => polynomial.contributions(profile, item),
    expected,
  }
}
