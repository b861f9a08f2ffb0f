/** `evaluate --fit`: a recipe chosen by a part of training that is cut as the test was; the test is not looked at. */
import type { Command } from 'commander'
import type { Fit, FitOptions, Interactions } from '../index.ts'
import { askFit, type SearchArguments } from './fit-arguments.ts'
import { cutTable, type SplitArguments } from './held-out.ts'
import { openEngine, type EngineArguments, type MethodArguments } from './option-groups.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface FittingArguments extends SplitArguments, MethodArguments, EngineArguments, SearchArguments {
  readonly fit?: true
}

/** How the recipe is chosen, `undefined` without --fit. The baselines belong to the command `fit`. */
export function askFitting(given: FittingArguments, k: number, command: Command): FitOptions | undefined {
  const { fit, trials, budget, heldOut, split, method = 'graph-filter', recipe, options } = given
  if (fit === undefined) {
    const search = Object.entries({ trials, budget, 'held-out': heldOut })
    const stray = search.find(([, value]) => value !== undefined)
    if (stray !== undefined) command.error(`error: --${stray[0]} belongs to --fit`)
    return undefined
  }
  if (method !== 'graph-filter' || recipe !== undefined || options !== undefined) {
    command.error('error: --fit chooses the method and its recipe')
  }
  if (heldOut !== undefined && split !== undefined) {
    command.error('error: --held-out belongs to --train and --test; a file is cut by --split once more')
  }
  return askFit({ k, trials, budget, heldOut, baselines: [] })
}

export async function chooseRecipe(
  train: Interactions,
  given: FittingArguments,
  fitting: FitOptions,
  terminal: Terminal,
): Promise<Fit> {
  const { split } = given
  const cut = split && cutTable(train, split, given)
  await using engine = await openEngine(cut?.train ?? train, given)
  const options = { ...fitting, validation: cut?.test }
  return await withProgress('Fitting', terminal, (watch) => engine.fit(options, watch), 'trials')
}
