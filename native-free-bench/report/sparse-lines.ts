import type { SplitFingerprint } from '../../src/advanced.ts'
import type { RecommenderOptions } from '../../src/index.ts'
import type { Chosen } from '../data/recipes.ts'
import type { Scores, SetName } from '../data/splits.ts'
import type { Machine } from './record.ts'

/** Ours against the baseline that is best by a metric, on the same users. */
export interface Comparison {
  readonly metric: string
  readonly baseline: string
  /** Our mean over the baseline's. */
  readonly ratio: number
  /** Mean difference, and the ends of its 95 % interval: paired bootstrap over the users. */
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly p: number
}

/** One cut of one split, as it is kept. */
export interface SparseLine {
  readonly date: string
  readonly set: SetName
  /** Training items left of each chosen user. */
  readonly items: number
  readonly share: number
  readonly seed: number
  readonly split: SplitFingerprint
  readonly chosenUsers: number
  /** Chosen users with held-out items: the means are theirs. */
  readonly users: number
  readonly rows: readonly (Scores & { label: string; options: RecommenderOptions; chosen: Chosen })[]
  readonly comparisons: readonly Comparison[]
  readonly versions: { readonly rivulet: string; readonly node: string }
  readonly machine: Machine
}

/** A block of rows a cut: every recipe, and ours against the best baseline. */
export function tableRows(lines: readonly SparseLine[]): string[][] {
  return [
    ['items left', 'method', 'Recall@20', 'NDCG@20', ''],
    ...lines.flatMap(({ items, rows, comparisons }) => [
      ...rows.map(({ label, recall20, ndcg20 }) => [String(items), label, recall20.toFixed(4), ndcg20.toFixed(4), '']),
      ...comparisons.map((comparison) => ['', '', '', '', `${comparison.metric}: ${difference(comparison)}`]),
    ]),
  ]
}

/** Rows for a Markdown table with the columns set, items, then each recipe, then ours against the best baseline by NDCG; the first line names them. */
export function markdownRows(title: string, lines: readonly SparseLine[]): string[] {
  const labels = lines[0].rows.map(({ label }) => label)
  const head = ['', 'items left', ...labels, 'NDCG@20 over the best baseline, 95 % interval']
  const cells = lines.map(({ items, rows, comparisons }) => [
    title,
    String(items),
    ...rows.map(({ recall20, ndcg20 }) => `${short(recall20)}/${short(ndcg20)}`),
    difference(comparisons.find(({ metric }) => metric === 'ndcg@20') as Comparison),
  ])
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`)
}

/** '+12 % over item-knn (.0021 to .0043)' */
function difference({ baseline, ratio, low, high }: Comparison): string {
  const percent = Math.round(100 * (ratio - 1))
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} % over ${baseline} (${short(low)} to ${short(high)})`
}

/** .1849, −.0021 */
function short(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4).replace(/^0/, '')}`
}
