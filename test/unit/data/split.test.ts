import { fromRows } from '../../../src/data/from-rows.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitByTime, splitLeaveLastOut, splitRandom, type Split } from '../../../src/data/split.ts'
import { rowsOf, tableOf } from '../../oracle/tables.ts'

const sides = ({ train, test }: Split) => [rowsOf(train), rowsOf(test)]
const emptyData = expect.objectContaining({ name: 'RivuletError', code: 'EMPTY_DATA' })

describe('splitLeaveLastOut', () => {
  it('holds out the latest item of each user', () => {
    expect(sides(splitLeaveLastOut(tableOf(['u a 3', 'u b 1', 'u c 2', 'v a 9', 'v c 4'])))).toEqual([
      ['u b 1', 'u c 2', 'v c 4'],
      ['u a 3', 'v a 9'],
    ])
  })

  it('goes by row where times tie or are missing', () => {
    expect(sides(splitLeaveLastOut(tableOf(['u a 5', 'u b 5'])))[1]).toEqual(['u b 5'])
    expect(sides(splitLeaveLastOut(tableOf(['u b', 'u a'])))[1]).toEqual(['u a'])
    expect(sides(splitLeaveLastOut(tableOf(['v z 9', 'u a 5', 'u b 5'])))[1]).toEqual(['u b 5'])
  })

  it('takes an unknown time for the oldest', () => {
    expect(sides(splitLeaveLastOut(tableOf(['u a 5', 'u b'])))[1]).toEqual(['u a 5'])
  })

  it('dates a pair by its first row and keeps its rows together', () => {
    expect(sides(splitLeaveLastOut(tableOf(['u a 1', 'u b 2', 'u a 3', 'u b 4'])))).toEqual([
      ['u a 1', 'u a 3'],
      ['u b 2', 'u b 4'],
    ])
    expect(sides(splitLeaveLastOut(tableOf(['u a 1', 'u b 2', 'u a 3'])))[1]).toEqual(['u b 2'])
  })

  it('leaves users of one item in training', () => {
    expect(sides(splitLeaveLastOut(tableOf(['u a', 'u a', 'v a', 'v b'])))).toEqual([['u a', 'u a', 'v a'], ['v b']])
  })

  it('refuses a table in which nobody has two items', () => {
    expect(() => splitLeaveLastOut(tableOf(['u a', 'v a']))).toThrowError(emptyData)
    expect(() => splitLeaveLastOut(tableOf([]))).toThrowError(emptyData)
  })
})

describe('splitByTime', () => {
  const table = tableOf(['u a 1', 'v a 6', 'u b 2', 'v b 3', 'u c 5'])

  it('tests the latest share of the rows', () => {
    expect(sides(splitByTime(table, { testFraction: 0.4 }))).toEqual([
      ['u a 1', 'u b 2', 'v b 3'],
      ['v a 6', 'u c 5'],
    ])
    expect(splitByTime(table).test.length).toBe(1)
  })

  it('tests what happens at or after the cutoff', () => {
    expect(sides(splitByTime(table, { cutoff: 5 }))[1]).toEqual(['v a 6', 'u c 5'])
    expect(sides(splitByTime(table, { cutoff: 5.5 }))[1]).toEqual(['v a 6'])
  })

  it('breaks ties by row', () => {
    const tied = tableOf(['u a 1', 'u b 1', 'u c 1', 'u d 1'])
    expect(sides(splitByTime(tied, { testFraction: 0.25 }))[1]).toEqual(['u d 1'])
  })

  it('keeps rows of unknown time in training', () => {
    expect(sides(splitByTime(tableOf(['u a 9', 'u b', 'u c 1']), { testFraction: 0.3 }))[1]).toEqual(['u a 9'])
  })

  it('trains on nothing from after the cut, or on the first row of a user who only comes later where it is not strict', () => {
    const late = tableOf(['u a 1', 'u b 2', 'w b 8', 'w a 7'])
    expect(sides(splitByTime(late, { cutoff: 5 }))).toEqual([
      ['u a 1', 'u b 2'],
      ['w b 8', 'w a 7'],
    ])
    expect(sides(splitByTime(late, { cutoff: 5, strict: false }))).toEqual([['u a 1', 'u b 2', 'w a 7'], ['w b 8']])
  })

  it('drops what repeats a training pair, and says how much', () => {
    const repeats = splitByTime(tableOf(['u a 1', 'u a 8', 'u b 9', 'u b 9']), { cutoff: 5 })
    expect(sides(repeats)).toEqual([['u a 1'], ['u b 9', 'u b 9']])
    expect(repeats.dropped).toBe(1)
  })

  it('refuses a table without times and a cut that leaves one side empty', () => {
    expect(() => splitByTime(tableOf(['u a', 'u b']))).toThrowError(/'time' column/)
    expect(() => splitByTime(table, { cutoff: 7 })).toThrowError(emptyData)
    expect(() => splitByTime(table, { cutoff: 0 })).toThrowError(emptyData)
    expect(() => splitByTime(tableOf(['u a 1']))).toThrowError(emptyData)
  })

  it.each([0, 1, -0.1, NaN])('refuses the share %s', (testFraction) => {
    expect(() => splitByTime(table, { testFraction })).toThrowError(/'testFraction'/)
  })

  it('cuts at a date in the unit of the times', () => {
    for (const perSecond of [1, 1000]) {
      const [first, second] = [2, 4].map((day) => perSecond * (1.6e9 + 86_400 * day))
      const days = tableOf([`u a ${first}`, `v b ${second}`, `u c ${second}`])
      expect(sides(splitByTime(days, { cutoff: '2020-09-16' }))[0]).toEqual([`u a ${first}`])
    }
    expect(() => splitByTime(table, { cutoff: '2020-09-16' })).toThrowError(/'cutoff'.*range does not fit days/)
  })

  it('refuses a cutoff that is no number, and names the option meant', () => {
    expect(() => splitByTime(table, { cutoff: NaN })).toThrowError(/'cutoff'/)
    expect(() => splitByTime(table, { cutOff: 3 } as object)).toThrowError(/'cutoff'/)
  })
})

