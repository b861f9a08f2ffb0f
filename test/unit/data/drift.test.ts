import { describe, expect, it } from 'vitest'
import { findDrift, likelihood, type Drift } from '../../../src/data/drift.ts'
import { countItems, spanOf, timedRows, usualSpan } from '../../../src/data/timed-rows.ts'
import { itemRecency } from '../../../src/recommend/recency.ts'
import { takeRows } from '../../../src/data/take-rows.ts'
import type { Interactions } from '../../../src/index.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { driftingTable } from './drifting-rows.ts'

const UNWEIGHED = { weighted: false, signals: null }
const DRIFT = { halfLife: 300, recency: 0.7, popularity: 0.2 }

function driftOf(table: Interactions, now = Infinity): Drift | null {
  const rows = atOnce(timedRows(table, UNWEIGHED))
  const span = rows && atOnce(spanOf(rows, now))
  return rows && span && atOnce(findDrift(rows, now, span, atOnce(usualSpan(rows, span))))
}

describe('findDrift', () => {
  it('finds a planted half-life and planted exponents', () => {
    const planted = { halfLife: 800, recency: 0.7, popularity: 0.2 }
    const drift = driftOf(driftingTable({ rows: 12_000, items: 200, seed: 3, drift: planted }))
    expect(drift?.halfLife).toBeGreaterThan(planted.halfLife / 2.5)
    expect(drift?.halfLife).toBeLessThan(planted.halfLife * 2.5)
    expect(Math.abs((drift?.recency ?? 0) - planted.recency)).toBeLessThan(0.3)
    expect(Math.abs((drift?.popularity ?? 0) - planted.popularity)).toBeLessThan(0.3)
    expect(drift?.gain).toBeGreaterThan(3 * (drift?.error ?? Infinity))
  })

  it('is found from spans that are found once', () => {
    const table = driftingTable({ rows: 6000, items: 200, seed: 5, drift: DRIFT })
    let looks = 0
    const rows = atOnce(timedRows(table, UNWEIGHED))
    const counts = (): boolean => looks++ >= 0
    const auto = { recency: 'auto', now: null } as const
    expect(atOnce(itemRecency('test', rows && { ...rows, counts }, auto)).drift).not.toBeNull()
    // A pass for the whole, ten for its usual part, four for the rows that are looked at, one for their counts.
    expect(looks / table.length).toBeLessThan(15.5)
  })

  it('finds none where a catalogue stands still, but for one seed of twenty', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1)
    const found = seeds.filter((seed) => driftOf(driftingTable({ rows: 2000, items: 80, seed, drift: null })))
    expect(found.length).toBeLessThanOrEqual(2)
  })

  it('is the same for every unit of time, every beginning of time and every order of rows', () => {
    const table = driftingTable({ rows: 6000, items: 200, seed: 5, drift: DRIFT })
    const drift = driftOf(table) as Drift
    const times = table.time as Float64Array
    const otherwise = driftOf({ ...table, time: times.map((time) => 86_400 * time + 1e9) }) as Drift
    const order = Int32Array.from(seededRandom(7).shuffle(Array.from(times.keys())))
    const shuffled = driftOf(takeRows(table, order)) as Drift
    expect(otherwise.halfLife / 86_400).toBeCloseTo(drift.halfLife, 6)
    expect(shuffled.halfLife).toBe(drift.halfLife)
    for (const name of ['recency', 'popularity', 'static', 'gain', 'error'] as const) {
      expect(otherwise[name]).toBeCloseTo(drift[name], 6)
      expect(shuffled[name]).toBeCloseTo(drift[name], 6)
    }
  })

  it('is misled by no few wrong clocks', () => {
    const table = driftingTable({ rows: 6000, items: 200, seed: 5, drift: DRIFT })
    const wrong = (table.time as Float64Array).map((at, row) =>
      row % 600 === 7 ? (row % 1200 === 7 ? 1e9 : -1e9) : at,
    )
    const [right, found] = [driftOf(table), driftOf({ ...table, time: wrong })]
    expect(Math.abs(Math.log2((found?.halfLife ?? 0) / (right?.halfLife ?? 1)))).toBeLessThan(1.1)
    expect(found?.recency).toBeCloseTo(right?.recency ?? 0, 0)
  })

  it('looks at nothing after now', () => {
    const table = driftingTable({ rows: 6000, items: 200, seed: 5, drift: DRIFT })
    const past = takeRows(
      table,
      Int32Array.from({ length: 4000 }, (_, row) => row),
    )
    expect(driftOf(table, 3999)).toEqual(driftOf(past))
  })

  it('finds none where times say nothing', () => {
    const table = driftingTable({ rows: 3000, items: 100, seed: 1, drift: DRIFT })
    expect(driftOf({ ...table, time: new Float64Array(3000).fill(5) })).toBeNull()
    expect(driftOf({ ...table, time: new Float64Array(3000).fill(NaN) })).toBeNull()
    expect(
      driftOf(
        takeRows(
          table,
          Int32Array.from({ length: 900 }, (_, row) => row),
        ),
      ),
    ).toBeNull()
  })

  it('finds it where half of the times are unknown', () => {
    const table = driftingTable({ rows: 12_000, items: 200, seed: 1, drift: DRIFT })
    const time = (table.time as Float64Array).map((at, row) => (row % 2 === 0 ? NaN : at))
    expect(driftOf({ ...table, time })?.recency).toBeGreaterThan(0.15)
  })
})

