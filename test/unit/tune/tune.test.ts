import { describe, expect, it } from 'vitest'
import { mergeDuplicates } from '../../../src/data/clean.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { splitByTime, splitLeaveLastOut } from '../../../src/data/split.ts'
import { evaluateRankings } from '../../../src/evaluate/evaluate.ts'
import { rmse } from '../../../src/evaluate/score-ratings.ts'
import { Engine } from '../../../src/engine.ts'
import { predictRatings } from '../../../src/ratings/predict-ratings.ts'
import { labelSpreading } from '../../../src/label/label-spreading.ts'
import { METHOD_NAMES } from '../../../src/recommend/methods/methods.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { resolvent } from '../../../src/recommend/methods/operators.ts'
import { mix } from '../../../src/recommend/methods/recipe.ts'
import { seededRandom } from '../../../src/support/random.ts'
import * as door from '../../../src/index.ts'
import { tune } from '../../../src/tune/tune.ts'
import { resolveTune, SEARCH_NAMES } from '../../../src/tune/tune-options.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'
import { RATED, ratedTable, ratedWorld, type RatedRow } from '../../ratings.ts'
import { coded } from '../../refusals.ts'
import { memory } from '../../logs.ts'

const timeless = tableOfNetwork(randomNetwork({ users: 150, others: 60, edges: 2400, seed: 2 }))
const time = Float64Array.from({ length: timeless.length }, (_, row) => (row * 7919) % timeless.length)
const table = { ...timeless, time }
describe('tune', () => {
  const found = tune(table, { method: 'rp3beta', trials: 9 })

  it('scores with the fixed options, and gives them back', () => {
    const few = { trials: 1, validationUsers: 40 }
    for (const method of ['graph-filter', 'p3alpha'] as const) {
      const [none, options] = [{ profileHalfLife: 9 }, { profileHalfLife: 9, recency: { halfLife: 30 } }]
      const { best, defaultScore } = tune(table, { method, options, ...few })
      expect(best).toMatchObject({ method, ...options })
      expect(defaultScore).not.toBe(tune(table, { method, options: none, ...few }).defaultScore)
    }
  })

  it('gives options that the method takes, no worse than its defaults, and what it saw', () => {
    expect(recommend(table, { ...found.best, k: 3 }).size).toBe(150)
    expect(found.best.method).toBe('rp3beta')
    expect(found.score).toBeGreaterThanOrEqual(found.defaultScore!)
    expect(found.gain!.difference).toBeCloseTo(found.score - found.defaultScore!, 12)
    expect(found).toMatchObject({
      search: 'options',
      method: 'rp3beta',
      metric: 'ndcg@20',
      strategy: 'halving',
      stopped: 'trials',
    })
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })

  it('validates on the latest where times are known, as an evaluation of the same split would', async () => {
    const { train, test } = splitByTime(table)
    const single = tune(table, {
      method: 'ease',
      trials: 1,
      strategy: 'random',
      metric: 'recall',
      k: 5,
      heldOutShare: 0.2,
    })
    const engine = await Engine.create(train, { threads: 1 })
    const rankings = await engine.rank({ ...single.best, k: 5 })
    const { metrics, audit } = evaluateRankings(rankings, train, test, { k: 5 })
    await engine.close()
    const trained = new Set(train.user)
    expect(single.validation).toEqual({
      by: 'time',
      examples: audit.evaluatedUsers,
      heldOut: test.user.filter((user) => trained.has(user)).length,
      seenPairs: 0,
      windows: [expect.objectContaining({ from: Math.min(...test.time!), examples: audit.evaluatedUsers })],
    })
    expect(single.score).toBeCloseTo(metrics['recall@5'], 12)
  })

  it('holds out otherwise where it is told to, or no time is known', () => {
    const by = (source: typeof table | typeof timeless, validation?: 'random' | 'leave-last-out'): unknown =>
      tune(source, { method: 'label-spreading', trials: 1, validation }).validation
    expect(by(timeless)).toMatchObject({ by: 'random' })
    expect(by({ ...table, time: new Float64Array(table.length).fill(NaN) })).toMatchObject({ by: 'random' })
    expect(by(table, 'random')).toMatchObject({ by: 'random' })
    const { test } = splitLeaveLastOut(table)
    expect(by(table, 'leave-last-out')).toEqual({
      by: 'leave-last-out',
      examples: test.length,
      heldOut: test.length,
      seenPairs: 0,
    })
    const given = tune(splitLeaveLastOut(table).train, { method: 'label-spreading', trials: 1, validation: test })
    expect(given.validation).toEqual({ by: 'table', examples: test.length, heldOut: test.length, seenPairs: 0 })
    expect(given.score).toBe(tune(table, { method: 'label-spreading', trials: 1, validation: 'leave-last-out' }).score)
  })

  it('takes a graph for the table that it is', () => {
    const graph = graphOf(randomNetwork({ users: 40, others: 30, edges: 400, seed: 4 }))
    const { validation } = tune(graph, { method: 'p3alpha', trials: 2 })
    expect(validation.by).toBe('random')
  })

  it('searches what it is told to, the rest as given', () => {
    const { best, trials } = tune(table, {
      method: 'item-knn',
      options: { neighbours: 20 },
      space: { shrink: { uniform: [0, 50] } },
      trials: 4,
      strategy: 'random',
    })
    expect(trials.map(({ options }) => Object.keys(options))).toEqual(
      [['shrink'], ['shrink'], ['shrink'], ['shrink'], []].sort(() => 0) as never,
    )
    expect(best).toMatchObject({ method: 'item-knn', neighbours: 20 })
    const fixed = tune(table, { method: 'item-knn', options: { neighbours: 20 }, trials: 4 })
    for (const { options } of fixed.trials) expect(options).not.toHaveProperty('neighbours')
  })

  it('draws numbers of a recipe, and gives a recipe', () => {
    const { best, trials } = tune(table, { trials: 4, strategy: 'random' })
    expect(best.recipe?.operators).toHaveLength(1)
    const drawn = trials.find(({ trial }) => trial === 1)!
    expect(Object.keys(drawn.options).sort()).toEqual(
      [
        'cut',
        'degreeOffset',
        'itemExponent',
        'leaveOneOut',
        'order',
        'popularityExponent',
        'profileExponent',
        'userExponent',
      ].sort(),
    )
    const of = { options: { recipe: mix([resolvent({ lambda: 2 })]) }, trials: 2 }
    expect(
      tune(table, { ...of, space: { lambda: [7], userExponent: [0.1] } }).trials.map(({ options }) => options),
    ).toContainEqual({
      lambda: 7,
      userExponent: 0.1,
    })
    expect(() => tune(table, { ...of, space: { cut: [2] } })).toThrow(coded('UNKNOWN_OPTION', 'cut'))
  })

  it.each(METHOD_NAMES.filter((method) => method !== 'popularity'))('tunes %s', (method) => {
    const { trials, score } = tune(table, { method, trials: 3, validationUsers: 60 })
    expect(score).toBeGreaterThan(0)
    expect(trials.every(({ error }) => error === null)).toBe(true)
  })

  it('measures what is wanted of several signals', () => {
    const { user, item, length } = table
    const signal = Uint8Array.from({ length }, (_, row) => (row % 3 === 0 ? 1 : 0))
    const mixed = { ...table, signals: ['view', 'buy'], signal, user, item }
    const held = (signals: object): number =>
      tune(mixed, { method: 'label-spreading', trials: 1, signals: signals as never }).validation.heldOut
    const all = held({ view: 1, buy: 1 })
    expect(held({ view: 1, buy: { role: 'label' } })).toBeLessThan(all / 2)
    expect(held({ view: -1, buy: 1 })).toBe(held({ view: 1, buy: { role: 'label' } }))
  })

  it('goes on where it was interrupted, to the same end', () => {
    const options = { method: 'rp3beta', trials: 9 } as const
    const whole = memory()
    expect(tune(table, { ...options, log: whole })).toEqual(found)
    for (const length of [0, 1, 2, 7, whole.lines.length]) {
      const log = memory(whole.lines.slice(0, length))
      expect(tune(table, { ...options, log })).toEqual(found)
      expect(log.lines.map((line) => ({ ...line, elapsedMs: 0 }))).toEqual(
        whole.lines.map((line) => ({ ...line, elapsedMs: 0 })),
      )
    }
    const longer = tune(table, { ...options, trials: 12, strategy: 'random', log: memory([...whole.lines]) })
    expect(longer).toEqual(tune(table, { ...options, trials: 12, strategy: 'random' }))
  })

  it('refuses the log of other data, another method or another space', () => {
    const { lines } = memory()
    const append = (line: object): void => void lines.push(line)
    tune(table, { method: 'p3alpha', trials: 2, log: { lines, append } })
    const again =
      (source: typeof table, options: object): (() => unknown) =>
      () =>
        tune(source, { method: 'p3alpha', trials: 2, ...options, log: memory([...lines]) })
    const other = tableOfNetwork(randomNetwork({ users: 150, others: 60, edges: 2400, seed: 3 }))
    expect(again({ ...other, time: time.slice(0, other.length) }, {})).toThrow(coded('INVALID_DATA', "'data'"))
    expect(again(table, { method: 'rp3beta' })).toThrow(coded('INVALID_DATA', '\'method\': expected "rp3beta"'))
    expect(again(table, { space: { alpha: [1, 2] } })).toThrow(coded('INVALID_DATA', "'space'"))
    expect(again(table, { seed: 2 })).toThrow(coded('INVALID_DATA', "'seed'"))
    expect(again(table, { k: 5 })).toThrow(coded('INVALID_DATA', "'k'"))
    expect(again(table, { options: { neighbours: 60 }, space: { alpha: [1] } })).toThrow(
      coded('INVALID_DATA', "'options'"),
    )
    const value = Float32Array.from(time, (at) => 1 + (at % 5))
    expect(again({ ...table, value }, {})).not.toThrow()
    expect(again({ ...table, value }, { weighted: true })).toThrow(coded('INVALID_DATA', "'weighted'"))
    expect(again(table, {})).not.toThrow()
  })

  it('ends when a trial does not fit into memory, and logs none: with more of it the resumed search is undisturbed', () => {
    const log = memory()
    const asked = { method: 'ease', trials: 2, log } as const
    // Room for the table and its matrix, not for the model.
    expect(() => tune(table, { ...asked, memoryLimitBytes: 120_000 })).toThrow(coded('MEMORY_LIMIT', 'ease'))
    expect(log.lines).toHaveLength(1)
    expect(tune(table, asked)).toEqual(tune(table, { ...asked, log: undefined }))
  })

  it('is stopped by its budget', () => {
    const { trials, stopped, best } = tune(table, { method: 'ease', budgetMs: 0 })
    expect([trials.length, stopped, best]).toEqual([1, 'budget', { method: 'ease' }])
  })

  it.each<[object, string, string]>([
    [{ method: 'svd' }, 'INVALID_OPTION', 'did you mean'],
    [{ method: 'popularity' }, 'INVALID_OPTION', "none of method 'popularity'"],
    [{ metric: 'rmse' }, 'INVALID_OPTION', "'metric'"],
    [{ method: 'labelSpreading', metric: 'ndcg' }, 'INVALID_OPTION', "'metric'"],
    [{ trials: 0 }, 'INVALID_OPTION', "'trials'"],
    [{ strategy: 'grid' }, 'INVALID_OPTION', "'strategy'"],
    [{ validation: 'later' }, 'INVALID_OPTION', "'validation'"],
    [{ log: [] }, 'INVALID_OPTION', "'log'"],
    [{ trails: 3 }, 'UNKNOWN_OPTION', "'trials'"],
    [{ method: 'rp3beta', space: { alfa: [1] } }, 'UNKNOWN_OPTION', "'alpha'"],
    [{ method: 'rp3beta', space: { alpha: { uniform: [0, 99] } } }, 'INVALID_OPTION', "'alpha'"],
    [{ method: 'rp3beta', space: { lambda: [1] } }, 'UNKNOWN_OPTION', 'ease'],
    [{ method: 'rp3beta', options: { alpha: 1 }, space: { alpha: [1] } }, 'INVALID_OPTION', 'not fixed'],
    [{ method: 'rp3beta', options: { alpha: -1 } }, 'INVALID_OPTION', "'alpha'"],
    [{ space: { operators: [] } }, 'INVALID_OPTION', 'at least one value'],
  ])('refuses %j', (options, code, told) => {
    expect(() => tune(table, options as never)).toThrow(coded(code, told))
  })

  it('refuses a source that leaves nothing to validate on', () => {
    const loners = fromRows([{ user: 'a', item: 'x' }], { user: 'user', item: 'item' })
    expect(() => tune(loners, { method: 'rp3beta' })).toThrow(coded('EMPTY_DATA'))
    expect(() => tune(table, { method: 'rp3beta', validation: loners })).toThrow(coded('EMPTY_DATA'))
    expect(() => tune(timeless, { method: 'rp3beta', validation: 'time' })).toThrow(coded('INVALID_DATA', "'time'"))
    for (const method of ['rp3beta', 'predictRatings', 'labelSpreading'] as const) {
      expect(() => tune(null as never, { method })).toThrow(coded('INVALID_DATA'))
      expect(() => tune([] as never, { method })).toThrow(coded('INVALID_DATA'))
    }
    const ring = graphOf(randomNetwork({ others: 20, edges: 40 }))
    expect(() => tune(ring, { method: 'rp3beta' })).toThrow(coded('UNSUPPORTED_GRAPH'))
  })
})

