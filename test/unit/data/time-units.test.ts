import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { splitRolling } from '../../../src/data/rolling.ts'
import { splitSessions } from '../../../src/data/sessions.ts'
import { splitByTime, splitLeaveLastOut, splitRandom } from '../../../src/data/split.ts'
import { compile, recommend, tune } from '../../../src/index.ts'

const rows = Array.from({ length: 120 }, (_, at) => {
  const seconds = 1_400_000_000 + 1000 * at
  return { user: `u${at % 10}`, item: `i${(at * 7) % 24}`, time: at % 2 === 0 ? seconds : 1000 * seconds }
})
const columns = { user: 'user', item: 'item', time: 'time' } as const
const mixed = fromRows(rows, columns)
const half = { weight: 1, halfLife: 1000 }

const REFUSED = /column 'time': expected times in one unit.*, got \d+ of seconds and \d+ of milliseconds/

describe('times of which some are seconds and some milliseconds', () => {
  it.each<[string, () => unknown]>([
    ['splitByTime', () => splitByTime(mixed)],
    ['splitRolling', () => splitRolling(mixed, { folds: 2 })],
    ['splitLeaveLastOut', () => splitLeaveLastOut(mixed)],
    ['splitSessions', () => splitSessions(mixed)],
    ['a half-life of a signal', () => recommend(mixed, { signals: { interaction: half } })],
    ['profileHalfLife', () => recommend(mixed, { profileHalfLife: 3 })],
    ['profileHalfLife of a compiled recommender', () => compile(mixed).rank(mixed, { profileHalfLife: 3 })],
    ['validation by time', () => tune(mixed, { search: 'recipe', trials: 1, baselines: [], validation: 'time' })],
    ['validation of signals', () => tune(mixed, { search: 'signals', trials: 1, validation: 'leave-last-out' })],
  ])('%s refuses them', (_, ask) => {
    expect(ask).toThrow(REFUSED)
  })

  it('are no reason to fail where nobody asked for time', () => {
    expect(splitRandom(mixed).test.length).toBeGreaterThan(0)
    expect(tune(mixed, { search: 'recipe', trials: 1, baselines: [] }).validation.by).toBe('random')
    expect(tune(mixed, { method: 'rp3beta', trials: 1 }).validation.by).toBe('random')
    expect(tune(mixed, { search: 'signals', trials: 1 }).validation.by).toBe('random')
  })

  it.each([1e6, 1e9])('are as little one unit where the others are finer: %d a second', (perSecond) => {
    const finer = rows.map((row, at) => ({
      ...row,
      time: (1_400_000_000 + 1000 * at) * (at % 2 === 0 ? 1 : perSecond),
    }))
    expect(() => splitByTime(fromRows(finer, columns))).toThrow(/60 of seconds and 60 of (micro|nano)seconds/)
    expect(
      splitByTime(
        fromRows(
          finer.filter((_, at) => at % 2 === 1),
          columns,
        ),
      ).test.length,
    ).toBeGreaterThan(0)
  })

  it('are taken where one unit holds them all', () => {
    const later = rows.map((row, at) => ({ ...row, time: 1_400_000_000 + 1000 * at }))
    expect(splitByTime(fromRows(later, columns)).test.length).toBeGreaterThan(0)
    const small = rows.map((row, at) => ({ ...row, time: at }))
    expect(splitByTime(fromRows(small, columns)).test.length).toBeGreaterThan(0)
  })
})

describe('times that tell no order', () => {
  const columnsOf = { user: 'user', item: 'item', time: 'time' } as const
  const unknown = fromRows(
    rows.map((row) => ({ ...row, time: NaN })),
    columnsOf,
  )
  const equal = fromRows(
    rows.map((row) => ({ ...row, time: 1_400_000_000 })),
    columnsOf,
  )

  it.each<[string, () => unknown]>([
    ['splitByTime', () => splitByTime(unknown, { cutoff: '2014-01-01' })],
    ['splitRolling', () => splitRolling(unknown, { folds: 2 })],
    ['splitSessions', () => splitSessions(unknown)],
    ['profileHalfLife', () => recommend(unknown, { profileHalfLife: 3 })],
    ['validation by time', () => tune(unknown, { method: 'rp3beta', trials: 1, validation: 'time' })],
    ['validation of signals', () => tune(unknown, { search: 'signals', trials: 1, validation: 'leave-last-out' })],
  ])('%s refuses them where none is known', (_, ask) => {
    expect(ask).toThrow(/a table with a 'time' column.*, got no such column, or no known value in it/)
  })

  it('are held out by chance, not by the order of rows', () => {
    for (const table of [unknown, equal]) {
      expect(tune(table, { method: 'rp3beta', trials: 1 }).validation.by).toBe('random')
      expect(tune(table, { search: 'recipe', trials: 1, baselines: [] }).validation.by).toBe('random')
      expect(tune(table, { search: 'signals', trials: 1 }).validation.by).toBe('random')
    }
    expect(splitByTime(equal).test.length).toBeGreaterThan(0)
  })
})
