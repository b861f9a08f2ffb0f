import { describe, expect, it } from 'vitest'
import { kCore } from '../../../src/data/clean.ts'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { joinInteractions } from '../../../src/data/join-interactions.ts'
import { tableRows } from './table-rows.ts'

const named = { user: 'u', item: 'i', value: 'v', time: 't' } as const
const dirty = [
  { u: 'zoe', i: 'jam', v: 'many', t: 1 },
  { u: 'ann', i: 'tea', v: 1, t: 1 },
  null,
  { u: '', i: 'tea', v: 1, t: 2 },
  { u: 'bob', i: 'tea', v: 1, t: 'yesterday' },
  { u: 'zoe', i: 'jam', v: 2, t: 3 },
]
const clean = [dirty[1], dirty[5]] as object[]

describe("onBadRow: 'skip'", () => {
  it('reads rows as if the bad ones had never been there, and says how many and where', () => {
    const { notes = [], ...table } = fromRows(dirty as object[], { ...named, onBadRow: 'skip' })
    const wanted = fromRows(clean, named)
    expect(tableRows(table)).toEqual(tableRows(wanted))
    expect([...table.users.keys()]).toEqual(['ann', 'zoe'])
    expect([...table.items.keys()]).toEqual(['tea', 'jam'])
    expect(notes).toEqual([
      "4 bad rows skipped: row 0, property 'v': expected a finite number, got 'many'; row 2: expected an object, got null; " +
        "row 3, property 'u': expected an id (text or a number), got ''; ...",
    ])
  })

  it('refuses the first bad row by default, and what is wrong with the whole', () => {
    expect(() => fromRows(dirty as object[], named)).toThrow('row 0')
    const signals = Array.from({ length: 257 }, (_, at) => ({ u: at, i: at, s: `s${at}` }))
    expect(() => fromRows(signals, { user: 'u', item: 'i', signal: 's', onBadRow: 'skip' })).toThrow('256')
    expect(() => fromRows([null] as never, { ...named, onBadRow: 'skip' })).toThrow(/none: 1 bad row skipped/)
    expect(() => fromRows([], { ...named, onBadRow: 'skip' })).toThrow('at least one')
    expect(() => fromRows([], { ...named, onBadRow: 'drop' as never })).toThrow("one of 'error', 'skip'")
  })

  it('reads columns in the same way, a row once however many of its cells are bad', () => {
    const columns = {
      user: ['zoe', 'ann', '', 'bob', 'zoe'],
      item: ['jam', 'tea', 'tea', '', 'jam'],
      value: ['many', 1, 'much', 1, 2],
      signal: ['rare', 'view', 'view', 'view', 'buy'],
    } as const
    const { notes, ...table } = fromColumns({ ...columns, onBadRow: 'skip' })
    expect(tableRows(table)).toEqual([
      ['ann', 'tea', 'view', 1, null],
      ['zoe', 'jam', 'buy', 2, null],
    ])
    expect(table.signals).toEqual(['view', 'buy'])
    expect([...table.users.keys()]).toEqual(['ann', 'zoe'])
    expect(notes?.join()).toMatch(
      /^3 bad rows skipped: column 'value', row 0: .*column 'user', row 2: .*column 'item', row 3/,
    )
  })

  it('leaves out rows of typed columns that name nobody or weigh nothing, and keeps the numbers of the others', () => {
    const typed = fromColumns({
      user: Int32Array.of(0, -1, 2, 1),
      item: Int32Array.of(1, 0, 0, 1),
      value: Float32Array.of(1, 1, NaN, 2),
      onBadRow: 'skip',
    })
    expect([...typed.user, ...typed.item]).toEqual([0, 1, 1, 1])
    expect(typed.users.size).toBe(3)
    expect(typed.notes?.join()).toMatch(/^2 bad rows skipped: column 'user', row 1/)
    expect(() => fromColumns({ user: ['a', 'b'], item: ['x'], onBadRow: 'skip' })).toThrow('2 rows')
    expect(() => fromColumns({ user: ['a', ''], item: ['', 'x'], onBadRow: 'skip' })).toThrow('none: 2 bad rows')
    expect(fromColumns({ user: ['a'], item: ['x'], onBadRow: 'skip' })).not.toHaveProperty('notes')
  })

  it('is not forgotten by what is made of the table', () => {
    const table = fromRows(dirty as object[], { ...named, onBadRow: 'skip' })
    expect(kCore(table).notes).toEqual(table.notes)
    expect(joinInteractions(table, fromRows(clean, named)).notes).toEqual(table.notes)
  })
})
