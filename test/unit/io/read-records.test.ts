import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRecords, type ReadRecordsOptions, type TextRecord } from '../../../src/io/read-records.ts'
import { writeColumns } from '../../../src/io/write-columns.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

async function read(content: string | Uint8Array, options?: ReadRecordsOptions, name = 'side-table') {
  const records: Readonly<Record<string, string>>[] = []
  for await (const record of readRecords(folder.write(name, content), options)) records.push(record)
  return records
}

describe('readRecords', () => {
  it('reads records by the names in the first line', async () => {
    expect(await read('item\ttitle\tgenres\n007\tGo, "now"\tDrama|War\n8\t\t\n')).toEqual([
      { item: '007', title: 'Go, "now"', genres: 'Drama|War' },
      { item: '8', title: '', genres: '' },
    ])
  })

  it('reads records by given names, in place of a header or without one', async () => {
    const columns = ['item', 'title']
    expect(await read('1::Alien\n', { columns })).toEqual([{ item: '1', title: 'Alien' }])
    expect(await read('id,name\n1,Alien\n', { columns, header: true })).toEqual([{ item: '1', title: 'Alien' }])
  })

  it('numbers the columns when nothing names them', async () => {
    expect(await read('1::Alien\n', { header: false })).toEqual([{ 0: '1', 1: 'Alien' }])
  })

  it('reads one column', async () => {
    expect(await read('title\nA b\nC\n')).toEqual([{ title: 'A b' }, { title: 'C' }])
  })

  it('reads latin1, and quotes as plain characters', async () => {
    const bytes = Buffer.from('1|"caf\u00e9" society\n', 'latin1')
    const options = { columns: ['item', 'title'], encoding: 'latin1', quoted: false } as const
    expect(await read(bytes, options)).toEqual([{ item: '1', title: '"café" society' }])
    await expect(read(bytes, { ...options, encoding: 'utf8' })).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })

  it('reads JSON lines, other values as JSON', async () => {
    expect(await read('{"item": "007", "year": 1979, "genres": ["a"], "x": null}\n')).toEqual([
      { item: '007', year: '1979', genres: '["a"]', x: 'null' },
    ])
  })

  it('holds a column called __proto__ as any other', async () => {
    const [record] = await read('__proto__,constructor\n1,2\n')
    expect(Object.entries(record)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  it('stops reading when the caller stops', async () => {
    const path = folder.write('long.csv', `a,b\n${'1,2\n'.repeat(500_000)}`)
    for await (const record of readRecords(path)) {
      expect(record).toEqual({ a: '1', b: '2' })
      break
    }
  })

  it('refuses values nested so deep that nothing could follow them', async () => {
    const nest = (open: string, close: string): string =>
      `{"item":"a","title":${open.repeat(1e5)}1${close.repeat(1e5)}}\n`
    for (const line of [nest('[', ']'), nest('{"a":', '}')]) {
      const reading = read(`{"item":"b"}\n${line}`, {}, 'deep.jsonl')
      await expect(reading).rejects.toMatchObject({ name: 'RivuletError', code: 'INVALID_DATA', details: { line: 2 } })
      await expect(reading).rejects.toThrowError('nested deeper than 500 levels')
    }
    const shallow = `${'['.repeat(400)}${']'.repeat(400)}`
    expect(
      await read(`{"item":"a","title":${shallow},"more":"${'x'.repeat(1000)}"}\n`, {}, 'deep.jsonl'),
    ).toMatchObject([{ item: 'a', title: shallow }])
  })

  it('refuses a cut row, an empty file and a missing one', async () => {
    await expect(read('a,b\n1\n')).rejects.toThrowError('line 2: expected 2 fields, got 1')
    await expect(read('')).rejects.toMatchObject({ code: 'EMPTY_DATA' })
    const missing = readRecords(folder.path('nowhere')).next()
    await expect(missing).rejects.toMatchObject({ code: 'READ_FAILED' })
    await expect(read('a,b\n', { columns: [] })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(read('a,b\n', { format: 'adjacency' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

describe('readRecords of columns in binary', () => {
  it.each(['parquet', 'arrow'])('reads what is flat as text, by names, an empty cell as none: %s', async (kind) => {
    const path = folder.path(`side.${kind}`)
    const columns = { item: ['7', '8'], title: ['Alien', null], year: Int32Array.of(1979, 1986), seen: [true, false] }
    await writeColumns(path, columns)
    const records: TextRecord[] = []
    for await (const record of readRecords(path, { header: false, encoding: 'latin1' })) records.push(record)
    expect(records).toEqual([
      { item: '7', title: 'Alien', year: '1979', seen: 'true' },
      { item: '8', title: '', year: '1986', seen: 'false' },
    ])
    await expect(readRecords(path, { columns: ['a'] }).next()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining("option 'columns'") as string,
    })
  })

  it('leaves nested columns out, and refuses files of nothing else, and damaged ones', async () => {
    const records: TextRecord[] = []
    for await (const record of readRecords('test/fixtures/arrow/stream.arrow')) records.push(record)
    expect(Object.keys(records[0])).toEqual(expect.arrayContaining(['title']))
    expect(Object.keys(records[0])).not.toContain('genres')
    const bytes = readFileSync('test/fixtures/parquet/snappy.parquet')
    const cut = folder.write('cut.parquet', bytes.subarray(0, bytes.length - 40))
    await expect(readRecords(cut).next()).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })
})