describe('likelihood', () => {
  const random = seededRandom(11)
  const draw = (): Float64Array => Float64Array.from({ length: 30 }, () => 3 * random.next())
  const window = { logs: draw(), next: draw().map(Math.round), total: 0 }
  window.total = window.next.reduce((sum, one) => sum + one, 0)
  const recent = draw()
  const valueAt = (p: number, q: number): number => likelihood(window, recent, [p, q]).value

  it('is that of the multinomial', () => {
    const weights = window.logs.map((log, at) => Math.exp(0.4 * log + 0.7 * recent[at]))
    const sum = weights.reduce((all, one) => all + one, 0)
    const value = window.next.reduce((all, count, at) => all + count * Math.log(weights[at] / sum), 0)
    expect(valueAt(0.4, 0.7)).toBeCloseTo(value, 9)
  })

  it('has the gradient and the curvature of its differences', () => {
    const h = 1e-4
    const { gradient, curvature } = likelihood(window, recent, [0.4, 0.7])
    expect(gradient[0]).toBeCloseTo((valueAt(0.4 + h, 0.7) - valueAt(0.4 - h, 0.7)) / (2 * h), 4)
    expect(gradient[1]).toBeCloseTo((valueAt(0.4, 0.7 + h) - valueAt(0.4, 0.7 - h)) / (2 * h), 4)
    const slope = (p: number, q: number) => likelihood(window, recent, [p, q]).gradient
    const along = (axis: 0 | 1, p: number, q: number): number =>
      -(slope(0.4 + p, 0.7 + q)[axis] - slope(0.4 - p, 0.7 - q)[axis]) / (2 * h)
    expect(curvature[0]).toBeCloseTo(along(0, h, 0), 4)
    expect(curvature[1]).toBeCloseTo(along(0, 0, h), 4)
    expect(curvature[2]).toBeCloseTo(along(1, 0, h), 4)
  })
})

describe('usualSpan', () => {
  it('is what sorting says, but for a two hundredth at either end', () => {
    const table = driftingTable({ rows: 1000, items: 20, seed: 2, drift: null })
    const random = seededRandom(5)
    const time = Float64Array.from({ length: 1000 }, () => Math.floor(1e6 * random.next() ** 3))
    const rows = atOnce(timedRows({ ...table, time }, UNWEIGHED))
    if (rows === null) throw new Error('no times')
    const { from, to } = atOnce(usualSpan(rows, atOnce(spanOf(rows, Infinity))))
    const sorted = Array.from(time).sort((a, b) => a - b)
    expect(from).toBeCloseTo(sorted[5], 6)
    expect(to).toBeCloseTo(sorted[994], 6)
  })
})

describe('countItems', () => {
  it('is the sum over rows until now', () => {
    const table = driftingTable({ rows: 500, items: 20, seed: 2, drift: DRIFT })
    const rows = atOnce(timedRows(table, UNWEIGHED))
    if (rows === null) throw new Error('no times')
    const { rows: all, recent } = atOnce(countItems(rows, 400, 400, 50))
    for (let item = 0; item < table.items.size; item++) {
      let [count, sum] = [0, 0]
      for (let row = 0; row <= 400; row++) {
        if (table.item[row] !== item) continue
        count++
        sum += 0.5 ** ((400 - row) / 50)
      }
      expect(all[item]).toBe(count)
      expect(recent[item]).toBeCloseTo(sum, 12)
    }
  })

  it('counts rows of signals that weigh above 0, and of values above 0 where these weigh', () => {
    const table: Interactions = {
      ...driftingTable({ rows: 4, items: 1, seed: 1, drift: null }),
      signals: ['buy', 'return', 'seen'],
      signal: Uint8Array.of(0, 1, 2, 0),
      value: Float32Array.of(1, 1, 1, -1),
    }
    const counted = (weighing: Parameters<typeof timedRows>[1]): number | undefined => {
      const rows = atOnce(timedRows(table, weighing))
      return rows ? atOnce(countItems(rows, Infinity, Infinity, 1)).rows[0] : undefined
    }
    expect(counted({ weighted: false, signals: null })).toBe(4)
    expect(counted({ weighted: true, signals: null })).toBe(3)
    expect(counted({ weighted: false, signals: { buy: 1, return: -1, seen: 0 } })).toBe(2)
    expect(counted({ weighted: true, signals: { buy: 1 } })).toBe(1)
  })
})
