import { describe, expect, it } from 'vitest'
import { splitByTime } from '../../../src/data/split.ts'
import { evaluateRankings } from '../../../src/evaluate/evaluate.ts'
import { tableOf } from '../../oracle/tables.ts'

// Ages at the cut, whose newest training row is of time 10: a 9, b 8, c 1, d 0; e is not trained.
const all = tableOf([
  'u a 1',
  'v b 2',
  'u b 3',
  'v c 9',
  'w d 10',
  'u c 11',
  'u e 12',
  'v a 12',
  'v d 13',
  'w b 14',
  'x a 14',
])
const { train, test } = splitByTime(all, { cutoff: 11 })
const row = (item: string) => all.items.rowOf(item)
const users = Int32Array.from(['u', 'v', 'w', 'x'], (user) => all.users.rowOf(user))
const items = Int32Array.from(['c', 'd', 'd', 'c', 'a', 'b', 'a', 'b'], row)
const { byItemAge, audit } = evaluateRankings({ users, k: 2, items }, train, test, { k: [1, 2] })

describe('by the age of items', () => {
  it('has items that training lacks first, then the youngest to the oldest, and leaves cold users out', () => {
    expect(audit.coldUsers).toBe(1)
    expect(byItemAge.map(({ from, to, pairs }) => [from, to, pairs])).toEqual([
      [null, null, 1],
      [0, 0, 1],
      [1, 1, 1],
      [8, 8, 1],
      [9, 9, 1],
    ])
  })

  it('tells which pairs the lists hold, and who has the places', () => {
    const recalls = byItemAge.map(({ metrics }) => [metrics['recall@1'], metrics['recall@2']])
    expect(recalls).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 1],
      [0, 0],
    ])
    const places = byItemAge.map(({ metrics }) => metrics['places@2'])
    expect(places).toEqual([0, 2 / 6, 2 / 6, 1 / 6, 1 / 6])
    expect(byItemAge.reduce((sum, { metrics }) => sum + metrics['places@1'], 0)).toBeCloseTo(1)
  })

  it('does not part items of one age, and takes unknown times for the oldest', () => {
    const same = tableOf(['u a 1', 'v b 1', 'u c', 'v c 5', 'u b 6', 'v a 6', 'w c 2', 'w b 7'])
    const split = splitByTime(same, { cutoff: 6 })
    const lists = { users: Int32Array.of(0, 1, 2), k: 1, items: Int32Array.of(1, 0, 0) }
    const found = evaluateRankings(lists, split.train, split.test)
    expect(found.byItemAge.map(({ to, pairs }) => [to, pairs])).toEqual([[4, 3]])
  })

  it('is empty without times', () => {
    const lists = { users: Int32Array.of(0), k: 1, items: Int32Array.of(0) }
    expect(evaluateRankings(lists, tableOf(['u a', 'u b']), tableOf(['u c'])).byItemAge).toEqual([])
  })
})
