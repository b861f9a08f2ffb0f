import { describe, expect, it } from 'vitest'
import { lowPass, mix, resolvent, walk, type Recipe } from '../../../../src/advanced.ts'
import type { Network } from '../../../../src/network/network.ts'
import { headAndWalk, type HeadSize } from '../../../../src/recommend/methods/head-and-walk.ts'
import { headOf, lineOf } from '../../../../src/recommend/methods/head.ts'
import { polynomialModel } from '../../../../src/recommend/methods/graph-filter.ts'
import { prepareNetwork, type PreparedNetwork } from '../../../../src/network/prepared.ts'
import { graphFilterModel, headSizes } from '../../../../src/recommend/methods/sweeps-or-head.ts'
import type { Algorithm, Answer, Question } from '../../../../src/request/request.ts'
import type { TopLists } from '../../../../src/request/sweep.ts'
import { solveInThread } from '../../../../src/run/in-thread.ts'
import { drive } from '../../../../src/support/drive.ts'
import { bipartite, prepare } from '../../../graphs.ts'

const network = prepare(bipartite({ users: 90, items: 60, pairs: 900 }))
const profiles = {
  kind: 'rows',
  rows: Int32Array.from({ length: 90 }, (_, user) => user),
  scale: new Float32Array(0),
} as const
const query = { k: 10, excludeSeeds: true, allowed: new Uint8Array(60).fill(1) }

const run = <Result>(algorithm: Algorithm<Result>, on: Network = network): Result => drive(algorithm, solveInThread(on))

function* byHead(
  on: Network,
  recipe: Recipe,
  size: HeadSize = headSizes(60)[0],
  own = query,
): Algorithm<{ lists: TopLists; distance: number }> {
  const { rank, distance } = yield* headAndWalk('test', on, recipe, size)
  return { lists: yield* rank(profiles, own), distance }
}

const bySweeps = (recipe: Recipe): TopLists =>
  run(polynomialModel(network, { ...recipe, sweeps: 60 }, { who: 'test', vectors: null }).rank(profiles, query))

/** The mean share of entries that two lists have in common. */
function overlap(a: TopLists, b: TopLists): number {
  let [common, all] = [0, 0]
  for (let place = 0; place < profiles.rows.length; place++) {
    const own = new Set(a.rows.subarray(place * a.k, (place + 1) * a.k))
    own.delete(-1)
    for (const row of b.rows.subarray(place * b.k, (place + 1) * b.k)) {
      if (row < 0) continue
      all++
      if (own.has(row)) common++
    }
  }
  return common / all
}

