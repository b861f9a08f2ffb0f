import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../src/data/from-columns.ts'
import { fromRows } from '../../src/data/from-rows.ts'
import { tableRows } from '../unit/data/table-rows.ts'

const good = fc.record({
  user: fc.constantFrom('a', 'b', 'c'),
  item: fc.constantFrom('x', 'y', 'z'),
  value: fc.integer({ min: 1, max: 5 }),
  signal: fc.constantFrom('view', 'buy'),
})
const spoilt = fc
  .tuple(
    good,
    fc.constantFrom<object>({ user: null }, { item: '' }, { value: 'n/a' }, { signal: undefined }, { user: NaN }),
  )
  .map(([row, fault]) => ({ ...row, user: `${row.user}?`, ...fault }))

const mapping = { user: 'user', item: 'item', value: 'value', signal: 'signal' } as const

describe('bad rows', () => {
  it('leave no trace but the note, wherever they stand', () => {
    fc.assert(
      fc.property(good, fc.array(fc.oneof(good, spoilt)), fc.nat(), (one, others, at) => {
        const rows: Record<string, unknown>[] = [...others]
        rows.splice(at % (others.length + 1), 0, one)
        const kept = rows.filter(
          (row) => !String(row.user).endsWith('?') && row.user !== null && !Number.isNaN(row.user),
        )
        const clean = fromRows(kept, mapping)
        const column = (name: string): never => rows.map((row) => row[name]) as never
        const columns = { user: column('user'), item: column('item'), value: column('value'), signal: column('signal') }
        for (const table of [
          fromRows(rows, { ...mapping, onBadRow: 'skip' }),
          fromColumns({ ...columns, onBadRow: 'skip' }),
        ]) {
          expect(tableRows(table)).toEqual(tableRows(clean))
          expect([[...table.users.keys()], [...table.items.keys()], table.signals]).toEqual([
            [...clean.users.keys()],
            [...clean.items.keys()],
            clean.signals,
          ])
          const left = rows.length - kept.length
          if (left === 0) expect(table).not.toHaveProperty('notes')
          else expect(table.notes?.[0]).toMatch(new RegExp(`^${left} bad rows? skipped`))
        }
      }),
      { numRuns: 50 },
    )
  })
})
