import { describe, expect, it } from 'vitest'
import { elementLines } from '../../../src/io/json-array.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const read = async (text: string, options?: ReadInteractionsOptions, name = 'a.json') =>
  tableRows(await readInteractions(folder.write(name, text), options)).map((row) => row.slice(0, 4))

const OBJECTS = [
  { user: 'a "quoted" [id], {x}', item: 'back\\slash\\', value: 1 },
  { user: 'ä\n', item: 'tea', value: 2, nested: [{ user: 'no' }, []] },
]
const ROWS = OBJECTS.map(({ user, item, value }) => [user, item, 'interaction', value])

describe('an array in JSON', () => {
  it('is read element by element, however it is spaced', async () => {
    for (const text of [
      JSON.stringify(OBJECTS),
      JSON.stringify(OBJECTS, null, 2),
      `\ufeff\r\n ${JSON.stringify(OBJECTS, null, '\t')}\n\n`,
    ])
      expect(await read(text)).toEqual(ROWS)
    expect(await read(JSON.stringify(OBJECTS), { format: 'json-lines' }, 'b.json')).toEqual(ROWS)
  })

  it('may be cut into pieces anywhere', async () => {
    const bytes = Buffer.from(JSON.stringify(OBJECTS, null, 1))

    async function* pieces(at: number): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, at)
      yield bytes.subarray(at)
    }
    for (let at = 0; at <= bytes.length; at++) {
      let lines = ''
      for await (const chunk of elementLines('reader', pieces(at))) lines += chunk.toString('latin1')
      expect(lines.split('\n').filter((line) => line.trim() !== '')).toHaveLength(2)
    }
  })

  it.each([
    ['one that is cut off', '[{"user":1,"item":2},{"user":1,"it', /is not closed|Is the row cut off/],
    ['one whose last bracket is missing', '[{"user":1,"item":2}', /got an array that is not closed/],
    ['two of them', '[{"user":1,"item":2}][{"user":1,"item":2}]', /got more after it/],
    ['elements that are no objects', '[{"user":1,"item":2}, 5]', /line 2: expected a JSON object, got +5/],
    ['arrays in it', '[[1,2],[3,4]]', /arrays in an array in JSON/],
    ['an empty one', '[ ]', /expected rows, got an empty file/],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})

describe('columns in objects', () => {
  const text = [
    { user: { id: 7, name: 'ann' }, business: { id: 'x1' }, 'a.b': 1 },
    { user: { id: 8 }, business: { id: 'x2' } },
  ]
    .map((row) => JSON.stringify(row))
    .join('\n')

  it('are named by the way to them', async () => {
    const columns = { user: 'user.id', item: 'business.id' }
    expect((await read(text, { columns }, 'n.jsonl')).map((row) => row.slice(0, 2))).toEqual([
      ['7', 'x1'],
      ['8', 'x2'],
    ])
    const ignored: string[] = []
    await read(text, { columns, onReading: (reading) => ignored.push(...reading.ignored) }, 'n.jsonl')
    expect(ignored.filter((name) => ['user', 'business'].includes(name))).toEqual([])
    const unnamed = read(text, { columns: { item: 'business.id' } }, 'n.jsonl')
    await expect(unnamed).rejects.toThrow(/property 'user': expected the user, got an object .* user: 'user\.\w+' }/)
    await expect(read(text, { columns: { ...columns, user: 'user.key' } }, 'n.jsonl')).rejects.toThrow(/user\.key/)
    await expect(read(text, { columns: { ...columns, user: 'user.name' } }, 'n.jsonl')).rejects.toThrow(/line 2/)
  })
})

describe('Matrix Market', () => {
  const head = (kind: string): string => `%%MatrixMarket matrix coordinate ${kind} general\n% a comment\n\n`
  const symmetric = (kind: string, skew = ''): string => `%%MatrixMarket matrix coordinate ${kind} ${skew}symmetric\n`

  it('is read: rows are users, columns items', async () => {
    expect(await read(`${head('real')}3 4 2\n1 2 0.5\n 3\t4  -2e1\n`)).toEqual([
      ['1', '2', 'interaction', 0.5],
      ['3', '4', 'interaction', -20],
    ])
    expect((await read(`${head('pattern')}3 4 2\n1 2\n3 4\n`)).map((row) => row[1])).toEqual(['2', '4'])
    expect(await read(`${head('integer')}1 1 1\n1 1 7`)).toEqual([['1', '1', 'interaction', 7]])
  })

  it('has the mirror image of each entry where it is symmetric, with the other sign where it is skew', async () => {
    const entries = '3 3 2\n2 1 5\n3 2 -1\n'
    const mirrored = (sign: number) => [
      ['2', '1', 'interaction', 5],
      ['1', '2', 'interaction', 5 * sign],
      ['3', '2', 'interaction', -1],
      ['2', '3', 'interaction', -1 * sign],
    ]
    expect(await read(`${symmetric('real')}${entries}`)).toEqual(mirrored(1))
    expect(await read(`${symmetric('integer', 'skew-')}${entries}`)).toEqual(mirrored(-1))
    const pairs = (await read(`${symmetric('pattern')}3 3 2\n1 1\n3 1\n`)).map(([user, item]) => `${user} ${item}`)
    expect(pairs).toEqual(['1 1', '3 1', '1 3'])
  })

  it('passes over bad entries where it is told to', async () => {
    const text = `${head('real')}3 4 3\n1 2 0.5\n1 9 1\n3 4 1\n`
    expect(await read(text, { onBadRow: 'skip' })).toHaveLength(2)
  })

  it.each([
    [
      'a dense one',
      '%%MatrixMarket matrix array real general\n1 1\n5\n',
      /coordinate, real, integer or pattern, general, symmetric or skew-symmetric, got/,
    ],
    ['a Hermitian one', '%%MatrixMarket matrix coordinate real hermitian\n1 1 1\n1 1 5\n', /symmetry="general"/],
    ['a skew pattern', '%%MatrixMarket matrix coordinate pattern skew-symmetric\n2 2 1\n2 1\n', /got '%%Matrix/],
    ['a symmetric one that is not square', `${symmetric('real')}3 4 1\n2 1 5\n`, /as many rows as columns/],
    ['both halves of a symmetric one', `${symmetric('real')}2 2 2\n2 1 5\n1 2 5\n`, /line 4: expected an entry on or/],
    ['a diagonal of a skew one', `${symmetric('real', 'skew-')}2 2 1\n1 1 5\n`, /line 3: expected an entry below/],
    ['a symmetric one that is cut off', `${symmetric('real')}3 3 2\n2 1 5\n`, /expected 2 entries.*got 1/],
    ['more entries of a symmetric one', `${symmetric('real')}3 3 1\n2 1 5\n3 1 5\n`, /no more than 1 entries/],
    ['one that is cut off', `${head('pattern')}3 4 2\n1 2\n`, /expected 2 entries, as in the size line, got 1/],
    ['one without sizes', head('pattern'), /expected a size line, got none/],
    ['more entries', `${head('pattern')}3 4 1\n1 2\n1 3\n`, /line 6: expected no more than 1 entries/],
    ['an entry outside', `${head('pattern')}3 4 1\n0 2\n`, /line 5: expected a row up to 3 and a column up to 4/],
    ['an entry that is none', `${head('real')}3 4 1\n1 2 x\n`, /line 5: expected a finite number/],
    ['a line of another width', `${head('real')}3 4 1\n1 2\n`, /line 5: expected row, column and entry, got '1 2'/],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})
