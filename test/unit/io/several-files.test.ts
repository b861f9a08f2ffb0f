import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findFiles } from '../../../src/io/find-files.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { writeColumns } from '../../../src/io/write-columns.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const ids = async (paths: string | readonly string[]) =>
  tableRows(await readInteractions(paths)).map(([user, item]) => `${String(user)}-${String(item)}`)

for (const name of ['spark', 'spark/day=1', 'spark/day=2', 'spark/_temporary', 'mixed', 'none'])
  mkdirSync(folder.path(name))
folder.write('spark/_SUCCESS', '')
folder.write('spark/_temporary/part-9.csv', 'user,item\nx,x\n')
folder.write('spark/day=1/part-00000.csv', 'user,item\nann,tea\n')
folder.write('spark/day=1/.part-00000.csv.crc', 'crc')
folder.write('spark/day=1/part-00001.csv', '')
folder.write('spark/day=2/part-00000.csv', 'user,item\nbob,tea\nann,jam\n')
folder.write('a[1].csv', 'user,item\ncat,bun\n')
folder.write('a1.csv', 'user,item\ndan,bun\n')
folder.write('mixed/a.csv', 'user,item,time\nann,tea,1600000000\n')
folder.write('mixed/b.csv', 'user,item,time\nbob,tea,1600000000000\n')
folder.write('mixed/c.csv', 'user,item\nbob,tea\n')
folder.write('lists.jsonl', '{"user":"x","item":"y"}\n')
symlinkSync(folder.path('a1.csv'), folder.path('link.csv'))

describe('several files', () => {
  it('are one table: a folder with its parts, but for hidden ones and those without a row', async () => {
    const readings: Reading[] = []
    const table = await readInteractions(folder.path('spark'), { onReading: (reading) => readings.push(reading) })
    expect(tableRows(table).map(([user, item]) => [user, item])).toEqual([
      ['ann', 'tea'],
      ['bob', 'tea'],
      ['ann', 'jam'],
    ])
    expect([table.users.size, table.items.size]).toEqual([2, 2])
    expect(readings).toHaveLength(1)
    expect(readings[0].notes).toEqual(['1 of 3 files without a row'])
  })

  it('are a list, or what a pattern matches', async () => {
    const found = await ids([folder.path('a1.csv'), folder.path('spark/day={1,2}/part-*0.csv')])
    expect(found).toEqual(['dan-bun', 'ann-tea', 'bob-tea', 'ann-jam'])
    for (const pattern of ['spark/**', 'spark/**/*.csv', 'sp?rk/day=[0-9]/*', 'spark/day=[!3]'])
      expect(await ids(folder.path(pattern)), pattern).toEqual(['ann-tea', 'bob-tea', 'ann-jam'])
    // A file whose name is spelt like a pattern is that file.
    expect(await ids(folder.path('a[1].csv'))).toEqual(['cat-bun'])
    expect(await ids(folder.path('a[0-9].csv'))).toEqual(['dan-bun'])
  })

  it('are those of a folder that names parts of Parquet', async () => {
    mkdirSync(folder.path('parts'))
    await writeColumns(folder.path('parts/part-0.parquet'), { user: ['ann'], item: ['tea'] })
    await writeColumns(folder.path('parts/part-1.parquet'), { user: ['bob'], item: ['tea'] })
    await writeColumns(folder.path('parts/part-2.parquet'), { user: [], item: [] })
    expect(await ids(folder.path('parts'))).toEqual(['ann-tea', 'bob-tea'])
  })

  it.each<readonly [string, readonly string[], string, RegExp]>([
    ['a pattern that matches nothing', ['*.nothing'], 'READ_FAILED', /a pattern that matches none\. Check the path/],
    ['a pattern with a range of nothing', ['[z-a].csv'], 'READ_FAILED', /a pattern that matches none\. Check the path/],
    ['a folder without a file', ['none'], 'READ_FAILED', /a folder without a file/],
    ['no path', [], 'INVALID_OPTION', /expected at least one file, got none/],
    ['a file named twice', ['a1.csv', 'a?.csv'], 'INVALID_OPTION', /expected each file once, got '.*a1\.csv' twice/],
    ['a file by two links', ['a1.csv', 'link.csv'], 'INVALID_OPTION', /a1\.csv' and, the same, '.*link\.csv'/],
    [
      'times of two units',
      ['mixed/a.csv', 'mixed/b.csv'],
      'INVALID_DATA',
      /expected times in s, as in '.*a\.csv', got times in ms/,
    ],
    ['columns that differ', ['mixed/a.csv', 'mixed/c.csv'], 'INVALID_DATA', /c\.csv'\): expected columns .*time/],
    [
      'mixed formats',
      ['a1.csv', 'lists.jsonl'],
      'INVALID_DATA',
      /expected format delimited, as in '.*a1\.csv', got format json-lines/,
    ],
    ['files without a row alone', ['spark/day=1/part-00001.csv', 'spark/_SUCCESS'], 'EMPTY_DATA', /an empty file/],
    ['one that is not there', ['a1.csv', 'gone.csv'], 'READ_FAILED', /gone\.csv/],
  ])('refuses %s', async (_, names, code, message) => {
    const reading = readInteractions(names.map((name) => folder.path(name)))
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ code })
  })

  it('keeps special characters in patterns as they are', async () => {
    mkdirSync(folder.path('odd'))
    for (const name of ['a+b(1).csv', 'a.b.csv', 'axb.csv']) folder.write(`odd/${name}`, 'user,item\na,b\n')
    expect(await findFiles('test', [folder.path('odd/a+b(*).csv')])).toEqual([folder.path('odd/a+b(1).csv')])
    expect(await findFiles('test', [folder.path('odd/a.*.csv')])).toEqual([folder.path('odd/a.b.csv')])
  })

  it('follow links to folders, but none that leads to a folder above', async () => {
    mkdirSync(folder.path('loop'))
    folder.write('loop/a.csv', 'user,item\nann,tea\n')
    // Two of them make a number of paths that grows exponentially.
    for (const name of ['self', 'again']) symlinkSync('.', folder.path(`loop/${name}`))
    symlinkSync(folder.path('spark/day=2'), folder.path('loop/other'))
    const files = ['a.csv', 'other/part-00000.csv'].map((name) => folder.path(`loop/${name}`))
    expect(await findFiles('find', [folder.path('loop')])).toEqual(files)
    expect(await findFiles('find', [folder.path('loop/**/*.csv')])).toEqual(files)
  })
})
