import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNumber } from '../../../src/io/cell-kinds.ts'

const parse = (text: string): number => parseNumber(Buffer.from(text), 0, Buffer.byteLength(text))

describe('parseNumber', () => {
  it.each(['0', '-0', '5', '3.5', '-12.25', '.5', '5.', '1e3', '+2', '-1E-7', ' 7 ', '0.1', '007', '1364393604'])(
    'reads %j like Number',
    (text) => expect(parse(text)).toBe(Number(text)),
  )

  it.each(['', '-', '.', '-.', '1.2.3', '1,5', '0x10', 'NaN', 'abc', '--1', '1e', '1 2'])('reads %j as NaN', (text) =>
    expect(parse(text)).toBeNaN(),
  )

  it('says Infinity where a double ends', () => {
    expect(parse('1e999')).toBe(Infinity)
    expect(parse('Infinity')).toBeNaN()
  })

  it('rounds every decimal as Number does (property)', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parse(String(number))).toBe(number === 0 ? Number(String(number)) : number)
      }),
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 20 }), (whole, decimals) => {
        const text = `${whole}.${'0'.repeat(decimals)}7`
        expect(parse(text)).toBe(Number(text))
      }),
    )
  })
})
