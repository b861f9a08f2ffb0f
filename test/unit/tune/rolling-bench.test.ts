import { describe, expect, it } from 'vitest'
import { splitRolling } from '../../../src/data/rolling.ts'
import { answerInThread } from '../../../src/run/in-thread.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import type { Detached, On } from '../../../src/request/request.ts'
import { pairsOf } from '../../../src/tune/hold-out.ts'
import { DEFAULT_RECIPE, mix } from '../../../src/recommend/methods/recipe.ts'
import { lowPass } from '../../../src/recommend/methods/operators.ts'
import { RollingBench } from '../../../src/tune/rolling-bench.ts'
import { openHeldOut, windowsOf } from '../../../src/tune/validation-windows.ts'
import { driftingTable } from '../data/drifting-rows.ts'

const table = driftingTable({ rows: 8000, items: 60, seed: 2, drift: null })
const options = { validation: 'time', heldOutShare: 0.2, seed: 1, weighted: false, signals: null } as const
const opened = atOnce(openHeldOut('test', table, { ...options, memoryLimitBytes: 1e9 }))
const ask = <Result>(asked: Detached<Result>): Result => drive(asked, (on: On) => answerInThread(on))
const bench = RollingBench.draw('test', opened.windows, { k: 10, validationUsers: 100, seed: 1 })

describe('what recommenders are validated on', () => {
  it('is as many windows of time as there are rows for, and not more than leave memory for', () => {
    expect([400, 2499, 4999, 5000, 7500, 1e5, 2e6, 4e6, 1e8].map((rows) => windowsOf(rows, 0.2))).toEqual([
      1, 1, 1, 2, 3, 3, 3, 1, 1,
    ])
  })

  it('is each window after training on what was before it, and on nothing else', () => {
    const splits = splitRolling(table, { folds: 3, testFraction: 0.2 })
    expect(opened.windows).toHaveLength(3)
    opened.windows.forEach(({ network, span, indptr, indices }, at) => {
      const { train, test } = splits[at]
      const learnt = atOnce(pairsOf(train))
      const { indptr: starts, indices: items } = atOnce(network.rows.whole())
      expect([starts, items]).toEqual([learnt.indptr, learnt.indices])
      expect(Math.max(...train.time!)).toBeLessThan(span!.from)
      expect(span).toEqual({ from: Math.min(...test.time!), to: Math.max(...test.time!) })
      // Nothing that is held out is known, and nothing of another window is held out.
      const tested = new Set(test.user.map((user, row) => user * 60 + test.item[row]))
      for (let user = 0; user + 1 < indptr.length; user++) {
        for (const item of indices.subarray(indptr[user], indptr[user + 1])) {
          expect(tested.has(user * 60 + item)).toBe(true)
          expect(network.rows.has(user, item)).toBe(false)
        }
      }
      if (at > 0) expect(opened.windows[at - 1].span!.to).toBeLessThanOrEqual(span!.from)
    })
  })
})

describe('examples of several windows', () => {
  it('are drawn from all of them, the first as well as the last', () => {
    expect(bench.examples).toBe(100)
    const counts = bench.examplesOfWindows
    expect(counts.reduce((a, b) => a + b)).toBe(100)
    for (const count of counts) expect(count).toBeGreaterThan(25)
    const [first] = bench.cut(12)
    for (const count of first.examplesOfWindows) expect(count).toBe(4)
  })

  it('search or decide, but no user does both, whatever the window', () => {
    const [searching, deciding] = bench.parts()
    expect(searching.examples + deciding.examples).toBe(100)
    const searches = new Set(searching.users)
    for (const user of deciding.users) expect(searches.has(user)).toBe(false)
    expect(searching.examples).toBeGreaterThan(20)
  })

  it('are scored window by window, each on its own network, the first of them as among all', () => {
    const all = ask(bench.ask('rp3beta', {}))
    expect(all.ndcg).toHaveLength(100)
    const [first, others] = bench.cut(30)
    const parts = [first, others].map((part) => ask(part.ask('rp3beta', {})).ndcg)
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
    expect(sum(parts[0]) + sum(parts[1])).toBeCloseTo(sum(all.ndcg), 9)
    expect(ask(bench.measure('rp3beta', {}, 30, ['ndcg'])).ndcg).toEqual(parts[0])
  })

  it('are scored among candidates as by whole lists, whatever counts as recent', () => {
    const recipe = mix([lowPass({ cut: 1.4 })], DEFAULT_RECIPE)
    for (const recency of ['auto', null, { halfLife: 300, recency: 0.7, popularity: -0.5 }] as const) {
      const objective = ask(bench.objectiveNear(DEFAULT_RECIPE))
      const scoresOf = ask(objective(recipe))
      const probed = ask(scoresOf(recipe, () => recency))
      const whole = ask(bench.ask('graph-filter', { recipe }, () => recency))
      const mean = ({ ndcg }: { ndcg: Float64Array }): number => ndcg.reduce((total, value) => total + value, 0) / 100
      expect(mean(probed)).toBeCloseTo(mean(whole), 2)
    }
  })
})
