import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../../src/network/open.ts'
import { methodOf, METHOD_NAMES } from '../../../src/recommend/methods/methods.ts'
import { defaultsOf } from '../../../src/support/spec.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import {
  BASELINES,
  candidatesOf,
  spaceOfMethod,
  tuneBaseline,
  whyLeftOut,
  type BaselineRequest,
} from '../../../src/tune/baselines.ts'
import { holdOut } from '../../../src/tune/hold-out.ts'
import { recipeAt } from '../../../src/tune/recipe-climb.ts'
import { extremesOf, requireSpace } from '../../../src/tune/search-space.ts'
import { isRefusal } from '../../../src/tune/trials.ts'
import { RollingBench } from '../../../src/tune/rolling-bench.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 120, others: 60, edges: 1500, seed: 2 }))
const options = { weighted: false, signals: null, direction: 'both', memoryLimitBytes: 1e9 } as const
const held = atOnce(holdOut('test', openNetwork('test', table, options), 0.3, 1))
const bench = RollingBench.draw('test', [held], { k: 10, validationUsers: 100, seed: 1 })
const benches = { searching: bench, deciding: bench }
const solve = solveInThread(held.network, { memoryLimitBytes: 1e9, kernel: 'auto' })
const value = ({ recall, ndcg }: { recall: number; ndcg: number }): number => (recall + ndcg) / 2

const request = (trials: number, more = true): BaselineRequest => ({
  trials,
  seed: 1,
  setting: { who: 'test', signal: undefined, goOn: () => more, isOfTrial: isRefusal },
  memory: null,
})

describe.each(METHOD_NAMES)('the space of %s', (method) => {
  const space = spaceOfMethod(method)
  const { options } = methodOf('test', method)

  it('is a space of options that the method takes', () => {
    expect(requireSpace('test', space)).toBe(space)
    for (const [name, range] of Object.entries(space)) {
      for (const extreme of extremesOf(range)) {
        if (method === 'graph-filter') expect(() => recipeAt('test', DEFAULT_RECIPE, { [name]: extreme })).not.toThrow()
        else expect([name, extreme, options[name].check(extreme)]).toEqual([name, extreme, null])
      }
    }
  })
})

describe('tuneBaseline', () => {
  it.each(['item-knn', 'rp3beta', 'label-spreading'] as const)('finds no worse than the defaults of %s', (method) => {
    const tuned = drive(tuneBaseline(method, benches, request(9, true)), solve)
    const byDefault = drive(bench.ask(method, {}), solve)
    expect(value(tuned)).toBeGreaterThanOrEqual(
      (byDefault.recall.reduce((a, b) => a + b) + byDefault.ndcg.reduce((a, b) => a + b)) / 200 - 1e-12,
    )
    expect(tuned.trials).toBe(10)
    const again = drive(bench.ask(method, tuned.options), solve)
    expect(tuned.recall).toBe(again.recall.reduce((a, b) => a + b) / 100)
  })

  it('tries no default again, and no more of a costly one than is worth it', () => {
    expect(drive(tuneBaseline('ease', benches, request(100, true)), solve).trials).toBe(9)
    expect(drive(tuneBaseline('popularity', benches, request(100, true)), solve).trials).toBe(1)
  })

  it('stops when it is told to', () => {
    const tuned = drive(tuneBaseline('p3alpha', benches, request(9, false)), solve)
    expect(tuned).toMatchObject({ method: 'p3alpha', options: {}, trials: 1 })
  })
})

describe('the candidates of a baseline', () => {
  it.each(BASELINES)('of %s are all different, and none is the defaults', (method) => {
    const names = Object.keys(spaceOfMethod(method))
    const keyOf = (point: object): string =>
      JSON.stringify(names.map((name) => (point as Record<string, unknown>)[name]))
    for (const seed of [1, 2, 3]) {
      const keys = candidatesOf(method, seed, 24).map(keyOf)
      expect(new Set([...keys, keyOf(defaultsOf(methodOf('test', method).options))]).size).toBe(keys.length + 1)
    }
  })

  it('begin with what is strong: a single one of item-knn ranks by the neighbours of the target', () => {
    expect(candidatesOf('item-knn', 1, 1)).toEqual([{ neighbours: 200, neighboursOf: 'target', shrink: 20 }])
    expect(candidatesOf('item-knn', 1, 24)).toHaveLength(24)
  })

  it('are those of all methods but the recipe itself', () => {
    expect([...BASELINES, 'graph-filter'].sort()).toEqual([...METHOD_NAMES].sort())
  })
})

describe('what is left out', () => {
  const { network } = bench
  const sized = (rowCount: number, columnCount: number) => ({
    rows: { ...network.rows, rowCount, columnCount },
    signed: false,
  })

  it('are walks where weights are below 0', () => {
    expect(whyLeftOut('rp3beta', network)).toBeNull()
    expect(whyLeftOut('rp3beta', { ...network, signed: true })).toBe('it takes no weights below 0')
    expect(whyLeftOut('item-knn', { ...network, signed: true })).toBeNull()
  })

  it('is ease where its inverse is costly, and no other method', () => {
    expect(whyLeftOut('ease', sized(10_000, 4000))).toBeNull()
    expect(whyLeftOut('ease', sized(10_000, 4300))).toMatch('a matrix of 4300 rows')
    // By users, of whom there are few.
    expect(whyLeftOut('ease', sized(3000, 100_000))).toBeNull()
    for (const method of BASELINES.filter((name) => name !== 'ease')) {
      expect(whyLeftOut(method, sized(10_000, 40_000))).toBeNull()
    }
  })

  it('are trials of ease that would take more than half a minute of a thread together', () => {
    const trials = [2000, 3000, 3600, 4000].map((rows) => candidatesOf('ease', 1, 100, rows).length + 1)
    expect(trials).toEqual([9, 8, 4, 3])
    const seconds = trials.map((count, at) => (count * [2000, 3000, 3600, 4000][at] ** 3 * 0.135) / 1e9)
    for (const each of seconds) expect(each).toBeLessThan(30)
  })
})
