import { describe, expect, it } from 'vitest'
import { splitRolling } from '../../../src/data/rolling.ts'
import { splitByTime } from '../../../src/data/split.ts'
import { rowsOf, tableOf } from '../../oracle/tables.ts'

const rows = Array.from({ length: 20 }, (_, row) => `u${row % 4} i${row} ${100 - row}`)
const table = tableOf(rows)

describe('splitRolling', () => {
  it('tests windows one after the other, each after training on all before it', () => {
    const windows = splitRolling(table, { folds: 2, testFraction: 0.4 })
    expect(windows.map(({ test }) => rowsOf(test))).toEqual([rows.slice(4, 8), rows.slice(0, 4)])
    expect(windows.map(({ train }) => rowsOf(train))).toEqual([rows.slice(8), rows.slice(4)])
    expect(windows.map(({ dropped }) => dropped)).toEqual([4, 0])
    expect(windows.every(({ train }) => train.users === table.users)).toBe(true)
  })

  it('is splitByTime where there is one window', () => {
    const [window] = splitRolling(table, { folds: 1, testFraction: 0.3 })
    const { train, test } = splitByTime(table, { testFraction: 0.3 })
    expect([rowsOf(window.train), rowsOf(window.test)]).toEqual([rowsOf(train), rowsOf(test)])
  })

  it('tests together what splitByTime tests, but for repeats that are known by then', () => {
    const repeated = tableOf([...rows, 'u0 i0 98', 'u3 i19 99.5'])
    const windows = splitRolling(repeated, { folds: 3, testFraction: 0.5 })
    const tested = windows.flatMap(({ test }) => rowsOf(test))
    expect(new Set(tested).size).toBe(tested.length)
    expect(tested).not.toContain('u3 i19 99.5')
    for (const { train, test, dropped } of windows) expect(train.length + test.length + dropped).toBe(repeated.length)
  })

  it('tests windows of a span of time each, the last ending with the newest row', () => {
    const windows = splitRolling(table, { folds: 2, window: 3 })
    expect(windows.map(({ test }) => rowsOf(test))).toEqual([rows.slice(4, 7), rows.slice(0, 4)])
    const days = { ...table, time: table.time!.map((day) => 1.6e9 + 86_400 * day) }
    const inDays = splitRolling(days, { folds: 2, window: '3d' })
    expect(inDays.map(({ test }) => test.item)).toEqual(windows.map(({ test }) => test.item))
    expect(() => splitRolling(table, { window: '3d' })).toThrowError(/'window'.*range does not fit days, seconds/)
    expect(() => splitRolling(table, { folds: 1, window: 1000 })).toThrowError(/EMPTY|expected/)
    for (const window of [0, -1, NaN, '0d', 'week']) {
      expect(() => splitRolling(table, { window })).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
  })

  it('trains on nothing that is not before the window', () => {
    for (const { train, test } of splitRolling(table, { folds: 4 }))
      expect(Math.max(...train.time!)).toBeLessThan(Math.min(...test.time!))
  })

  it('refuses tables without times, windows without rows and folds that are none', () => {
    expect(() => splitRolling(tableOf(['u a', 'u b']))).toThrowError(/'time' column/)
    const empty = expect.objectContaining({ code: 'EMPTY_DATA' })
    expect(() => splitRolling(tableOf(['u a 1', 'u b 2', 'v b 3']), { folds: 5 })).toThrowError(empty)
    expect(() =>
      splitRolling(tableOf(['u a', 'u b', 'v a']).length ? { ...tableOf([]), time: new Float64Array(0) } : table),
    ).toThrowError(empty)
    for (const folds of [0, 1.5, NaN]) expect(() => splitRolling(table, { folds })).toThrowError(/'folds'/)
  })
})
