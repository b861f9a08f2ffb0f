import type { ActivityScores, Evaluation } from '../index.ts'
import type { PublishedSplit } from '../advanced.ts'
import type { QuestionOptions } from './question.ts'
import { recipeLines, settingsText } from './settings.ts'
import { count, figure, tableLines } from './table.ts'

export interface Report {
  readonly method: string
  readonly options: QuestionOptions
  readonly evaluation: Evaluation
  /** The same lists by popularity; `null` when that is the method itself. */
  readonly baseline: Evaluation | null
  /** What papers report for the split, where it can be compared. */
  readonly published: PublishedSplit | null
  readonly elapsedMs: number
}

/** An evaluation for people: what was compared, the metrics beside those of popularity, and by activity. */
export function evaluationLines(report: Report): string[] {
  const { method, evaluation, baseline } = report
  const pairs = Object.entries(evaluation.metrics).map(([name, value]) => [
    name,
    figure(value),
    ...(baseline ? [figure(baseline.metrics[name])] : []),
  ])
  return [
    ...headLines(report),
    '',
    ...tableLines(['metric', method, ...(baseline ? ['popularity'] : [])], pairs),
    ...activityLines(report),
    ...publishedLines(report),
    ...auditLines(evaluation.audit),
  ]
}

function headLines({ method, options, evaluation, elapsedMs }: Report): string[] {
  const { users, items, train, test, hash } = evaluation.split
  const recipe = options.recipe === undefined ? [] : recipeLines(options.recipe)
  const rows = [
    [
      'split',
      `${count(users)} users, ${count(items)} items, ${count(train)} training and ${count(test)} test pairs, ${hash}`,
    ],
    ['method', `${method}, ${settingsText(options)}`],
    ...recipe.map((line, at) => [at === 0 ? 'recipe' : '', line]),
    ['users', `${count(evaluation.audit.evaluatedUsers)} evaluated`],
    ['elapsed', `${(elapsedMs / 1000).toFixed(1)} s`],
  ]
  return rows.map(([name, text]) => `${name.padEnd(9)}${text}`)
}

function activityLines({ method, evaluation, baseline }: Report): string[] {
  if (evaluation.byActivity.length === 0) return []
  const names = Object.keys(evaluation.metrics).filter((name) => /^(recall|ndcg)@/.test(name))
  const titles = ['training items', 'users', ...names, ...(baseline ? names.map((name) => `popularity ${name}`) : [])]
  const row = (range: string, own: ActivityScores, other: ActivityScores | null | undefined): string[] => [
    range,
    count(own.users),
    ...names.map((name) => figure(own.metrics[name])),
    ...(other ? names.map((name) => figure(other.metrics[name])) : []),
  ]
  const rows = evaluation.byActivity.map((bucket, at) => row(rangeOf(bucket), bucket, baseline?.byActivity[at]))
  const { sparsestTenth: sparsest, coldUsers } = evaluation
  if (coldUsers) rows.unshift(row('none (apart)', coldUsers, baseline?.coldUsers))
  if (sparsest) rows.push(row(`sparsest 10 %: ${rangeOf(sparsest)}`, sparsest, baseline?.sparsestTenth))
  return ['', `${method} by activity of the user`, ...tableLines(titles, rows)]
}

function rangeOf({ from, to }: ActivityScores): string {
  return to === null ? `${from} and more` : from === to ? String(from) : `${from}-${to}`
}

/** What a reader must know before she compares the figures with others. */
function auditLines(audit: Evaluation['audit']): string[] {
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
  readonly evaluation: Pick<Evaluation, 'metrics'>
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