describe('a head and a walk', () => {
  it.each<[string, Recipe]>([
    ['a resolvent', mix([resolvent({ lambda: 1 })])],
    ['a low-pass', mix([lowPass()])],
    ['a walk that sharpens', mix([resolvent({ lambda: 2 }), walk({ steps: 5, weight: -0.3 })])],
    ['degrees with an offset', mix([lowPass()], { degreeOffset: 3 })],
    ['no leave-one-out', mix([lowPass()], { leaveOneOut: null })],
    [
      'other exponents',
      mix([lowPass({ cut: 1, order: 2 })], { userExponent: 0.5, itemExponent: 0.5, shortProfiles: 0 }),
    ],
  ])('of all eigenvectors lists what many sweeps list: %s', (_, recipe) => {
    const { lists, distance } = run(byHead(network, recipe))
    expect(distance).toBeLessThan(0.15)
    expect(overlap(lists, bySweeps(recipe))).toBeGreaterThan(0.93)
  })

  it.each([8, 16, 32])(
    'scores within the distance that is stated of what is explained: %d eigenvectors',
    (eigenvectors) => {
      // A low-pass is 1 at most; profiles weigh 1 an item, and of short ones nothing is completed.
      const recipe = mix([lowPass({ cut: 1, order: 2 })], { profileExponent: 0, shortProfiles: 0, sweeps: 60 })
      const own = { ...query, k: 60 }
      const { finish, distance } = run(headOf('test', network, recipe, eigenvectors))
      const { lists } = run(byHead(network, recipe, { eigenvectors, walk: 'lists' }, own))
      const exact = run(polynomialModel(network, recipe, { who: 'test', vectors: null }).rank(profiles, own))
      let furthest = 0
      for (let user = 0; user < 90; user++) {
        const places = Array.from({ length: 60 }, (_, place) => user * 60 + place)
        const explained = new Map(places.map((at) => [exact.rows[at], exact.scores[at]]))
        for (const at of places.filter((at) => lists.rows[at] >= 0)) {
          const bound = distance * finish[lists.rows[at]] * Math.sqrt(network.rows.lengthOf(user))
          const score = explained.get(lists.rows[at])
          // A score that is 0 or less is not listed.
          furthest = Math.max(furthest, Math.abs(lists.scores[at] - (score ?? 0)) / bound)
        }
      }
      expect(furthest).toBeGreaterThan(0)
      // Eigenvectors are within a hundredth.
      expect(furthest).toBeLessThan(1.01)
    },
  )

  it('is the walk alone for three steps, within what whole numbers round', () => {
    const recipe = mix([walk({ steps: 3 })], { leaveOneOut: null })
    const { lists, distance } = run(byHead(network, recipe))
    const exact = bySweeps(recipe)
    expect(distance).toBeLessThan(1e-6)
    expect(lists.rows).toEqual(exact.rows)
    lists.scores.forEach((score, at) => {
      if (lists.rows[at] >= 0) expect(Math.abs(score / exact.scores[at] - 1)).toBeLessThan(2e-4)
    })
  })

  it.each<HeadSize['walk']>(['lists', 'sweeps'])(
    'is as large as the rank where that is lower: the walk by %s',
    (walk) => {
      const few = prepare(bipartite({ users: 90, items: 10, pairs: 300 }))
      const recipe = mix([lowPass()])
      const own = { ...query, allowed: new Uint8Array(10).fill(1) }
      const { lists } = run(byHead(few, recipe, { eigenvectors: 128, walk }, own), few)
      const model = polynomialModel(few, { ...recipe, sweeps: 60 }, { who: 'test', vectors: null })
      expect(overlap(lists, run(model.rank(profiles, own), few))).toBeGreaterThan(0.99)
    },
  )

  it('lists nothing for a network without pairs', () => {
    const empty = prepare(bipartite({ users: 90, items: 60, pairs: 0 }))
    expect(run(byHead(empty, mix([lowPass()])), empty).lists.rows.every((row) => row === -1)).toBe(true)
  })
})

