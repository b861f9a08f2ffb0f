/** Flags for tuning, and the options they become. */
import { METHOD_NAMES, resolveTune, SEARCH_NAMES } from '../advanced.ts'
import type { TuneOptions } from '../index.ts'
import { readDuration, readIds, readMethods, readNumber, readNumbers } from './argument-values.ts'
import { choice, chosen, libraryFlags, onlyGiven, text, value, type Given } from './flags.ts'
import { CUT_NAMES } from './held-out.ts'
import { readOptionsArgument, readSpaceArgument } from './json-argument.ts'

/** Functions that label nodes can only be tuned in code, because nodes of files have no labels. */
const METHODS = [...METHOD_NAMES.filter((name) => name !== 'popularity'), 'predictRatings'] as const

/** Flags for the length of a search and its held-out data. */
export const SEARCH_FLAGS = {
  trials: value('<n>', 'candidates to try (default: 40)', readNumber),
  budget: value('<time>', 'start no new trial after this time: 90, 90s, 5m, 1h (default: no limit)', readDuration),
  heldOut: value('<share>', 'share held out by time and at random (default: 0.2)', readNumber),
}

export const TUNE_FLAGS = {
  search: choice('<what>', 'what to search (default: options)', SEARCH_NAMES),
  ...SEARCH_FLAGS,
  method: choice('<name>', 'method whose options are searched (default: graph-filter)', METHODS),
  strategy: text(
    '<name>',
    "'halving' drops poor candidates after few users; 'random' scores all in full (default: halving)",
  ),
  space: value('<space>', 'search space: JSON, or a JSON file (default: by the method)', readSpaceArgument),
  options: value('<options>', 'fixed options: JSON, or a JSON file', readOptionsArgument<object>),
  metric: text('<name>', 'ndcg, recall, map ...; for ratings rmse or mae (default: ndcg, rmse)'),
  baselines: value(
    '<names>',
    "recipe: methods to compare with, separated by commas, or 'none' (default: all)",
    readMethods,
  ),
  baselineTrials: value('<n>', 'recipe: candidates per baseline, at most (default: 24)', readNumber),
  labels: value('<names>', 'signals: the signals to predict, separated by commas (default: by role)', readIds),
  lambdas: value('<weights>', 'balance: weights of evidence, separated by commas (default: 0 to 2)', readNumbers),
  split: choice('<how>', 'how to hold out validation data (default: by the search)', CUT_NAMES),
  ...libraryFlags('tune', ['k', 'validationUsers', 'seed']),
}

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function askTune(given: Partial<Given<typeof TUNE_FLAGS>>): TuneOptions {
  const { budget: budgetMs, heldOut: heldOutShare, split: _, ...others } = chosen(given, TUNE_FLAGS)
  const asked = onlyGiven({ ...others, budgetMs, heldOutShare }) as TuneOptions
  resolveTune('tune', asked)
  return asked
}
