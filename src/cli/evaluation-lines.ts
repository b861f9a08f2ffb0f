import { pairedBootstrap, type ActivityScores, type ItemAgeScores, type PairedBootstrap } from '../index.ts'
import { spanText, type KnownSpan, type PooledEvaluation, type PublishedSplit } from '../advanced.ts'
import type { QuestionOptions } from './question.ts'
import { recipeLines, settingsText } from './settings.ts'
import { count, figure, tableLines } from './table.ts'

export interface Report {
  readonly method: string
  readonly options: QuestionOptions
  readonly evaluation: PooledEvaluation
  /** Other methods and baselines, of the same users. */
  readonly beside: readonly Beside[]
  /** Time span of training. */
  readonly times: KnownSpan
  /** Published results for the split, if they are comparable. */
  readonly published: PublishedSplit | null
  readonly elapsedMs: number
}

interface Beside {
  readonly name: string
  readonly evaluation: PooledEvaluation
  /** Options of a requested method; a baseline has none. */
  readonly options?: QuestionOptions
}

/** Whether several methods were requested: then columns have the method's name, and groups have only one metric. */
const areCompared = ({ beside }: Report): boolean => beside.some(({ options }) => options !== undefined)

/** An evaluation as text: what was compared, the metrics of methods and baselines side by side, by activity of users and by age of items. */
export function evaluationLines(report: Report): string[] {
  const { method, evaluation, beside, published } = report
  const pairs = Object.entries(evaluation.metrics).map(([name, value]) => [
    name,
    figure(value),
    ...beside.map((one) => figure(one.evaluation.metrics[name])),
  ])
  const runs = [{ name: method, evaluation }, ...beside.filter(({ options }) => options !== undefined)]
  return [
    ...headLines(report),
    '',
    ...tableLines(['metric', method, ...beside.map(({ name }) => name)], pairs),
    ...differenceLines(report),
    ...activityLines(report),
    ...ageLines(report),
    ...publishedLines(runs, published),
    ...auditLines(evaluation.audit),
  ]
}

function headLines({ method, options, evaluation, beside, elapsedMs }: Report): string[] {
  const { splits, audit } = evaluation
  const methods = [{ name: method, options }, ...beside]
  const rows = [
    ...splits.map(({ users, items, train, test, hash }, at) => [
      splits.length === 1 ? 'split' : `window ${at + 1}`,
      `${count(users)} users, ${count(items)} items, ${count(train)} training and ${count(test)} test pairs, ${hash}`,
    ]),
    ...methods.flatMap(({ name, options }) => (options === undefined ? [] : methodRows(name, options))),
    ['users', `${count(audit.evaluatedUsers)} evaluated${splits.length > 1 ? ', in each of their windows' : ''}`],
    ['elapsed', `${(elapsedMs / 1000).toFixed(1)} s`],
  ]
  const width = rows.reduce((most, [name]) => Math.max(most, name.length + 1), 9)
  return rows.map(([name, text]) => `${name.padEnd(width)}${text}`)
}

function methodRows(method: string, options: QuestionOptions): string[][] {
  const recipe = options.recipe === undefined ? [] : recipeLines(options.recipe)
  const told = settingsText(options)
  return [
    ['method', `${method}${told === '' ? '' : `, ${told}`}`],
    ...recipe.map((line, at) => [at === 0 ? 'recipe' : '', line]),
  ]
}

/** Difference of two methods on the same users, in NDCG at the last cut-off. */
export interface Lead extends PairedBootstrap {
  readonly metric: string
}

/** The difference of two methods, with its interval; `null` without NDCG. */
export function lead(first: PooledEvaluation, other: PooledEvaluation): Lead | null {
  const metric = Object.keys(first.perUser.metrics).findLast(isNdcg)
  if (metric === undefined) return null
  return { metric, ...pairedBootstrap(first.perUser.metrics[metric], other.perUser.metrics[metric]) }
}

