import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let files = 0

async function read(text: string, options: ReadInteractionsOptions = {}, name = `lines-${files++}.txt`) {
  let comments = -1
  const onReading = (reading: Reading): void => void (comments = reading.comments)
  const table = await readInteractions(folder.write(name, text), { ...options, onReading })
  return { rows: tableRows(table).map(([user, item]) => `${user} ${item}`), comments }
}

describe('comment lines', () => {
  const edges = ['0 1', '0 2', '3 1']

  it.each([
    ['SNAP', '# Who follows whom\n# Nodes: 4 Edges: 3\n# From\tTo\n0\t1\n0\t2\n3\t1\n', 3],
    ['KONECT', '% bip unweighted\n% 3 2 2\n0 1\n0 2\n3 1\n', 2],
    ['others', '// edges\n//\n0,1\n0,2\n\n// the last\n3,1\n// end', 4],
    ['a byte order mark', '\ufeff# edges\r\n0;1\r\n0;2\r\n3;1\r\n', 1],
    ['a quote', '# From\t"To\n0\t1\n0\t2\n3\t1\n', 1],
  ])('are skipped at the top of a file as %s writes it', async (_name, text, comments) => {
    expect(await read(text)).toEqual({ rows: edges, comments })
    expect(await read(text, { format: 'delimited', comments: true })).toEqual({ rows: edges, comments })
  })

  it('are skipped above a header and above adjacency lists', async () => {
    expect((await read('# made by hand\nuser,item\nann,tea\n')).rows).toEqual(['ann tea'])
    expect((await read('# made by hand\n0 1 2\n3 1\n')).rows).toEqual(edges)
  })

  it.each([
    ['a comment after rows', '0\t1\n# cut\t2\n3\t1\n', 2],
    ['a row that was taken out', '0\t1\n#0\t2\n3\t1\n', 2],
    ['a row that was taken out below comments', '# edges\n0\t1\n#0\t2\n', 3],
    ['another mark below comments', '# edges\n0\t1\n% 0\t2\n', 3],
    ['a commented header', '#user,item\nann,tea\n', 1],
    ['comments in adjacency lists', '0 1 2\n# 3 4\n', 2],
  ])('are refused where they may be something else: %s', async (_name, text, line) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'INVALID_DATA', details: { line } })
  })

  it('are what the option says', async () => {
    const text = '#ann,tea\n%bob,mug\n//cat,pen\ndan,cup\n'
    expect((await read(text, { comments: false })).rows).toEqual(['#ann tea', '%bob mug', '//cat pen', 'dan cup'])
    expect(await read(text, { comments: true })).toEqual({ rows: ['dan cup'], comments: 3 })
  })

  it('are not looked for in quotes, in later columns, and inside of fields', async () => {
    expect((await read('user,item\n"#ann",#tea\nb#b,x//y\n/c,50%\n')).rows).toEqual(['#ann #tea', 'b#b x//y', '/c 50%'])
  })

  it('are found wherever the bytes are cut into chunks', async () => {
    const text = `# y\n${'1\t2\n'.repeat(50_000)}${'# '.padEnd(600_000, 'x')}\n${'1\t2\n'.repeat(50_000)}`
    expect(await read(text)).toMatchObject({ comments: 2, rows: { length: 100_000 } })
  })
})

describe('a format that was guessed', () => {
  it.each([
    ['a line of tabs in lists', '0 1 2\n1\t2\t3\n', 2],
    ['a line of commas in lists', '0 1 2\n1,2,3\n', 2],
    ['a list after table rows', '0\t1\n0\t2\n1 2 3\n', 3],
    ['prose', 'The ratings of all users\nare in the other file, see there.\n', 2],
    ['features of LIBSVM', '1 3:1 5:2\n0 4:1 9:3\n', 1],
    ['a table of Markdown', '| user | item |\n| --- | --- |\n| a | b |\n', 1],
    ['a table of psql', ' user | item \n------+------\n a    | b\n', 1],
    ['columns that are aligned by spaces', ' 1 100 4\n 1 101 5\n', 1],
    ['ids that begin like comments', '#1,#2\n#3,#4\n', 1],
    ['HTML', '<!DOCTYPE html>\n<html lang=en>\n', 1],
    ['arrays in an array in JSON', '[[1,2],[1,3]]\n', 1],
    ['JSON lines that stop', '{"user":1,"item":2}\n1,2\n', 2],
  ])('is held against each line: %s', async (_name, text, line) => {
    const reading = read(text)
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_DATA' })
    await expect(reading).rejects.toThrowError(`line ${line}`)
  })

  it('is held against lines far below the first', async () => {
    const lists = '0 1 2\n1 2 3 4\n'.repeat(20_000)
    await expect(read(`${lists}1\t2\n`)).rejects.toMatchObject({ details: { line: 40_001 } })
  })

  it('is no adjacency list where spaces make a table', async () => {
    expect((await read('1 100 4\n1 101 5\n2 100 3\n')).rows).toEqual(['1 100', '1 101', '2 100'])
    expect((await read('userId movieId rating\n1 100 4.5\n2 101 5\n')).rows).toEqual(['1 100', '2 101'])
    expect((await read('0 1\n0 2\n3 1\n')).rows).toEqual(['0 1', '0 2', '3 1'])
  })

  it('skips the names above adjacency lists', async () => {
    expect((await read('user items\n0 1 2\n3 1\n')).rows).toEqual(['0 1', '0 2', '3 1'])
    expect((await read('user items\n0 1 2\n', { format: 'adjacency', header: false })).rows).toContain('user items')
  })

  it('takes any text for ids where it was named', async () => {
    const rows = ['ann tea,green', 'ann 50%']
    expect((await read('ann tea,green 50%\n', { format: 'adjacency' })).rows).toEqual(rows)
    await expect(read('0 1\t2\n', { format: 'adjacency' })).rejects.toThrowError('line 1')
    expect((await read('0 1\t2\n', { format: 'adjacency', delimiter: ' ' })).rows).toEqual(['0 1\t2'])
  })
})
