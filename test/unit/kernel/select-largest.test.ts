import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectLargest } from '../../../src/kernel/select-largest.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { topKBySort } from '../../oracle/propagation.ts'

const coarse = fc.array(
  fc.integer({ min: 0, max: 9 }).map((value) => value / 8),
  { minLength: 1, maxLength: 60 },
)

describe('selectLargest', () => {
  it('brings the k largest to the front, ties to the lower item, each with its score, and loses none', () => {
    fc.assert(
      fc.property(coarse, fc.integer({ min: 1, max: 60 }), fc.nat(), (all, most, seed) => {
        const k = Math.min(most, all.length)
        const items = seededRandom(seed).shuffle(Int32Array.from(all.keys()))
        const scores = Float32Array.from(items, (item) => all[item])
        selectLargest(items, scores, all.length, k)
        const expected = topKBySort(all, k).map(({ row }) => row)
        expect([...items.subarray(0, k)].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
        expect([...items].sort((a, b) => a - b)).toEqual([...all.keys()])
        expect([...scores]).toEqual(Array.from(items, (item) => all[item]))
      }),
      { numRuns: 300 },
    )
  })

  it('leaves what lies beyond the count alone', () => {
    const [items, scores] = [Int32Array.of(0, 1, 2, 3), Float32Array.of(1, 2, 3, 9)]
    selectLargest(items, scores, 3, 1)
    expect([items[0], scores[0], items[3], scores[3]]).toEqual([2, 3, 3, 9])
  })
})
