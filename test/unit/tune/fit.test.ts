import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { splitRandom } from '../../../src/data/split.ts'
import { evaluate } from '../../../src/evaluate/evaluate.ts'
import { openNetwork } from '../../../src/network/network.ts'
import { DEFAULT_RECIPE, mix } from '../../../src/recommend/methods/recipe.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { fit, fitOn } from '../../../src/tune/fit.ts'
import { resolveFit } from '../../../src/tune/fit-options.ts'
import { holdOutFor } from '../../../src/tune/hold-out.ts'
import { halfway, searchRecipes, STARTS } from '../../../src/tune/recipe-search.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 120, others: 60, edges: 1500, seed: 2 }))
const nothing = (): never => {
  throw new TypeError('no problem was asked for')
}
const coded = (code: string) => expect.objectContaining({ name: 'RivuletError', code }) as Error

/** Three tastes, in each of which few items are liked by most; half of all draws are anybody's. */
function noisyTastes(): Interactions {
  const random = seededRandom(7)
  const rows = Array.from({ length: 4000 }, (_, at) => {
    const liked = 40 * (at % 3) + Math.floor(40 * random.next() ** 2)
    return { user: `u${at % 201}`, item: `i${random.next() < 0.5 ? liked : random.below(120)}` }
  })
  return fromRows(rows, { user: 'user', item: 'item' })
}

describe('fit', () => {
  const options = { trials: 6, baselineTrials: 3, validationUsers: 100 }
  const answer = fit(table, options)

  it('gives a recipe, the baselines best first, and says what it compared', () => {
    expect(mix(answer.recipe.operators, { ...answer.recipe, operators: undefined } as never)).toEqual(answer.recipe)
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
    expect(answer.users).toBe(100)
    expect(answer.validation.ndcg).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
  })

  it('keeps the default where what it found is no more than chance', () => {
    expect(answer.decision).toBe('default')
    expect(answer.gain.low).toBeLessThan(0)
    expect(answer.recipe).toEqual(DEFAULT_RECIPE)
    expect(answer.validation).toEqual(answer.defaultValidation)
  })

  it('takes what it found where it ranks better, by as much as the lists themselves say', async () => {
    const { train, test } = splitRandom(noisyTastes(), { testFraction: 0.3, seed: 1 })
    const given = fit(train, { validation: test, trials: 4, baselines: [] })
    expect(given.decision).toBe('fitted')
    expect(given.gain.low).toBeGreaterThan(0)
    const [found, byDefault] = await Promise.all(
      [given.recipe, DEFAULT_RECIPE].map((recipe) => evaluate(recommend(train, { recipe, k: 20 }), test)),
    )
    expect(given.validation.ndcg).toBeCloseTo(found.metrics['ndcg@20'], 9)
    expect(given.validation.recall).toBeCloseTo(found.metrics['recall@20'], 9)
    expect(given.defaultValidation.ndcg).toBeCloseTo(byDefault.metrics['ndcg@20'], 9)
    expect(given.gain.difference).toBeCloseTo(found.metrics['ndcg@20'] - byDefault.metrics['ndcg@20'], 9)
  })

  it('goes half of the way to what it found on a share held out, and all of it by a table that was given', () => {
    const noisy = noisyTastes()
    const network = openNetwork('fit', noisy, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
    const resolved = resolveFit({ trials: 4, baselines: [], heldOutShare: 0.3 })
    const held = atOnce(holdOutFor('fit', network, resolved))
    const solve = solveInThread(held.network.prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
    const [found, half] = [noisy, null].map((validation) =>
      drive(
        fitOn(held, { ...resolved, validation }, () => true),
        solve,
      ),
    )
    expect([found.decision, half.decision]).toEqual(['fitted', 'fitted'])
    expect(found.recipe).not.toEqual(DEFAULT_RECIPE)
    expect(half.recipe).toEqual(halfway(DEFAULT_RECIPE, found.recipe))
  })

  it('gives the same answer again', () => {
    expect(fit(table, options)).toEqual(answer)
  })

  it('chooses by a table that it is given, and then trains on the whole source', () => {
    const { train, test } = splitRandom(table, { testFraction: 0.2, seed: 1 })
    const given = fit(train, { ...options, validation: test, baselines: [] })
    expect(given.users).toBeGreaterThan(50)
    expect(given.baselines).toEqual([])
  })

  it('starts nothing new when its time is up, but answers', () => {
    const hurried = fit(table, { ...options, budgetMs: 0 })
    expect(hurried.trials).toBe(1)
    expect(hurried.baselines).toEqual([])
  })

  it('refuses what it cannot choose by', () => {
    const loners = tableOfNetwork({
      nodes: ['u', 'i'],
      users: 1,
      directed: false,
      edges: [{ from: 0, to: 1, weight: 1 }],
    })
    expect(() => fit(loners)).toThrow(coded('EMPTY_DATA'))
    expect(() => fit(table, { validation: loners })).toThrow(coded('EMPTY_DATA'))
    expect(() => fit(table, { trials: 0 })).toThrow(coded('INVALID_OPTION'))
    expect(() => fit(table, { heldOutShare: 1 })).toThrow(coded('INVALID_OPTION'))
    expect(() => fit(table, { baselines: ['graph-filter'] })).toThrow(coded('INVALID_OPTION'))
    expect(() => fit(table, { trails: 3 } as never)).toThrow(coded('UNKNOWN_OPTION'))
  })
})

describe('searchRecipes', () => {
  it('climbs to the top of a smooth hill', () => {
    const height = ({ userExponent, itemExponent, popularityExponent }: typeof DEFAULT_RECIPE): number =>
      -((userExponent - 0.1) ** 2) - (itemExponent - 0.6) ** 2 - (popularityExponent + 0.2) ** 2
    // eslint-disable-next-line require-yield -- needs no problem solved
    const objective = function* (): Algorithm<(recipe: typeof DEFAULT_RECIPE) => Algorithm<number>> {
      // eslint-disable-next-line require-yield -- needs no problem solved
      return function* (recipe) {
        return height(recipe)
      }
    }
    const request = { starts: STARTS, trials: 80, random: seededRandom(1), stride: 1, goOn: () => true }
    const { recipe, value } = drive(searchRecipes(objective, request), nothing)
    expect(value).toBe(height(recipe))
    expect(value).toBeGreaterThan(-0.01)
    expect(value).toBeGreaterThan(Math.max(...STARTS.map(height)) / 5)
  })
})
