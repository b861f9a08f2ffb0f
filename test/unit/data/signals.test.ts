import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { renameSignals, selectSignals } from '../../../src/data/signals.ts'
import { tableRows } from './table-rows.ts'

const table = fromColumns({ user: [1, 2, 3], item: [1, 1, 2], signal: ['view', 'cart', 'buy'], value: [4, 5, 6] })

describe('selectSignals', () => {
  it('keeps the rows of the named signals and numbers those in the given order', () => {
    const selected = selectSignals(table, ['buy', 'view'])
    expect(selected.signals).toEqual(['buy', 'view'])
    expect(tableRows(selected)).toEqual([
      ['1', '1', 'view', 4, null],
      ['3', '2', 'buy', 6, null],
    ])
    expect(selected.users).toBe(table.users)
  })

  it('works where all rows carry the first signal', () => {
    const bare = fromColumns({ user: [1], item: [1], signals: ['play', 'skip'] })
    expect(selectSignals(bare, ['play']).length).toBe(1)
    expect(() => selectSignals(bare, ['skip'])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
  })

  it('refuses a signal that is not there, naming the nearest', () => {
    expect(() => selectSignals(table, ['bye'])).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_KEY', message: expect.stringContaining("'buy'") }),
    )
  })
})

describe('renameSignals', () => {
  it('renames those mentioned', () => {
    expect(renameSignals(table, { buy: 'purchase' }).signals).toEqual(['view', 'cart', 'purchase'])
    expect(renameSignals(table, { buy: 'view', view: 'buy' }).signals).toEqual(['buy', 'cart', 'view'])
  })

  it('refuses unknown names and two signals of one name', () => {
    expect(() => renameSignals(table, { like: 'x' })).toThrowError(expect.objectContaining({ code: 'UNKNOWN_KEY' }))
    expect(() => renameSignals(table, { buy: 'view' })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })
})