describe('a recipe asked for many', () => {
  // So many sweeps that a head pays on a network this small.
  const recipe = mix([lowPass()], { sweeps: 100 })
  const many = { ...query, asked: 1e7 }
  const call = { who: 'test', vectors: null }
  const { lists } = run(byHead(network, recipe, headSizes(60)[0]))
  const sweeps = run(polynomialModel(network, recipe, call).rank(profiles, query))

  it('answers by head and walk, and for a few by sweeps', () => {
    const model = graphFilterModel(network, recipe, false, call)
    expect(run(model.rank(profiles, many))).toEqual(lists)
    expect(run(model.rank(profiles, query))).toEqual(sweeps)
  })

  it.each<[string, boolean, object]>([
    ['exact', true, many],
    ['lists may hold what the profile holds', false, { ...many, excludeSeeds: false }],
  ])('answers by sweeps where %s', (_, exact, asked) => {
    const own = { ...query, ...asked }
    const expected = run(polynomialModel(network, recipe, call).rank(profiles, own))
    expect(run(graphFilterModel(network, recipe, exact, call).rank(profiles, own))).toEqual(expected)
  })

  const wide = (limit = Infinity): PreparedNetwork =>
    prepareNetwork('test', bipartite({ users: 400, items: 400, pairs: 6000 }), false, limit)
  const asked = { ...many, allowed: new Uint8Array(400).fill(1) }
  const bySweepsOf = (own: Recipe): TopLists => run(polynomialModel(wide(), own, call).rank(profiles, asked), wide())
  const wideSweeps = bySweepsOf(recipe)

  /** What a model answers within a limit, and what its plans say. */
  function within(limit: number, own: Recipe): { lists: TopLists; notes: string[]; model: number } {
    const network = wide(limit)
    const notes = new Set<string>()
    const solve = solveInThread(network)
    const listening = <Asked extends Question>(question: Asked): Answer<Asked> => {
      const answer = solve(question)
      if ('notes' in question) question.notes?.forEach((note) => notes.add(note))
      return answer
    }
    const lists = drive(graphFilterModel(network, own, false, call).rank(profiles, asked), listening)
    const { model = 0 } = network.budget.parts
    return { lists, notes: [...notes], model }
  }

  it.each<[string, Recipe, number, RegExp]>([
    [
      'a step is no line',
      mix([lowPass({ cut: 0.05, order: 1000 })], { shortProfiles: 0, sweeps: 100 }),
      1e9,
      /up to \d+ % away from a line/,
    ],
    ['there is no room for any', recipe, 7e5, /no room for a head/],
  ])('answers by sweeps, and says so, where %s', (_, own, limit, note) => {
    const told = within(limit, own)
    expect(told.lists).toEqual(bySweepsOf(own))
    expect(told.notes).toEqual([expect.stringMatching(note)])
    expect(told.model).toBe(0)
  })

  it.each<[string, number, RegExp, number]>([
    ['both', 1e9, /^256 eigenvectors and a walk stand for the recipe/, 0.9],
    ['lists of the walk, but not for their table', 7e6, /^256 eigenvectors and one sweep stand for the recipe/, 0.9],
    ['the head alone', 6e6, /^256 eigenvectors and one sweep/, 0.9],
    ['half of it', 3e6, /^128 eigenvectors and one sweep/, 0.9],
    ['a quarter of it', 1.7e6, /^64 eigenvectors and one sweep/, 0.9],
  ])('answers by what memory holds: %s', (_, limit, note, atLeast) => {
    const told = within(limit, recipe)
    const larger = limit < 1e9 ? ['memory has no room for a larger head and walk'] : []
    expect(told.notes).toEqual([expect.stringMatching(note), ...larger])
    expect(overlap(told.lists, wideSweeps)).toBeGreaterThan(atLeast)
    expect(told.model).toBeGreaterThan(0)
  })
})

describe('a head', () => {
  const recipe = mix([lowPass()])
  const own = prepare(bipartite({ users: 90, items: 60, pairs: 900 }))
  const solve = solveInThread(own)

  /** Makes one that fails at a request. @returns how many there were */
  function makeOne(failsAt: number): number {
    let asked = 0
    const answer = <Asked extends Question>(question: Asked): Answer<Asked> => {
      if (asked++ === failsAt) throw new Error('enough')
      return solve(question)
    }
    drive(headAndWalk('test', own, recipe, headSizes(60)[0]), answer)
    return asked
  }

  it('leaves nothing taken where making it ends before its time, wherever that is', () => {
    const requests = makeOne(Infinity)
    expect(requests).toBeGreaterThan(5)
    expect(own.budget.parts).toHaveProperty('model')
    own.budget.clear('model')
    for (let failsAt = 0; failsAt < requests; failsAt++) {
      expect(() => makeOne(failsAt)).toThrow('enough')
      expect(own.budget.parts).not.toHaveProperty('model')
    }
  })
})

describe('the line nearest to a response', () => {
  it('is the response where that is a line', () => {
    const { at0, slope, distance } = lineOf((x) => 0.25 + 3 * x, 0.4)
    expect(at0).toBeCloseTo(0.25, 10)
    expect(slope).toBeCloseTo(3, 10)
    expect(distance).toBeLessThan(1e-12)
  })

  it('says how far the response is from it, over its largest value', () => {
    const { at0, slope, distance } = lineOf((x) => 4 * x * x, 1)
    const worst = Array.from({ length: 1000 }, (_, at) => (at + 0.5) / 1000).reduce(
      (most, x) => Math.max(most, Math.abs(4 * x * x - at0 - slope * x)),
      0,
    )
    expect(distance).toBeCloseTo(worst / 4, 2)
  })
})
