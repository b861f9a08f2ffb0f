import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopList } from '../../../src/recommend/top-list.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { topKBySort } from '../../oracle/propagation.ts'

const coarse = fc.array(
  fc.integer({ min: 0, max: 6 }).map((value) => value / 4),
  { maxLength: 40 },
)

describe('TopList', () => {
  it('keeps the k largest in whatever order they come, ties to the lower item, and is empty afterwards', () => {
    fc.assert(
      fc.property(coarse, coarse, fc.integer({ min: 1, max: 12 }), fc.nat(), (first, second, k, seed) => {
        const best = new TopList(k)
        for (const scores of [first, second]) {
          const order = seededRandom(seed).shuffle(Int32Array.from(scores.keys()))
          for (const item of order) best.offer(item, scores[item])
          const expected = topKBySort(scores, k)
          const { items, scores: kept } = best.take()
          expect([...items]).toEqual(expected.map(({ row }) => row))
          expect([...kept]).toEqual(expected.map(({ score }) => score))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('moves its entries to their places in longer arrays and touches no others', () => {
    const best = new TopList(3)
    best.offer(7, 0.5)
    best.offer(4, 1)
    const [items, scores] = [new Int32Array(6).fill(-1), new Float32Array(6)]
    expect(best.moveTo(items, scores, 3)).toBe(2)
    expect([...items]).toEqual([-1, -1, -1, 4, 7, -1])
    expect([...scores]).toEqual([0, 0, 0, 1, 0.5, 0])
  })

  it('is empty when nothing was offered', () => {
    expect(new TopList(3).take().items.length).toBe(0)
  })
})
