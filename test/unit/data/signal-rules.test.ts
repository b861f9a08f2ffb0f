import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { isSignals, readRule, requireSignals } from '../../../src/data/signal-rules.ts'
import { coded } from '../../refusals.ts'

const table = fromColumns({
  user: ['ann', 'bob', 'bob'],
  item: ['tea', 'milk', 'tea'],
  signal: ['view', 'buy', 'dislike'],
})

describe('requireSignals', () => {
  it('names the signals of the data and the nearest of them', () => {
    expect(() => requireSignals('recommend', table, { bye: 1 })).toThrow(
      "recommend, option 'signals': expected signals of this data: 'view', 'buy', 'dislike', got 'bye'. Did you mean 'buy'?",
    )
    expect(() => requireSignals('test', table, { bye: {} })).toThrow(coded('UNKNOWN_KEY'))
    requireSignals('test', table, { buy: 1, dislike: -1, view: { transform: 'log1p' } })
    requireSignals('test', table, null)
  })

  it.each([
    [{ role: 'lable' }, 'INVALID_OPTION', "'role': expected one of 'label', 'evidence', got 'lable'"],
    [{ transform: 'log' }, 'INVALID_OPTION', "'transform': expected one of 'raw', 'binary', 'log1p'"],
    [
      { halfLife: 0 },
      'INVALID_OPTION',
      "'halfLife': expected a span of time > 0: a number in the unit of the times, or '30d', '12h', '2w', or null, got 0",
    ],
    [{ halfLife: -1 }, 'INVALID_OPTION', "'halfLife'"],
    [{ halfLife: '0d' }, 'INVALID_OPTION', "'halfLife'"],
    [{ weight: NaN }, 'INVALID_OPTION', "'weight': expected a finite number, got NaN"],
    [{ weight: '1' }, 'INVALID_OPTION', "'weight'"],
    [{ halflife: 3 }, 'UNKNOWN_OPTION', "Did you mean 'halfLife'?"],
  ])('refuses the rule %o', (rule, code, text) => {
    expect(() => requireSignals('recommend', table, { buy: rule as object })).toThrow(coded(code))
    expect(() => requireSignals('recommend', table, { buy: rule as object })).toThrow(text)
  })
})

describe('readRule', () => {
  it('fills in what is left out', () => {
    const rest = { weight: 1, halfLife: null }
    expect(readRule('test', {}, false)).toEqual({ ...rest, role: 'evidence', transform: 'binary' })
    expect(readRule('test', {}, true)).toEqual({ ...rest, role: 'evidence', transform: 'raw' })
    expect(readRule('test', -2, false)).toEqual({ ...rest, role: 'evidence', transform: 'binary', weight: -2 })
    expect(readRule('test', { transform: 'centred' }, false).role).toBe('label')
    expect(readRule('test', { transform: 'centred', role: 'evidence' }, false).role).toBe('evidence')
  })
})

describe('isSignals', () => {
  it.each([[null], ['auto'], [{ buy: 1 }], [{ buy: -1, view: 0 }], [{ buy: {}, view: { weight: 2 } }]])(
    'takes %o',
    (value) => {
      expect(isSignals(value)).toBe(null)
    },
  )

  it.each([
    [{}],
    [[]],
    [['buy']],
    ['buy'],
    [1],
    [{ buy: NaN }],
    [{ buy: Infinity }],
    [{ buy: 1e39 }],
    [{ buy: '1' }],
    [{ buy: null }],
    [{ buy: [1] }],
  ])('refuses %o', (value) => {
    expect(isSignals(value)).toBe("finite weights or rules by signal name, at least one, or 'auto'")
  })
})
