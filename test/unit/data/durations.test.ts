import { describe, expect, it } from 'vitest'
import { isDuration, isMoment, momentIn, secondsOf, spanIn, spanText, unitOfSpan } from '../../../src/data/durations.ts'

const SEPTEMBER = Date.UTC(2013, 8, 1) / 1000
const seconds = { oldest: SEPTEMBER - 1e7, newest: SEPTEMBER }
const scaled = (by: number) => ({ oldest: by * seconds.oldest, newest: by * seconds.newest })

describe('secondsOf', () => {
  it.each([
    ['30d', 30 * 86_400],
    ['12h', 43_200],
    ['2w', 1_209_600],
    ['45min', 2700],
    ['5m', 300],
    ['1.5 H', 5400],
    ['.5d', 43_200],
    ['500ms', 0.5],
  ])('reads %s', (text, expected) => expect(secondsOf(text)).toBe(expected))

  it.each(['', '30', 'd', '-3d', '3y', '3 d d', '1e3d', '0x3d', '3,5d'])('takes %j for no span', (text) => {
    expect(secondsOf(text)).toBeNaN()
  })
})

describe('isDuration and isMoment', () => {
  it('take numbers and text', () => {
    for (const span of [7, 0.1, '7d']) expect(isDuration(span)).toBeNull()
    for (const moment of [0, -7, 1e9, '2013-09-01', '2013-09-01T10:00:00Z', new Date()])
      expect(isMoment(moment)).toBeNull()
  })

  it('refuse what is none, and nothing at all', () => {
    for (const span of [0, -1, NaN, Infinity, '0d', 'soon', null, undefined, {}, '7', ''])
      expect(isDuration(span)).toContain('30d')
    for (const moment of [NaN, Infinity, 'soon', '', '7', null, undefined, {}, '2013-02-30', new Date(NaN)])
      expect(isMoment(moment)).toContain('2013-09-01')
  })
})

describe('spanIn and momentIn', () => {
  it.each([
    ['s', 1],
    ['ms', 1000],
    ['us', 1e6],
    ['ns', 1e9],
    ['d', 1 / 86_400],
  ] as const)('tell the unit %s by its range', (unit, by) => {
    const times = scaled(by)
    expect(unitOfSpan(times.oldest, times.newest)).toBe(unit)
    expect(spanIn('me', '2d', times)).toBeCloseTo(2 * 86_400 * by, 6)
    for (const moment of ['2013-09-01', new Date('2013-09-01')])
      expect(momentIn('me', moment, times)).toBeCloseTo(SEPTEMBER * by, 3)
    expect(spanText(3.5 * 86_400 * by, times)).toBe('3.5d')
  })

  it('leave numbers as they are, whatever the unit', () => {
    for (const times of [seconds, { oldest: 1, newest: 12 }]) {
      expect(spanIn('me', 7, times)).toBe(7)
      expect(momentIn('me', 7, times)).toBe(7)
    }
  })

  it.each([
    ['a count of something', { oldest: 1, newest: 12 }],
    ['two units', { oldest: SEPTEMBER, newest: 1000 * SEPTEMBER }],
    ['times before 1979', { oldest: 0, newest: SEPTEMBER }],
    ['none', { oldest: Infinity, newest: -Infinity }],
  ])('refuse text for %s', (_, times) => {
    const refusal = expect.objectContaining({ name: 'RivuletError', code: 'INVALID_OPTION' })
    expect(() => spanIn('me', '2d', times)).toThrowError(refusal)
    expect(() => momentIn('me', '2013-09-01', times)).toThrowError(refusal)
  })
})

describe('spanText', () => {
  it('takes the largest unit that fits, or the bare number', () => {
    expect([100, 5000, 90_000, 10].map((span) => spanText(span, seconds))).toEqual(['1.67min', '1.39h', '1.04d', '10s'])
    expect(spanText(12.3456, { oldest: 1, newest: 20 })).toBe('12.3')
  })
})
