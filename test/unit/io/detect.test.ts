import { describe, expect, it } from 'vitest'
import { detectDelimiter, detectFormat, isTableOfSpaces } from '../../../src/io/detect.ts'

const delimiterOf = (text: string): string | undefined => detectDelimiter(Buffer.from(text))
const formatOf = (path: string, text: string): string => detectFormat(path, Buffer.from(text))

describe('detectDelimiter', () => {
  it.each([
    ['a\tb\n1\t2\n', '\t'],
    ['1::Toy Story (1995)::Animation|Comedy\n2::Jumanji, The::Adventure\n', '::'],
    ['a;b\n1,5;2\n', ';'],
    ['1|Toy Story (1995)|x\n2|Postino, Il|y\n', '|'],
    ['a,b\n"x\ty",2\n', ','],
    ['item\ttitle\tgenres\n1\tGo, now\tDrama|War\n', '\t'],
    ['1,Toy Story (1995),A|B\n2,Jumanji (1995),A|B|C\n', ','],
    ['a,b\nragged\n', ','],
    ['a,b', ','],
  ])('%j is cut by %j', (text, delimiter) => expect(delimiterOf(text)).toBe(delimiter))

  it('finds none where there is none', () => {
    expect(delimiterOf('0 1 2\n1 2\n')).toBeUndefined()
    expect(delimiterOf('\n\n')).toBeUndefined()
  })

  it('is not misled by a last line that the sample cuts', () => {
    expect(delimiterOf('a,b;c\na,b;c\na')).toBe(';')
  })
})

describe('detectFormat', () => {
  it.each([
    ['x.csv', '{}', 'delimited'],
    ['X.TSV.GZ', '', 'delimited'],
    ['x.jsonl', 'a,b', 'json-lines'],
    ['x.ndjson.gz', '', 'json-lines'],
    ['x.txt', '0 1 2 3\n1 2\n', 'adjacency'],
    ['x.txt', '0\t1\t2\n1\t2\t3\n', 'delimited'],
    ['x.txt', 'anna tea 2024-05-01\nbob milk 2024-05-02\n', 'delimited'],
    ['x', '{"user": 1}\n', 'json-lines'],
    ['u.data', '1\t2\t3\t4\n', 'delimited'],
    ['constructor', 'a,b', 'delimited'],
    ['x.txt', '\ufeff{"user": 1}\n', 'json-lines'],
  ])('%s with %j is %s', (path, text, format) => expect(formatOf(path, text)).toBe(format))
})

describe('isTableOfSpaces', () => {
  it.each([
    // Two lines of two fields are enough: a user comes again, or a field is a date.
    ['anna tea\nanna milk\n', true],
    ['anna tea\nbob milk\n', false],
    ['anna 2024-05-01\nbob 2024-05-02\n', true],
    ['anna 4.5\nbob 2024-05-02\n', true],
    // One line says nothing, one field neither.
    ['anna 4.5\n', false],
    ['anna\nanna\n', false],
    // Fields that are words but no ids are prose.
    ["anna isn't\nbob 4.5\n", false],
    ['anna  tea\nanna  milk\n', false],
    ['anna tea\nanna tea milk\n', false],
  ])('%j: %s', (text, table) => expect(isTableOfSpaces(Buffer.from(text))).toBe(table))
})
