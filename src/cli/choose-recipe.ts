/** `evaluate --tune`: a recipe tuned on a part of training that is cut as the test was; the test is not looked at. */
import type { Command } from 'commander'
import type { Interactions, RecipeSearch, RecipeTuning } from '../index.ts'
import { cutTable, type SplitArguments } from './held-out.ts'
import { openEngine, type EngineArguments, type MethodArguments } from './option-groups.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { askTune, type SearchArguments } from './tune-arguments.ts'

export interface TuningArguments extends SplitArguments, MethodArguments, EngineArguments, SearchArguments {
  readonly tune?: true
  /** What `--tune` was called. */
  readonly fit?: true
}

/** How the recipe is tuned, `undefined` without --tune. The baselines belong to the command `tune`. */
export function askTuning(given: TuningArguments, k: number, command: Command): RecipeSearch | undefined {
  const { tune, trials, budget, heldOut, split, method = 'graph-filter', recipe, options } = given
  if (given.fit !== undefined) command.error("error: '--fit' has another name now: --tune")
  if (tune === undefined) {
    const search = Object.entries({ trials, budget, 'held-out': heldOut })
    const stray = search.find(([, value]) => value !== undefined)
    if (stray !== undefined) command.error(`error: --${stray[0]} belongs to --tune`)
    return undefined
  }
  if (method !== 'graph-filter' || recipe !== undefined || options !== undefined) {
    command.error('error: --tune chooses the method and its recipe')
  }
  if (heldOut !== undefined && split !== undefined) {
    command.error('error: --held-out belongs to --train and --test; a file is cut by --split once more')
  }
  return askTune({ search: 'recipe', k, trials, budget, heldOut, baselines: [] }) as RecipeSearch
}

export async function chooseRecipe(
  train: Interactions,
  given: TuningArguments,
  search: RecipeSearch,
  terminal: Terminal,
): Promise<RecipeTuning> {
  const { split } = given
  const cut = split && cutTable(train, split, given)
  await using engine = await openEngine(cut?.train ?? train, given)
  const options = { ...search, validation: cut?.test }
  return await withProgress('Tuning', terminal, (watch) => engine.tune(options, watch), 'trials')
}
