import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { splitSessions } from '../../../src/data/sessions.ts'
import { coded } from '../../refusals.ts'

/** Ann comes back after 100, her rows out of order; Bob does not know when he came once. */
const table = fromColumns({
  user: ['ann', 'bob', 'ann', 'ann', 'bob', 'ann', 'bob'],
  item: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  value: [1, 2, 3, 4, 5, 6, 7],
  time: [110, 5, 0, 100, NaN, 10, NaN],
})

function sessionsOf(gap: number): Record<string, string> {
  const { users, items, user, item } = splitSessions(table, { gap })
  return Object.fromEntries(Array.from(item, (row, at) => [items.keyOf(row), users.keyOf(user[at])]))
}

describe('splitSessions', () => {
  it('cuts where the pause is longer, in order of time', () => {
    expect(sessionsOf(10)).toEqual({
      c: 'ann#0',
      f: 'ann#0',
      d: 'ann#1',
      a: 'ann#1',
      e: 'bob#0',
      g: 'bob#0',
      b: 'bob#1',
    })
    expect(sessionsOf(9)).toMatchObject({ c: 'ann#0', f: 'ann#1', d: 'ann#2', a: 'ann#3' })
    expect(sessionsOf(1000)).toMatchObject({ c: 'ann#0', f: 'ann#0', d: 'ann#0', a: 'ann#0' })
  })

  it('keeps rows, items, values and times where they are', () => {
    const { user: _, users: __, ...rest } = splitSessions(table, { gap: 10 })
    const { user: ___, users: ____, ...before } = table
    expect(rest).toEqual(before)
  })

  it('calls no two sessions alike, whatever users are called', () => {
    const tricky = fromColumns({
      user: ['ann', 'ann', 'ann#0', 'ann#1'],
      item: ['a', 'b', 'c', 'd'],
      time: [0, 100, 0, 0],
    })
    expect([...splitSessions(tricky, { gap: 1 }).users.keys()]).toEqual(['ann#0', 'ann#1', 'ann#0#0', 'ann#1#0'])
  })

  it('refuses a table without times, and a gap below 0', () => {
    const { time: _, ...timeless } = table
    expect(() => splitSessions(timeless)).toThrow(coded('INVALID_DATA'))
    expect(() => splitSessions(table, { gap: -1 })).toThrow(coded('INVALID_OPTION'))
  })
})
