import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

async function readingOf(name: string, text: string, options: ReadInteractionsOptions = {}): Promise<Reading> {
  const readings: Reading[] = []
  await readInteractions(folder.write(name, text), { ...options, onReading: (reading) => void readings.push(reading) })
  expect(readings).toHaveLength(1)
  return readings[0]
}

describe('onReading', () => {
  it('tells of dates without dashes, which are numbers', async () => {
    const days = 'user,item,date\na,b,20210131\nc,d,20201231\n'
    const note = 'times such as 20210131 look like dates and are read as numbers: write 2020-12-31'
    expect((await readingOf('days.csv', days)).notes).toEqual([note])
    expect((await readingOf('clock.csv', days.replaceAll(/(\d{8})/g, '$1235959'))).notes).toHaveLength(1)
    for (const other of ['20210132', '20211301', '21210101', '2021013', '1609459200'])
      expect((await readingOf('none.csv', days.replace('20210131', other))).notes.join()).not.toContain('dates')
  })

  it('tells the columns, the unit of times, and what was left out', async () => {
    const text = '# export\nuserId,movieId,x,rating,,timestamp\n1,2,a,5,b,1300000000\n'
    expect(await readingOf('named.csv', text)).toEqual({
      ...{ format: 'delimited', delimiter: ',', header: true, comments: 1, notes: [] },
      columns: { user: 'userId', item: 'movieId', value: 'rating', time: 'timestamp' },
      timeUnit: 's',
      ignored: ['x', 'column 5'],
    })
  })

  it('numbers the columns where none has a name, and says what was guessed', async () => {
    expect(await readingOf('plain.tsv', 'ann\ttea\t2021-01-31\nbob\tmug\t2021-02-01\n')).toEqual({
      ...{ format: 'delimited', delimiter: '\t', header: false, comments: 0, ignored: [], timeUnit: 'date' },
      columns: { user: 'column 1', item: 'column 2', time: 'column 3' },
      notes: [],
    })
    const { notes } = await readingOf('words.csv', 'ann,tea\nbob,mug\n')
    expect(notes).toEqual([expect.stringContaining('line 1 is read as data')])
  })

  it('tells adjacency lists and JSON lines', async () => {
    expect(await readingOf('lists.txt', '0 1 2\n3 1\n')).toEqual({
      ...{ format: 'adjacency', delimiter: ' ', header: false, comments: 0, ignored: [], timeUnit: null, notes: [] },
      columns: { user: 'the first field', item: 'the others' },
    })
    const lines = '{"user":"a","item":"x","ts":1300000000000,"note":1}\n{"user":"b","item":"x","more":2}\n'
    expect(await readingOf('objects.jsonl', lines)).toEqual({
      ...{ format: 'json-lines', delimiter: null, header: null, comments: 0, notes: [], timeUnit: 'ms' },
      columns: { user: 'user', item: 'item', time: 'ts' },
      ignored: ['note', 'more'],
    })
  })

  it('says of times that they cannot be in one unit', async () => {
    const note = [expect.stringMatching(/^times from 1300000000 to 1300000000000 are not in one unit/)]
    const text = 'user,item,time\na,x,1300000000\na,y,0\na,z,\nb,x,1300000000000\n'
    expect((await readingOf('mixed.csv', text)).notes).toEqual(note)
    const lines = '{"user":"a","item":"x","time":"2011-03-13 07:06:40"}\n{"user":"a","item":"x","time":1300000000000}\n'
    expect((await readingOf('mixed.jsonl', lines)).notes).toEqual(note)
    for (const times of [
      [1, 1e6],
      [3e8, 3.9e9],
      [1e12, 2e12],
      [-5, 0],
    ]) {
      const one = await readingOf('one-unit.csv', `user,item,time\n${times.map((time) => `a,x,${time}`).join('\n')}\n`)
      expect(one.notes).toEqual([])
    }
  })

  it('says of lists that they may be a table', async () => {
    expect((await readingOf('rows.txt', '0 1 2\n0 3\n')).notes).toEqual([expect.stringContaining('1 lines go on')])
  })

  it('is checked', async () => {
    const reading = readInteractions(folder.write('x.csv', 'user,item\n1,2\n'), { onReading: 1 as never })
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

describe('JSON lines whose objects differ', () => {
  const filler = '{"user":"a","item":"x"}\n'.repeat(5000)

  it('have the columns of all first lines', async () => {
    const text = '{"user":"a","item":"x","rating":3}\n{"user":"b","item":"x","rating":5,"time":7}\n'
    const table = await readInteractions(folder.write('late.jsonl', text))
    expect(table.value).toEqual(Float32Array.of(3, 5))
    expect(table.time).toEqual(Float64Array.of(NaN, 7))
    const missing = readInteractions(folder.write('late.jsonl', `{"user":"a","item":"x"}\n${text}`))
    await expect(missing).rejects.toThrowError("line 1, property 'rating': expected a property")
  })

  it.each([
    ['"rating":5', "property 'rating': expected a value in the first lines too", 'columns: { value: null }'],
    ['"timestamp":5', "property 'timestamp': expected a time in the first lines too", "columns: { time: 'timestamp' }"],
    ['"event":"buy"', "property 'event': expected a signal in the first lines too", 'columns: { signal: null }'],
  ])('are refused where %s comes late', async (property, message, remedy) => {
    const path = folder.write('later.jsonl', `${filler}{"user":"b","item":"y",${property}}\n`)
    const reading = readInteractions(path)
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_DATA', details: { line: 5001 } })
    await expect(reading).rejects.toThrowError(message)
    await expect(reading).rejects.toThrowError(remedy)
    const without = { value: null, time: null, signal: null }
    expect((await readInteractions(path, { columns: without })).length).toBe(5001)
  })

  it('may have the time that was asked for far down, but not nowhere', async () => {
    const path = folder.write('last.jsonl', `${filler}{"user":"b","item":"y","when it was":5}\n`)
    const { time } = await readInteractions(path, { columns: { time: 'when it was' } })
    expect(time?.at(-1)).toBe(5)
    const slip = readInteractions(path, { columns: { time: 'when it wass' } })
    await expect(slip).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(slip).rejects.toThrowError("Did you mean 'when it was'?")
    const other = readInteractions(path, { columns: { value: 'stars' } })
    await expect(other).rejects.toThrowError("expected one of 'user', 'item', got 'stars'")
  })

  it('may bring any number of other properties', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => `{"user":"a","item":"x","p${n}":1}`).join('\n')
    const { ignored } = await readingOf('maps.jsonl', text)
    expect(ignored.slice(0, 2)).toEqual(['p0', 'p1'])
    expect(ignored.length).toBeLessThan(1001)
  })
})
