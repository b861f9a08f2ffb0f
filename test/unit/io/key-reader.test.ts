import { expect, it } from 'vitest'
import { KeyReader } from '../../../src/io/key-reader.ts'
import { RowScanner } from '../../../src/io/row-scanner.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** The row of each key by a reader, and how often it asked for one. */
function rowsOf(keys: readonly string[]): { rows: number[]; asked: string[] } {
  const scanner = new RowScanner({ who: 'test', delimiter: ',', quoted: true, encoding: 'utf8' })
  const asked: string[] = []
  const known = new Map<string, number>()
  const reader = new KeyReader((key) => {
    asked.push(key)
    if (!known.has(key)) known.set(key, known.size)
    return known.get(key) ?? NaN
  })
  scanner.push(Buffer.from(keys.map((key) => `${key},x\n`).join('')))
  const rows: number[] = []
  while (scanner.next()) rows.push(reader.rowOf(scanner, 0))
  return { rows, asked }
}

function numbered(keys: readonly string[]): number[] {
  const known = new Map<string, number>()
  for (const key of keys) if (!known.has(key)) known.set(key, known.size)
  return keys.map((key) => known.get(key) ?? NaN)
}

it('tells whole numbers apart however many there are, and asks for each once', () => {
  const random = seededRandom(3)
  // Dense ones, scattered ones up to the longest, and steps of a power of two.
  const numbers = [
    ...Array.from({ length: 3000 }, (_, at) => at),
    ...Array.from({ length: 3000 }, () => random.below(1e9)),
    ...Array.from({ length: 3000 }, (_, at) => at * 2 ** 16),
    999_999_999,
  ]
  const keys = [...numbers, ...numbers.toReversed()].map(String)
  const { rows, asked } = rowsOf(keys)
  expect(rows).toEqual(numbered(keys))
  expect(asked).toHaveLength(new Set(keys).size)
})

it('takes numbers that are written in another way for other keys', () => {
  const keys = ['7', '07', '7', '0', '00', '-0', '7.0', '1e3', '1000', '+7', '12a', '1234567890', '9999999999', '']
  expect(rowsOf(keys).rows).toEqual(numbered(keys))
})

it('does not ask again for what stood in the row before', () => {
  expect(rowsOf(['anna', 'anna', 'bob', 'anna', 'anna', 'ann']).asked).toEqual(['anna', 'bob', 'anna', 'ann'])
})
