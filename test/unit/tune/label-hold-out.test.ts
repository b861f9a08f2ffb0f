import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { holdOutLabels as inSlices, type LabelHoldOut } from '../../../src/tune/label-hold-out.ts'
import { atOnce } from '../../../src/support/drive.ts'
import type { ValidationChoice } from '../../../src/tune/hold-out.ts'
import { coded } from '../../refusals.ts'

const holdOutLabels = (
  who: string,
  source: Interactions,
  labels: readonly string[],
  seed: number,
  validation: ValidationChoice = 'auto',
): LabelHoldOut => atOnce(inSlices(who, source, labels, { validation, heldOutShare: 0.2, seed }))
const holdOutTable = (who: string, source: Interactions, validation: Interactions, seed: number): LabelHoldOut =>
  holdOutLabels(who, source, [], seed, validation)

/** Ann buys b last, which she had looked at, and looks at d later; Bob bought e alone; Cat bought twice; Dan never bought. */
const table = fromColumns({
  user: ['ann', 'ann', 'ann', 'ann', 'ann', 'bob', 'cat', 'cat', 'dan', 'eve', 'eve'],
  item: ['a', 'b', 'b', 'c', 'd', 'e', 'a', 'b', 'c', 'a', 'c'],
  signal: ['buy', 'view', 'buy', 'view', 'view', 'buy', 'buy', 'buy', 'view', 'view', 'buy'],
  time: [1, 2, 5, 3, 9, 1, 8, 2, 1, 1, 2],
})

function rowsOf({ users, items, user, item, signal, signals }: Interactions): string[] {
  return Array.from(
    user,
    (row, at) => `${users.keyOf(row)} ${signals[signal?.[at] ?? 0]} ${items.keyOf(item[at])}`,
  ).sort()
}

describe('holdOutLabels', () => {
  it('holds out the last label, all rows of that pair and what came later', () => {
    const { train, search, validate } = holdOutLabels('test', table, ['buy'], 1)
    expect(rowsOf(train)).toEqual(['ann buy a', 'ann view c', 'bob buy e', 'cat buy b', 'dan view c', 'eve view a'])
    expect([...rowsOf(search), ...rowsOf(validate)].sort()).toEqual(['ann buy b', 'cat buy a', 'eve buy c'])
  })

  it('gives each user to one half, by the seed', () => {
    const halves = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { search, validate } = holdOutLabels('test', table, ['buy'], seed)
      expect(search.length).toBe(1)
      expect(validate.length).toBe(2)
      return rowsOf(search)[0]
    })
    expect(holdOutLabels('test', table, ['buy'], 1)).toEqual(holdOutLabels('test', table, ['buy'], 1))
    expect(new Set(halves).size).toBeGreaterThan(1)
  })

  it('takes no row with a value of 0 or less', () => {
    const disliked = { ...table, value: Float32Array.from(table.time as Float64Array, (time) => (time === 5 ? -1 : 1)) }
    const { search, validate } = holdOutLabels('test', disliked, ['buy'], 1)
    expect([...rowsOf(search), ...rowsOf(validate)].sort()).toEqual(['cat buy a', 'eve buy c'])
  })

  it('takes a random fifth of the labels without times, and leaves everybody something', () => {
    const pairs = ['ann', 'bob', 'cat'].flatMap((user) => Array.from({ length: 10 }, (_, item) => ({ user, item })))
    const timeless = fromColumns({
      user: [...pairs.map(({ user }) => user), 'ann', 'dan'],
      item: [...pairs.map(({ item }) => item), 0, 0],
      signal: [...pairs.map(() => 'buy'), 'view', 'buy'],
    })
    const held = [1, 2, 3, 4].map((seed) => {
      const { train, search, validate } = holdOutLabels('test', timeless, ['buy'], seed)
      expect(search.length).toBe(2)
      expect(validate.length).toBe(4)
      const rows = [...rowsOf(search), ...rowsOf(validate)]
      const lost = rows.includes('ann buy 0') ? 1 : 0
      expect(train.length).toBe(timeless.length - 6 - lost)
      expect(rowsOf(train)).toContain('dan buy 0')
      return rows.join()
    })
    expect(new Set(held).size).toBe(4)
  })

  it('refuses where fewer than two users have something to hold out', () => {
    expect(() => holdOutLabels('test', table, ['dislike'], 1)).toThrow(coded('EMPTY_DATA'))
  })
})

describe('the way that labels are held out', () => {
  it('is the last of each user where there are times, a random share where there are none, or as it is told', () => {
    const byOf = (source: Interactions, validation: ValidationChoice): string =>
      holdOutLabels('test', source, ['buy'], 1, validation).by
    const { time: _, ...timeless } = table
    expect([byOf(table, 'auto'), byOf(table, 'leave-last-out'), byOf(table, 'random')]).toEqual([
      'leave-last-out',
      'leave-last-out',
      'random',
    ])
    expect(() => byOf(timeless, 'leave-last-out')).toThrow(coded('INVALID_DATA'))
    expect(() => byOf(timeless, 'time')).toThrow(coded('INVALID_DATA'))
  })

  it('by time trains on what was before, and finds what was bought later', () => {
    const later = fromColumns({
      user: ['ann', 'ann', 'ann', 'bob', 'bob', 'cat', 'cat', 'cat'],
      item: ['a', 'b', 'c', 'a', 'b', 'b', 'a', 'c'],
      signal: ['buy', 'view', 'view', 'buy', 'buy', 'buy', 'buy', 'buy'],
      time: [1, 2, 9, 3, 8, 4, 9, 9],
    })
    const { by, train, search, validate } = atOnce(
      inSlices('test', later, ['buy'], { validation: 'time', heldOutShare: 0.5, seed: 1 }),
    )
    expect(by).toBe('time')
    expect(rowsOf(train)).toEqual(['ann buy a', 'ann view b', 'bob buy a', 'cat buy b'])
    expect([...rowsOf(search), ...rowsOf(validate)].sort()).toEqual(['bob buy b', 'cat buy a', 'cat buy c'])
  })
})

describe('a validation table', () => {
  const validation = fromColumns({ user: ['ann', 'bob', 'zoe', 'cat'], item: ['e', 'a', 'a', 'z'] })

  it('keeps what the table knows, and trains on all of it', () => {
    const { train, search, validate } = holdOutTable('test', table, validation, 1)
    expect(train).toBe(table)
    expect([...rowsOf(search), ...rowsOf(validate)].sort()).toEqual(['ann interaction e', 'bob interaction a'])
  })

  it('refuses a table that shares nothing', () => {
    const strange = fromColumns({ user: ['zoe', 'zac'], item: ['a', 'b'] })
    expect(() => holdOutTable('test', table, strange, 1)).toThrow(coded('EMPTY_DATA'))
  })
})
