/** Options of the commands that tune, and what the library gets of them. Defaults are the library's own. */
import { Option, type Command } from 'commander'
import { METHOD_NAMES, resolveTune, SEARCH_NAMES } from '../advanced.ts'
import type { MethodName, SearchName, SearchSpace, TuneOptions } from '../index.ts'
import { readDuration, readMethods, readIds, readNumber, readNumbers } from './argument-values.ts'
import { SPLIT_NAMES } from './held-out.ts'
import { readOptionsArgument, readSpaceArgument } from './json-argument.ts'

/** Nodes of files have no labels: what labels nodes is tuned by the function. */
const METHODS = [...METHOD_NAMES.filter((name) => name !== 'popularity'), 'predictRatings'] as const

/** How long is searched, and on how much that is held out. */
export interface SearchArguments {
  readonly trials?: number | undefined
  /** Milliseconds. */
  readonly budget?: number | undefined
  readonly heldOut?: number | undefined
}

export interface TuneArguments extends SearchArguments {
  readonly search?: SearchName
  readonly method?: (typeof METHODS)[number]
  readonly options?: object
  readonly space?: object
  readonly metric?: string
  readonly strategy?: string
  readonly baselines?: readonly MethodName[]
  readonly baselineTrials?: number
  readonly labels?: readonly string[]
  readonly lambdas?: readonly number[]
  readonly split?: (typeof SPLIT_NAMES)[number]
  readonly validationUsers?: number
  readonly k?: number
  readonly seed?: number
}

export function addSearchOptions(command: Command): Command {
  return command
    .option('--trials <n>', 'candidates (default: 40)', readNumber)
    .option('--budget <time>', 'start nothing new after so long: 90, 90s, 5m, 1h (default: no limit)', readDuration)
    .option('--held-out <share>', 'held out by time and at random (default: 0.2)', readNumber)
}

export function addTuneOptions(command: Command): Command {
  command.addOption(new Option('--search <what>', 'what is searched (default: options)').choices(SEARCH_NAMES))
  addSearchOptions(command)
  return command
    .addOption(new Option('--method <name>', 'whose options (default: graph-filter)').choices(METHODS))
    .option('--strategy <name>', "'halving': the poor ones on few users only; 'random': all in full (default: halving)")
    .option('--space <space>', 'what is searched: JSON, or a file of it (default: by the method)', readSpaceArgument)
    .option('--options <options>', 'what stays as it is: JSON, or a file of it', readOptionsArgument)
    .option('--metric <name>', 'ndcg, recall, map ...; rmse or mae of ratings (default: ndcg, rmse)')
    .option('--baselines <names>', "recipe: methods beside it, between commas, or 'none' (default: all)", readMethods)
    .option('--baseline-trials <n>', 'recipe: candidates of each of them (default: 24)', readNumber)
    .option('--labels <names>', 'signals: what is to be found, between commas (default: by role)', readIds)
    .option('--lambdas <weights>', 'balance: weights of evidence, between commas (default: 0 to 2)', readNumbers)
    .option('--k <n>', 'length of the lists that are scored (default: 20)', readNumber)
    .addOption(new Option('--split <how>', 'how validation is held out (default: by the search)').choices(SPLIT_NAMES))
    .option('--validation-users <n>', 'most users that candidates are scored on (default: 2000)', readNumber)
    .option('--seed <number>', 'of the candidates, and of what is held out at random (default: 1)', readNumber)
}

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function askTune(given: TuneArguments): TuneOptions {
  const { search, method, options, metric, trials, strategy, budget, heldOut, validationUsers, k, seed } = given
  const { baselines, baselineTrials, labels, lambdas, space } = given
  const all = {
    ...{ search, method, options, space: space as SearchSpace | undefined, metric, trials, strategy },
    ...{ baselines, baselineTrials, labels, lambdas },
    ...{ budgetMs: budget, heldOutShare: heldOut, validationUsers, k, seed },
  }
  // An option that was not given must not be named either: the search may not know it.
  const asked = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as TuneOptions
  resolveTune('tune', asked)
  return asked
}
