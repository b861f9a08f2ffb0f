import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { isSignalWeights, requireSignals, weighRows, type Weighing } from '../../../src/data/signal-weights.ts'

/** Ann looked at the tea three times and bought it twice; Bob looked at the milk, and bought it at an unknown time. */
const table = fromColumns({
  user: ['ann', 'ann', 'ann', 'bob', 'ann', 'ann', 'bob', 'bob'],
  item: ['tea', 'tea', 'tea', 'milk', 'tea', 'tea', 'milk', 'tea'],
  signal: ['view', 'view', 'view', 'view', 'buy', 'buy', 'buy', 'dislike'],
  value: [1, 2, 4, 1, 8, 16, 2, 0.5],
})
const coded = (code: string) => expect.objectContaining({ name: 'RivuletError', code }) as Error

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

  it('refuses to be left with nothing, and weights beyond single precision', () => {
    const known = { ...table, signals: [...table.signals, 'cart'] }
    expect(() => weighRows('recommend', known, { weighted: false, signals: { cart: 1 } })).toThrow(
      "recommend, option 'signals': expected a row with signal 'cart', got none. Signals of this data: 'view', 'buy', 'dislike', 'cart'.",
    )
    expect(() => weighRows('test', table, { weighted: true, signals: { buy: 1e38 } })).toThrow(coded('INVALID_DATA'))
    expect(() => weighRows('test', table, { weighted: true, signals: { buy: 1e38 } })).toThrow("user 'ann', item 'tea'")
  })
})

describe('requireSignals', () => {
  it('names the signals of the data and the nearest of them', () => {
    expect(() => requireSignals('recommend', table, { bye: 1 })).toThrow(
      "recommend, option 'signals': expected signals of this data: 'view', 'buy', 'dislike', got 'bye'. Did you mean 'buy'?",
    )
    expect(() => requireSignals('test', table, { bye: 1 })).toThrow(coded('UNKNOWN_KEY'))
    requireSignals('test', table, { buy: 1, dislike: -1 })
    requireSignals('test', table, null)
  })
})

describe('isSignalWeights', () => {
  it.each([[null], [{ buy: 1 }], [{ buy: -1, view: 0 }]])('takes %o', (value) => {
    expect(isSignalWeights(value)).toBe(null)
  })

  it.each([[{}], [[]], [['buy']], ['buy'], [1], [{ buy: NaN }], [{ buy: Infinity }], [{ buy: 1e39 }], [{ buy: '1' }]])(
    'refuses %o',
    (value) => {
      expect(isSignalWeights(value)).toBe('finite weights by the names of signals, at least one')
    },
  )
})
