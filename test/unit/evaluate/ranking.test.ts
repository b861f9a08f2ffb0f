import { describe, expect, it } from 'vitest'
import { hitsOf, recall, scoreRanking } from '../../../src/evaluate/ranking.ts'

describe('scoreRanking', () => {
  it('divides recall by all held-out items, also when there are more than k', () => {
    expect(scoreRanking([1, 2], new Set([1, 2, 3, 4]), 2).recall).toBe(0.5)
    expect(scoreRanking([1, 2], new Set([1, 2, 3, 4]), 2).ndcg).toBe(1)
    expect(scoreRanking([1, 2], new Set([1, 2, 3, 4]), 2).map).toBe(1)
  })

  it('divides precision by k, also when the list is shorter', () => {
    expect(scoreRanking([1], new Set([1]), 4).precision).toBe(0.25)
  })

  it('is 0 everywhere for an empty list and for a list of misses', () => {
    const zero = { recall: 0, precision: 0, ndcg: 0, map: 0, mrr: 0, 'hit-rate': 0 }
    expect(scoreRanking([], new Set([1]), 3)).toEqual(zero)
    expect(scoreRanking([7, 8, 9], new Set([1]), 3)).toEqual(zero)
  })

  it('ignores what comes after rank k', () => {
    expect(scoreRanking([9, 8, 1], new Set([1]), 2).recall).toBe(0)
    expect(scoreRanking([9, 8, 1], new Set([1]), 3).mrr).toBeCloseTo(1 / 3, 12)
  })

  it('counts an item that is listed twice once', () => {
    expect([...hitsOf([4, 4, 4], new Set([4, 5]))]).toEqual([1, 0, 0])
    expect(scoreRanking([4, 4, 4], new Set([4, 5]), 3).recall).toBe(0.5)
  })

  it('does not change the set it is given', () => {
    const relevant = new Set([1, 2])
    hitsOf([1, 2], relevant)
    expect([...relevant]).toEqual([1, 2])
  })

  it.each([0, -1, 1.5, NaN, Infinity])('refuses k = %s', (k) => {
    expect(() => scoreRanking([1], new Set([1]), k)).toThrowError(
      expect.objectContaining({ name: 'RivuletError', code: 'INVALID_OPTION' }),
    )
  })

  it('refuses a user without held-out items', () => {
    expect(() => scoreRanking([1], new Set(), 1)).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
  })

  it('reads hits as flags by rank', () => {
    expect(recall([1, 0, 1], 3, 4)).toBe(0.5)
  })
})
