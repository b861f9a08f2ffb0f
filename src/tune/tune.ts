import type { Detached, On } from '../request/request.ts'
import { drive } from '../support/drive.ts'
import type { Signals } from '../data/signal-rules.ts'
import { readAs, type ReadingAs, type Source } from '../network/open.ts'
import type { MethodName } from '../recommend/methods/methods.ts'
import { withinMachine } from '../plan/machine.ts'
import type { Executor } from '../run/executor.ts'
import { answerInThread } from '../run/in-thread.ts'
import { watched, type Watch } from '../run/protocol.ts'
import { RivuletError } from '../support/errors.ts'
import { searchBalance, type BalanceTuning } from './balance-search.ts'
import { searchMethod, type OptionsTuning } from './options-search.ts'
import { tuneOwn, type ObjectiveSearch, type ObjectiveTuning, type OwnObjective } from './own-objective.ts'
import { searchRecipe, type RecipeTuning } from './recipe-search.ts'
import { searchSignals, type SignalsTuning } from './signals-search.ts'
import { isRefusal, settingOf, type Run } from './trials.ts'
import {
  resolveTune,
  type BalanceSearch,
  type OptionsSearch,
  type RecipeSearch,
  type ResolvedTune,
  type SignalsSearch,
  type TunableName,
  type TuneOptions,
} from './tune-options.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Result of `tune` on a graph or table, discriminated by `search`. */
export type Tuning<Name extends TunableName = TunableName> =
  OptionsTuning<Name> | RecipeTuning | SignalsTuning | BalanceTuning

/** Searches options of an objective of your own: a function that scores them. */
export function tune<Options extends object>(
  objective: OwnObjective<Options>,
  options: ObjectiveSearch,
): Promise<ObjectiveTuning<Options>>
/** Searches the weight of evidence relative to labels. */
export function tune<Name extends MethodName = 'graph-filter'>(
  source: Source,
  options: BalanceSearch<Name>,
): BalanceTuning
/** Searches what signals weigh. */
export function tune(source: Source, options: SignalsSearch): SignalsTuning
/** Searches a recipe of 'graph-filter', other methods tuned beside it. */
export function tune(source: Source, options: RecipeSearch): RecipeTuning
// The last overload is the one that the compiler speaks of where none fits.
/**
 * Searches options of a method by scores on data held out of the source, never on a test set.
 *
 * `search` chooses what to search: 'options' of any recommender, of `predictRatings` or of a function that labels nodes (default); a 'recipe' of 'graph-filter',
 * with other methods tuned for comparison; the weights of 'signals'; or the 'balance' of evidence and labels. The last three keep the defaults unless the gain is
 * significant. Instead of a source it takes a custom objective, a function that scores options, and returns a promise.
 *
 * Seeded: the same source, options and seed give the same trials and result, whether interrupted and resumed from a `log` or not, unless `budgetMs` cuts it
 * short. If the options of a trial are refused the trial fails and the search continues; any other error ends the search and is not logged.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY for a signal, EMPTY_DATA when nothing can be held out, INVALID_DATA for the log of
 * another search, TRIALS_FAILED, MEMORY_LIMIT when a trial does not fit, and errors of the source; the reason of `signal`; errors of an objective
 * that say nothing about the options.
 * @example
 * ```ts
 * import { fromRows, recommend, tune } from 'rivulet'
 *
 * const bought = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'tea'], ['bob', 'milk'], ['eve', 'milk'], ['eve', 'bread']]
 * const table = fromRows(bought.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * const { best, validation } = tune(table, { method: 'rp3beta', trials: 5, heldOutShare: 0.5 })
 * console.log(validation.by, recommend(table, { ...best, k: 1 }).size) // random 3
 *
 * const { decision } = tune(table, { search: 'recipe', trials: 3, baselines: [] })
 * console.log(decision) // default
 *
 * const own = await tune(({ x = 9 }: { x?: number }) => [-((x - 3) ** 2)], { space: { x: { uniform: [0, 10] } } })
 * console.log(Math.round(own.best.x ?? 9)) // 3
 * ```
 */
