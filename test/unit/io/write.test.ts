import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gunzipSync } from 'node:zlib'
import { RivuletError } from '../../../src/support/errors.ts'
import { delimitedLine, interactionLines } from '../../../src/io/delimited-lines.ts'
import { writeTextFile } from '../../../src/io/write.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const leftovers = (): string[] => readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))

function* failing(lines: number, error: Error): Generator<string> {
  for (let n = 0; n < lines; n++) yield `line ${n}`
  throw error
}

describe('writeTextFile', () => {
  it('writes lines, from any iterable, and replaces what was there', async () => {
    const path = folder.write('out.csv', 'old')
    await writeTextFile(path, ['a,b', 'é,2'])
    expect(readFileSync(path, 'utf8')).toBe('a,b\né,2\n')
    async function* lines() {
      yield 'later'
    }
    await writeTextFile(path, lines())
    expect(readFileSync(path, 'utf8')).toBe('later\n')
    await writeTextFile(path, [])
    expect(readFileSync(path, 'utf8')).toBe('')
    expect(leftovers()).toEqual([])
  })

  it('packs when the name ends in .gz', async () => {
    const path = folder.path('out.tsv.gz')
    const lines = Array.from({ length: 50_000 }, (_, n) => `${n}\t${n * n}`)
    await writeTextFile(path, lines)
    expect(gunzipSync(readFileSync(path)).toString()).toBe(`${lines.join('\n')}\n`)
  })

  it('keeps the old file and leaves nothing behind when the lines fail; the failure comes out as it is', async () => {
    const path = folder.write('kept.csv', 'precious')
    const error = new Error('stopped')
    await expect(writeTextFile(path, failing(100_000, error))).rejects.toBe(error)
    const ours = new RivuletError('DEADLINE', { who: 'x', expected: 'y', got: 'z', todo: 't' })
    await expect(writeTextFile(folder.path('new.csv.gz'), failing(3, ours))).rejects.toBe(ours)
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect(existsSync(folder.path('new.csv.gz'))).toBe(false)
    expect(leftovers()).toEqual([])
  })

  it('leaves nothing behind when the first line fails, while the system is still making the file', async () => {
    for (let round = 0; round < 30; round++) {
      const writing = Array.from({ length: 8 }, (_, n) =>
        writeTextFile(folder.path(`raced-${n}.csv`), failing(0, new Error('stopped'))),
      )
      expect((await Promise.allSettled(writing)).every(({ status }) => status === 'rejected')).toBe(true)
    }
    expect(leftovers()).toEqual([])
  })

  it('shows nothing under the name before everything is written', async () => {
    const path = folder.path('whole.csv')
    async function* lines() {
      yield 'x'.repeat(200_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(existsSync(path)).toBe(false)
      yield 'end'
    }
    await writeTextFile(path, lines())
    expect(existsSync(path)).toBe(true)
  })

  it('refuses a missing folder, a directory and a path through a file', async () => {
    mkdirSync(folder.path('folder'))
    folder.write('file', '')
    for (const [name, got] of [
      ['no/where.csv', 'a folder that does not exist'],
      ['folder', 'a directory'],
      ['file/out.csv', 'a path through a file'],
    ]) {
      const writing = writeTextFile(folder.path(name), ['a'])
      await expect(writing).rejects.toMatchObject({ name: 'RivuletError', code: 'WRITE_FAILED' })
      await expect(writing).rejects.toThrowError(got)
      await expect(writing).rejects.toThrowError(name)
    }
    expect(leftovers()).toEqual([])
  })

  it('refuses what are no lines', async () => {
    for (const lines of [5, null, 'abc', {}]) {
      await expect(writeTextFile(folder.path('no-lines.csv'), lines as never)).rejects.toHaveProperty(
        'code',
        'INVALID_OPTION',
      )
    }
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full (needs /dev/full)', async () => {
    const writing = writeTextFile('/dev/full', ['a'])
    await expect(writing).rejects.toMatchObject({ code: 'WRITE_FAILED', details: { system: 'ENOSPC' } })
    await expect(writing).rejects.toThrowError('a full disk')
  })

  it.skipIf(!existsSync('/dev/null'))('writes to a device without replacing it (needs /dev/null)', async () => {
    await writeTextFile('/dev/null', ['a'])
    expect(readFileSync('/dev/null', 'utf8')).toBe('')
  })
})

describe('delimitedLine', () => {
  it.each([
    [['a', 1, ''], ',', 'a,1,'],
    [['a,b', 'c"d', 'e\nf', 'g\rh'], ',', '"a,b","c""d","e\nf","g\rh"'],
    [['a,b', 'c\td'], '\t', 'a,b\t"c\td"'],
    [['a:', 'b'], '::', '"a:"::b'],
  ])('%j', (fields, delimiter, line) => expect(delimitedLine(fields, delimiter)).toBe(line))
})

describe('interactionLines', () => {
  it('writes the columns that the table has', () => {
    const bare = fromColumns({ user: ['a'], item: ['x'] })
    expect([...interactionLines(bare)]).toEqual(['user,item', 'a,x'])
    const full = fromColumns({ user: ['a', 'b'], item: [1, 2], value: [1.5, -1], signal: ['s', 't'], time: [1e9, NaN] })
    expect([...interactionLines(full, '\t')]).toEqual([
      'user\titem\tvalue\tsignal\ttime',
      'a\t1\t1.5\ts\t1000000000',
      'b\t2\t-1\tt\t',
    ])
  })
})
