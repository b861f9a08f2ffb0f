import { describe, expect, it } from 'vitest'
import { RowScanner } from '../../../src/io/row-scanner.ts'
import type { RowScannerOptions } from '../../../src/io/row-scanner.ts'

function scan(chunks: readonly (string | Buffer)[], options: Partial<RowScannerOptions> = {}) {
  const scanner = new RowScanner({ who: 'test', delimiter: ',', quoted: true, encoding: 'utf8', ...options })
  const rows: string[][] = []
  const lines: number[] = []
  const drain = (): void => {
    while (scanner.next()) {
      rows.push(scanner.texts())
      lines.push(scanner.line)
    }
  }
  for (const chunk of chunks) {
    scanner.push(Buffer.from(chunk as string))
    drain()
  }
  scanner.finish()
  drain()
  return { rows, lines }
}

describe('RowScanner', () => {
  it.each([
    ['LF', 'a,b\nc,d\n'],
    ['no break at the end', 'a,b\nc,d'],
    ['CRLF', 'a,b\r\nc,d\r\n'],
    ['CRLF cut after the CR', 'a,b\r\nc,d\r'],
    ['a byte order mark', '\ufeffa,b\nc,d\n'],
    ['quotes', '"a","b"\n"c","d"'],
    ['quotes and CRLF', '"a","b"\r\n"c","d"\r\n'],
    ['a byte order mark and quotes', '\ufeff"a",b\nc,"d"\r'],
  ])('reads rows with %s', (_name, text) => {
    expect(scan([text]).rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('reads delimiters, line breaks and doubled quotes inside quotes, and counts lines', () => {
    const { rows, lines } = scan(['h,i\n"a,\n""b""\r\n",c\n\n"",""\n'])
    expect(rows).toEqual([
      ['h', 'i'],
      ['a,\n"b"\r\n', 'c'],
      ['', ''],
    ])
    expect(lines).toEqual([1, 2, 6])
  })

  it('keeps quotes that do not begin a field, and all of them when told so', () => {
    expect(scan(['a"b",c" d\n']).rows).toEqual([['a"b"', 'c" d']])
    expect(scan(['"a","b"c\n'], { quoted: false }).rows).toEqual([['"a"', '"b"c']])
  })

  it('takes what a backslash escapes in quotes, where it is told to', () => {
    const rows = (text: string) => scan([text], { quoted: 'backslash' }).rows
    const mixed = '"say \\"hi, you\\"","a ""b"" \\\\","\\n",c\\\n"\\"\nx","\\\\\\""\n'
    expect(rows(mixed)).toEqual([
      ['say "hi, you"', 'a "b" \\', '\\n', 'c\\'],
      ['"\nx', '\\"'],
    ])
    // Any cut of the bytes into chunks.
    for (let cut = 1; cut < mixed.length; cut++)
      expect(scan([mixed.slice(0, cut), mixed.slice(cut)], { quoted: 'backslash' }).rows).toEqual(rows(mixed))
    expect(() => rows('"a\\"')).toThrowError('a closing quote')
    expect(() => scan(['"a \\"b\\"",c\n'])).toThrowError("quoted: 'backslash' (--backslash-quotes)")
  })

  it('keeps doubled quotes in a field that is not quoted, whatever stood there before', () => {
    expect(scan(['"a""b",c\nd""e,f\n']).rows).toEqual([
      ['a"b', 'c'],
      ['d""e', 'f'],
    ])
  })

  it('keeps empty fields and a carriage return inside a row', () => {
    expect(scan([',,\na\rb,,c\r\r\n']).rows).toEqual([
      ['', '', ''],
      ['a\rb', '', 'c\r'],
    ])
  })

  it('reads two-character delimiters, and half of one as text', () => {
    expect(scan(['1::a:b::"::"\n2::::c:\n'], { delimiter: '::' }).rows).toEqual([
      ['1', 'a:b', '::'],
      ['2', '', 'c:'],
    ])
  })

  it('reads a row as one field without a delimiter', () => {
    expect(scan(['{"a": 1}\n\n{}\n'], { delimiter: '', quoted: false })).toEqual({
      rows: [['{"a": 1}'], ['{}']],
      lines: [1, 3],
    })
  })

  it('reads more fields than it has room for at first', () => {
    const fields = Array.from({ length: 1000 }, (_, n) => (n % 7 === 0 ? `"${n}"""` : String(n)))
    expect(scan([fields.join(',')]).rows[0].slice(0, 3)).toEqual(['0"', '1', '2'])
    expect(scan([fields.join(',')]).rows[0]).toHaveLength(1000)
  })

  it('reads the same rows however the bytes are cut', () => {
    const text = '\ufeffa,é,"x ""y"" z"\r\n"1\r\n2",,"3"\r\n\r\nlast,"q",\n'
    const whole = scan([text])
    const bytes = Buffer.from(text)
    for (let size = 1; size < bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      expect(scan(chunks)).toEqual(whole)
    }
  })

  it('refuses a quote that is never closed, at the line where it opens', () => {
    expect(() => scan(['a,b\nc,"d\ne,f\n'])).toThrowError(
      'test, line 2, column 2: expected a closing quote, got the end of the file',
    )
  })

  it('refuses text after a closing quote', () => {
    expect(() => scan(['a,"b"c\n'])).toThrowError('line 1, column 2: expected a delimiter after the closing quote')
    expect(() => scan(['a,"b"\rc\n'])).toThrowError('quoted: false')
  })

  it('refuses bytes that are not UTF-8, and reads them as latin1 when told so', () => {
    const bytes = Buffer.from([0x61, 0x2c, 0xe9, 0x0a])
    expect(() => scan([bytes])).toThrowError(
      "line 1, column 2: expected UTF-8 text, got other bytes. Convert the file, or read it with encoding: 'latin1'",
    )
    expect(scan([bytes], { encoding: 'latin1' }).rows).toEqual([['a', 'é']])
    expect(scan(['a,\ufffd\n']).rows).toEqual([['a', '\ufffd']])
  })

  it('refuses a row that does not end within 16 MiB', () => {
    const chunk = Buffer.alloc(1 << 20, 'x')
    expect(() => scan(['a\n', ...Array.from({ length: 20 }, () => chunk)])).toThrowError(
      'line 2: expected a row of at most 16 MiB',
    )
  })
})
