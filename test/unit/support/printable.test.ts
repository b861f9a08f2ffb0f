import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, printableLines } from '../../../src/support/errors.ts'

/** Any code units, and often the ones that matter. */
const hostile = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xa0 }), fc.constant(0x202e)))
  .map((units) => String.fromCharCode(...units))

describe('printable', () => {
  it.each<[string, string, string]>([
    ['what people write', "Tête-à-tête 'x' \\ 日本 عربي 🍵 👩‍👧", "Tête-à-tête 'x' \\ 日本 عربي 🍵 👩‍👧"],
    ['C0 and DEL', '\u001b[2J\0\t\n\r\u007f', String.raw`\u001b[2J\u0000\u0009\u000a\u000d\u007f`],
    ['C1', '\u009b31m\u0085', String.raw`\u009b31m\u0085`],
    ['marks of direction', '\u202e\u2066\u200f\u061c', String.raw`\u202e\u2066\u200f\u061c`],
    ['separators', 'a\u2028b\u2029', String.raw`a\u2028b\u2029`],
    ['what nobody sees', 'a\u200b\ufeff\u00ad', String.raw`a\u200b\ufeff\u00ad`],
    ['halves of pairs', '\ud83dx\udf75', String.raw`\ud83dx\udf75`],
    ['no characters', '\uffff\u{1fffe}', String.raw`\uffff\ud83f\udffe`],
  ])('escapes %s', (_, text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  it('leaves nothing that moves a cursor, whatever the text, and what is safe as it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const plain = printable(text)
        expect(plain).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
        expect(printable(plain)).toBe(plain)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps JSON what it was', () => {
    fc.assert(
      fc.property(fc.array(hostile), (texts) => {
        expect(JSON.parse(printable(JSON.stringify(texts)))).toEqual(texts)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps line feeds where there are several lines, and nothing else', () => {
    expect(printableLines('a\r\nb\u001b\n')).toBe('a\\u000d\nb\\u001b\n')
  })
})
