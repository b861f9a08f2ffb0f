import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { splitRandom } from '../../../src/data/split.ts'
import { takeRows } from '../../../src/data/take-rows.ts'
import { evaluate } from '../../../src/evaluate/evaluate.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { DEFAULT_RECIPE, mix } from '../../../src/recommend/methods/recipe.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import type { RecipeTuning } from '../../../src/tune/recipe-search.ts'
import { tune } from '../../../src/tune/tune.ts'
import type { RecipeSearch } from '../../../src/tune/tune-options.ts'
import { RollingBench } from '../../../src/tune/rolling-bench.ts'
import type { UserScores } from '../../../src/tune/user-scores.ts'
import { holdOutFor } from '../../../src/tune/hold-out.ts'
import {
  climbFreely,
  climbFrom,
  drawFreeMoves,
  movedCostly,
  partWay,
  pointOf,
  recipeOf,
  STARTS,
  type ClimbPoint,
} from '../../../src/tune/recipe-climb.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { coded } from '../../refusals.ts'
import { memory } from '../../logs.ts'

const table = tableOfNetwork(randomNetwork({ users: 120, others: 60, edges: 1500, seed: 2 }))
const nothing = (): never => {
  throw new TypeError('no problem was asked for')
}
/** Three tastes, in each of which few items are liked by most; half of all draws are anybody's. */
function noisyTastes(): Interactions {
  const random = seededRandom(7)
  const rows = Array.from({ length: 4000 }, (_, at) => {
    const liked = 40 * (at % 3) + Math.floor(40 * random.next() ** 2)
    return { user: `u${at % 201}`, item: `i${random.next() < 0.5 ? liked : random.below(120)}` }
  })
  return fromRows(rows, { user: 'user', item: 'item' })
}

const choose = (source: Interactions, asked: Omit<RecipeSearch, 'search'> = {}): RecipeTuning =>
  tune(source, { search: 'recipe', ...asked })

