import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectiveSearch, ObjectiveTuning, OwnObjective } from '../../src/tune/own-objective.ts'
import { tune } from '../../src/tune/tune.ts'
import type { SearchSpace } from '../../src/tune/search-space.ts'
import { memory } from '../logs.ts'

interface Options {
  readonly x?: number
  readonly y?: string
}

type Request = ObjectiveSearch & { readonly evaluate: OwnObjective<Options> }
const searchOwn = ({ evaluate: objective, ...options }: Request): Promise<ObjectiveTuning<Options>> =>
  tune(objective, options)

const space: SearchSpace = { x: { logUniform: [0.01, 100] }, y: ['a', 'b', 'c'] }

/** Scores that depend on everything, and now and then a failure. */
const evaluate = ({ x = 7, y = 'z' }: Options, resource: number): number[] => {
  if (y === 'b' && x > 10) throw new Error('b cannot be so large')
  return Array.from({ length: resource }, (_, example) => Math.sin(x * (example + 1) + y.charCodeAt(0)))
}

const effort = fc.record({
  strategy: fc.constantFrom('halving' as const, 'random' as const),
  trials: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer(),
  resource: fc.integer({ min: 1, max: 60 }),
  leastResource: fc.integer({ min: 1, max: 5 }),
})

const withoutTimes = (lines: readonly object[]): object[] => lines.map((line) => ({ ...line, elapsedMs: 0 }))

describe('tune by an objective of your own', () => {
  it('gives the same again, and the same when it was interrupted anywhere and resumed from its log', async () => {
    await fc.assert(
      fc.asyncProperty(effort, fc.nat(), async (given, at) => {
        const request: Request = { space, evaluate, ...given }
        const log = memory([])
        const whole = await searchOwn({ ...request, log })
        expect(await searchOwn(request)).toEqual(whole)

        const cut = at % (log.lines.length + 1)
        const resumed = memory(log.lines.slice(0, cut))
        let asked = 0
        const counting = (options: Options, resource: number): number[] => {
          asked++
          return evaluate(options, resource)
        }
        expect(await searchOwn({ ...request, evaluate: counting, log: resumed })).toEqual(whole)
        expect(withoutTimes(resumed.lines)).toEqual(withoutTimes(log.lines))
        // Two trials may be asked again for the scores behind their figures.
        expect(asked).toBeLessThanOrEqual(log.lines.length - Math.max(1, cut) + 2)
      }),
      { numRuns: 40 },
    )
  })

  it('judges no candidate on fewer examples after more, and the best on all', async () => {
    await fc.assert(
      fc.asyncProperty(effort, async (given) => {
        const { trials, best, score, defaultScore } = await searchOwn({ space, evaluate, ...given })
        const last = new Map<number, number>()
        for (const { trial, resource } of [...trials].reverse()) {
          if (last.has(trial)) expect(resource).toBeGreaterThan(last.get(trial)!)
          last.set(trial, resource)
        }
        const inFull = trials.filter((trial) => trial.resource === given.resource && trial.score !== null)
        expect(Math.max(...inFull.map((trial) => trial.score!))).toBe(score)
        expect(score).toBeGreaterThanOrEqual(defaultScore!)
        expect(trials.find((trial) => trial.options === best)?.score).toBe(score)
      }),
      { numRuns: 40 },
    )
  })
})