function differenceLines(report: Report): string[] {
  const { method, evaluation, beside } = report
  const of = areCompared(report) ? ` of ${method}` : ''
  const width = beside.reduce((most, { name }) => Math.max(most, name.length), 0)
  return beside.flatMap(({ name, evaluation: other }) => {
    const found = lead(evaluation, other)
    if (found === null) return []
    const { metric, difference, low, high } = found
    const heading = `${metric}${of} minus that of ${`${name}:`.padEnd(width + 1)}`
    return [`${heading} ${signed(difference)}, 95 % interval ${signed(low)} to ${signed(high)}`]
  })
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${figure(Math.abs(value))}`

const isNdcg = (metric: string): boolean => metric.startsWith('ndcg@')
const isShown = (metric: string): boolean => isNdcg(metric) || metric.startsWith('recall@')

function activityLines(report: Report): string[] {
  const { method, evaluation, beside } = report
  if (evaluation.byActivity.length === 0) return []
  const several = areCompared(report)
  const names = Object.keys(evaluation.metrics).filter((name) => (several ? isNdcg(name) : isShown(name)))
  const cellsOf = (scores: ActivityScores | null | undefined): string[] =>
    names.map((name) => (scores ? figure(scores.metrics[name]) : ''))
  const row = (range: string, groupOf: (one: PooledEvaluation) => ActivityScores | null | undefined): string[] => [
    range,
    count(groupOf(evaluation)?.users ?? 0),
    ...cellsOf(groupOf(evaluation)),
    ...beside.flatMap((one) => cellsOf(groupOf(one.evaluation))),
  ]
  const { sparsestTenth: sparsest, coldUsers } = evaluation
  const rows = [
    ...(coldUsers ? [row('none (not in the means)', (one) => one.coldUsers)] : []),
    ...evaluation.byActivity.map((bucket, at) => row(rangeOf(bucket), (one) => one.byActivity[at])),
    ...(sparsest ? [row(`sparsest 10 %: ${rangeOf(sparsest)}`, (one) => one.sparsestTenth)] : []),
  ]
  const titles = ['training items', 'users', ...titlesOf(report, names), ...besideTitles(report, names)]
  return ['', `${several ? '' : `${method} `}by user activity`, ...tableLines(titles, rows)]
}

const titlesOf = (report: Report, names: readonly string[]): string[] =>
  names.map((name) => (areCompared(report) ? `${report.method} ${name}` : name))

const besideTitles = ({ beside }: Report, names: readonly string[]): string[] =>
  beside.flatMap(({ name: other }) => names.map((name) => `${other} ${name}`))

/** Scores by age of items; nothing if training has no times, or groups are not requested. */
function ageLines(report: Report): string[] {
  const { method, evaluation, beside, times } = report
  const { byItemAge, byActivity } = evaluation
  if (byItemAge.length === 0 || byActivity.length === 0) return []
  const several = areCompared(report)
  const shown = Object.keys(byItemAge[0].metrics).filter(isShown)
  const names = several ? shown : Object.keys(byItemAge[0].metrics)
  const titles = ['age', 'test pairs', ...titlesOf(report, names), ...besideTitles(report, shown)]
  const rows = byItemAge.map((group, at) => [
    ageOf(group, times),
    count(group.pairs),
    ...names.map((name) => figure(group.metrics[name])),
    ...beside.flatMap((one) => shown.map((name) => figure(one.evaluation.byItemAge[at].metrics[name]))),
  ])
  return ['', `${several ? '' : `${method} `}by age of the item when training ends`, ...tableLines(titles, rows)]
}

const ageOf = ({ from, to }: ItemAgeScores, times: KnownSpan): string =>
  from === null || to === null ? 'not in training' : `${spanText(from, times)} to ${spanText(to, times)}`

function rangeOf({ from, to }: ActivityScores): string {
  return to === null ? `${from} and more` : from === to ? String(from) : `${from}-${to}`
}

/** Notes that matter for comparing the figures with others. */
function auditLines(audit: PooledEvaluation['audit']): string[] {
  const said = [
    [
      audit.coldUsers,
      'test users have no training item: their lists come from the prior and do not count in the means',
    ],
    [audit.unknownUsers, 'test users are not in the training data and were left out'],
    [audit.unknownItemPairs, 'test pairs have an item that is not in the training data (--unknown-items)'],
    [audit.seenPairs, 'test pairs are also in the training data (--seen-pairs)'],
    [audit.unrankedUsers, 'test users received no list'],
  ] as const
  const lines = said.filter(([number]) => number > 0).map(([number, text]) => `note: ${count(number)} ${text}`)
  return lines.length > 0 ? ['', ...lines] : []
}

/** Figures of methods among published ones, best NDCG first, and the published protocol; nothing for an unknown split. */
export function publishedLines(
  runs: readonly { readonly name: string; readonly evaluation: Pick<PooledEvaluation, 'metrics'> }[],
  published: PublishedSplit | null,
): string[] {
  if (published === null) return []
  const own = runs.map(({ name, evaluation: { metrics } }) => ({
    ...{ method: name, recall20: metrics['recall@20'], ndcg20: metrics['ndcg@20'] },
    ...{ source: '<- this run', trained: false },
  }))
  const rows = [...own, ...published.results].sort((a, b) => b.ndcg20 - a.ndcg20)
  const cells = rows.map(({ method, recall20, ndcg20, source, trained }) => [
    method,
    figure(recall20),
    figure(ndcg20),
    trained ? 'yes' : 'no',
    source,
  ])
  return [
    '',
    `published for ${published.name}`,
    ...tableLines(['method', 'recall@20', 'ndcg@20', 'trained', 'source'], cells, [
      'left',
      'right',
      'right',
      'left',
      'left',
    ]),
    `note: ${published.protocol}`,
  ]
}
