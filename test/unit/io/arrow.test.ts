import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as zlib from 'node:zlib'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { openArrow } from '../../../src/io/arrow.ts'
import { readColumnFile } from '../../../src/io/cell-batches.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { writeColumns } from '../../../src/io/write-columns.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
/** Written by pyarrow 26.0.1. */
const fixture = (name: string): string => `test/fixtures/arrow/${name}.arrow`
const rows = [
  ['9007199254740993', 'tea', 'view', 5, 1612087200],
  ['7', 'jam', 'buy', 4.5, NaN],
  ['7', 'tea', 'view', 1, 1612087200.5],
  ['-3', 'tea', 'view', 2, NaN],
  ['9007199254740993', 'mug', 'buy', 3, 0],
]

const read = async (path: string, options?: ReadInteractionsOptions) => tableRows(await readInteractions(path, options))

/** From bytes that come in pieces of some length. */
async function readBytes(bytes: Buffer, piece = 1000) {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
  }
  return tableRows(await readColumnFile('reader', await openArrow('reader', chunks(), bytes), {}))
}

const write = (columns: Parameters<typeof tableFromArrays>[0], types = {}): Buffer =>
  Buffer.from(tableToIPC(tableFromArrays(columns, { types }), { format: 'file' }) ?? [])

describe('an Arrow file', () => {
  it.each(['uncompressed', 'lz4', 'stream', 'batches', 'views', 'large', 'dictionary'])(
    'is read batch by batch, nested columns passed over: %s',
    async (name) => {
      const readings: Reading[] = []
      expect(await read(fixture(name), { onReading: (reading) => readings.push(reading) })).toEqual(rows)
      expect(readings[0]).toMatchObject({ format: 'arrow', timeUnit: 'date', ignored: ['title', 'genres', 'at'] })
    },
  )

  it('unpacks LZ4 whose blocks refer to each other', async () => {
    const found = await read(fixture('lz4-long'))
    expect(found).toHaveLength(2000)
    expect(found[1999].slice(0, 2)).toEqual([`user-${(1999 * 1999) % 97}`, String((1999 * 7919) % 101)])
  })

  it('unpacks zstd where Node does', async () => {
    if ('zstdDecompressSync' in zlib) expect(await read(fixture('zstd'))).toEqual(rows)
    else await expect(read(fixture('zstd'))).rejects.toThrow(/Use Node 22\.15/)
  })

  it('is told by its content, whatever it is called, through a pipe or packed too', async () => {
    const bytes = readFileSync(fixture('stream'))
    expect(await read(folder.write('a.csv', bytes))).toEqual(rows)
    expect(await read(folder.write('a.gz', zlib.gzipSync(bytes)))).toEqual(rows)
  })

  it('tells a stream without a mark of its end from a whole one', async () => {
    const readings: Reading[] = []
    const bytes = readFileSync(fixture('stream'))
    const path = folder.write('unmarked.arrow', bytes.subarray(0, bytes.length - 8))
    expect(await read(path, { onReading: (reading) => readings.push(reading) })).toEqual(rows)
    expect(readings[0].notes).toEqual(['the stream has no end-of-stream marker and may be incomplete'])
  })

  it.each<readonly [string, () => Buffer, RegExp]>([
    ['no known names', () => write({ x: ['a'], item: ['b'] }), /expected a column with a name such as 'user'/],
    [
      'an id that is empty',
      () => write({ user: ['a', null], item: ['b', 'c'] }),
      /row 1, column 'user': expected an id/,
    ],
    ['a nested column of ids', () => write({ user: [['a']], item: ['b'] }), /got nested columns \(a list\)/],
  ])('with %s is refused', async (_, bytes, message) => {
    await expect(readBytes(bytes())).rejects.toThrow(message)
  })

  it('without a row is refused', async () => {
    await writeColumns(folder.path('none.arrow'), { user: [], item: [] })
    await expect(read(folder.path('none.arrow'))).rejects.toMatchObject({ code: 'EMPTY_DATA' })
  })

  it.each([9, 100, 900, 1500])('cut after %i bytes is refused', async (length) => {
    const cut = readFileSync(fixture('uncompressed')).subarray(0, length)
    await expect(readBytes(cut)).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })
})
