import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { SignalRules } from '../../../src/data/signal-rules.ts'
import { weighRows, type Weighing } from '../../../src/data/signal-weights.ts'
import { coded } from '../../refusals.ts'

/** Ann looked at the tea three times and bought it twice; Bob looked at the milk, and bought it at an unknown time. */
const table = fromColumns({
  user: ['ann', 'ann', 'ann', 'bob', 'ann', 'ann', 'bob', 'bob'],
  item: ['tea', 'tea', 'tea', 'milk', 'tea', 'tea', 'milk', 'tea'],
  signal: ['view', 'view', 'view', 'view', 'buy', 'buy', 'buy', 'dislike'],
  value: [1, 2, 4, 1, 8, 16, 2, 0.5],
})
function sums(weighing: Weighing, from = table): Record<string, number> {
  const { user, item, data } = weighRows('test', from, weighing)
  const totals: Record<string, number> = {}
  user.forEach((row, at) => {
    const pair = `${from.users.keyOf(row)} ${from.items.keyOf(item[at])}`
    totals[pair] = (totals[pair] ?? 0) + (data === null ? 1 : data[at])
  })
  return totals
}

describe('weighRows', () => {
  it('counts every signal of a pair once', () => {
    const signals = { buy: 1, view: 0.25 }
    expect(sums({ weighted: false, signals })).toEqual({ 'ann tea': 1.25, 'bob milk': 1.25 })
  })

  it('multiplies by the values where they weigh, and adds them up', () => {
    const signals = { buy: 1, view: 0.25, dislike: -1 }
    expect(sums({ weighted: true, signals })).toEqual({
      'ann tea': 24 + 7 / 4,
      'bob milk': 2.25,
      'bob tea': -0.5,
    })
    const { value: _, ...bare } = table
    expect(sums({ weighted: true, signals }, bare)).toEqual(sums({ weighted: false, signals }))
  })

  it('leaves signals out that are not named, and keeps those that weigh nothing', () => {
    expect(sums({ weighted: false, signals: { dislike: -2 } })).toEqual({ 'bob tea': -2 })
    expect(sums({ weighted: false, signals: { buy: 1, dislike: 0 } })).toEqual({
      'ann tea': 1,
      'bob milk': 1,
      'bob tea': 0,
    })
  })

  it('looks at no signal unless asked to', () => {
    expect(weighRows('test', table, { weighted: false, signals: null }).data).toBe(null)
    expect(weighRows('test', table, { weighted: true, signals: null }).data).toBe(table.value)
  })

  it('takes all rows for the first signal where there is no column', () => {
    const plays = fromColumns({ user: ['ann', 'ann'], item: ['tea', 'tea'], signals: ['play'] })
    expect(sums({ weighted: false, signals: { play: 3 } }, plays)).toEqual({ 'ann tea': 3 })
  })

  it('refuses to be left with nothing, and keeps products that single precision does not hold', () => {
    const known = { ...table, signals: [...table.signals, 'cart'] }
    expect(() => weighRows('recommend', known, { weighted: false, signals: { cart: 1 } })).toThrow(
      "recommend, option 'signals': expected a row with signal 'cart', got none. Signals of this data: 'view', 'buy', 'dislike', 'cart'.",
    )
    const large = weighRows('test', table, { weighted: true, signals: { buy: 1e38 } }).data ?? []
    const plain = weighRows('test', table, { weighted: true, signals: { buy: 1 } }).data ?? []
    expect(Array.from(large)).toEqual(Array.from(plain, (weight) => 1e38 * weight))
  })
})

