/** Costs of searches in nanoseconds of one thread, estimated from sizes: to limit the candidates of baselines, and to forecast the duration of a search. */
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import { PROBES } from '../recommend/methods/leverage.ts'
import { DEFAULT_RECIPE } from '../recommend/methods/recipe.ts'
import type { Network } from '../network/network.ts'
import { sweepCost, type WorkCosts } from '../plan/costs.ts'
import { defaultsOf } from '../support/spec.ts'
import { planRungs, type Rung } from './search.ts'

/** Candidates of a method and the schedule on which they are scored. */
export interface PlannedTrials {
  readonly points: readonly MethodOptions[]
  readonly rungs: readonly Rung[]
  /** Cost of all candidates and the defaults; `null` if unknown. */
  readonly cost: number | null
}

export interface TrialsRequest {
  /** The candidates to choose from, in the order in which they are tried. */
  readonly points: readonly MethodOptions[]
  /** Number of all examples, and the fewest on which candidates can be compared. */
  readonly examples: number
  readonly leastExamples: number
  /** Number of windows, with a model for each. */
  readonly windows: number
}

/** Fewer candidates say nothing about a method. */
const FEWEST = 3

/**
 * As many of the first candidates as fit a cost limit, but at least FEWEST. Methods whose models cost more than their lists score every candidate in
 * full, once; the others use successive halving.
 *
 * @param most the cost limit
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

/** @param all costs of the defaults, then of the candidates */
function costOfRungs(all: readonly WorkCosts[], rungs: readonly Rung[], examples: number): number {
  const [byDefault] = all
  const [making, ranking] = [meanOf(all, 'making'), meanOf(all, 'ranking')]
  const ofRung = ({ trials, resource }: Rung): number => trials * (making + (ranking * resource) / examples)
  return rungs.reduce((sum, rung) => sum + ofRung(rung), byDefault.making + byDefault.ranking)
}

const meanOf = (all: readonly WorkCosts[], part: keyof WorkCosts): number =>
  all.reduce((sum, costs) => sum + costs[part], 0) / all.length

/** Average share of the users that a trial of a climb sweeps: half of the trials are dropped after a sixth of the users, a quarter after half. */
const RACED = 0.45
/** One-column sweeps that find the largest eigenvalue, and rankings in full: those that give candidates, and those that decide. */
const [LANCZOS, NEARS, DECIDING] = [24, 3, 2.5]
/** Responses scored per trial, in units of all users; candidates per user; nanoseconds per product. */
const [RESPONSES, CANDIDATES, PRODUCT] = [22, 300, 5]

export interface RecipeWork {
  readonly trials: number
  readonly searching: number
  readonly deciding: number
  readonly windows: number
}

/** Cost of the search for a recipe, without baselines. */
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
