import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopList } from '../../../src/recommend/top-list.ts'
import { topKBySort } from '../../oracle/propagation.ts'

const coarse = fc.array(
  fc.integer({ min: 0, max: 6 }).map((value) => value / 4),
  { maxLength: 40 },
)

describe('TopList', () => {
  it('keeps the k largest, ties to whoever came first, and can be used again', () => {
    fc.assert(
      fc.property(coarse, coarse, fc.integer({ min: 1, max: 12 }), (first, second, k) => {
        const best = new TopList(k)
        for (const scores of [first, second]) {
          best.clear()
          scores.forEach((score, item) => best.offer(item, score))
          const expected = topKBySort(scores, k)
          const { items, scores: kept } = best.take()
          expect([...items]).toEqual(expected.map(({ row }) => row))
          expect([...kept]).toEqual(expected.map(({ score }) => score))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is empty when nothing was offered', () => {
    expect(new TopList(3).take().items.length).toBe(0)
  })
})
