import { describe, expect, it } from 'vitest'
import { markdownRows, tableRows } from '../../native-free-bench/report/sparse-lines.ts'
import type { SparseLine } from '../../native-free-bench/report/sparse-lines.ts'

const row = (label: string, recall20: number, ndcg20: number): SparseLine['rows'][number] => ({
  ...{ label, recall20, ndcg20 },
  ...{ options: {}, chosen: 'default' },
})
const comparison = { baseline: 'item-knn', difference: 0.01, p: 0.01, level: 0.95 }
const line = {
  items: 2,
  rows: [row('item-knn', 0.1, 0.08), row('default', 0.12, 0.0744)],
  comparisons: [
    { ...comparison, metric: 'recall@20', ratio: 1.2, low: 0.0051, high: 0.0149 },
    { ...comparison, metric: 'ndcg@20', ratio: 0.93, low: -0.0081, high: -0.00312 },
  ],
} as unknown as SparseLine

describe('sparse users', () => {
  it('as Markdown: a row a cut, every recipe, the difference by NDCG', () => {
    expect(markdownRows('Gowalla', [line])).toEqual([
      '|  | items left | item-knn | default | NDCG@20 over the best baseline, 95 % interval |',
      '| --- | --- | --- | --- | --- |',
      '| Gowalla | 2 | .1000/.0800 | .1200/.0744 | −7 % over item-knn (−.0081 to −.0031) |',
    ])
  })

  it('as a table: recipes, then both comparisons', () => {
    const [head, ...rows] = tableRows([line])
    expect(rows.every((cells) => cells.length === head.length)).toBe(true)
    expect(rows.map((cells) => cells.filter((cell) => cell !== '').join(' '))).toEqual([
      '2 item-knn 0.1000 0.0800',
      '2 default 0.1200 0.0744',
      'recall@20: +20 % over item-knn (.0051 to .0149)',
      'ndcg@20: −7 % over item-knn (−.0081 to −.0031)',
    ])
  })
})