describe('splitRandom', () => {
  it.each(['user', 'all'] as const)('tests something of the smallest table that allows it, per %s', (per) => {
    const rows = ['a x', 'a y', 'b x'].map((row) => row.split(' '))
    const small = fromRows(
      rows.map(([u, i]) => ({ u, i })),
      { user: 'u', item: 'i' },
    )
    for (let seed = 0; seed < 50; seed++) {
      const { train, test } = splitRandom(small, { seed, per, testFraction: 0.1 })
      expect([test.length, train.length, test.user[0]]).toEqual([1, 2, 0])
    }
    const lonely = fromRows(
      [
        { u: 'a', i: 'x' },
        { u: 'b', i: 'y' },
      ],
      { user: 'u', item: 'i' },
    )
    expect(() => splitRandom(lonely, { per })).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
  })

  const many = tableOf(Array.from({ length: 5000 }, (_, row) => `u${row % 500} i${(row * 7919) % 4999}`))

  it('gives the same split for the same seed and another for another', () => {
    expect(sides(splitRandom(many, { seed: 4 }))).toEqual(sides(splitRandom(many, { seed: 4 })))
    expect(sides(splitRandom(many, { seed: 5 }))).not.toEqual(sides(splitRandom(many, { seed: 4 })))
  })

  it('takes the share exactly over all pairs, and from each user', () => {
    expect(splitRandom(many, { testFraction: 0.3, per: 'all' }).test.length).toBe(1500)
    const { test } = splitRandom(many, { testFraction: 0.3 })
    const counts = new Map<number, number>()
    for (const user of test.user) counts.set(user, (counts.get(user) ?? 0) + 1)
    expect(new Set(counts.values())).toEqual(new Set([3]))
    expect(counts.size).toBe(500)
  })

  it('tests users of two items as often as the share says', () => {
    const sparse = tableOf(Array.from({ length: 4000 }, (_, row) => `u${row >> 1} i${row}`))
    const share = splitRandom(sparse, { testFraction: 0.2 }).test.length / 4000
    expect(share).toBeGreaterThan(0.17)
    expect(share).toBeLessThan(0.23)
  })

  it('carries every column along', () => {
    const base = tableOf(['u a 1', 'u b 2', 'u c 3', 'u d 4'])
    const full = { ...base, value: Float32Array.of(1, 2, 3, 4), signal: Uint8Array.of(0, 1, 0, 1), signals: ['x', 'y'] }
    for (const side of Object.values(splitRandom(full, { testFraction: 0.5 })).slice(0, 2) as (typeof full)[]) {
      side.item.forEach((item, row) => {
        expect([side.value[row], side.signal[row], side.time![row]]).toEqual([item + 1, item % 2, item + 1])
      })
    }
  })

  it('refuses bad options and tables that cannot be split', () => {
    expect(() => splitRandom(many, { testFraction: 1 })).toThrowError(/'testFraction'/)
    expect(() => splitRandom(many, { per: 'item' as 'user' })).toThrowError(/'user', 'all'/)
    expect(() => splitRandom(many, { seed: NaN })).toThrowError(/'seed'/)
    expect(() => splitRandom(tableOf(['u a', 'v b']))).toThrowError(emptyData)
  })
})

