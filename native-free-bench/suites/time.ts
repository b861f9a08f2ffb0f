import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { poolEvaluations, splitRolling } from '../../src/advanced.ts'
import {
  Engine,
  pairedBootstrap,
  splitByTime,
  splitLeaveLastOut,
  splitRandom,
  type Evaluation,
  type Interactions,
  type ListOptions,
  type MethodName,
  type RecipeTuning,
  type Split,
} from '../../src/index.ts'
import { scoredLists } from '../data/scored-lists.ts'
import { TIMED_SETS, type TimedSet } from '../data/timed-sets.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench, Suite } from './suite.ts'

const K = 20
const DAY = 86_400
/** Windows of training that options are chosen on. */
const FOLDS = 2
/** Larger catalogues are no work for a dense inverse in a suite of minutes. */
const MOST_EASE = 4000
/** How far random and leave-last-out splits may fall behind what looks at no times. */
const NO_HARM = 0.995

/** Tomorrow's lists from today's data: every method tuned by the same trials on windows of training, against recent popularity. */
export const timeSuite: Suite = {
  about:
    'split by time: defaults and fitted against recent popularity and baselines with the same trials; no harm without drift',
  run: async (bench) => {
    const asked = TIMED_SETS.filter(({ name }) => bench.timed?.includes(name))
    const all = bench.size === 'smoke' ? TIMED_SETS.slice(0, 1) : TIMED_SETS
    const sets = asked.length > 0 ? asked : all
    for (const set of sets) {
      const table = await set.load()
      if (table === null) bench.report.skip(`time on ${set.name}: not below RIVULET_DATA`)
      else await timeOf(bench, set, table)
    }
  },
}

/** Options that are tried: when rows are recent, and how much that counts. */
function rulesOf(method: MethodName, isSmoke: boolean): Pick<ListOptions, 'recency'>[] {
  const spans = isSmoke ? [7] : [3, 7, 14, 30]
  const exponents = method === 'popularity' ? [1] : [0.5, 1]
  const rules = spans.flatMap((days) =>
    // What recent rows are given is taken from all rows.
    exponents.map((recency) => ({ recency: { halfLife: days * DAY, recency, popularity: -recency } })),
  )
  return [{ recency: 'auto' }, { recency: null }, ...rules]
}

const METHODS: readonly MethodName[] = ['graph-filter', 'label-spreading', 'item-knn', 'rp3beta', 'ease', 'popularity']
const SMOKE_METHODS: readonly MethodName[] = ['graph-filter', 'popularity']

interface Row {
  readonly label: string
  readonly options: ListOptions
  readonly evaluation: Evaluation
}

async function timeOf({ report, results, size }: Bench, { name, title }: TimedSet, table: Interactions): Promise<void> {
  const isSmoke = size === 'smoke'
  const split = splitByTime(table)
  const folds = splitRolling(split.train, { folds: isSmoke ? 1 : FOLDS })
  const methods = METHODS.filter((method) => method !== 'ease' || table.items.size <= MOST_EASE)
  const asked: { label: string; options: ListOptions }[] = [
    { label: 'default', options: {} },
    { label: 'popularity', options: { method: 'popularity', recency: null } },
    { label: 'recent popularity', options: { method: 'popularity' } },
  ]
  for (const method of isSmoke ? SMOKE_METHODS : methods) {
    const candidates = rulesOf(method, isSmoke).map((rule) => ({ method, ...rule }))
    asked.push({ label: `${method}, tuned`, options: await bestOf(folds, candidates) })
    report.say(`   ${name}: ${method} tuned by ${candidates.length} trials in ${folds.length} windows`)
  }
  const fitted = await fittedOn(split.train, isSmoke)
  asked.push({ label: 'fitted', options: fitted.best })
  report.say(`   ${name}: ${fittedText(fitted)}`)
  const evaluations = await scoredLists(
    split,
    asked.map(({ options }) => options),
    K,
  )
  const rows = asked.map((one, at) => ({ ...one, evaluation: evaluations[at] }))
  const harm = await withoutDrift(table)
  const recent = ofLabel(rows, 'popularity, tuned')
  const compared = ['default', 'fitted', 'graph-filter, tuned'].map((label) => ({
    label,
    ...against(ofLabel(rows, label), recent),
  }))
  const graph = `${title}: ${recent.evaluation.audit.evaluatedUsers} users, ${recent.evaluation.split.hash}`
  report.table(
    { suite: 'time', graph, task: 'the last fifth in time' },
    [
      ['method', 'Recall@20', 'NDCG@20', 'chosen'],
      ...rows.map(({ label, options, evaluation: { metrics } }) => [
        ...[label, metrics['recall@20'].toFixed(4), metrics['ndcg@20'].toFixed(4)],
        JSON.stringify(options.recency === undefined ? 'auto' : options.recency),
      ]),
      ...compared.map(({ label, difference, low, high }) => [
        ...[`${label} less recent popularity, tuned`, '', difference.toFixed(4)],
        `95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}`,
      ]),
    ],
    [
      // Below 0: lost beyond chance.
      ...compared.map(({ label, high }) => ({ name: `${label}, upper end`, value: high, unit: 'NDCG@20', atLeast: 0 })),
      ...harm.map(({ how, ratio }) => ({
        name: `${how}: default over none`,
        value: ratio,
        unit: 'x',
        atLeast: NO_HARM,
      })),
    ],
  )
  const line = {
    date: new Date().toISOString(),
    ...{ set: name, split: recent.evaluation.split, users: recent.evaluation.audit.evaluatedUsers },
    rows: rows.map(({ label, options, evaluation: { metrics, coldUsers } }) => ({
      ...{ label, options, recall20: metrics['recall@20'], ndcg20: metrics['ndcg@20'] },
      coldUsers: coldUsers && { users: coldUsers.users, ndcg20: coldUsers.metrics['ndcg@20'] },
    })),
    ...{ compared, harm },
    fitted: fittedFacts(fitted),
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(results, `time-${name}.json`), `${JSON.stringify(line, null, 2)}\n`)
}

