import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DenseKeyIndex, GrowingKeyIndex, requireRow, type KeyIndex } from '../../../src/support/key-index.ts'

describe('GrowingKeyIndex', () => {
  it('numbers keys in order of first appearance, and names them again', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (keys) => {
        const index = GrowingKeyIndex.from(keys)
        const distinct = [...new Set(keys)]
        expect([...index.keys()]).toEqual(distinct)
        expect(index.size).toBe(distinct.length)
        distinct.forEach((key, row) => {
          expect(index.rowOf(key)).toBe(row)
          expect(index.keyOf(row)).toBe(key)
          expect(index.add(key)).toBe(row)
        })
      }),
    )
  })

  it('takes ids that are names of object properties for what they are', () => {
    const index = GrowingKeyIndex.from(['__proto__', 'constructor', '', '0'])
    expect(['__proto__', 'constructor', '', '0', 'toString'].map((key) => index.rowOf(key))).toEqual([0, 1, 2, 3, -1])
  })
})

describe('DenseKeyIndex', () => {
  it('is the decimal numbers, and nothing that merely looks like one', () => {
    const index = new DenseKeyIndex(12)
    expect(Array.from(index.keys())).toEqual(Array.from({ length: 12 }, (_, row) => String(row)))
    expect(['0', '11', '12', '-1', '01', '1.0', '1e0', ' 1', '', '99999999999'].map((key) => index.rowOf(key))).toEqual(
      [0, 11, ...Array<number>(8).fill(-1)],
    )
  })
})

describe.each<[string, KeyIndex]>([
  ['GrowingKeyIndex', GrowingKeyIndex.from(['a', 'b'])],
  ['DenseKeyIndex', new DenseKeyIndex(2)],
])('%s', (_, index) => {
  it.each([-1, 2, 0.5, NaN])('refuses row %d', (row) => {
    expect(() => index.keyOf(row)).toThrow(expect.objectContaining({ code: 'UNKNOWN_KEY', details: { row, size: 2 } }))
  })
})

describe('requireRow', () => {
  const index = GrowingKeyIndex.from(['anna', 'bert'])

  it('finds a known key', () => {
    expect(requireRow('recommend', 'a user', index, 'bert')).toBe(1)
  })

  it('names the nearest known one otherwise', () => {
    expect(() => requireRow('recommend', 'a user', index, 'ana')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_KEY',
        message:
          "recommend: expected a user known in this data (2 in total), got 'ana'. The nearest known id is 'anna'.",
        details: { key: 'ana', nearest: 'anna' },
      }),
    )
  })

  it('does not search a large index', () => {
    expect(() => requireRow('recommend', 'a user', new DenseKeyIndex(1e7), 'x')).toThrow(/Check the id/)
  })
})
