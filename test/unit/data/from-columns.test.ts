import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { fromRows } from '../../../src/data/from-rows.ts'
import { RivuletError } from '../../../src/support/errors.ts'
import { tableRows } from './table-rows.ts'

/** What a reading gives: the column, or the code and the reason of a refusal. */
function outcome(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RivuletError)) throw error
    return [error.code, error.message.replace(/^.*: expected/, 'expected')]
  }
}

describe('fromColumns', () => {
  it('takes typed columns as they are: row numbers that name themselves', () => {
    const user = Int32Array.of(2, 0)
    const value = Float32Array.of(1, 2)
    const time = Float64Array.of(5, NaN)
    const table = fromColumns({ user, item: Uint32Array.of(0, 9), value, time })
    expect(table.user).toBe(user)
    expect(table.value).toBe(value)
    expect(table.time).toBe(time)
    expect(table.users.size).toBe(3)
    expect(table.items.size).toBe(10)
    expect(table.items.keyOf(9)).toBe('9')
  })

  it('numbers ids of plain arrays, where 1 and "1" are the same', () => {
    const table = fromColumns({ user: ['b', 'a', 'b'], item: [1, '1', 2], signal: ['view', 'buy', 'view'] })
    expect(tableRows(table)).toEqual([
      ['b', '1', 'view', null, null],
      ['a', '1', 'buy', null, null],
      ['b', '2', 'view', null, null],
    ])
  })

  it('speaks of the given index, so that two tables share their numbers', () => {
    const users = GrowingKeyIndex.from(['x', 'y', 'z'])
    const table = fromColumns({ user: ['z', 'x'], item: Int32Array.of(0, 1), users })
    expect(table.users).toBe(users)
    expect(table.user).toEqual(Int32Array.of(2, 0))
    expect(() => fromColumns({ user: ['w'], item: ['a'], users })).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_KEY', message: expect.stringContaining("column 'user', row 0") }),
    )
    expect(() => fromColumns({ user: Int32Array.of(3), item: ['a'], users })).toThrowError('a row in [0, 3)')
  })

  it('numbers signals in the given order', () => {
    const table = fromColumns({ user: [1, 2], item: [1, 2], signal: ['buy', 'view'], signals: ['view', 'buy'] })
    expect(table.signal).toEqual(Uint8Array.of(1, 0))
    expect(table.signals).toEqual(['view', 'buy'])
  })

  it('converts values and times of other array types', () => {
    const table = fromColumns({ user: [1], item: [1], value: [2.5], time: Int32Array.of(7) })
    expect(table.value).toEqual(Float32Array.of(2.5))
    expect(table.time).toEqual(Float64Array.of(7))
  })

  it.each([
    [{ user: Int32Array.of(-1), item: [1] }, "column 'user', row 0"],
    [{ user: Uint32Array.of(2 ** 31), item: [1] }, "column 'user', row 0"],
    [{ user: [1, 2], item: [1] }, "column 'item'"],
    [{ user: [1], item: [1], value: [NaN] }, 'a finite number, got NaN'],
    [{ user: [1], item: [1], value: [1e39] }, '0, or a size from 1.2e-38 to 3.4e38), got 1e+39'],
    [{ user: [1], item: [1], value: Float64Array.of(1e-46) }, 'got 1e-46'],
    [{ user: [1], item: [1], value: Float32Array.of(1e-42) }, "column 'value', row 0"],
    [{ user: [1], item: [1], value: Float64Array.of(NaN) }, 'a finite number, got NaN'],
    [{ user: [1], item: [1], value: 'a' }, "a column of 1 rows, got 'a'"],
    [{ user: [1], item: [1], value: null }, 'a column of 1 rows, got null'],
    [{ user: [1], item: [1], value: { length: 1e15 } }, 'a column of 1 rows, got an object'],
    [
      { user: [1], item: [1], time: Float64Array.of(-Infinity) },
      'a finite time, or NaN where it is unknown, got -Infinity',
    ],
    [{ user: [1], item: [1], time: Float64Array.of(1, 2) }, 'a column of 1 rows, got 2 rows'],
    [{ user: Float64Array.of(0.5), item: [1] }, "column 'user'"],
    [{ user: [NaN], item: [1] }, 'got NaN. Correct or drop that row.'],
    [{ user: [1, 2], item: [1, 2], signal: 'ab' }, "a column of 2 rows, got 'ab'"],
    [{ user: [1], item: [1], signal: [null] }, "column 'signal', row 0"],
    [{ user: [1], item: [1], value: [1, 2] }, 'a column of 1 rows'],
    [{ user: [1], item: [1], signal: Uint8Array.of(3), signals: ['a'] }, 'a number below 1'],
    [{ user: 'abc', item: [1] }, 'an array of ids'],
    [{ item: [1] }, 'an array of ids'],
  ])('refuses %j', (columns, message) => {
    expect(() => fromColumns(columns as never)).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => fromColumns(columns as never)).toThrowError(message)
  })

  it.each([null, '', true, 'many', '0x10', ' 7 ', '1e3', -0, 2.5, NaN, Infinity, 1e39, 1e-40, {}, []])(
    'reads the value %j as fromRows does',
    (cell) => {
      const ofRow = outcome(() => fromRows([{ u: 'a', i: 'x', v: cell }], { user: 'u', item: 'i', value: 'v' }).value)
      expect(outcome(() => fromColumns({ user: ['a'], item: ['x'], value: [cell] as never }).value)).toEqual(ofRow)
    },
  )

  it.each([null, undefined, '', NaN, '2021-01-01', new Date(5000), 17, '17', 'yesterday', true, Infinity, '0x10'])(
    'reads the time %j as fromRows does',
    (cell) => {
      const ofRow = outcome(() => fromRows([{ u: 'a', i: 'x', t: cell }], { user: 'u', item: 'i', time: 't' }).time)
      expect(outcome(() => fromColumns({ user: ['a'], item: ['x'], time: [cell] as never }).time)).toEqual(ofRow)
    },
  )

  it('knows no signal beside those that are named', () => {
    expect(() => fromColumns({ user: [1], item: [1], signal: ['veiw'], signals: ['view'] })).toThrowError(
      expect.objectContaining({
        code: 'UNKNOWN_KEY',
        message: expect.stringContaining("known id is 'view'") as string,
      }),
    )
    expect(() => fromColumns({ user: [1], item: [1], signals: 'view' as never })).toThrowError("option 'signals'")
    expect(() => fromColumns({ user: [1], item: [1], signals: ['a', 'a'] })).toThrowError(
      'at least one name, each once',
    )
  })

  it('refuses no rows and unknown columns', () => {
    expect(() => fromColumns({ user: [], item: [] })).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => fromColumns({ users: [], item: [] } as never)).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
    expect(() => fromColumns({ user: [1], item: [1], rating: [1] } as never)).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
    )
  })
})
