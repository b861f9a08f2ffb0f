/** `evaluate --tune`: tunes a recipe on a part of training, split in the same way as the test, which is not used. */
import type { Interactions, RecipeSearch, RecipeTuning } from '../index.ts'
import type { Stage } from './stage.ts'
import { flagOf, type Given } from './flags.ts'
import { cutTable, type SplitArguments } from './held-out.ts'
import type { METHOD_FLAGS } from './question.ts'
import { openEngine, type EngineArguments } from './source.ts'
import { withProgress } from './terminal.ts'
import { askTune, type SEARCH_FLAGS } from './tune-arguments.ts'

type Arguments = SplitArguments &
  EngineArguments &
  Given<Omit<typeof METHOD_FLAGS, 'method'> & typeof SEARCH_FLAGS> & {
    readonly method: readonly string[] | undefined
    readonly tune: true | undefined
    /** Old name of `--tune`. */
    readonly fit: true | undefined
  }

/** The search for a recipe; `undefined` without --tune. Baselines are for the command `tune`. */
export function askTuning(given: Arguments, k: number, stage: Stage): RecipeSearch | undefined {
  const { tune, trials, budget, heldOut, split, method = ['graph-filter'], recipe, options } = given
  if (given.fit !== undefined) stage.refuse("'--fit' has been renamed to --tune")
  if (tune === undefined) {
    const stray = Object.entries({ trials, budget, heldOut }).find(([, value]) => value !== undefined)
    if (stray !== undefined) stage.refuse(`${flagOf(stray[0])} requires --tune`)
    return undefined
  }
  if (method.join() !== 'graph-filter' || recipe !== undefined || options !== undefined)
    stage.refuse('--tune chooses the method and the recipe: leave them out')
  if (heldOut !== undefined && split !== undefined)
    stage.refuse('--held-out requires --train and --test; with --split, the training part is split again')
  return askTune({ search: 'recipe', k, trials, budget, heldOut, baselines: [] }) as RecipeSearch
}

export async function chooseRecipe(
  train: Interactions,
  given: Arguments,
  search: RecipeSearch,
  stage: Stage,
): Promise<RecipeTuning> {
  const { split } = given
  const cut = split && cutTable(train, split, given)
  await using engine = await openEngine(cut?.train ?? train, given, stage)
  const options = { ...search, validation: cut?.test }
  return await withProgress('Tuning', stage, (watch) => engine.tune(options, watch), 'trials')
}