describe('tune on ratings', () => {
  const random = seededRandom(5)
  const rows = Array.from({ length: 600 }, (_, n) => {
    const [user, item] = [random.below(40), random.below(30)]
    const stars = Math.min(5, Math.max(1, Math.round(3 + (user % 5) / 2 - 1 + ((item % 3) - 1) + random.next() - 0.5)))
    return { user: `u${user}`, item: `i${item}`, stars, n }
  })
  const rated = fromRows(rows, { user: 'user', item: 'item', value: 'stars', time: 'n' })

  it('finds options of predictRatings by the error on ratings held out', () => {
    const found = tune(rated, { method: 'predictRatings', trials: 6, options: { rank: 4 } })
    expect(found).toMatchObject({ metric: 'rmse', validation: { by: 'time' } })
    expect(found.trials).toHaveLength(7)
    expect(found.score).toBeLessThanOrEqual(found.defaultScore!)
    expect(found.gain!.difference).toBeCloseTo(found.defaultScore! - found.score, 9)
    expect(found.best.rank).toBe(4)
    const pairs = [['u1', 'i2']] as const
    expect(predictRatings(rated, { ...found.best, pairs })).toHaveLength(1)
    const mae = tune(rated, { method: 'predictRatings', metric: 'mae', trials: 1, options: { rank: 4 } })
    expect(mae.defaultScore).toBeLessThan(found.defaultScore!)
  })

  it('measures as an evaluation of the same cut would', () => {
    const { defaultScore, validation } = tune(rated, { method: 'predictRatings', trials: 1, options: { rank: 4 } })
    const last = mergeDuplicates(rated, { rule: 'last' })
    const { train, test } = splitByTime(last)
    const pairs = Array.from(
      test.user,
      (user, row) => [test.users.keyOf(user), test.items.keyOf(test.item[row])] as const,
    )
    const predicted = predictRatings(train, { pairs, rank: 4 }).map(({ rating }) => rating)
    expect(validation.heldOut).toBe(test.length)
    expect(defaultScore).toBeCloseTo(rmse(predicted, test.value!), 6)
  })

  it('measures with the evidence that there is', () => {
    const world = ratedWorld({ users: 60, items: 40, labels: 8, views: 12, telling: true })
    const isTest = ({ user, item }: RatedRow): boolean => (Number(user.slice(1)) + 3 * Number(item.slice(1))) % 5 === 0
    const train = ratedTable(world.filter((row) => !isTest(row)))
    const held = world.filter((row) => isTest(row) && row.signal === 'stars')
    const options = { signals: RATED, rank: 4 }
    const found = tune(train, { method: 'predictRatings', trials: 1, options, validation: ratedTable(held) })
    const errorOf = (balance?: number): number => {
      const pairs = held.map(({ user, item }) => [user, item] as const)
      const predicted = predictRatings(train, { ...options, pairs, ...(balance === undefined ? {} : { balance }) })
      return rmse(
        predicted.map(({ rating }) => rating),
        held.map(({ value }) => value),
      )
    }
    expect(found.defaultScore).toBeCloseTo(errorOf(), 6)
    expect(errorOf(0)).not.toBeCloseTo(errorOf(), 3)
    // The balance is searched where there is something to balance.
    expect(JSON.stringify(found.trials)).toContain('"balance"')
    const alone = tune(rated, { method: 'predictRatings', trials: 1, options: { rank: 4 } })
    expect(JSON.stringify(alone.trials)).not.toContain('"balance"')
  })

  it('goes on where it was interrupted', () => {
    const options = { method: 'predictRatings', trials: 3, options: { rank: 3 }, validation: 'random' } as const
    const log = memory()
    const whole = tune(rated, { ...options, log })
    expect(tune(rated, { ...options, log: memory(log.lines.slice(0, 3)) })).toEqual(whole)
    const other = { ...rated, value: rated.value!.map((stars) => 6 - stars) }
    expect(() => tune(other, { ...options, log: memory([...log.lines]) })).toThrow(coded('INVALID_DATA', "'data'"))
  })
})

