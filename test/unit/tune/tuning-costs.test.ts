import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../../src/network/open.ts'
import { Engine } from '../../../src/engine.ts'
import { candidatesOf, planBaseline } from '../../../src/tune/baselines.ts'
import { costOfRecipe, planTrials } from '../../../src/tune/tuning-costs.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 120, others: 60, edges: 1500, seed: 2 }))
const network = openNetwork('test', table, {
  weighted: false,
  signals: null,
  direction: 'both',
  memoryLimitBytes: 1e9,
})
const points = candidatesOf('item-knn', 1, 24)
const request = { points, examples: 1000, leastExamples: 100, windows: 1 }

describe('how many candidates a method is worth', () => {
  it('is fewer the more they cost, the first of them, and at least three', () => {
    const counts = [Infinity, 1, 0.5, 0.2, 0].map((share) => {
      const all = planTrials(network, 'item-knn', request, Infinity)
      const planned = planTrials(network, 'item-knn', request, share * (all.cost ?? 0))
      expect(planned.points).toEqual(points.slice(0, planned.points.length))
      if (planned.points.length > 3) expect(planned.cost).toBeLessThanOrEqual(share * (all.cost ?? 0))
      return planned.points.length
    })
    expect(counts.slice(0, 2)).toEqual([24, 24])
    expect([...counts].sort((a, b) => b - a)).toEqual(counts)
    expect(counts[4]).toBe(3)
  })

  it('builds every model once, and halves down what costs lists alone', () => {
    expect(planTrials(network, 'label-spreading', { ...request, points: points.map(() => ({})) }, 1e12).rungs).toEqual([
      { trials: 24, resource: 112 },
      { trials: 8, resource: 334 },
      { trials: 2, resource: 1000 },
    ])
    const long = {
      ...network,
      rows: { ...network.rows, rowCount: 1e5, lengthOf: () => 900 },
    } as unknown as typeof network
    expect(planTrials(long, 'item-knn', request, Infinity).rungs).toEqual([{ trials: 24, resource: 1000 }])
  })

  it('is all that are asked for where a trial takes no time', () => {
    const planned = planBaseline('rp3beta', { network, examples: 100, windows: 3 }, { trials: 24, seed: 1 })
    expect(planned.points).toHaveLength(24)
  })
})

describe('what the search of a recipe costs', () => {
  it('grows with trials, users and windows', () => {
    const work = { trials: 40, searching: 1000, deciding: 2000, windows: 1 }
    const cost = costOfRecipe(network, work)
    for (const more of [{ trials: 80 }, { searching: 2000 }, { deciding: 4000 }, { windows: 3 }])
      expect(costOfRecipe(network, { ...work, ...more })).toBeGreaterThan(cost)
  })

  it('is told by an engine before it begins, with and without baselines', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    const { seconds, recipeSeconds } = engine.forecastTune({ trials: 4000 })
    expect(recipeSeconds).toBeGreaterThan(0)
    expect(seconds).toBeGreaterThanOrEqual(recipeSeconds)
    expect(engine.forecastTune({ trials: 4000, baselines: [] })).toEqual({ seconds: recipeSeconds, recipeSeconds })
    expect(() => engine.forecastTune({ trials: 0 })).toThrow(/forecastTune.*trials/)
  })
})
