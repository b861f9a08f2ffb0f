import { pairedBootstrap, type ActivityScores, type ItemAgeScores } from '../index.ts'
import { spanText, type KnownSpan, type PooledEvaluation, type PublishedSplit } from '../advanced.ts'
import type { QuestionOptions } from './question.ts'
import { recipeLines, settingsText } from './settings.ts'
import { count, figure, tableLines } from './table.ts'

export interface Report {
  readonly method: string
  readonly options: QuestionOptions
  readonly evaluation: PooledEvaluation
  /** Of the same users; none where the method is one of them. */
  readonly baselines: readonly Baseline[]
  /** From when to when training is. */
  readonly times: KnownSpan
  /** What papers report for the split, where it can be compared. */
  readonly published: PublishedSplit | null
  readonly elapsedMs: number
}

interface Baseline {
  readonly name: string
  readonly evaluation: PooledEvaluation
}

/** An evaluation for people: what was compared, the metrics beside those of the baselines, by activity of users and by age of items. */
export function evaluationLines(report: Report): string[] {
  const { method, evaluation, baselines } = report
  const pairs = Object.entries(evaluation.metrics).map(([name, value]) => [
    name,
    figure(value),
    ...baselines.map((baseline) => figure(baseline.evaluation.metrics[name])),
  ])
  return [
    ...headLines(report),
    '',
    ...tableLines(['metric', method, ...baselines.map(({ name }) => name)], pairs),
    ...differenceLines(report),
    ...activityLines(report),
    ...ageLines(report),
    ...publishedLines({ ...report, evaluation }),
    ...auditLines(evaluation.audit),
  ]
}

function headLines({ method, options, evaluation, elapsedMs }: Report): string[] {
  const { splits, audit } = evaluation
  const recipe = options.recipe === undefined ? [] : recipeLines(options.recipe)
  const rows = [
    ...splits.map(({ users, items, train, test, hash }, at) => [
      splits.length === 1 ? 'split' : `window ${at + 1}`,
      `${count(users)} users, ${count(items)} items, ${count(train)} training and ${count(test)} test pairs, ${hash}`,
    ]),
    ['method', `${method}, ${settingsText(options)}`],
    ...recipe.map((line, at) => [at === 0 ? 'recipe' : '', line]),
    ['users', `${count(audit.evaluatedUsers)} evaluated${splits.length > 1 ? ', in each of their windows' : ''}`],
    ['elapsed', `${(elapsedMs / 1000).toFixed(1)} s`],
  ]
  const width = rows.reduce((most, [name]) => Math.max(most, name.length + 1), 9)
  return rows.map(([name, text]) => `${name.padEnd(width)}${text}`)
}

/** Whether what is between the method and a baseline is more than the luck of these users. */
function differenceLines({ evaluation, baselines }: Report): string[] {
  const name = Object.keys(evaluation.perUser.metrics).findLast((metric) => metric.startsWith('ndcg@'))
  if (name === undefined) return []
  return baselines.map((baseline) => {
    const { difference, low, high } = pairedBootstrap(
      evaluation.perUser.metrics[name],
      baseline.evaluation.perUser.metrics[name],
    )
    return `${name} less that of ${baseline.name}: ${signed(difference)}, 95 % interval ${signed(low)} to ${signed(high)}`
  })
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${figure(Math.abs(value))}`

const isShown = (metric: string): boolean => /^(recall|ndcg)@/.test(metric)

function activityLines({ method, evaluation, baselines }: Report): string[] {
  if (evaluation.byActivity.length === 0) return []
  const names = Object.keys(evaluation.metrics).filter(isShown)
  const ofBaselines = baselines.flatMap(({ name: baseline }) => names.map((name) => `${baseline} ${name}`))
  const cellsOf = (scores: ActivityScores | null | undefined): string[] =>
    names.map((name) => (scores ? figure(scores.metrics[name]) : ''))
  const row = (range: string, groupOf: (one: PooledEvaluation) => ActivityScores | null | undefined): string[] => [
    range,
    count(groupOf(evaluation)?.users ?? 0),
    ...cellsOf(groupOf(evaluation)),
    ...baselines.flatMap((baseline) => cellsOf(groupOf(baseline.evaluation))),
  ]
  const { sparsestTenth: sparsest, coldUsers } = evaluation
  const rows = [
    ...(coldUsers ? [row('none (apart)', (one) => one.coldUsers)] : []),
    ...evaluation.byActivity.map((bucket, at) => row(rangeOf(bucket), (one) => one.byActivity[at])),
    ...(sparsest ? [row(`sparsest 10 %: ${rangeOf(sparsest)}`, (one) => one.sparsestTenth)] : []),
  ]
  return [
    '',
    `${method} by activity of the user`,
    ...tableLines(['training items', 'users', ...names, ...ofBaselines], rows),
  ]
}

/** New against old items; nothing where training has no times, or groups are not asked for. */
function ageLines({ method, evaluation, baselines, times }: Report): string[] {
  const { byItemAge, byActivity } = evaluation
  if (byItemAge.length === 0 || byActivity.length === 0) return []
  const names = Object.keys(byItemAge[0].metrics)
  const titles = [
    ...['age', 'test pairs', ...names],
    ...baselines.flatMap(({ name: baseline }) => names.filter(isShown).map((name) => `${baseline} ${name}`)),
  ]
  const rows = byItemAge.map((group, at) => [
    ageOf(group, times),
    count(group.pairs),
    ...names.map((name) => figure(group.metrics[name])),
    ...baselines.flatMap((baseline) =>
      names.filter(isShown).map((name) => figure(baseline.evaluation.byItemAge[at].metrics[name])),
    ),
  ])
  return ['', `${method} by age of the item when training ends`, ...tableLines(titles, rows)]
}

const ageOf = ({ from, to }: ItemAgeScores, times: KnownSpan): string =>
  from === null || to === null ? 'not in training' : `${spanText(from, times)} to ${spanText(to, times)}`

function rangeOf({ from, to }: ActivityScores): string {
  return to === null ? `${from} and more` : from === to ? String(from) : `${from}-${to}`
}

/** What a reader must know before she compares the figures with others. */
function auditLines(audit: PooledEvaluation['audit']): string[] {
  const said = [
    [audit.coldUsers, 'test users have no training item: their lists are the prior, and no part of the means'],
    [audit.unknownUsers, 'test users are unknown to training and were left out'],
    [audit.unknownItemPairs, 'test pairs have an item that training lacks (--unknown-items)'],
    [audit.seenPairs, 'test pairs are in training too (--seen-pairs)'],
    [audit.unrankedUsers, 'test users got no list'],
  ] as const
  const lines = said.filter(([number]) => number > 0).map(([number, text]) => `note: ${count(number)} ${text}`)
  return lines.length > 0 ? ['', ...lines] : []
}

/** The run's own figures among those of papers, best NDCG first, and how those came about; nothing for an unknown split. */
export function publishedLines({
  method,
  evaluation: { metrics },
  published,
}: {
  readonly method: string
  readonly evaluation: Pick<PooledEvaluation, 'metrics'>
  readonly published: PublishedSplit | null
}): string[] {
  if (published === null) return []
  const own = {
    method,
    recall20: metrics['recall@20'],
    ndcg20: metrics['ndcg@20'],
    source: '<- this run',
    trained: false,
  }
  const rows = [own, ...published.results].sort((a, b) => b.ndcg20 - a.ndcg20)
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
