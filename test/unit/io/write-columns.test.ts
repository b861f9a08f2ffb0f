import { readdirSync, readFileSync } from 'node:fs'
import { parquetReadObjects } from 'hyparquet'
import { tableFromIPC } from '@uwdata/flechette'
import { describe, expect, it } from 'vitest'
import { writeChunks } from '../../../src/io/write.ts'
import { BATCH_ROWS, type NamedColumns } from '../../../src/io/column-batches.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import { writeColumns } from '../../../src/io/write-columns.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

/** Rows as another reader has them. */
async function rowsOf(path: string): Promise<object[]> {
  const bytes = readFileSync(path)
  const file = new Uint8Array(bytes).buffer
  return path.endsWith('parquet') ? parquetReadObjects({ file }) : tableFromIPC(file, { useBigInt: true }).toArray()
}

describe.each(['parquet', 'arrow', 'feather'])('writeColumns to .%s', (ending) => {
  const name = (base: string): string => folder.path(`${base}.${ending}`)

  it('keeps numbers of every width, texts, booleans, and cells that are empty', async () => {
    const path = name('all')
    await writeColumns(path, {
      small: Int8Array.of(-1, 2, 3),
      whole: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
      unsigned: Uint32Array.of(0, 1, 2 ** 32 - 1),
      long: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 53n + 1n),
      single: Float32Array.of(0.5, -1, NaN),
      double: Float64Array.of(0.1, 1e300, -0),
      text: ['', 'ä, "x"\n', 'c'],
      title: ['a', null, 'c'],
      number: [0.1, null, 3],
      flag: [true, null, false],
    })
    expect(await rowsOf(path)).toEqual([
      {
        ...{ small: -1, whole: -(2 ** 31), unsigned: 0n, long: -(2n ** 63n), single: 0.5, double: 0.1 },
        text: '',
        title: 'a',
        number: 0.1,
        flag: true,
      },
      {
        ...{ small: 2, whole: 0, unsigned: 1n, long: 0n, single: -1, double: 1e300 },
        text: 'ä, "x"\n',
        title: null,
        number: null,
        flag: null,
      },
      {
        ...{ small: 3, whole: 2 ** 31 - 1, unsigned: 2n ** 32n - 1n, long: 2n ** 53n + 1n, single: NaN, double: -0 },
        text: 'c',
        title: 'c',
        number: 3,
        flag: false,
      },
    ])
  })

  it('writes more rows than a batch holds, and none', async () => {
    const rows = 2 * BATCH_ROWS + 1
    const user = Array.from({ length: rows }, (_, row) => `u${row % 7}`)
    const time = user.map((_, row) => (row % 3 === 0 ? null : row))
    await writeColumns(name('many'), { user, item: Int32Array.from(user, (_, row) => row), time })
    const table = await readInteractions(name('many'))
    expect([table.length, table.users.size, table.items.size]).toEqual([rows, 7, rows])
    expect([...(table.time ?? [])].slice(-3)).toEqual(
      [rows - 3, rows - 2, rows - 1].map((row) => (row % 3 === 0 ? NaN : row)),
    )
    await writeColumns(name('none'), { user: [], item: Int32Array.of() })
    expect(await rowsOf(name('none'))).toEqual([])
  })

  it.each<readonly [string, NamedColumns, RegExp]>([
    ['no column', {}, /expected a column, got none/],
    [
      'columns of two lengths',
      { a: ['x'], b: Int32Array.of(1, 2) },
      /column 'b': expected 1 cells, as many as column 'a' has, got 2/,
    ],
    [
      'cells of two kinds',
      { a: ['x', null, 3] as string[] },
      /column 'a', row 2: expected a string as in the rows before, or null, got 3/,
    ],
    ['cells that are objects', { a: [{}] as unknown as string[] }, /row 0: expected a text, number or boolean/],
    ['no cells', { a: 'xyz' as unknown as string[] }, /column 'a': expected an array or a typed array, got 'xyz'/],
  ])('refuses %s, and leaves no file', async (_, columns, message) => {
    await expect(writeColumns(name('refused'), columns)).rejects.toThrow(message)
    expect(readdirSync(folder.path('.')).filter((file) => /refused|tmp/.test(file))).toEqual([])
  })
})

it('refuses a name of another format', async () => {
  await expect(writeColumns(folder.path('x.csv'), { a: ['b'] })).rejects.toThrow(
    /expected a path that ends in \.parquet, \.arrow, \.feather/,
  )
})

it('lets through what the chunks throw, and leaves the file that was there', async () => {
  const path = folder.write('kept.parquet', 'old')

  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1, 2, 3)
    throw new Error('half way')
  }
  await expect(writeChunks(path, failing())).rejects.toThrow('half way')
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder.path('.')).filter((file) => file.includes('tmp'))).toEqual([])
})
