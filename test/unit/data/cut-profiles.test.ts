import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutProfiles } from '../../../src/data/cut-profiles.ts'
import { rowsOf, tableOf } from '../../oracle/tables.ts'

/** 40 users of 6 items each, one of 7. */
const table = tableOf([...Array.from({ length: 240 }, (_, n) => `u${n % 40} i${(n * n + 5 * n) % 31}_${n}`), 'u3 i0_0'])
const pairOf = (row: string): string => row.split(' ', 2).join(' ')

/** The distinct items of each chosen user after the cut. */
const profiles = (items: number, seed = 1, share = 0.1): Map<number, Set<number>> => {
  const cut = cutProfiles(table, { items, seed, share })
  const sets = new Map([...cut.users].map((user) => [user, new Set<number>()]))
  cut.table.user.forEach((user, row) => sets.get(user)?.add(cut.table.item[row]))
  return sets
}

describe('cutProfiles', () => {
  it('leaves each chosen user that many items and everybody else everything', () => {
    for (const items of [1, 2, 3, 5]) {
      const cut = cutProfiles(table, { items })
      expect(cut.users).toHaveLength(4)
      expect([...profiles(items).values()].map(({ size }) => size)).toEqual([items, items, items, items])
      const others = (rows: typeof table): string[] =>
        rowsOf(rows).filter((_, row) => !cut.users.includes(rows.user[row]))
      expect(others(cut.table)).toEqual(others(table))
      expect([cut.table.users, cut.table.items]).toEqual([table.users, table.items])
    }
  })

  it('chooses the same users for every number of items, and nested items', () => {
    for (const [fewer, more] of [
      [1, 2],
      [2, 3],
      [3, 5],
    ]) {
      const [small, large] = [profiles(fewer), profiles(more)]
      expect([...small.keys()]).toEqual([...large.keys()])
      for (const [user, items] of small) expect(large.get(user)).toEqual(new Set([...large.get(user)!, ...items]))
    }
  })

  it('chooses by the seed alone: a smaller share is part of a larger, with the same items', () => {
    expect(profiles(2, 7)).toEqual(profiles(2, 7))
    expect([...profiles(2, 8).keys()]).not.toEqual([...profiles(2, 7).keys()])
    const all = profiles(2, 7, 1)
    expect(all.size).toBe(40)
    for (const [user, items] of profiles(2, 7, 0.2)) expect(all.get(user)).toEqual(items)
  })

  it('chooses every user and every item about equally often', () => {
    const kept = new Map<string, number>()
    for (let seed = 0; seed < 2000; seed++) {
      for (const [user, items] of profiles(1, seed)) {
        for (const item of items) kept.set(`${user} ${item}`, (kept.get(`${user} ${item}`) ?? 0) + 1)
      }
    }
    // 8,000 choices among 240 pairs (one user has a seventh): 33 each, five standard deviations either way.
    expect(kept.size).toBe(241)
    expect(Math.min(...kept.values())).toBeGreaterThan(5)
    expect(Math.max(...kept.values())).toBeLessThan(63)
  })

  it('lets users with no more items be, and names them', () => {
    const small = tableOf(['u a', 'u b', 'v a', 'w b', 'w c', 'w d'])
    const cut = cutProfiles(small, { items: 2, share: 1 })
    expect([...cut.users]).toEqual([0, 1, 2])
    expect(rowsOf(cut.table).filter((row) => !row.startsWith('w'))).toEqual(['u a', 'u b', 'v a'])
    expect(cut.table.length).toBe(5)
  })

  it('chooses at least one user, and only among those who have something', () => {
    const strangers = { ...table, ...tableOf(['u a', 'v b']) }
    const idle = { ...strangers, user: Int32Array.of(1, 1), item: Int32Array.of(0, 1) }
    expect([...cutProfiles(idle, { share: 0.01 }).users]).toEqual([1])
  })

  it('never parts a pair, never adds a row, whatever the table', () => {
    const cells = fc.array(fc.tuple(fc.nat(4), fc.nat(5)), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 4 }), fc.nat(), (rows, items, seed) => {
        const given = tableOf(rows.map(([user, item]) => `u${user} i${item}`))
        const cut = cutProfiles(given, { items, seed, share: 0.5 })
        const left = new Set(rowsOf(cut.table).map(pairOf))
        expect(rowsOf(cut.table)).toEqual(rowsOf(given).filter((row) => left.has(pairOf(row))))
      }),
    )
  })

  it('refuses bad options', () => {
    expect(() => cutProfiles(table, { items: 0 })).toThrowError(/'items'/)
    expect(() => cutProfiles(table, { share: 0 })).toThrowError(/'share'/)
    expect(() => cutProfiles(table, { item: 3 } as object)).toThrowError(/'items'/)
  })
})
