/** What searches cost, in nanoseconds of one thread, from sizes alone: how many candidates a baseline is worth, and what is told before a search begins. */
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import { PROBES } from '../recommend/methods/leverage.ts'
import { DEFAULT_RECIPE } from '../recommend/methods/recipe.ts'
import type { Network } from '../network/network.ts'
import { sweepCost, type WorkCosts } from '../plan/costs.ts'
import { defaultsOf } from '../support/spec.ts'
import { planRungs, type Rung } from './search.ts'

/** Candidates of a method and how they are scored: those that build a model are built once. */
export interface PlannedTrials {
  readonly points: readonly MethodOptions[]
  readonly rungs: readonly Rung[]
  /** Of all of them, and of the defaults; `null` if unknown. */
  readonly cost: number | null
}

export interface TrialsRequest {
  /** Most of them, in the order in which they are tried. */
  readonly points: readonly MethodOptions[]
  /** Examples of a trial in full, and the fewest that tell candidates apart. */
  readonly examples: number
  readonly leastExamples: number
  /** Matrices that a model is made of. */
  readonly windows: number
}

/** Fewer candidates say nothing of a method. */
const FEWEST = 3

/**
 * As many of the candidates as cost no more than that together, but at least FEWEST. A method whose models cost more than their lists has every candidate scored in
 * full, once; the others are halved down.
 */
export function planTrials(network: Network, method: MethodName, request: TrialsRequest, most: number): PlannedTrials {
  const { points, examples, leastExamples } = request
  const costs = [{}, ...points].map((point) => costOf(network, method, point, request))
  const known = costs.filter((cost) => cost !== null)
  const strategy = meanOf(known, 'making') > meanOf(known, 'ranking') ? 'random' : 'halving'
  const plan = (count: number): PlannedTrials => {
    const rungs = planRungs(strategy, count, leastExamples, examples)
    const asked = costs.slice(0, 1 + count).filter((cost) => cost !== null)
    return {
      points: points.slice(0, count),
      rungs,
      cost: asked.length > count ? costOfRungs(asked, rungs, examples) : null,
    }
  }
  let planned = plan(points.length)
  while (planned.points.length > FEWEST && (planned.cost ?? 0) > most) planned = plan(planned.points.length - 1)
  return planned
}

function costOf(
  network: Network,
  method: MethodName,
  point: MethodOptions,
  { examples, windows }: TrialsRequest,
): WorkCosts | null {
  const { options, expected } = methodOf('tune', method)
  const asked = { profiles: examples, excludeSeeds: true }
  const costs = expected?.(network, { ...defaultsOf(options), ...point }, asked) ?? null
  return costs && { making: windows * costs.making, ranking: costs.ranking }
}

/** @param all of the defaults, and then of the candidates */
function costOfRungs(all: readonly WorkCosts[], rungs: readonly Rung[], examples: number): number {
  const [byDefault] = all
  const [making, ranking] = [meanOf(all, 'making'), meanOf(all, 'ranking')]
  const ofRung = ({ trials, resource }: Rung): number => trials * (making + (ranking * resource) / examples)
  return rungs.reduce((sum, rung) => sum + ofRung(rung), byDefault.making + byDefault.ranking)
}

const meanOf = (all: readonly WorkCosts[], part: keyof WorkCosts): number =>
  all.reduce((sum, costs) => sum + costs[part], 0) / all.length

/** The share of the sweeps of all its users that a trial of a climb takes on average: half are dropped after a sixth of the users, a quarter after half. */
const RACED = 0.45
/** One-column sweeps by which the largest eigenvalue is found, and lists that are made in full: those that candidates are taken from, and those that decide. */
const [LANCZOS, NEARS, DECIDING] = [24, 3, 2.5]
/** Responses that a trial and the best before it are scored by, as many as of all its users, at a candidate: products, and the choice of the best. */
const [RESPONSES, CANDIDATES, PRODUCT] = [22, 300, 5]

export interface RecipeWork {
  readonly trials: number
  readonly searching: number
  readonly deciding: number
  readonly windows: number
}

/** Of the search of a recipe alone. */
export function costOfRecipe({ shape }: Network, { trials, searching, deciding, windows }: RecipeWork): number {
  const { sweeps } = DEFAULT_RECIPE
  const owed = sweepCost(shape, windows * (PROBES / 16), 16, sweeps) + sweepCost(shape, windows, 1, LANCZOS)
  const spread = (users: number): number => sweepCost(shape, Math.ceil(users / 16), 16, sweeps)
  const responses = RESPONSES * searching * CANDIDATES * (sweeps + 1) * PRODUCT
  return (
    trials * (RACED * spread(searching) + owed + responses) +
    NEARS * (spread(searching) + owed) +
    DECIDING * (spread(deciding) + owed)
  )
}
