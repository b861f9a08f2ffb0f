import { describe, expect, it } from 'vitest'
import type { Interactions } from '../../../src/index.ts'
import { timedRows } from '../../../src/data/timed-rows.ts'
import { takeRows } from '../../../src/data/take-rows.ts'
import { averageShares } from '../../../src/recommend/average-shares.ts'
import type { AverageShares } from '../../../src/recommend/methods/recipe.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { loyalTable } from '../data/loyal-rows.ts'

function sharesOf(table: Interactions, factors: Float32Array | null = null): AverageShares | null {
  const rows = atOnce(timedRows(table, { weighted: false, signals: null }))
  if (rows === null) throw new Error('expected times')
  // eslint-disable-next-line require-yield -- the same shape as what counts
  const known = function* () {
    return factors ?? new Float32Array(0)
  }
  return atOnce(averageShares(rows, { until: Infinity, factors: factors && known }))
}

describe('averageShares', () => {
  it('are near all where everybody takes what is popular', () => {
    const shares = sharesOf(loyalTable(0))
    expect(shares?.long).toBeGreaterThan(3)
    expect(shares?.short).toBeGreaterThan(3)
  })

  it('are near nothing where profiles decide', () => {
    const shares = sharesOf(loyalTable(1))
    expect(shares?.long).toBeLessThan(0.3)
    expect(shares?.short).toBeLessThan(0.3)
  })

  it('lie between where half is loyalty', () => {
    for (const share of Object.values(sharesOf(loyalTable(0.5)) ?? {})) {
      expect(share).toBeGreaterThan(0.2)
      expect(share).toBeLessThan(3)
    }
  })

  it('are the same for every unit of time, and whatever the numbers of items', () => {
    const table = loyalTable(0.6)
    const shares = sharesOf(table)
    expect(sharesOf({ ...table, time: (table.time ?? new Float64Array(0)).map((time) => 1e9 + 60 * time) })).toEqual(
      shares,
    )
    const numbers = seededRandom(3).shuffle(Int32Array.from({ length: table.items.size }, (_, item) => item))
    expect(sharesOf({ ...table, item: table.item.map((item) => numbers[item]) })).toEqual(shares)
  })

  it('look at nothing after now', () => {
    const table = loyalTable(0.6)
    const first = takeRows(
      table,
      Int32Array.from({ length: 3000 }, (_, row) => row),
    )
    const rows = atOnce(timedRows(table, { weighted: false, signals: null }))
    expect(rows && atOnce(averageShares(rows, { until: 2999, factors: null }))).toEqual(sharesOf(first))
  })

  it('count what is recent for both parts', () => {
    const table = loyalTable(0.6)
    const only = new Float32Array(table.items.size)
    // What nobody takes any more is no answer of anybody.
    only.fill(1, 0, 100)
    expect(sharesOf(table, only)).not.toEqual(sharesOf(table))
  })

  it('are unknown where nobody came back, or rows are few; equal parts if something is recent then', () => {
    const once = loyalTable(0.6)
    const users = Int32Array.from(once.user.keys())
    const strangers = { ...once, user: users, users: { ...once.users, size: users.length } as typeof once.users }
    const few = takeRows(
      once,
      Int32Array.from({ length: 900 }, (_, row) => row),
    )
    const same = { ...once, time: new Float64Array(once.length).fill(5) }
    for (const table of [strangers, few, same]) {
      expect(sharesOf(table)).toBeNull()
      expect(sharesOf(table, new Float32Array(once.items.size).fill(1))).toEqual({ long: 1, short: 1 })
    }
  })
})