describe('weighRows by rules', () => {
  const log = fromColumns({
    user: ['ann', 'ann', 'ann', 'ann', 'bob', 'bob'],
    item: ['tea', 'tea', 'mug', 'tea', 'tea', 'mug'],
    signal: ['play', 'play', 'play', 'star', 'star', 'play'],
    value: [3, 4, 7, 5, 1, 7],
    time: [0, 10, 20, 20, NaN, 10],
  })
  const weigh = (signals: SignalRules, from = log): Record<string, number> => sums({ weighted: false, signals }, from)

  it('is as the number where a rule says the weight alone', () => {
    expect(weigh({ play: { weight: 2 }, star: {} })).toEqual(weigh({ play: 2, star: 1 }))
    const rule = sums({ weighted: true, signals: { play: { weight: 2 }, star: {} } }, log)
    expect(rule).toEqual(sums({ weighted: true, signals: { play: 2, star: 1 } }, log))
  })

  it('adds evidence up before it transforms it, and takes the last word of a label', () => {
    const plays = weigh({ play: { transform: 'log1p' } })
    expect(plays['ann tea']).toBeCloseTo(Math.log(8), 6)
    expect(weigh({ play: { transform: 'log1p', role: 'label' } })['ann tea']).toBeCloseTo(Math.log(5), 6)
    expect(weigh({ play: { transform: 'raw' } })['ann tea']).toBe(7)
    expect(weigh({ play: { transform: 'raw', role: 'label' } })['ann tea']).toBe(4)
    expect(weigh({ play: { transform: 'binary', weight: 3 } })['ann tea']).toBe(3)
  })

  it('adds the weights of the signals of a pair', () => {
    const both = weigh({ play: { transform: 'raw' }, star: { transform: 'raw', weight: -1 } })
    expect(both).toEqual({ 'ann tea': 2, 'ann mug': 7, 'bob mug': 7, 'bob tea': -1 })
  })

  it('halves with every half-life before the newest row; unknown times are the oldest', () => {
    expect(weigh({ play: { halfLife: 10 } })).toEqual({ 'ann tea': 0.5, 'ann mug': 1, 'bob mug': 0.5 })
    expect(weigh({ play: { halfLife: 10, transform: 'raw' } })['ann tea']).toBe(3 / 4 + 4 / 2)
    expect(weigh({ star: { halfLife: 20 } })).toEqual({ 'ann tea': 1, 'bob tea': 0.5 })
    const timeless = fromColumns({ user: ['ann'], item: ['tea'], time: [NaN] })
    for (const halfLife of [1, '1d']) expect(weigh({ interaction: { halfLife } }, timeless)).toEqual({ 'ann tea': 1 })
  })

  it('halves with a half-life that says its unit, in the unit of the times', () => {
    for (const perSecond of [1, 1000]) {
      const since = (day: number): number => perSecond * (1.6e9 + 86_400 * day)
      const days = { ...log, time: log.time!.map(since) }
      expect(weigh({ play: { halfLife: '10d' } }, days)).toEqual(weigh({ play: { halfLife: 10 } }))
      expect(weigh({ play: { halfLife: '240h' } }, days)).toEqual(weigh({ play: { halfLife: 10 } }))
    }
    expect(() => weigh({ play: { halfLife: '10d' } })).toThrow(/'play', halfLife: .*range does not fit days/)
  })

  it('refuses a half-life on a table without times', () => {
    const { time: _, ...timeless } = log
    expect(() => weigh({ play: 1, star: { halfLife: 1 } }, timeless)).toThrow(
      "test, option 'signals', 'star': expected a table with a 'time' column, which a half-life needs, got no such column, or no known value in it.",
    )
    expect(weigh({ play: 1, star: { halfLife: null } }, timeless)['ann tea']).toBe(2)
  })

  it('refuses what a label, seconds and centred values need on a table without values', () => {
    const { value: _, ...valueless } = log
    for (const rule of [
      { transform: 'centred' },
      { transform: 'dwell' },
      { transform: 'raw', role: 'label' },
    ] as const) {
      expect(() => weigh({ play: rule }, valueless)).toThrow(
        `test, option 'signals', 'play': expected a table with a 'value' column, which transform '${rule.transform}' of`,
      )
    }
    // Rows can be counted.
    for (const transform of ['binary', 'raw', 'log1p', 'bm25', 'tf-idf', 'rank'] as const) {
      expect(weigh({ play: { transform } }, valueless)['ann tea']).toBeGreaterThan(0)
    }
  })

  it('names the row with a value that a transform does not take', () => {
    const minus = { ...log, value: log.value?.map((value) => (value === 7 ? -7 : value)) } as typeof log
    expect(() => weigh({ play: { transform: 'dwell' } }, minus)).toThrow(
      "test, signal 'play', user 'ann', item 'mug': expected a value >= 0 for transform 'dwell', got -7.",
    )
    expect(() => weigh({ play: { transform: 'log1p' } }, minus)).toThrow(coded('INVALID_DATA'))
    expect(weigh({ play: { transform: 'raw' } }, minus)['ann mug']).toBe(-7)
  })
})