describe('tune on labels', () => {
  const graph = graphOf(randomNetwork({ users: 0, others: 80, edges: 300, seed: 6 }))
  const nodes = graph.nodes()
  const seeds = nodes.slice(0, 30).map((node, at) => [node, at % 3 === 0 ? 'red' : 'blue'] as const)

  it('reads seeds once, in whatever form, without those that are no label', () => {
    const ask = (given: object) =>
      tune(graph, { method: 'labelPropagation', options: given as never, trials: 2 }).trials.map(({ score }) => score)
    const scores = ask({ seeds })
    expect(ask({ seeds: new Map(seeds).entries() })).toEqual(scores)
    expect(ask({ seeds: [...seeds, ...seeds, ['i79', -1]], unlabelled: [-1] })).toEqual(scores)
  })

  it.each(['labelSpreading', 'labelPropagation', 'poissonLearning', 'inferLabels', 'selfTraining'] as const)(
    'tunes %s',
    (method) => {
      const found = tune(graph, { method, options: { seeds }, trials: 5 })
      expect(found).toMatchObject({ metric: 'accuracy', validation: { by: 'random', examples: 5, heldOut: 30 } })
      expect(found.score).toBeGreaterThanOrEqual(found.defaultScore!)
      expect(found.trials.every(({ error }) => error === null)).toBe(true)
    },
  )

  it('gives options that the function takes, the seeds among them', () => {
    const { best } = tune(graph, { method: 'labelSpreading', options: { seeds }, trials: 3 })
    expect(labelSpreading(graph, best).size).toBe(80)
  })

  it('goes on when a trial fails, and keeps what went wrong', () => {
    const space = { decisionRule: ['mass', 'largest'], classPrior: ['none', 'seeds'] }
    const log = memory()
    const request = { method: 'labelSpreading', options: { seeds }, space, strategy: 'random', log } as const
    const { trials, best } = tune(graph, request)
    expect(trials.map(({ error }) => error !== null)).toEqual([false, false, false, false, true])
    expect(trials.at(-1)).toMatchObject({ options: { decisionRule: 'mass', classPrior: 'none' }, score: null })
    expect(log.lines.filter((line) => 'error' in line)).toHaveLength(1)
    expect(labelSpreading(graph, best).size).toBe(80)
  })

  it('measures few draws first', () => {
    const { trials } = tune(graph, { method: 'labelSpreading', options: { seeds }, trials: 9 })
    expect(trials.map(({ resource }) => resource)).toEqual([...Array(4).fill(5), ...Array(9).fill(2)] as number[])
  })

  it('refuses what leaves nothing to validate on, and options that are none', () => {
    const one = [[nodes[0], 'red'], [nodes[1], 'blue']] as const // prettier-ignore
    expect(() => tune(graph, { method: 'labelSpreading', options: { seeds: one } })).toThrow(coded('INVALID_DATA'))
    const unseeded = (): object => tune(graph, { method: 'labelSpreading' })
    expect(unseeded).toThrow(coded('INVALID_OPTION', "'options.seeds': expected labelled nodes"))
    expect(() => tune(graph, { method: 'labelSpreading', options: { seeds }, space: { alpha: [1] } })).toThrow(
      coded('INVALID_OPTION', "'alpha'"),
    )
  })
})