export function tune<Name extends TunableName = 'graph-filter'>(
  source: Source,
  options?: OptionsSearch<Name>,
): OptionsTuning<Name>
export function tune(
  given: Source | OwnObjective<object>,
  options?: TuneOptions | ObjectiveSearch,
): Tuning | Promise<ObjectiveTuning<object>> {
  const who = 'tune'
  if (typeof given === 'function') return tuneOwn(who, given, options as ObjectiveSearch)
  const resolved = resolveTune(who, options)
  const memoryLimitBytes = withinMachine(resolved.memoryLimitBytes)
  const run = { ...settingOf(who, resolved, isRefusal), memoryLimitBytes, network: null }
  return drive(searching(given, resolved, run), (asked: On) => answerInThread(asked))
}

/** Starts the search that `options.search` names. */
function searching(given: Source, resolved: ResolvedTune, run: Run): Detached<Tuning> {
  const { source, weighted } = readAs(run.who, given, resolved as ReadingAs)
  const options = { ...resolved, weighted } as ResolvedTune
  switch (options.search) {
    case 'options':
      return searchMethod(source, options, run)
    case 'recipe':
      return searchRecipe(source, options, run)
    case 'signals':
      return searchSignals(source, options, run)
    case 'balance':
      return searchBalance(source, options, run)
  }
}

/** The source of an engine and its network. */
export interface OwnMatrix {
  readonly source: Source
  readonly network: NamedNetwork
  /** As they were given. */
  readonly signals: Signals | null
}

/** Whether the search weighs signals as the engine does; otherwise their rules are part of the search. */
export const readsAsEngine = (options: TuneOptions | undefined): boolean =>
  options?.search === 'recipe' ||
  ((options?.search ?? 'options') === 'options' && (options as OptionsSearch | undefined)?.method !== 'predictRatings')

/** `tune` on the threads of an executor; progress counts trials. */
export async function tuneOnThreads(
  host: Executor,
  { source, network, signals }: OwnMatrix,
  options: TuneOptions | undefined,
  watch?: Watch,
): Promise<Tuning> {
  const who = 'tune'
  const memoryLimitBytes = network.budget.freeBytes
  const reading = readsAsEngine(options) ? { weighted: network.weighing.weighted, signals } : {}
  const given =
    options === undefined || Object(options) === options ? { memoryLimitBytes, ...reading, ...options } : options
  const resolved = resolveTune(who, given)
  const { signal = resolved.signal, onProgress = resolved.onProgress } = watched(who, watch)
  const run: Run = {
    ...settingOf(who, { ...resolved, signal, onProgress }, isRefusal),
    memoryLimitBytes: withinMachine(resolved.memoryLimitBytes),
    network,
  }
  return host.runBeside(searching(source, resolved, run), { signal })
}

const ended =
  (name: string, now: string): ((...given: never[]) => never) =>
  () => {
    throw new RivuletError('UNKNOWN_OPTION', {
      who: name,
      expected: now,
      got: name,
      todo: 'It has been renamed: see docs/how-to/tune.md.',
      details: { name, now },
    })
  }

/** @deprecated Now `tune(source, { search: 'recipe' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const fit = ended('fit', "tune(source, { search: 'recipe' })")
/** @deprecated Now `tune(table, { search: 'signals' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const fitSignals = ended('fitSignals', "tune(table, { search: 'signals' })")
/** @deprecated Now `tune(table, { search: 'balance' })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const balanceSignals = ended('balanceSignals', "tune(table, { search: 'balance' })")
/** @deprecated Now `tune(objective, { space })`. @throws {RivuletError} UNKNOWN_OPTION that says so */
export const searchOptions = ended('searchOptions', 'tune(objective, { space })')
