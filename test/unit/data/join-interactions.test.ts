import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { joinInteractions } from '../../../src/data/join-interactions.ts'
import { DenseKeyIndex, GrowingKeyIndex } from '../../../src/support/key-index.ts'

/** Rows as texts: user, item, signal, value, time. */
const rowsOf = ({ users, items, user, item, signal, signals, value, time }: Interactions): string[] =>
  Array.from(user, (u, row) =>
    [users.keyOf(u), items.keyOf(item[row]), signals[signal?.[row] ?? 0], value?.[row], time?.[row]].join(' '),
  )

const stars = fromColumns({ user: ['a', 'b'], item: ['x', 'y'], value: [4, 2], signals: ['stars'], time: [7, 8] })
const views = fromColumns({ user: ['b', 'c'], item: ['z', 'x'], signals: ['view'] })
const mixed = fromColumns({ user: ['c', 'a'], item: ['x', 'w'], signal: ['view', 'cart'], value: [3, 5] })

describe('joinInteractions', () => {
  it('puts rows one after the other, keys and signals by their names', () => {
    const joined = joinInteractions(stars, views, mixed)
    expect(rowsOf(joined)).toEqual([
      'a x stars 4 7',
      'b y stars 2 8',
      'b z view 1 NaN',
      'c x view 1 NaN',
      'c x view 3 NaN',
      'a w cart 5 NaN',
    ])
    expect(joined.signals).toEqual(['stars', 'view', 'cart'])
    expect([...joined.users.keys(), ...joined.items.keys()]).toEqual(['a', 'b', 'c', 'x', 'y', 'z', 'w'])
  })

  it('has no column that no table has', () => {
    const { value, time, signal } = joinInteractions(views, views)
    expect([value, time, signal]).toEqual([undefined, undefined, undefined])
  })

  it('says that rows are drawn from all times where those of one table are', () => {
    expect(joinInteractions(views, { ...stars, fromAllTimes: true }).fromAllTimes).toBe(true)
    expect(joinInteractions(views, stars)).not.toHaveProperty('fromAllTimes')
  })

  it('leaves one table as it is', () => {
    expect(rowsOf(joinInteractions(mixed))).toEqual(rowsOf(mixed))
  })

  it('joins tables whose keys are row numbers to others', () => {
    const dense = { ...views, users: new DenseKeyIndex(2), items: new DenseKeyIndex(2) }
    const named = fromColumns({ user: ['1'], item: ['0'], signals: ['buy'] })
    expect(rowsOf(joinInteractions(named, dense)).map((row) => row.trim())).toEqual(['1 0 buy', '0 0 view', '1 1 view'])
  })

  it('keeps keys without a row: an empty table brings its keys', () => {
    const none = { ...views, user: new Int32Array(0), item: new Int32Array(0), length: 0 }
    const { users, items, length } = joinInteractions(stars, { ...none, users: GrowingKeyIndex.from(['d']) })
    expect([[...users.keys()], items.size, length]).toEqual([['a', 'b', 'd'], 3, 2])
  })

  it('numbers signals anew for every table', () => {
    const turned = fromColumns({ user: ['a'], item: ['x'], signal: ['cart'], signals: ['view', 'cart'] })
    expect(rowsOf(joinInteractions(mixed, turned)).at(-1)).toMatch(/^a x cart/)
  })

  it.each<[string, unknown[], RegExp]>([
    ['nothing', [], /at least one interaction/],
    ['a list of tables', [[stars, views]], /one per argument, got an array of 2/],
    ['null', [stars, null], /got null/],
    ['too many signals', [0, 200].map((from) => many(from)), /at most 256 different signals.* got 400/],
    ['a row out of range', [{ ...stars, item: Int32Array.of(0, 9) }], /column 'item', row 1/],
  ])('refuses %s', (_, tables, message) => {
    expect(() => joinInteractions(...(tables as Interactions[]))).toThrowError(message)
  })
})

const many = (from: number): Interactions => ({
  ...stars,
  signals: Array.from({ length: 200 }, (_, n) => `s${from + n}`),
})