describe('tune of a recipe', () => {
  const options = { trials: 6, baselineTrials: 3, validationUsers: 100 }
  const answer = choose(table, options)

  it('gives a recipe, the baselines best first, and says what it compared', () => {
    const { recipe } = answer.best
    expect(mix(recipe.operators, { ...recipe, operators: undefined } as never)).toEqual(recipe)
    expect(answer).toMatchObject({ search: 'recipe', method: 'graph-filter', metric: 'ndcg@20', stopped: 'trials' })
    expect(answer.trials).toHaveLength(6)
    expect(answer.baselines.map(({ method }) => method).sort()).toEqual([
      'ease',
      'item-knn',
      'label-spreading',
      'p3alpha',
      'popularity',
      'rp3beta',
    ])
    const order = answer.baselines.map(({ ndcg }) => ndcg)
    expect([...order].sort((a, b) => b - a)).toEqual(order)
    expect(answer.validation).toMatchObject({ by: 'random', examples: 70, seenPairs: 0 })
    expect(answer.score).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
  })

  it('keeps the default where what it found is no more than chance', () => {
    expect(answer.decision).toBe('default')
    expect(answer.gain.low).toBeLessThan(0)
    expect(answer.best).toEqual({ method: 'graph-filter', recipe: DEFAULT_RECIPE })
    expect(answer.scores).toEqual(answer.defaultScores)
    expect(answer.score).toBe(answer.defaultScore)
  })

  it('takes what it found where it ranks better for users that the search did not see, by as much as their lists say', async () => {
    const { train, test } = splitRandom(noisyTastes(), { testFraction: 0.3, seed: 1 })
    const given = choose(train, { validation: test, trials: 6, baselines: [] })
    expect(given.decision).toBe('tuned')
    expect(given.gain.low).toBeGreaterThan(0)
    const network = openNetwork('tune', train, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
    const held = atOnce(holdOutFor('tune', network, { validation: test, heldOutShare: 0.2, seed: 1 }))
    const [searching, deciding] = RollingBench.draw('tune', [held], { k: 20, validationUsers: 3000, seed: 1 }).parts()
    expect(new Set([...searching.users, ...deciding.users]).size).toBe(searching.users.length + deciding.users.length)
    expect([given.validation.examples, given.gain.users]).toEqual([deciding.users.length, deciding.users.length])
    const decides = new Set(Array.from(deciding.users, (user) => train.users.keyOf(user)))
    const seen = takeRows(
      test,
      Int32Array.from(test.user.keys()).filter((row) => decides.has(test.users.keyOf(test.user[row]))),
    )
    const [found, byDefault] = await Promise.all(
      [given.best.recipe, DEFAULT_RECIPE].map((recipe) => evaluate(recommend(train, { recipe, k: 20 }), seen)),
    )
    expect(given.scores.ndcg).toBeCloseTo(found.metrics['ndcg@20'], 9)
    expect(given.scores.recall).toBeCloseTo(found.metrics['recall@20'], 9)
    expect(given.defaultScores.ndcg).toBeCloseTo(byDefault.metrics['ndcg@20'], 9)
    expect(given.gain.difference).toBeCloseTo(found.metrics['ndcg@20'] - byDefault.metrics['ndcg@20'], 9)
  })

  it('goes a share of the way to the best recipe found', () => {
    const { best, decision, share, trials } = choose(noisyTastes(), { trials: 4, baselines: [], heldOutShare: 0.3 })
    const found = trials[0].options.recipe
    expect(decision).toBe('tuned')
    expect([0.25, 0.5, 0.75, 1]).toContain(share)
    expect(best.recipe).toEqual(partWay(DEFAULT_RECIPE, found, share))
    expect(partWay(DEFAULT_RECIPE, found, 0)).toEqual(DEFAULT_RECIPE)
    expect(partWay(DEFAULT_RECIPE, found, 1)).toEqual(found)
  })

  it('gives the same answer again', () => {
    expect(choose(table, options)).toEqual(answer)
  })

  it('chooses by a table that it is given, and then trains on the whole source', () => {
    const { train, test } = splitRandom(table, { testFraction: 0.2, seed: 1 })
    const given = choose(train, { ...options, validation: test, baselines: [] })
    expect(given.validation.examples).toBeGreaterThan(25)
    expect(given.validation.by).toBe('table')
    expect(given.baselines).toEqual([])
  })

  it('goes on where it was interrupted, in the middle of the baselines too, to the same end', () => {
    const asked = { ...options, baselines: ['p3alpha', 'item-knn'] } as const
    const log = memory([])
    const whole = choose(table, { ...asked, log })
    // What was searched, six recipes, the defaults and three candidates of each baseline.
    expect(log.lines).toHaveLength(1 + 6 + 2 * 4)
    const withoutTimes = (lines: readonly object[]): object[] => lines.map((line) => ({ ...line, elapsedMs: 0 }))
    for (const cut of [0, 1, 4, 9, 15]) {
      const resumed = memory(JSON.parse(JSON.stringify(log.lines.slice(0, cut))) as object[])
      expect(choose(table, { ...asked, log: resumed })).toEqual(whole)
      expect(withoutTimes(resumed.lines)).toEqual(withoutTimes(log.lines))
    }
    expect(() => choose(table, { ...asked, trials: 7, log })).toThrow(coded('INVALID_DATA'))
  })

  it('holds out as it is told to', () => {
    const time = Float64Array.from({ length: table.length }, (_, row) => (row * 7919) % table.length)
    const timed = { ...table, time }
    for (const by of ['time', 'leave-last-out', 'random'] as const)
      expect(choose(timed, { trials: 1, baselines: [], validation: by }).validation.by).toBe(by)
    expect(choose(timed, { trials: 1, baselines: [] }).validation.by).toBe('time')
    expect(choose({ ...timed, fromAllTimes: true }, { trials: 1, baselines: [] }).validation.by).toBe('random')
    expect(() => choose(table, { trials: 1, validation: 'time' })).toThrow(coded('INVALID_DATA'))
  })

  it('starts nothing new when its time is up, but answers', () => {
    const hurried = choose(table, { ...options, budgetMs: 0 })
    expect([hurried.trials.length, hurried.stopped]).toEqual([1, 'budget'])
    expect(hurried.baselines).toEqual([])
  })

  it('refuses what it cannot choose by', () => {
    const loners = tableOfNetwork({
      nodes: ['u', 'i'],
      users: 1,
      directed: false,
      edges: [{ from: 0, to: 1, weight: 1 }],
    })
    expect(() => choose(loners)).toThrow(coded('EMPTY_DATA'))
    expect(() => choose(table, { validation: loners })).toThrow(coded('EMPTY_DATA'))
    expect(() => choose(table, { trials: 0 })).toThrow(coded('INVALID_OPTION'))
    expect(() => choose(table, { heldOutShare: 1 })).toThrow(coded('INVALID_OPTION'))
    expect(() => choose(table, { baselines: ['graph-filter'] })).toThrow(coded('INVALID_OPTION'))
    expect(() => choose(table, { trails: 3 } as never)).toThrow(coded('UNKNOWN_OPTION'))
  })
})

describe('climbFrom', () => {
  it('climbs to the top of a smooth hill', () => {
    const height = ({ userExponent, itemExponent, popularityExponent }: typeof DEFAULT_RECIPE): number =>
      -((userExponent - 0.1) ** 2) - (itemExponent - 0.6) ** 2 - (popularityExponent + 0.2) ** 2
    // eslint-disable-next-line require-yield -- needs no problem solved
    const scoresOf = function* (recipe: typeof DEFAULT_RECIPE): Algorithm<UserScores> {
      const scores = Float64Array.of(height(recipe))
      return { recall: scores, ndcg: scores }
    }
    const random = seededRandom(1)
    const near = (point: ClimbPoint, stride: number): ClimbPoint => movedCostly(point, random, stride)
    const request = { starts: STARTS.map(pointOf), trials: 80, near, strideOf: () => 1, goOn: () => true }
    const found = drive(
      climbFrom(request, (from, stride) => climbFreely(scoresOf, from, drawFreeMoves(random, stride))),
      nothing,
    )
    const { place, value } = found!
    const recipe = recipeOf(place)
    expect(value).toBe(height(recipe))
    expect(value).toBeGreaterThan(-0.01)
    expect(value).toBeGreaterThan(Math.max(...STARTS.map(height)) / 5)
  })
})
