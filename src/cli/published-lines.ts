import type { Evaluation } from '../index.ts'
import type { PublishedSplit } from '../advanced.ts'
import { figure, tableLines } from './table.ts'

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
