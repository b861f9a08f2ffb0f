/** Options of the commands that choose a recipe, and what the library gets of them. Defaults are the library's own. */
import type { Command } from 'commander'
import { resolveFit } from '../advanced.ts'
import type { FitOptions, MethodName } from '../index.ts'
import { readDuration, readNumber } from './argument-values.ts'

export interface SearchArguments {
  readonly trials?: number | undefined
  /** Milliseconds. */
  readonly budget?: number | undefined
  readonly heldOut?: number | undefined
}

export interface FitArguments extends SearchArguments {
  readonly k?: number | undefined
  readonly validationUsers?: number
  readonly baselines?: readonly MethodName[]
  readonly baselineTrials?: number
  readonly seed?: number
}

/** Options that say how long is searched, and by what is chosen. */
export function addSearchOptions(command: Command): Command {
  return command
    .option('--trials <n>', 'choices of exponents that are tried (default: 40)', readNumber)
    .option('--budget <time>', 'start nothing new after so long: 90, 90s, 5m, 1h (default: no limit)', readDuration)
    .option('--held-out <share>', "of every user's items, to choose by (default: 0.2)", readNumber)
}

/** Checks how a recipe is chosen before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function askFit(given: FitArguments): FitOptions {
  const { k, trials, budget, heldOut, validationUsers, baselines, baselineTrials, seed } = given
  const options = {
    ...{ k, trials, budgetMs: budget, heldOutShare: heldOut },
    ...{ validationUsers, baselines, baselineTrials, seed },
  }
  // A validation that is null says that a share is held out: the public way to say so is to leave it out.
  const { validation: _, ...resolved } = resolveFit(options)
  return resolved
}
