import { describe, expect, it } from 'vitest'
import { explanationOf } from '../../../src/recommend/explain.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'

describe('the contributions to a score', () => {
  const index = GrowingKeyIndex.from(['tea', 'jam', 'oil'])

  it('come largest first, those that speak against it last, with shares of the sum', () => {
    expect(explanationOf(Int32Array.of(2, 0, 1), Float64Array.of(-3, 1, 4), index)).toEqual({
      score: 2,
      contributions: [
        { item: 'jam', score: 4, share: 2 },
        { item: 'tea', score: 1, share: 0.5 },
        { item: 'oil', score: -3, share: -1.5 },
      ],
      relations: [],
    })
  })

  it('share the score with what comes by relations', () => {
    const horror = { relation: 'genre', value: 'horror', score: 3 }
    const friend = { relation: 'friend', value: 'bob', score: 4 }
    expect(explanationOf(Int32Array.of(1), Float64Array.of(1), index, [horror, friend])).toEqual({
      score: 8,
      contributions: [{ item: 'jam', score: 1, share: 0.125 }],
      relations: [
        { ...friend, share: 0.5 },
        { ...horror, share: 0.375 },
      ],
    })
  })

  it('have no shares of a score of 0', () => {
    const { score, contributions } = explanationOf(Int32Array.of(0, 1), Float64Array.of(1, -1), index)
    expect([score, ...contributions.map(({ share }) => share)]).toEqual([0, 0, 0])
  })
})
