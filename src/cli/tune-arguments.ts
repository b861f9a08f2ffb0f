/** Flags of what tunes, and what the library gets of them. */
import { METHOD_NAMES, resolveTune, SEARCH_NAMES } from '../advanced.ts'
import type { TuneOptions } from '../index.ts'
import { readDuration, readIds, readMethods, readNumber, readNumbers } from './argument-values.ts'
import { choice, chosen, libraryFlags, onlyGiven, text, value, type Given } from './flags.ts'
import { CUT_NAMES } from './held-out.ts'
import { readOptionsArgument, readSpaceArgument } from './json-argument.ts'

/** Nodes of files have no labels: what labels nodes is tuned by the function. */
const METHODS = [...METHOD_NAMES.filter((name) => name !== 'popularity'), 'predictRatings'] as const

/** How long is searched, and on how much that is held out. */
export const SEARCH_FLAGS = {
  trials: value('<n>', 'candidates (default: 40)', readNumber),
  budget: value('<time>', 'start nothing new after so long: 90, 90s, 5m, 1h (default: no limit)', readDuration),
  heldOut: value('<share>', 'held out by time and at random (default: 0.2)', readNumber),
}

export const TUNE_FLAGS = {
  search: choice('<what>', 'what is searched (default: options)', SEARCH_NAMES),
  ...SEARCH_FLAGS,
  method: choice('<name>', 'whose options (default: graph-filter)', METHODS),
  strategy: text('<name>', "'halving': the poor ones on few users only; 'random': all in full (default: halving)"),
  space: value('<space>', 'what is searched: JSON, or a file of it (default: by the method)', readSpaceArgument),
  options: value('<options>', 'what stays as it is: JSON, or a file of it', readOptionsArgument<object>),
  metric: text('<name>', 'ndcg, recall, map ...; rmse or mae of ratings (default: ndcg, rmse)'),
  baselines: value('<names>', "recipe: methods beside it, between commas, or 'none' (default: all)", readMethods),
  baselineTrials: value('<n>', 'recipe: most candidates of each of them (default: 24)', readNumber),
  labels: value('<names>', 'signals: what is to be found, between commas (default: by role)', readIds),
  lambdas: value('<weights>', 'balance: weights of evidence, between commas (default: 0 to 2)', readNumbers),
  split: choice('<how>', 'how validation is held out (default: by the search)', CUT_NAMES),
  ...libraryFlags('tune', ['k', 'validationUsers', 'seed']),
}

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function askTune(given: Partial<Given<typeof TUNE_FLAGS>>): TuneOptions {
  const { budget: budgetMs, heldOut: heldOutShare, split: _, ...others } = chosen(given, TUNE_FLAGS)
  const asked = onlyGiven({ ...others, budgetMs, heldOutShare }) as TuneOptions
  resolveTune('tune', asked)
  return asked
}
