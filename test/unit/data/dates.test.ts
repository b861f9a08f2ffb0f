import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberOf, timeOf } from '../../../src/data/cells.ts'
import { dateOf } from '../../../src/data/dates.ts'

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

describe('dateOf', () => {
  it.each([
    ['2021-01-01', '2021-01-01T00:00:00.000Z'],
    ['2020-02-29', '2020-02-29T00:00:00.000Z'],
    ['2000-02-29', '2000-02-29T00:00:00.000Z'],
    ['2010/12/01 08:26', '2010-12-01T08:26:00.000Z'],
    ['2014-12-06 02', '2014-12-06T02:00:00.000Z'],
    ['2021-01-01 00:00:00+02', '2020-12-31T22:00:00.000Z'],
    ['2021-01-01 00:00:00 +0200', '2020-12-31T22:00:00.000Z'],
    ['2021-01-01T00:00:00-05:30', '2021-01-01T05:30:00.000Z'],
    ['2021-01-01T00:00:00+14:00', '2020-12-31T10:00:00.000Z'],
    ['2021-01-01T00:00:00,5Z', '2021-01-01T00:00:00.500Z'],
    ['2021-01-01 00:00:00 UTC', '2021-01-01T00:00:00.000Z'],
    ['2021-01-01 00:00:00.25 gmt', '2021-01-01T00:00:00.250Z'],
    ['2021-01-01t10:00z', '2021-01-01T10:00:00.000Z'],
    [' 2021-12-31T24:00:00 ', '2022-01-01T00:00:00.000Z'],
    ['2021-12-31T24:00', '2022-01-01T00:00:00.000Z'],
    ['2021-12-31 24', '2022-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31 23:59:60.5', '2017-01-01T00:00:00.500Z'],
    ['2017-01-01T08:59:60+09:00', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T18:29:60-05:30', '2017-01-01T00:00:00.000Z'],
    ['2021-01-01T00:00:00-14:00', '2021-01-01T14:00:00.000Z'],
    ['2021-01-01T00:00:00.123456789Z', '2021-01-01T00:00:00.123Z'],
    ['2014-04-07T10:51:09.277Z', '2014-04-07T10:51:09.277Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ])('reads %j as %s', (text, expected) => expect(iso(dateOf(text))).toBe(expected))

  it.each(
    [
      '2021-02-30 2021-02-29T10:00:00 1900-02-29 2021-04-31 2021-04-32 2021-00-10 2021-13-01 2021-01-00 0000-01-01 0000-00-00',
      '2021-01-01T25:00:00 2021-01-01T24:00:01 2021-01-01T24:00:00.5 2021-01-01T24:01 2021-01-01T23:60:00 2021-01-01T00:00:61Z 2021-01-01T1:00',
      '2021-01-01T12:30:60Z 2021-01-01T23:59:60+01:00 2021-01-01T24:00:60 2021-01-01T23:58:60 2021-W05-3 2021-W05 2021-031 2021-01 2021',
      '2021-01-01T00:00:00+15:00 2021-01-01T00:00:00+14:01 2021-01-01T00:00:00+02:60 2021-01-01T00:00:00+2 2021-01-01Z',
      '21-01-01 2021-1-5 2021-01/05 1/2/2021 2021-01-01T 2021-01-01T00:00:00.Z 20210101 +2021-01-01 -2021-01-01 noon',
    ]
      .flatMap((line) => line.split(' '))
      .concat('2021-01-01  00:00', '2021-01-01 00:00:00 PST', '2021-01-01 00:00:00 +02 00', '2021-01-01\n00:00', ''),
  )('refuses %j', (text) => expect(dateOf(text)).toBeNaN())

  it('gives back what Date writes (property)', () => {
    const between = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') }
    fc.assert(
      fc.property(fc.date({ ...between, noInvalidDate: true }), (date) => {
        expect(dateOf(date.toISOString())).toBeCloseTo(date.getTime() / 1000, 4)
        expect(iso(Math.floor(dateOf(date.toISOString())))).toBe(`${date.toISOString().slice(0, 19)}.000Z`)
      }),
    )
  })

  it('knows each day that the calendar has and no other (property)', () => {
    const two = (number: number): string => String(number).padStart(2, '0')
    fc.assert(
      fc.property(fc.integer({ min: 1583, max: 2999 }), fc.nat(15), fc.nat(35), (year, month, day) => {
        const text = `${year}-${two(month)}-${two(day)}`
        const date = new Date(`${text}T00:00:00Z`)
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
        expect(Number.isNaN(dateOf(text))).toBe(!exists)
      }),
    )
  })
})

describe('timeOf', () => {
  it('takes numbers in any unit, dates as seconds, and emptiness as unknown', () => {
    const where = (): string => 'here'
    expect([12.5, '12.5', new Date(2500), '1970-01-02'].map((cell) => timeOf(cell, where))).toEqual([
      12.5, 12.5, 2.5, 86400,
    ])
    for (const cell of [undefined, null, '', NaN]) expect(timeOf(cell, where)).toBeNaN()
    expect(() => timeOf('2021-02-30', where)).toThrowError(
      "here: expected a time (a number, a Date or an ISO 8601 date), got '2021-02-30'. Write dates as 2020-12-31 or 2020-12-31T23:59:59Z. Correct or drop that row.",
    )
  })
})

describe('a date that could be another one', () => {
  it.each(['12/31/2020', '1/2/21', '31.12.2020', '01-02-2020 10:00', ' 12/1/2010 8:26'])(
    '%j is refused, and why is said',
    (text) => {
      expect(() => timeOf(text, () => 'here')).toThrow(
        `got '${text}'. Its day and month could be either way round. Write dates as 2020-12-31 or`,
      )
    },
  )

  it.each(['yesterday', '2020-31-12', 'Dec 31, 2020', '2021-W05-3', '1/2/20211'])('%j is only refused', (text) => {
    expect(() => timeOf(text, () => 'here')).toThrow(`got '${text}'. Write dates as 2020-12-31 or`)
  })
})

describe('cells of a million characters', () => {
  const million = 1_000_000
  const long = (character: string): string => character.repeat(million)

  it.each([
    ['digits and a letter', `${long('1')}x`],
    ['digits', long('1')],
    ['points', long('.')],
    ['digits, a point, digits and a letter', `${long('1')}.${long('1')}x`],
    ['an exponent', `1e${long('1')}x`],
    ['blanks', `${long(' ')}x${long(' ')}`],
    ['a date and decimals', `2021-01-01T00:00:00.${long('1')}x`],
    ['a date and blanks', `2021-01-01${long(' ')}x`],
    ['a zone', `2021-01-01 00:00:00+${long('0')}`],
  ])('are neither number nor date, and looked at no further: %s', (_name, text) => {
    expect(numberOf(text)).toBeNaN()
    expect(dateOf(text)).toBeNaN()
  })
})
