import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

async function read(name: string, text: string | Buffer, options: ReadInteractionsOptions = {}) {
  const notes: string[] = []
  const path = folder.write(name, text)
  const table = await readInteractions(path, {
    ...options,
    onBadRow: 'skip',
    onReading: (reading) => void notes.push(...reading.notes),
  })
  return { rows: tableRows(table), users: [...table.users.keys()], notes, table }
}

describe("readInteractions with onBadRow: 'skip'", () => {
  const bad = [
    ['a cell too many', 'eve,tea,1,2'],
    ['a cell too few', 'eve,tea'],
    ['no id', 'eve,,1'],
    ['no number', 'eve,tea,much'],
    ['the header once more', 'user,item,value'],
    ['text behind a quote', 'eve,"tea"s,1'],
    ['other bytes than text', Buffer.from('eve,t\xe9,1', 'latin1')],
  ] as const
  it.each(bad)('passes over a row with %s', async (_, line) => {
    const text = Buffer.concat([
      Buffer.from('user,item,value\nann,tea,1\n'),
      Buffer.from(line as string),
      Buffer.from('\nbob,jam,2\n'),
    ])
    const { rows, users, notes } = await read('dirty.csv', text)
    expect(rows).toEqual([
      ['ann', 'tea', 'interaction', 1, null],
      ['bob', 'jam', 'interaction', 2, null],
    ])
    expect(users).toEqual(['ann', 'bob'])
    expect(notes).toEqual([expect.stringMatching(/^1 bad row skipped: line 3/)])
    await expect(readInteractions(folder.write('dirty.csv', text))).rejects.toThrow('line 3')
  })

  it('loses no more than the line of a quote that is never closed', async () => {
    const { rows, notes } = await read('quote.csv', 'user,item\nann,tea\neve,"jam\nbob,jam\ncid,tea\n')
    expect(rows.map(([user]) => user)).toEqual(['ann', 'bob', 'cid'])
    expect(notes).toEqual([expect.stringMatching(/^1 bad row skipped: line 3, column 2/)])
  })

  it('passes over lines of JSON that are no object, or lack an id, the first too', async () => {
    const lines = ['{"user":', '{"user":"ann","item":"tea"}', '[1]', '{"user":"eve"}', '{"user":"bob","item":"jam"}']
    const { rows, users, notes } = await read('dirty.jsonl', `${lines.join('\n')}\n`)
    expect(rows.map(([user]) => user)).toEqual(['ann', 'bob'])
    expect(users).toEqual(['ann', 'bob'])
    expect(notes).toEqual([expect.stringMatching(/^3 bad rows skipped: line 1: .*line 3: .*line 4, property 'item'/)])
  })

  it('passes over lists with other bytes than text', async () => {
    const { rows, notes } = await read('lists.txt', Buffer.from('0 1 2\n1 \xe9 2\n2 1\n', 'latin1'), {
      format: 'adjacency',
    })
    expect(rows.map(([user]) => user)).toEqual(['0', '0', '2'])
    expect(notes).toEqual([expect.stringMatching(/^1 bad row skipped: line 2/)])
  })

  it('passes over rows of Parquet, counted once and named by their place in the file', async () => {
    const columnData = [
      { name: 'user', data: ['zoe', 'ann', null, 'ann', 'zoe', 'bob'] },
      { name: 'item', data: ['tea', 'tea', 'jam', '', '', 'tea'] },
      { name: 'rating', data: [NaN, 1, NaN, 3, 4, 5] },
    ]
    const { rows, users, notes } = await read('dirty.parquet', Buffer.from(parquetWriteBuffer({ columnData })))
    expect(rows.map(([user, item, , value]) => [user, item, value])).toEqual([
      ['ann', 'tea', 1],
      ['bob', 'tea', 5],
    ])
    expect(users).toEqual(['ann', 'bob'])
    expect(notes).toEqual([expect.stringMatching(/^4 bad rows skipped: row 0, .*'rating'.*row 2, .*'user'.*row 3, /)])
  })

  it('refuses what is wrong with the whole, and a file of nothing but bad rows', async () => {
    await expect(read('odd.csv', 'one,two\n1,2\n', { columns: { user: 'no' } })).rejects.toThrow("'one', 'two'")
    await expect(read('none.csv', 'user,item\n,\n,a\n')).rejects.toThrow(/none: 2 bad rows skipped/)
    await expect(read('none.jsonl', '{\n[]\n')).rejects.toThrow(/none: 2 bad rows skipped/)
  })
})

describe('ids of files in binary', () => {
  it('are numbers again where all were, and a double holds them', async () => {
    const numericOf = async (name: string, data: unknown[]): Promise<boolean | undefined> => {
      const columnData = [
        { name: 'user', data },
        { name: 'item', data: data.map((_, at) => `i${at}`) },
      ]
      const bytes = Buffer.from(parquetWriteBuffer({ columnData }))
      const { users, items } = await readInteractions(folder.write(name, bytes))
      expect(items.numeric).toBe(false)
      return users.numeric
    }
    expect(await numericOf('ints.parquet', [1, 2, -3])).toBe(true)
    expect(await numericOf('long.parquet', [1n, 2n ** 40n, -3n])).toBe(true)
    expect(await numericOf('beyond.parquet', [1n, 2n ** 60n])).toBe(false)
    expect(await numericOf('text.parquet', ['1', '2'])).toBe(false)
  })
})
