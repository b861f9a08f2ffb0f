import type { NamedNetwork } from '../network/network.ts'
import { expectedSeconds } from '../plan/costs.ts'
import { readMachine } from '../plan/machine.ts'
import { chooseKernel, type PlanOptions } from '../plan/plan.ts'
import { planBaseline, whyLeftOut } from './baselines.ts'
import { resolveTune, type RecipeSearch, type ResolvedTune } from './tune-options.ts'
import { costOfRecipe } from './tuning-costs.ts'
import { windowsOf } from './validation-windows.ts'

/** Expected duration of the search for a recipe. Plain JSON. */
export interface TuneForecast {
  /** Of the whole search on the engine's threads, to about a factor of two on an idle machine. */
  readonly seconds: number
  /** Of the recipe alone, without baselines. */
  readonly recipeSeconds: number
}

/** @throws {RivuletError} as `tune` for its options */
export function forecastTuning(
  network: NamedNetwork,
  given: RecipeSearch,
  executing: PlanOptions & { readonly threads: number },
): TuneForecast {
  const options = resolveTune('forecastTune', { ...given, search: 'recipe' }) as ResolvedTune<'recipe'>
  const { trials, validationUsers, baselines, baselineTrials, seed, heldOutShare, validation } = options
  const isTimed = network.times?.fromAllTimes === false
  const byTime = validation === 'time' || (validation === 'auto' && isTimed)
  const windows = byTime ? windowsOf(network.times?.time.length ?? 0, heldOutShare) : 1
  const examples = Math.min(windows * network.shape.rowCount, Math.ceil(1.5 * validationUsers))
  const searching = Math.ceil(examples / 3)
  const recipe = costOfRecipe(network, { trials, searching, deciding: examples - searching, windows })
  const others = baselines
    .filter((method) => whyLeftOut(method, network) === null)
    .map((method) => {
      const planned = planBaseline(method, { network, examples: searching, windows }, { trials: baselineTrials, seed })
      return planned.cost ?? 0
    })
  const machine = readMachine()
  const { kernel } = chooseKernel(executing, machine)
  const threads = machine.threads ? executing.threads : 1
  const secondsOf = (cost: number): number => expectedSeconds(cost, threads, kernel, machine)
  return { seconds: secondsOf(others.reduce((sum, cost) => sum + cost, recipe)), recipeSeconds: secondsOf(recipe) }
}
