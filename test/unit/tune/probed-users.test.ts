import { describe, expect, it } from 'vitest'
import { lowPass, resolvent } from '../../../src/recommend/methods/operators.ts'
import { mix, type Recipe } from '../../../src/recommend/methods/recipe.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { ProbedNetwork, type CandidateScores } from '../../../src/tune/probed-users.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { openNetwork } from '../../../src/browser-advanced.ts'

const table = tableOfNetwork(randomNetwork({ users: 40, others: 30, edges: 300, seed: 9 }))
const network = openNetwork('test', table, {
  weighted: false,
  signals: null,
  direction: 'both',
  memoryLimitBytes: 1e9,
})
const solve = solveInThread(network, { memoryLimitBytes: 1e9, kernel: 'auto' })
const exponents = { userExponent: 0.3, itemExponent: 0.4, profileExponent: -0.2 }

describe('ProbedNetwork', () => {
  const users = Int32Array.of(3, 17, 20)
  const items = Int32Array.from({ length: users.length * 30 }, (_, at) => at % 30)
  const probed = new ProbedNetwork('test', network)
  const probe = (recipe: Recipe): CandidateScores => drive(probed.probe({ users, count: 30, items }, recipe), solve)
  const [plain, offset] = [mix([lowPass()], exponents), mix([lowPass()], { ...exponents, degreeOffset: 2 })].map(probe)
  const recent = atOnce(probed.recent('auto'))

  it.each([
    [
      'a low-pass',
      mix([lowPass({ cut: 0.2, order: 2 })], { ...exponents, popularityExponent: 0.3, leaveOneOut: null }),
    ],
    ['a mix with correction', mix([resolvent(), lowPass({ weight: 0.5 })], { ...exponents, leaveOneOut: 0.1 })],
    ['the same correction again', mix([resolvent()], { ...exponents, popularityExponent: -0.4, leaveOneOut: 0.1 })],
    ['degrees with an offset', mix([resolvent()], { ...exponents, popularityExponent: 0.4, degreeOffset: 2 })],
    ['profiles completed by the average user', mix([lowPass()], { ...exponents, averageShare: 3 })],
  ])('scores %s as recommend does', (_, recipe) => {
    const scores = recipe.degreeOffset === 0 ? plain : offset
    const answer = drive(scores(recipe, recent), solve)
    users.forEach((user, place) => {
      const key = network.sides!.users.keyOf(user)
      const list = recommend(table, { method: 'graph-filter', recipe, users: [key], exclude: 'none', k: 30 }).get(key)!
      const ranked = list.filter(({ prior }) => prior !== true)
      expect(ranked.length).toBeGreaterThan(5)
      for (const { item, score } of ranked) {
        expect(answer[place * 30 + network.sides!.items.rowOf(item)] / score).toBeCloseTo(1, 3)
      }
    })
  })
})
