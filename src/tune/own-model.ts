/** Searches the options of a custom model by how it ranks the last interactions of users, which it is not trained on. */
import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { alignSplit, type AlignedSplit, type ItemSets } from '../evaluate/aligned-split.ts'
import { collectLists, type RankedLists, type RankingModel, type Recommender } from '../evaluate/collect-lists.ts'
import { fingerprintOf } from '../evaluate/fingerprint.ts'
import { RANKING_METRIC_NAMES, type RankingMetricName } from '../evaluate/ranking.ts'
import { scoreLists } from '../evaluate/score-lists.ts'
import { heldOutOf } from '../evaluate/summarise-lists.ts'
import { checkArgument } from '../support/arguments.ts'
import { atOnce } from '../support/drive.ts'
import { isFunction } from '../support/options.ts'
import { choice, resolve, type Given } from '../support/spec.ts'
import { nothingHeldOut, type HoldOutOptions, type Validation } from './hold-out.ts'
import { searchOwn, spaceOptions } from './own-objective.ts'
import { drawExamples } from './rolling-bench.ts'
import { meanMetric, planRungs, type Search } from './search.ts'
import { effortOptions, heldOutOptions, trialOptions } from './tune-options.ts'
import { cutWindows, spanOf, validationOf } from './validation-windows.ts'

/** Trains a custom model with these options, {} for its defaults; the result is queried as by `evaluate`. */
export type ModelTrainer<Options extends object> = (
  train: Interactions,
  options: Options,
) => Recommender | RankedLists | RankingModel | Promise<Recommender | RankedLists | RankingModel>

const metricOption = {
  /** Metric to maximise, mean over users. Default 'ndcg'. */
  metric: choice<RankingMetricName>('ndcg', RANKING_METRIC_NAMES),
}

export const modelSearchOptions = {
  ...effortOptions,
  ...trialOptions,
  ...heldOutOptions,
  ...spaceOptions,
  ...metricOption,
}

/** Options of `tuneModel`. */
export interface ModelSearch
  extends
    Given<typeof effortOptions>,
    Given<typeof trialOptions>,
    Given<typeof heldOutOptions>,
    Given<typeof spaceOptions>,
    Given<typeof metricOption> {}

/** Result of `tuneModel`. */
export interface ModelTuning<Options> extends Search<Options> {
  readonly validation: Validation
}

/** Users per call of the model. */
const BATCH = 10_000

/** Training rows and held-out items: those new to users that training knows. */
interface Window extends ItemSets {
  readonly train: Interactions
  readonly split: AlignedSplit
  readonly span: ReturnType<typeof spanOf>
}

/**
 * Searches the options of a custom model by the accuracy of its lists on held-out interactions, held out and scored as `tune` does for recommenders.
 *
 * Every candidate is trained and queried once per window, for all users; the first options are {}. A trainer that throws makes the trial fail, with the exceptions of a custom
 * objective (`OwnObjective`). The same table, options and seed give the same trials, interrupted and resumed from a `log` or not.
 *
 * @param trainer trains on a table with options; the result is queried as by `evaluate`
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, EMPTY_DATA when nothing can be held out, INVALID_DATA for the log of another search, TRIALS_FAILED; the reason of `signal`
 * @example
 * ```ts
 * import { fromRows, recommend, type Interactions } from 'rivulet'
 * import { tuneModel } from 'rivulet/advanced'
 *
 * const bought = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'tea'], ['bob', 'milk'], ['eve', 'milk'], ['eve', 'bread']]
 * const table = fromRows(bought.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * const train = (table: Interactions, { most = 1 }: { most?: number }) => ({
 *   recommend: (users: string[], k: number) => recommend(table, { users, k: Math.min(k, most), method: 'popularity' }),
 * })
 * const { trials, metric } = await tuneModel(train, table, { space: { most: [2, 3] }, heldOutShare: 0.5 })
 * console.log(trials.length, metric) // 3 ndcg@20
 * ```
 */
export async function tuneModel<Options extends object>(
  trainer: ModelTrainer<Options>,
  table: Interactions,
  given: ModelSearch,
): Promise<ModelTuning<Options>> {
  const who = 'tuneModel'
  checkArgument(who, 'trainer', trainer, isFunction)
  const resolved = resolve(who, modelSearchOptions, given)
  checkInteractions(who, table)
  const { metric, k, validationUsers, seed } = resolved
  const { windows, ...held } = holdOut(who, table, resolved)
  const examples = drawExamples(windows, validationUsers, seed)
  const asked = windows.map((_, at) =>
    Int32Array.from(examples.flatMap(({ window, user }) => (window === at ? user : []))),
  )
  const name = `${metric}@${k}`
  const scored = async (options: Options): Promise<Float64Array> => {
    const columns: Float64Array[] = []
    for (const [at, window] of windows.entries()) {
      const { train, split } = window
      const model = await trainer(train, options)
      const lists = await collectLists(model, asked[at], split.users, split.items, { k, batchSize: BATCH })
      columns.push(scoreLists(lists, window, [k], split.items.size).metrics[name])
    }
    const next = windows.map(() => 0)
    return Float64Array.from(examples, ({ window }) => columns[window][next[window]++])
  }
  const found = await searchOwn(who, scored, resolved, {
    metric: meanMetric(name),
    rungsOf: (candidates) => planRungs('random', candidates, 1, examples.length),
    facts: { metric, k, validationUsers, data: windows.map(({ split }) => atOnce(fingerprintOf(split))) },
  })
  const told = windows.map(({ span, items }) => ({ span, indices: items }))
  return {
    ...found,
    validation: validationOf(
      { ...held, windows: told },
      asked.map(({ length }) => length),
    ),
  }
}

function holdOut(who: string, table: Interactions, options: HoldOutOptions) {
  const { by, parts } = atOnce(cutWindows(who, table, options))
  let seenPairs = 0
  const all = parts.map(({ train, test }): Window => {
    const split = alignSplit(train, test)
    const { sets, seenPairs: seen } = heldOutOf(split, { unknownItems: 'drop', seenPairs: 'drop' })
    seenPairs += seen
    return { train, split, span: by === 'time' ? spanOf(test) : null, ...ofTrainedUsers(split, sets) }
  })
  const windows = all.filter(({ items }) => items.length > 0)
  if (windows.length === 0) throw nothingHeldOut(who, 'interactions', by === 'table' ? seenPairs : null)
  return { by, windows, seenPairs }
}

/** Only users with training interactions: the others have the same list for every candidate. */
function ofTrainedUsers({ users, train }: AlignedSplit, { indptr, items }: ItemSets): ItemSets {
  const starts = new Int32Array(users.known + 1)
  const kept = new Int32Array(items.length)
  let length = 0
  for (let user = 0; user < users.known; user++) {
    if (train.indptr[user + 1] > train.indptr[user])
      for (let at = indptr[user]; at < indptr[user + 1]; at++) kept[length++] = items[at]
    starts[user + 1] = length
  }
  return { indptr: starts, items: kept.subarray(0, length) }
}
