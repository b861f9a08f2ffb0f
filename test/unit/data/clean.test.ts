import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kCore, mergeDuplicates } from '../../../src/data/clean.ts'
import type { DuplicateRule } from '../../../src/data/clean.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { tableRows } from './table-rows.ts'

/** a-x three times (times 5, 9, 2) around b-x. */
const timed = fromColumns({
  user: ['a', 'b', 'a', 'a'],
  item: ['x', 'x', 'x', 'x'],
  value: [1, 2, 3, 4],
  time: [5, 1, 9, 2],
})
const { time: _, ...untimed } = timed

describe('mergeDuplicates', () => {
  it.each<[DuplicateRule, number, number]>([
    ['last', 3, 9],
    ['first', 4, 2],
    ['sum', 8, 9],
    ['max', 4, 9],
  ])('%s: value %d at time %d', (rule, value, time) => {
    const rows = tableRows(mergeDuplicates(timed, { rule }))
    expect(rows).toHaveLength(2)
    expect(rows).toContainEqual(['a', 'x', 'interaction', value, time])
    expect(rows).toContainEqual(['b', 'x', 'interaction', 2, 1])
  })

  it('goes by the order of rows where there is no time', () => {
    expect(tableRows(mergeDuplicates(untimed))).toContainEqual(['a', 'x', 'interaction', 4, null])
    expect(tableRows(mergeDuplicates(untimed, { rule: 'first' }))).toContainEqual(['a', 'x', 'interaction', 1, null])
  })

  it('lets a known time win over an unknown one, and the later row over the earlier at the same time', () => {
    const unknown = { ...timed, time: Float64Array.of(NaN, 1, 3, NaN) }
    expect(tableRows(mergeDuplicates(unknown))).toContainEqual(['a', 'x', 'interaction', 3, 3])
    expect(tableRows(mergeDuplicates(unknown, { rule: 'first' }))).toContainEqual(['a', 'x', 'interaction', 3, 3])
    expect(tableRows(mergeDuplicates(unknown, { rule: 'sum' }))).toContainEqual(['a', 'x', 'interaction', 8, 3])
    const equal = { ...timed, time: new Float64Array(4) }
    expect(tableRows(mergeDuplicates(equal))).toContainEqual(['a', 'x', 'interaction', 4, 0])
    expect(tableRows(mergeDuplicates(equal, { rule: 'first' }))).toContainEqual(['a', 'x', 'interaction', 1, 0])
  })

  it('counts rows without a value under sum', () => {
    const { value: _value, ...bare } = untimed
    expect(mergeDuplicates(bare, { rule: 'sum' }).value).toEqual(Float32Array.of(3, 1))
    expect(mergeDuplicates(bare, { rule: 'max' })).not.toHaveProperty('value')
  })

  it('keeps different signals apart', () => {
    const table = fromColumns({ user: [1, 1, 1], item: [1, 1, 1], signal: ['view', 'buy', 'view'] })
    expect(tableRows(mergeDuplicates(table)).map(([, , signal]) => signal)).toEqual(['buy', 'view'])
  })

  it('returns a table without duplicates as it is', () => {
    const table = fromColumns({ user: [1, 1], item: [1, 2] })
    expect(mergeDuplicates(table, { rule: 'error' })).toBe(table)
    expect(mergeDuplicates(table, { rule: 'sum' })).toBe(table)
  })

  it('names the first pair under error, and refuses a sum beyond single precision', () => {
    expect(() => mergeDuplicates(timed, { rule: 'error' })).toThrowError("user 'a', item 'x' in rows 0 and 2")
    const huge = fromColumns({ user: [1, 1], item: [1, 1], value: [3e38, 3e38] })
    expect(() => mergeDuplicates(huge, { rule: 'sum' })).toThrowError('range of single precision')
    expect(() => mergeDuplicates(timed, { rule: 'newest' as never })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  it('equals a merge by hand (property)', () => {
    const row = fc.record({
      u: fc.nat(3),
      i: fc.nat(3),
      s: fc.constantFrom('a', 'b'),
      v: fc.integer({ min: -9, max: 9 }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const table = fromColumns({
          user: rows.map((r) => r.u),
          item: rows.map((r) => r.i),
          signal: rows.map((r) => r.s),
          value: rows.map((r) => r.v),
        })
        const sums = new Map<string, number>()
        const last = new Map<string, number>()
        for (const { u, i, s, v } of rows) {
          sums.set(`${u} ${i} ${s}`, (sums.get(`${u} ${i} ${s}`) ?? 0) + v)
          last.set(`${u} ${i} ${s}`, v)
        }
        const merged = (rule: DuplicateRule): Map<string, number | null> =>
          new Map(tableRows(mergeDuplicates(table, { rule })).map(([u, i, s, v]) => [`${u} ${i} ${s}`, v]))
        expect(merged('sum')).toEqual(sums)
        expect(merged('last')).toEqual(last)
      }),
    )
  })
})

describe('kCore', () => {
  it('drops what falls below, again and again, and numbers the rest anew in order', () => {
    // c has one item; without c, item z has one user; without z, b has one item.
    const table = fromColumns({
      user: ['c', 'b', 'b', 'a', 'a', 'd', 'd'],
      item: ['z', 'z', 'x', 'x', 'y', 'x', 'y'],
    })
    const core = kCore(table, { user: 2, item: 2 })
    expect([...core.users.keys()]).toEqual(['a', 'd'])
    expect([...core.items.keys()]).toEqual(['x', 'y'])
    expect(tableRows(core).map(([user, item]) => user + item)).toEqual(['ax', 'ay', 'dx', 'dy'])
  })

  it('by default drops only what has no row', () => {
    const table = fromColumns({ user: Int32Array.of(4), item: ['x'], value: [2], time: [3] })
    expect([...kCore(table).users.keys()]).toEqual(['4'])
    expect(tableRows(kCore(table))).toEqual([['4', 'x', 'interaction', 2, 3]])
  })

  it('refuses when nothing is left, and numbers below 1', () => {
    expect(() => kCore(timed, { item: 9 })).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => kCore(timed, { user: 0 })).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})
