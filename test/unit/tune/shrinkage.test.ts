import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { gaussian } from '../../../src/tune/recipe-climb.ts'
import { shareOf } from '../../../src/tune/shrinkage.ts'
import { decide } from '../../../src/tune/decision.ts'

const USERS = 200

/** NDCG of users before and after a step that gains so much on average, less for some and more for others. */
function stepOf(seed: number, gain: number, spread: number): { before: Float64Array; gains: Float64Array } {
  const random = seededRandom(seed)
  const before = Float64Array.from({ length: USERS }, () => random.next())
  return { before, gains: before.map(() => gain + spread * gaussian(random)) }
}

/** What `shrink` makes of it, where a share of the way has that share of the gain. */
function taken(seed: number, gain: number, spread: number): number {
  const { before, gains } = stepOf(seed, gain, spread)
  const share = shareOf(gains, 0)
  const after = before.map((value, user) => value + share * gains[user])
  const [found, byDefault] = [after, before].map((ndcg) => ({ ndcg, recall: ndcg }))
  return atOnce(decide(found, byDefault, { k: 20, seed: 1 })).decision === 'tuned' ? share : 0
}

describe('how far to go', () => {
  it('nowhere by pure noise, but for the chance of a twentieth that its interval leaves', () => {
    const moved = Array.from({ length: 100 }, (_, seed) => taken(seed, 0, 0.1)).filter((share) => share > 0)
    expect(moved.length).toBeLessThan(6)
  })

  it('the whole way where the gain is plain, whatever the users are', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.02, max: 0.2, noNaN: true }), (seed, gain) => {
        expect(taken(seed, gain, gain)).toBe(1)
      }),
      { seed: 1, numRuns: 30 },
    )
  })

  it('nowhere by a loss, and nowhere by a single user', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(taken(seed, -0.05, 0.1)).toBe(0)
      }),
      { seed: 1, numRuns: 30 },
    )
    expect(shareOf(Float64Array.of(1), 0)).toBe(0)
  })

  it('nowhere where so little of the way is left that none is, however certain the gain', () => {
    const { before, gains } = stepOf(3, 0.04, 0.04)
    const [found, byDefault] = [before.map((value, user) => value + gains[user]), before].map((ndcg) => ({
      ...{ ndcg, recall: ndcg },
    }))
    const options = { k: 20, seed: 1 }
    expect(atOnce(decide(found, byDefault, options)).decision).toBe('tuned')
    const kept = atOnce(decide(found, byDefault, { ...options, mayBeTuned: false }))
    expect(kept).toMatchObject({ decision: 'default', scores: kept.defaultScores, score: kept.defaultScore })
  })

  it('less far the more the gain hangs on which items are held out', () => {
    const shares = [0, 0.02, 0.04, 0.06, 0.1, 0.2].map((tilt) => shareOf(stepOf(3, 0.04, 0.04).gains, tilt))
    expect(shares).toEqual([1, 0.75, 0.5, 0.25, 0.25, 0])
  })
})
