import { describe, expect, it } from 'vitest'
import { publishedResults } from '../../../src/evaluate/published.ts'

describe('publishedResults', () => {
  it('knows nothing of other splits', () => {
    expect(publishedResults({ hash: '0726b437dfe62e8d' })).toBeNull()
    expect(publishedResults({ hash: 'toString' })).toBeNull()
  })

  it.each([
    ['6e7fb47ebe175824', 'Gowalla', 'ChebyCF', 0.1941, 0.1616],
    ['83cdb25a9df631ed', 'Yelp2018', 'NESCL', 0.0743, 0.0611],
    ['83cdb25a9df631ed', 'Yelp2018', 'BSL, LightGCN', 0.0744, 0.0617],
  ])('gives for %s what papers report for %s', (hash, name, method, recall20, ndcg20) => {
    const published = publishedResults({ hash })
    expect(published?.name).toContain(name)
    expect(published?.results.find((result) => result.method === method)).toMatchObject({ recall20, ndcg20 })
  })

  it('names paper and year of every figure, each method once', () => {
    for (const hash of ['6e7fb47ebe175824', '83cdb25a9df631ed']) {
      const results = publishedResults({ hash })!.results
      expect(new Set(results.map(({ method }) => method)).size).toBe(results.length)
      for (const { recall20, ndcg20, source } of results) {
        expect(source).toMatch(/^\S+ et al\., [A-Z]+ 20\d\d, (10\.\d+\/|arXiv:)/)
        // NDCG@20 below Recall@20 on both sets, for every method: a figure typed into the wrong place shows.
        expect(ndcg20).toBeLessThan(recall20)
      }
    }
  })
})
