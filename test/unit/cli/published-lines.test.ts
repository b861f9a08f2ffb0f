import { describe, expect, it } from 'vitest'
import { publishedLines } from '../../../src/cli/evaluation-lines.ts'
import { publishedResults } from '../../../src/advanced.ts'

const published = publishedResults({ hash: '83cdb25a9df631ed' })
const evaluation = { metrics: { 'recall@20': 0.07, 'ndcg@20': 0.058 } }

describe('publishedLines', () => {
  it('places the run among the published figures, best NDCG first, aligned', () => {
    const lines = publishedLines([{ name: 'rp3beta', evaluation }], published)
    expect(lines.slice(0, 3)).toEqual([
      '',
      'published for Yelp2018, LightGCN split',
      'method          recall@20  ndcg@20  trained  source',
    ])
    const methods = lines.slice(3, -1).map((line) => line.split(' ')[0])
    expect(methods).toEqual(['BSL,', 'NESCL', 'XSimGCL', 'BSPM', 'rp3beta', 'GF-CF', 'LinkProp-Multi', 'LightGCN'])
    expect(lines[7]).toBe('rp3beta            0.0700   0.0580  no       <- this run')
    expect(lines.at(-1)).toMatch(/^note: .*no validation part.*by its test$/)
  })

  it('says nothing about an unknown split', () => {
    expect(publishedLines([{ name: 'rp3beta', evaluation }], null)).toEqual([])
  })
})
