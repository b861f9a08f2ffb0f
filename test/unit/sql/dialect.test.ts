import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIALECTS } from '../../../src/sql/dialect.ts'

/** What a database reads of a quoted name: `null` where the name ends before the text does. */
function nameIn(text: string, quote: string, escape: string): string | null {
  if (text[0] !== quote) return null
  let name = ''
  for (let at = 1; at < text.length; at++) {
    if (text[at] === escape && at + 1 < text.length - (escape === quote ? 1 : 0)) name += text[++at]
    else if (text[at] === quote) return at === text.length - 1 ? name : null
    else name += text[at]
  }
  return null
}

describe('names of tables and columns', () => {
  const names = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter((name) => /^[^\p{Cc}]+$/u.test(name))
  const awkward = fc.stringMatching(/^[`"'\\;\- a]{1,12}$/)

  it.each([
    ['clickhouse', '`', '\\'],
    ['duckdb', '"', '"'],
    ['spark', '`', '`'],
  ] as const)('are one name in %s, whatever they hold', (dialect, quote, escape) => {
    fc.assert(
      fc.property(fc.oneof(names, awkward), (name) => {
        expect(nameIn(DIALECTS[dialect].identifier(name), quote, escape)).toBe(name)
      }),
    )
  })

  it.each(['', 'a\nb', 'a\0b', 'x'.repeat(201)])('are refused when no database takes them: %j', (name) => {
    expect(() => DIALECTS.duckdb.identifier(name)).toThrow(/the name of a table or column/)
  })
})

describe('texts', () => {
  it.each([
    ['clickhouse', '\\'],
    ['duckdb', "'"],
    ['spark', '\\'],
  ] as const)('are one text in %s, whatever they hold', (dialect, escape) => {
    const awkward = fc.stringMatching(/^['"`\\;\-\n a]{1,12}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), awkward), (text) => {
        expect(nameIn(DIALECTS[dialect].quoteText(text), "'", escape)).toBe(text)
      }),
    )
  })
})
