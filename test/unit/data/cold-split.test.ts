import { describe, expect, it } from 'vitest'
import { splitColdItems } from '../../../src/data/cold-split.ts'
import { rowsOf, tableOf } from '../../oracle/tables.ts'

const table = tableOf(['u a 3', 'u b 1', 'v b 2', 'v c 4', 'w d 9', 'w e 1', 'w a 2'])

describe('splitColdItems', () => {
  it('holds items out whole, over one numbering', () => {
    const { train, test } = splitColdItems(table, { testFraction: 0.4 })
    const cold = new Set(rowsOf(test).map((row) => row.split(' ')[1]))
    expect(cold.size).toBe(2)
    for (const row of rowsOf(train)) expect(cold).not.toContain(row.split(' ')[1])
    expect([...rowsOf(train), ...rowsOf(test)].sort()).toEqual(rowsOf(table).sort())
    expect(train.items).toBe(test.items)
    // Where they came first says nothing any more.
    expect([...train.items.keys()].slice(3).sort()).toEqual([...cold].sort())
  })

  it('draws by its seed, at least one and never all', () => {
    const testedBy = (seed: number, testFraction = 0.4) => rowsOf(splitColdItems(table, { seed, testFraction }).test)
    expect(testedBy(3)).toEqual(testedBy(3))
    expect(new Set([1, 2, 3, 4, 5].map((seed) => testedBy(seed).join())).size).toBeGreaterThan(1)
    expect(testedBy(1, 0.001).length).toBeGreaterThan(0)
    expect(splitColdItems(table, { testFraction: 0.999 }).train.length).toBeGreaterThan(0)
  })

  it('refuses a table of one item', () => {
    expect(() => splitColdItems(tableOf(['u a', 'v a']))).toThrow(
      expect.objectContaining({ code: 'EMPTY_DATA' }) as Error,
    )
  })
})