/** The search of a recipe and of what is recent, as `tune` makes it: on windows of training, at its defaults. */
async function fittedOn(train: Interactions, isSmoke: boolean): Promise<RecipeTuning> {
  await using engine = await Engine.create(train)
  return await engine.tune({ search: 'recipe', baselines: [], ...(isSmoke && { trials: 2, validationUsers: 100 }) })
}

const fittedFacts = ({ share, gain, recency, average, profile, validation }: RecipeTuning) => ({
  ...{ share, gain, recency, average, profile, validation },
})

function fittedText({ share, gain, recency, average, profile, validation }: RecipeTuning): string {
  const rule = recency === null ? 'no rule of recency was searched' : `recency ${JSON.stringify(recency.recency)}`
  const windows = validation.windows?.map(({ examples }) => examples).join(', ') ?? validation.by
  const interval = `${gain.low.toFixed(4)} to ${gain.high.toFixed(4)}`
  const beside = `average share ${String(average?.averageShare)}, profiles halved after ${String(profile?.profileHalfLife)}`
  return `fitted on windows of ${windows} users: ${100 * share} % of the way to a recipe, ${rule}, ${beside}; gain on validation ${interval}`
}

/** The best candidate by the mean NDCG over all users and windows. */
async function bestOf(folds: readonly Split[], candidates: readonly ListOptions[]): Promise<ListOptions> {
  const byFold: Evaluation[][] = []
  for (const fold of folds) byFold.push(await scoredLists(fold, candidates, K))
  const means = candidates.map((_, at) => poolEvaluations(byFold.map((fold) => fold[at])).metrics['ndcg@20'])
  return candidates[means.indexOf(means.reduce((a, b) => Math.max(a, b)))]
}

/** Splits that know no tomorrow: as `evaluate` asks there, and with times left in, against lists that look at no times. */
async function withoutDrift(table: Interactions): Promise<{ readonly how: string; readonly ratio: number }[]> {
  const splits = { random: splitRandom(table), 'leave-last-out': splitLeaveLastOut(table) }
  const found: { how: string; ratio: number }[] = []
  for (const [how, { train, test, dropped }] of Object.entries(splits)) {
    const timeless = ({ time: _, ...rest }: Interactions): Interactions => rest
    const [asked] = await scoredLists({ train, test, dropped }, [{ recency: null }], K)
    const [none] = await scoredLists({ train: timeless(train), test, dropped }, [{}], K)
    found.push({ how, ratio: asked.metrics['ndcg@20'] / none.metrics['ndcg@20'] })
  }
  return found
}

function ofLabel(rows: readonly Row[], label: string): Row {
  const row = rows.find((one) => one.label === label)
  if (row === undefined) throw new Error(`expected a row ${label}`)
  return row
}

function against(ours: Row, other: Row): { readonly difference: number; readonly low: number; readonly high: number } {
  const perUser = ({ evaluation }: Row): Float64Array => evaluation.perUser.metrics['ndcg@20']
  const { difference, low, high } = pairedBootstrap(perUser(ours), perUser(other))
  return { difference, low, high }
}
