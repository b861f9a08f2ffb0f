import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromRows } from '../../src/data/from-rows.ts'
import type { Interactions } from '../../src/data/interactions.ts'
import { delimitedLine, interactionLines } from '../../src/io/delimited-lines.ts'
import type { TextFormat } from '../../src/io/detect.ts'
import { readInteractions } from '../../src/io/read-interactions.ts'
import { readRecords } from '../../src/io/read-records.ts'
import { RowScanner } from '../../src/io/row-scanner.ts'
import { writeTextFile } from '../../src/io/write.ts'
import { RivuletError } from '../../src/support/errors.ts'
import { isSingle } from '../../src/support/options.ts'
import { tableRows } from '../unit/data/table-rows.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const delimiters = ['\t', ',', ';', '|', '::', ' ', ':']

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  '007',
  '7',
  '-0',
  '"',
  '""',
  ' ',
  '\n',
  '\r\n',
  '\ufeff',
  '::',
  ':',
  '#',
  '# x',
  '%y',
  '//z',
  '\0',
  '\ufffd',
)
const id = fc.oneof(
  fc.nat(50).map(String),
  nasty,
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
)
const value = fc.float({ noNaN: true, noDefaultInfinity: true }).filter(isSingle)
const time = fc.oneof(fc.constant(undefined), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** Any table: with or without values, signals, times. */
const anyTable: fc.Arbitrary<Interactions> = fc
  .tuple(
    fc.array(fc.record({ u: id, i: id, v: value, s: id, t: time }), { minLength: 1, maxLength: 40 }),
    fc.record({ value: fc.boolean(), signal: fc.boolean(), time: fc.boolean() }),
  )
  .map(([rows, has]) =>
    fromRows(rows, {
      user: 'u',
      item: 'i',
      ...(has.value && { value: 'v' }),
      ...(has.signal && { signal: 's' }),
      ...(has.time && { time: 't' }),
    }),
  )

describe('readers', () => {
  it('give back any table that was written as delimited text', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, fc.constantFrom(...delimiters), fc.boolean(), async (table, delimiter, pack) => {
        const path = folder.path(pack ? 'table.gz' : 'table')
        await writeTextFile(path, interactionLines(table, delimiter))
        const read = await readInteractions(path, { format: 'delimited', delimiter, header: true })
        expect(tableRows(read)).toEqual(tableRows(table).map(withoutNegativeZero))
        expect([...read.users.keys()]).toEqual([...table.users.keys()])
        expect([...read.items.keys()]).toEqual([...table.items.keys()])
        expect(read.signals).toEqual(table.signals)
      }),
      { numRuns: 150 },
    )
  })

  it('give back any table that was written as JSON lines', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async (table) => {
        const path = folder.path('table.jsonl')
        const objects = tableRows(table).map(([user, item, signal, v, t]) => ({
          user,
          item,
          signal,
          value: v ?? 1,
          time: t,
        }))
        await writeTextFile(
          path,
          objects.map((object) => JSON.stringify(object)),
        )
        const read = await readInteractions(path)
        const expected = objects.map((o) => withoutNegativeZero([o.user, o.item, o.signal, o.value, o.time ?? NaN]))
        expect(tableRows(read)).toEqual(expected)
      }),
    )
  })

  it('answer any bytes with a table or a RivuletError, in any format', async () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        '1',
        '2',
        'a',
        ',',
        '\t',
        '"',
        '\n',
        '\r',
        ':',
        '.',
        '-',
        'e',
        ' ',
        '{',
        '}',
        '"user"',
        '\ufeff',
        'user',
        'item',
        'é',
      ),
      maxLength: 200,
    })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
      soup.map((text) => Buffer.from(text)),
      soup.map((text) => gzipSync(text)),
      fc.tuple(soup, fc.nat(60)).map(([text, cut]) => gzipSync(text).subarray(0, cut)),
    )
    const format = fc.constantFrom<(TextFormat | undefined)[]>(undefined, 'delimited', 'adjacency', 'json-lines')
    const options = fc.record({
      format,
      quoted: fc.boolean(),
      encoding: fc.constantFrom('utf8' as const, 'latin1' as const),
    })
    await fc.assert(
      fc.asyncProperty(bytes, options, async (content, given) => {
        const path = folder.path('bytes')
        writeFileSync(path, content)
        try {
          const table = await readInteractions(path, given)
          expect(table.length).toBeGreaterThan(0)
          expect(table.value?.every(Number.isFinite) ?? true).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(RivuletError)
        }
        const { format: recordFormat, ...rest } = given
        try {
          for await (const record of readRecords(path, recordFormat === 'adjacency' ? rest : given))
            expect(record).toBeTypeOf('object')
        } catch (error) {
          expect(error).toBeInstanceOf(RivuletError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the row scanner', () => {
  const texts = fc.array(fc.array(id, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 10 })

  it('finds the same fields as csv-parse, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(...delimiters),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (rows, delimiter, size, crlf) => {
          const text = rows.map((row) => delimitedLine(row, delimiter) + (crlf ? '\r\n' : '\n')).join('')
          const bytes = Buffer.from(text)
          const found = scan(bytes, size, delimiter)
          const theirs = parse(bytes, {
            delimiter,
            bom: true,
            relax_column_count: true,
            record_delimiter: ['\n', '\r\n'],
          })
          expect(found).toEqual(theirs)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function scan(bytes: Buffer, size: number, delimiter: string): string[][] {
  const scanner = new RowScanner({ who: 'test', delimiter, quoted: true, encoding: 'utf8' })
  const rows: string[][] = []
  for (let start = 0; start < bytes.length; start += size) {
    scanner.push(bytes.subarray(start, start + size))
    while (scanner.next()) rows.push(scanner.texts())
  }
  scanner.finish()
  while (scanner.next()) rows.push(scanner.texts())
  return rows
}

/** `String(-0)` is '0': text has no negative zero. */
function withoutNegativeZero<T extends readonly unknown[]>(row: T): T {
  return row.map((cell) => (cell === 0 ? 0 : cell)) as unknown as T
}
