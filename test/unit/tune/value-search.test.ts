import { describe, expect, it } from 'vitest'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import type { RollingBench } from '../../../src/tune/rolling-bench.ts'
import type { UserScores } from '../../../src/tune/user-scores.ts'
import type { AskedMethod } from '../../../src/tune/validation-bench.ts'
import { chooseValues, type ChosenValues } from '../../../src/tune/value-search.ts'
import { drive } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'

const USERS = 200

/** Scores of so many users about a mean, always by the same luck. */
function scoresAbout(mean: number, seed: number): UserScores {
  const random = seededRandom(seed)
  const ndcg = Float64Array.from({ length: USERS }, () => mean + 0.2 * random.next())
  return { ndcg, recall: ndcg }
}

/** What is chosen where users gain so much by an order of profiles and a share of the average user. */
function chosen(gainOf: (halfLife: number | null, share: number | null) => number): ChosenValues {
  const partOf = (seed: number): RollingBench => {
    // eslint-disable-next-line require-yield -- the same shape as what asks
    const ask = function* (_: string, { recipe, profileHalfLife = null }: AskedMethod): Generator<never, UserScores> {
      return scoresAbout(gainOf(profileHalfLife, recipe?.averageShare ?? null), seed)
    }
    return { ask, network: { signed: false } } as unknown as RollingBench
  }
  const parts = { searching: partOf(1), deciding: partOf(2), before: scoresAbout(gainOf(null, null), 2) }
  const choice = chooseValues({ recipe: DEFAULT_RECIPE, recencyAt: undefined, ...parts }, { seed: 3 })
  return drive(choice, () => expect.unreachable())
}

describe('the order of profiles and the share of the average user', () => {
  it('are left where neither gains', () => {
    const { profile, average } = chosen(() => 0)
    expect([profile.profileHalfLife, average.averageShare]).toEqual([null, null])
  })

  it('are both taken where each gains beside the other', () => {
    const { profile, average } = chosen((halfLife, share) => (halfLife === 6 ? 0.1 : 0) + (share === 16 ? 0.2 : 0))
    expect([profile.profileHalfLife, average.averageShare]).toEqual([6, 16])
    expect(profile.gain.difference).toBeCloseTo(0.1, 10)
    expect(average.gain.difference).toBeCloseTo(0.2, 10)
  })

  it.each([
    ['the share', 0.1, 0.2, [null, 16]],
    ['the order', 0.2, 0.1, [6, null]],
  ])('take what gains most where one leaves nothing to the other: %s', (_, byOrder, byShare, expected) => {
    const { profile, average } = chosen((halfLife, share) =>
      Math.max(halfLife === 6 ? byOrder : 0, share === 16 ? byShare : 0),
    )
    expect([profile.profileHalfLife, average.averageShare]).toEqual(expected)
  })
})
