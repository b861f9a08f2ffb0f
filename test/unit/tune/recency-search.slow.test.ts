import { describe, expect, it } from 'vitest'
import type { Interactions } from '../../../src/data/interactions.ts'
import { Engine } from '../../../src/engine.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import type { RecencyTuning } from '../../../src/tune/recency-search.ts'
import { partOfWay } from '../../../src/tune/recency-search.ts'
import { tune } from '../../../src/tune/tune.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { driftingTable } from '../data/drifting-rows.ts'
import { loyalTable } from '../data/loyal-rows.ts'
import { memory } from '../../logs.ts'

const DRIFT = { halfLife: 60, recency: 1, popularity: 0 }
const few = { search: 'recipe', trials: 2, validationUsers: 600, k: 5, baselines: [] } as const
const recencyOf = (table: Interactions): RecencyTuning => tune(table, few).recency!

describe('the search of what is recent', () => {
  // Of fewer than a thousand rows 'auto' does not say anything.
  const drifting = driftingTable({ rows: 990, items: 100, seed: 3, drift: DRIFT })
  const asked = { ...few, heldOutShare: 0.4 }

  it('finds a drift that lists are better for, and goes no further than users tell', () => {
    const { best, recency, decision, gain, validation } = tune(drifting, asked)
    expect(decision).toBe('tuned')
    expect(gain.low).toBeGreaterThan(0)
    expect(recency!.found.halfLife).toBeLessThan(300)
    expect(recency!.found.recency).toBeGreaterThan(0.2)
    expect(recency!.gain.low).toBeGreaterThan(0)
    expect(best.recency).toEqual(recency!.recency)
    expect([0.25, 0.5, 0.75, 1]).toContain(recency!.share)
    expect(validation.windows).toHaveLength(1)
    expect(recommend(drifting, { ...best, users: ['u1'], k: 3 }).size).toBe(1)
  })

  it("keeps 'auto' where nothing drifts, and where 'auto' finds what there is", () => {
    for (const seed of [1, 2, 3]) {
      const still = recencyOf(driftingTable({ rows: 990, items: 100, seed, drift: null }))
      expect([still.recency, still.share]).toEqual(['auto', 0])
      expect(still.gain.low).toBeLessThanOrEqual(0)
    }
    expect(tune(driftingTable({ rows: 8000, items: 60, seed: 2, drift: null }), few).best).not.toHaveProperty('recency')
  })

  it('is not made where what is held out is no future', () => {
    expect(tune(drifting, { ...few, validation: 'random' }).recency).toBeNull()
    expect(tune(drifting, { ...few, validation: 'leave-last-out' }).recency).toBeNull()
    expect(tune({ ...drifting, fromAllTimes: true }, few).recency).toBeNull()
    expect(recencyOf({ ...drifting, time: new Float64Array(drifting.length).fill(7) })).toBeNull()
  })

  it('gives the same answer again, from a log that was cut, and on threads', async () => {
    const windows = driftingTable({ rows: 7600, items: 60, seed: 2, drift: DRIFT })
    const fewer = { ...few, validationUsers: 200 }
    const log = memory()
    const whole = tune(windows, { ...fewer, log })
    expect(whole.validation.windows).toHaveLength(3)
    expect(tune(windows, { ...fewer, log: memory(log.lines.slice(0, 2)) })).toEqual(whole)
    for (const threads of [1, 2]) {
      await using engine = await Engine.create(windows, { threads })
      expect(await engine.tune(fewer)).toEqual(whole)
    }
  })

  it('ends in the middle of a trial of several windows when it is cancelled', async () => {
    const windows = driftingTable({ rows: 7600, items: 60, seed: 2, drift: DRIFT })
    await using engine = await Engine.create(windows, { threads: 2 })
    const abort = new AbortController()
    const reason = new Error('enough')
    setTimeout(() => abort.abort(reason), 50)
    await expect(engine.tune({ ...few, trials: 1000 }, { signal: abort.signal })).rejects.toBe(reason)
    expect((await engine.recommend({ users: ['u1'], k: 3 })).size).toBe(1)
  })
})

describe('the way from what the times say to a rule', () => {
  const rule = { halfLife: 100, recency: 1, popularity: -1 }

  it('begins with no recency where no drift is found, and goes by ratios of half-lives where one is', () => {
    const none = { factors: null, drift: null, past: null, notes: [] }
    expect(partOfWay(none, rule, 0.25)).toEqual({ halfLife: 100, recency: 0.25, popularity: -0.25 })
    const drift = { halfLife: 400, recency: 0.5, popularity: 0, static: 1, gain: 1, error: 0.1, windows: 5 }
    expect(partOfWay({ ...none, drift }, rule, 0.5)).toEqual({ halfLife: 200, recency: 0.75, popularity: -1 })
    expect(partOfWay({ ...none, drift }, rule, 1)).toEqual(rule)
  })
})

describe('the search of how much the average user says', () => {
  it('finds that what all take counts more than the past says, and leaves it where profiles decide', () => {
    const few = { search: 'recipe', trials: 1, validationUsers: 600, k: 5, baselines: [] } as const
    const { best, average, gain } = tune(loyalTable(0, { until: 0.8, before: 0.98 }), few)
    expect(average!.gain.low).toBeGreaterThan(0)
    expect(average!.averageShare).toBe(average!.found)
    expect(best.recipe.averageShare).toBeGreaterThan(1)
    expect(gain.low).toBeGreaterThan(0)
    const loyal = tune(loyalTable(0.95, { before: 0.95 }), few)
    expect(loyal.average!.averageShare).toBeNull()
    expect(loyal.best.recipe.averageShare).toBeNull()
  })
})

describe('the search of the order of profiles', () => {
  /** Users who go from taste to taste, each of which all have for twelve items; items of a taste are taken at random. */
  function wandering(isOrdered: boolean): Interactions {
    const random = seededRandom(4)
    const rows = Array.from({ length: 5000 }, (_, row) => {
      const [user, turn] = [row % 100, Math.floor(row / 100)]
      const taste = isOrdered ? (user + Math.floor(turn / 12)) % 5 : random.below(5)
      return { user: `u${user}`, item: `i${40 * taste + random.below(40)}`, time: row }
    })
    return fromRows(rows, { user: 'user', item: 'item', time: 'time' })
  }

  it('finds that the last items say more where users change, and that all count alike where they do not', () => {
    const { best, profile, gain } = tune(wandering(true), few)
    expect(profile!.gain.low).toBeGreaterThan(0)
    expect(best.profileHalfLife).toBe(profile!.found)
    expect(gain.low).toBeGreaterThan(0)
    const alike = tune(wandering(false), few)
    expect(alike.profile!.profileHalfLife).toBeNull()
    expect(alike.best).not.toHaveProperty('profileHalfLife')
  })
})