describe('the searches of tune', () => {
  it('have the same budget, share, length of lists and seed', () => {
    for (const search of SEARCH_NAMES) {
      const resolved = resolveTune('tune', { search })
      expect(resolved).toMatchObject({ search, validationUsers: 2000, heldOutShare: 0.2, k: 20, seed: 1 })
      expect(resolved).toMatchObject({ validation: 'auto', budgetMs: Infinity, log: null })
      if (search !== 'balance') expect(resolved).toMatchObject({ trials: 40 })
    }
  })

  it.each<[object, string, string]>([
    [{ search: 'recipes' }, 'INVALID_OPTION', "'recipe'"],
    [{ search: 'recipe', method: 'ease' }, 'UNKNOWN_OPTION', "'method' belongs to search 'options' and 'balance'"],
    [{ search: 'recipe', space: {} }, 'UNKNOWN_OPTION', "'space' belongs to search 'options'"],
    [{ search: 'signals', weighted: true }, 'UNKNOWN_OPTION', "'weighted' belongs to search 'options' and 'recipe'"],
    [{ search: 'balance', trials: 3 }, 'UNKNOWN_OPTION', "'trials' belongs to search"],
    [{ labels: ['buy'] }, 'UNKNOWN_OPTION', "'labels' belongs to search 'signals'"],
    [{ lambdas: [1] }, 'UNKNOWN_OPTION', "'lambdas' belongs to search 'balance'"],
    [{ search: 'balance', method: 'labelSpreading' }, 'INVALID_OPTION', "'method'"],
    [{ search: 'balance', options: { beta: 1 } }, 'UNKNOWN_OPTION', "'beta'"],
    [{ search: 'signals', budgetMs: -1 }, 'INVALID_OPTION', "'budgetMs'"],
    [{ search: 'recipe', metric: 'recall' }, 'UNKNOWN_OPTION', "'metric' belongs to search 'options'"],
    [{ search: 'balance', log: {} }, 'INVALID_OPTION', "'log'"],
    [{ search: 'recipe', signal: 3 }, 'INVALID_OPTION', "'signal'"],
    [{ serach: 'recipe' }, 'UNKNOWN_OPTION', "'search'"],
  ])('refuse %j', (given, code, told) => {
    expect(() => tune(table, given as never)).toThrow(coded(code, told))
    expect(() => tune(table, given as never)).toThrow(/^tune/)
  })

  it('end with the reason of a signal, before and between trials', () => {
    const reason = new Error('enough')
    const gone = AbortSignal.abort(reason)
    for (const search of SEARCH_NAMES) expect(() => tune(timeless, { search, signal: gone } as never)).toThrow(reason)
    const abort = new AbortController()
    const log = memory()
    const onProgress = ({ done }: { done: number }): void => void (done === 2 && abort.abort(reason))
    const asked = { search: 'recipe', trials: 6, baselines: [], log } as const
    expect(() => tune(timeless, { ...asked, signal: abort.signal, onProgress })).toThrow(reason)
    expect(log.lines).toHaveLength(1 + 2)
    expect(tune(timeless, asked)).toEqual(tune(timeless, { ...asked, log: memory() }))
  })

  it('take the log of none of the others', () => {
    const log = memory()
    tune(table, { search: 'recipe', trials: 1, baselines: [], log })
    expect(() => tune(table, { trials: 1, log })).toThrow(coded('INVALID_DATA', '\'search\': expected "options", got'))
  })
})

describe('functions whose work tune does', () => {
  it.each([
    ['fit', door.fit, "tune(source, { search: 'recipe' })"],
    ['fitSignals', door.fitSignals, "tune(table, { search: 'signals' })"],
    ['balanceSignals', door.balanceSignals, "tune(table, { search: 'balance' })"],
    ['searchOptions', door.searchOptions, 'tune(objective, { space })'],
  ])('%s ends in an error that names the new call', (name, call, now) => {
    expect(() => (call as (...given: unknown[]) => never)(table, { trials: 1 })).toThrow(
      coded('UNKNOWN_OPTION', `${name}: expected ${now}`),
    )
  })

  it('fit of an engine too', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    expect(() => engine.fit()).toThrow(coded('UNKNOWN_OPTION', "search: 'recipe'"))
  })
})