describe('every split', () => {
  const rows = fc.array(fc.tuple(fc.nat(4), fc.nat(5), fc.nat(6)), { minLength: 1, maxLength: 40 })
  const splits: readonly (readonly [string, (table: ReturnType<typeof tableOf>, seed: number) => Split])[] = [
    ['splitLeaveLastOut', (table) => splitLeaveLastOut(table)],
    ['splitByTime, not strict', (table) => splitByTime(table, { testFraction: 0.3, strict: false })],
    ['splitRandom per user', (table, seed) => splitRandom(table, { testFraction: 0.4, seed })],
    ['splitRandom over all', (table, seed) => splitRandom(table, { testFraction: 0.4, seed, per: 'all' })],
  ]

  it.each(splits)('%s shares the keys, loses no row, parts no pair and leaves nobody without training', (_, split) => {
    fc.assert(
      fc.property(rows, fc.nat(), (cells, seed) => {
        const table = tableOf(cells.map(([user, item, time]) => `u${user} i${item} ${time}`))
        let result: Split
        try {
          result = split(table, seed)
        } catch (error) {
          expect(error).toMatchObject({ code: 'EMPTY_DATA' })
          return
        }
        const { train, test, dropped } = result
        expect([train.users, train.items, test.users, test.items]).toEqual([
          table.users,
          table.items,
          table.users,
          table.items,
        ])
        expect(train.users).toBe(test.users)
        expect(train.length + test.length + dropped).toBe(table.length)
        const pair = (row: string) => row.split(' ', 2).join(' ')
        const trained = new Set(rowsOf(train).map(pair))
        expect(rowsOf(test).filter((row) => trained.has(pair(row)))).toEqual([])
        expect(new Set(train.user).size).toBe(table.users.size)
        const all = rowsOf(table)
        const isSubsequence = (part: string[]) => {
          let at = 0
          return part.every((row) => (at = all.indexOf(row, at) + 1) > 0)
        }
        expect(isSubsequence(rowsOf(train)) && isSubsequence(rowsOf(test))).toBe(true)
      }),
    )
  })

  it('splitLeaveLastOut takes the pair that a sort by time and row puts last', () => {
    fc.assert(
      fc.property(rows, (cells) => {
        const table = tableOf(cells.map(([user, item, time]) => `u${user} i${item} ${time}`))
        const newest = new Map<string, string>()
        const pairsOf = new Map<string, Set<string>>()
        for (const [user, item] of [...cells].sort((a, b) => a[2] - b[2])) {
          const pairs = pairsOf.get(`u${user}`) ?? new Set()
          pairsOf.set(`u${user}`, pairs)
          if (!pairs.has(`i${item}`)) newest.set(`u${user}`, `i${item}`)
          pairs.add(`i${item}`)
        }
        const expected = [...newest].filter(([user]) => pairsOf.get(user)!.size > 1).map((pair) => pair.join(' '))
        fc.pre(expected.length > 0)
        const tested = rowsOf(splitLeaveLastOut(table).test).map((row) => row.split(' ', 2).join(' '))
        expect(new Set(tested)).toEqual(new Set(expected))
      }),
    )
  })

  it('by time lets nothing from after the cut into strict training', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (cells, cutoff) => {
        fc.pre(cells.some(([, , time]) => time < cutoff) && cells.some(([, , time]) => time >= cutoff))
        const table = tableOf(cells.map(([user, item, time]) => `u${user} i${item} ${time}`))
        try {
          const { train, test } = splitByTime(table, { cutoff, strict: true })
          expect(Math.max(...train.time!)).toBeLessThan(cutoff)
          expect(Math.min(...test.time!)).toBeGreaterThanOrEqual(cutoff)
        } catch (error) {
          expect(error).toMatchObject({ code: 'EMPTY_DATA' })
        }
      }),
    )
  })
})
