import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { loadPeer } from '../../../src/io/peer.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
/** Written by pyarrow 26.0.1. */
const fixture = (name: string): string => `test/fixtures/parquet/${name}.parquet`
const rows = [
  ['9007199254740993', 'tea', 'view', 5, 1612087200],
  ['7', 'jam', 'buy', 4.5, NaN],
  ['7', 'tea', 'view', 1, 1612087200.5],
  ['-3', 'tea', 'view', 2, NaN],
  ['9007199254740993', 'mug', 'buy', 3, 0],
]

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData']

const write = (name: string, columnData: Columns): string =>
  folder.write(name, Buffer.from(parquetWriteBuffer({ columnData })))

const read = async (path: string, options?: ReadInteractionsOptions) => tableRows(await readInteractions(path, options))

describe('a Parquet file', () => {
  it.each(['snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'plain', 'pages-v2', 'groups', 'delta'])(
    'is read column by column: %s',
    async (name) => {
      const readings: Reading[] = []
      expect(await read(fixture(name), { onReading: (reading) => readings.push(reading) })).toEqual(rows)
      expect(readings[0]).toMatchObject({ format: 'parquet', timeUnit: 'date', ignored: ['title', 'genres'] })
    },
  )

  it('is told by its content, whatever it is called, packed too', async () => {
    const bytes = readFileSync(fixture('snappy'))
    expect(await read(folder.write('a.csv', bytes), { quoted: true })).toEqual(rows)
    expect(await read(folder.write('a.parquet.gz', gzipSync(bytes)))).toEqual(rows)
    expect(await read(folder.write('text', 'PAR1,b\nc,d\n'), { header: false })).toHaveLength(2)
  })

  it('has ids of all types of numbers, as they are spelt', async () => {
    const path = write('ids.parquet', [
      { name: 'user', data: [1.5, 2, 3e9], type: 'DOUBLE' },
      { name: 'item', data: new BigInt64Array([2n ** 31n, -1n, 5n]), type: 'INT64' },
    ])
    expect((await read(path)).map(([user, item]) => [user, item])).toEqual([
      ['1.5', '2147483648'],
      ['2', '-1'],
      ['3000000000', '5'],
    ])
  })

  it.each<readonly [string, Columns, RegExp]>([
    [
      'an id that is empty',
      [
        { name: 'user', data: ['a', null], type: 'STRING' },
        { name: 'item', data: ['b', 'c'] },
      ],
      /row 1, column 'user': expected an id, got an empty cell/,
    ],
    [
      'an id that was rounded',
      [
        { name: 'user', data: [2 ** 24 + 2], type: 'FLOAT' },
        { name: 'item', data: ['b'] },
      ],
      /16777218, rounded/,
    ],
    [
      'no known names',
      [
        { name: 'x', data: ['a'] },
        { name: 'item', data: ['b'] },
      ],
      /expected a column with a name such as 'user'.* Name the column/,
    ],
  ])('is refused with %s', async (_name, columns, message) => {
    await expect(read(write('refused.parquet', columns))).rejects.toThrow(message)
  })

  it('is refused with nested columns where they are needed, without rows, cut off, and with options of text', async () => {
    const nested = read(fixture('snappy'), { columns: { item: 'genres' } })
    await expect(nested).rejects.toThrow(/column 'genres': expected a column of ids.*got nested columns \(a list\)/)
    await expect(read(fixture('empty'))).rejects.toMatchObject({ code: 'EMPTY_DATA' })
    const bytes = readFileSync(fixture('groups'))
    for (const length of [9, 100, bytes.length - 1]) {
      const cut = folder.write('cut.parquet', bytes.subarray(0, length))
      await expect(read(cut)).rejects.toThrow(/got a file without its footer. The file is cut off/)
    }
    await expect(read(fixture('snappy'), { delimiter: ';' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it.each([
    ['longer than the file', 0xffffffff],
    ['as long as the file', 'all'],
    ['of nothing', 0],
    ['of some bytes', 7],
  ] as const)('is refused with a footer that says it is %s', async (_name, told) => {
    const forged = readFileSync(fixture('snappy'))
    forged.writeUInt32LE(told === 'all' ? forged.length : told, forged.length - 8)
    await expect(read(folder.write('forged.parquet', forged))).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })

  it('needs packages that may not be there: which, is said', async () => {
    const missing = Object.assign(new Error("Cannot find package 'x' imported from y"), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    const loading = loadPeer('READ_FAILED', 'reader', 'Parquet', ['x', 'z'], () => Promise.reject(missing))
    await expect(loading).rejects.toThrow(/got Cannot find package 'x'\. Install them: npm install x z/)
  })

  it.skipIf(process.platform === 'win32')(
    'is read from a named pipe, which is opened once (needs mkfifo)',
    async () => {
      const path = folder.path('pipe')
      execFileSync('mkfifo', [path])
      const writing = writeFile(path, readFileSync(fixture('plain')))
      expect(await read(path)).toEqual(rows)
      await writing
    },
  )
})
