import { describe, expect, it } from 'vitest'
import { distinctiveFeatures } from '../../../src/cluster/distinctive.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { atOnce } from '../../../src/support/drive.ts'

const items = GrowingKeyIndex.from(['tea', 'jam', 'oil', 'none'])
/** Members 0-2 have tea, 0 and 3 jam, 3 and 4 oil, 5 (in no cluster) oil. */
const pairs = {
  member: Int32Array.of(0, 1, 2, 0, 3, 3, 4, 5),
  feature: Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2),
}
const clusters = Int32Array.of(0, 0, 0, 1, 1, -1)

describe('distinctiveFeatures', () => {
  it('is the log-odds of Monroe, Colaresi and Quinn, by hand', () => {
    const [first, second] = atOnce(distinctiveFeatures(pairs, items, clusters, 2, 2, 10))
    // 4 pairs in the first cluster, 3 in the second; priors 2 x 3 items x (3, 2, 2) / 7.
    const tea = 18 / 7
    const oil = 12 / 7
    const teaOdds = Math.log((3 + tea) / (4 + 6 - 3 - tea)) - Math.log(tea / (3 + 6 - tea))
    const oilOdds = Math.log((2 + oil) / (3 + 6 - 2 - oil)) - Math.log(oil / (4 + 6 - oil))
    expect(first).toHaveLength(1)
    expect(first[0]).toMatchObject({ key: 'tea', count: 3 })
    expect(first[0].logOdds).toBeCloseTo(teaOdds, 12)
    expect(first[0].z).toBeCloseTo(teaOdds / Math.sqrt(1 / (3 + tea) + 1 / tea), 12)
    expect(second.map(({ key }) => key)).toEqual(['oil', 'jam'])
    expect(second[0].logOdds).toBeCloseTo(oilOdds, 12)
  })

  it('keeps the best, and holds rare features back by the strength of the prior', () => {
    expect(atOnce(distinctiveFeatures(pairs, items, clusters, 2, 1, 1))[1].map(({ key }) => key)).toEqual(['oil'])
    expect(atOnce(distinctiveFeatures(pairs, items, clusters, 2, 1, 0))).toEqual([[], []])
    const odds = (strength: number): number =>
      atOnce(distinctiveFeatures(pairs, items, clusters, 2, strength, 1))[0][0].logOdds
    expect(odds(10)).toBeLessThan(odds(1))
  })

  it('finds nothing distinctive of one cluster, nor where there is one feature', () => {
    expect(atOnce(distinctiveFeatures(pairs, items, new Int32Array(6), 1, 1, 5))).toEqual([[]])
    const one = { member: Int32Array.of(0, 3), feature: Int32Array.of(0, 0) }
    expect(atOnce(distinctiveFeatures(one, items, clusters, 2, 1, 5))).toEqual([[], []])
  })
})
