import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { tableRows } from './table-rows.ts'

const named = { user: 'u', item: 'i' } as const

describe('fromRows', () => {
  it('numbers users and items in order of first appearance', () => {
    const table = fromRows(
      [
        { u: 'bo', i: 'tea' },
        { u: 'ann', i: 'tea' },
        { u: 'bo', i: 'jam' },
      ],
      named,
    )
    expect([...table.users.keys()]).toEqual(['bo', 'ann'])
    expect([...table.items.keys()]).toEqual(['tea', 'jam'])
    expect(table.user).toEqual(Int32Array.of(0, 1, 0))
    expect(table.item).toEqual(Int32Array.of(0, 0, 1))
    expect(table).not.toHaveProperty('value')
    expect(table).not.toHaveProperty('time')
    expect(table.signals).toEqual(['interaction'])
  })

  it('reads values, signals and times', () => {
    const rows = [
      { u: 1, i: 2, v: '3.5', s: 'view', t: 10 },
      { u: '1', i: 2n, v: -1, s: 'buy', t: new Date(2000) },
      { u: 3, i: 2, v: 0, s: 'view', t: '2011-04-07' },
      { u: 3, i: 4, v: 1, s: 'view', t: undefined },
    ]
    expect(tableRows(fromRows(rows, { ...named, value: 'v', signal: 's', time: 't' }))).toEqual([
      ['1', '2', 'view', 3.5, 10],
      ['1', '2', 'buy', -1, 2],
      ['3', '2', 'view', 0, 1302134400],
      ['3', '4', 'view', 1, NaN],
    ])
  })

  it('takes bigints for values and times, as clients of databases give them', () => {
    const { value, time } = fromRows([{ u: 'a', i: 'b', v: 3n, t: 1600000000n }], { ...named, value: 'v', time: 't' })
    expect([value, time]).toEqual([Float32Array.of(3), Float64Array.of(1.6e9)])
  })

  it('takes ISO times without a zone as UTC', () => {
    const times = ['1970-01-01T00:01:00', '1970-01-01 00:01:00', '1970-01-01T00:01:00Z', '1970-01-01T01:01:00+01:00']
    const table = fromRows(
      times.map((t) => ({ u: 'a', i: 'b', t })),
      { ...named, time: 't' },
    )
    expect(table.time).toEqual(Float64Array.of(60, 60, 60, 60))
  })

  it('keeps ids that are words of the language, or look like numbers, as they are', () => {
    const ids = ['__proto__', 'constructor', 'toString', '007', '7', '-0', '1e3', ' ']
    const table = fromRows(
      ids.map((id) => ({ u: id, i: id })),
      named,
    )
    expect([...table.users.keys()]).toEqual(ids)
    expect(table.users.rowOf('hasOwnProperty')).toBe(-1)
  })

  it('holds more rows than one chunk of a column', () => {
    const count = 150_000
    const table = fromRows(
      Array.from({ length: count }, (_, row) => ({ u: row % 7, i: row % 11, v: row })),
      { ...named, value: 'v' },
    )
    expect(table.length).toBe(count)
    expect(table.value?.every((value, row) => value === row)).toBe(true)
  })

  it('refuses a time that no row has, with the nearest name, and takes one that is unknown', () => {
    const rows = [{ u: 1, i: 1, when: null }]
    expect(() => fromRows(rows, { ...named, time: 'whn' as never })).toThrowError(
      "fromRows, property 'whn': expected a property of this name, got 'u', 'i', 'when'. The nearest name is 'when'.",
    )
    expect(fromRows(rows, { ...named, time: 'when' }).time).toEqual(Float64Array.of(NaN))
  })

  it.each([
    [{ u: null, i: 1 }, "property 'u': expected an id (text or a number), got null"],
    [{ i: 1 }, "property 'u': expected a property of this name, got 'i'. The nearest name is 'i'."],
    [{ u: undefined, i: 1 }, 'got undefined'],
    [{ u: '', i: 1 }, "got ''"],
    [{ u: {}, i: 1 }, 'got an object'],
    [{ u: true, i: 1 }, 'got true'],
    [{ u: NaN, i: 1 }, 'got NaN'],
    [{ u: 2 ** 53, i: 1 }, 'Write large ids as strings'],
    [{ u: 1, i: 1, v: 'many' }, "property 'v': expected a finite number, got 'many'"],
    [{ u: 1, i: 1, v: '0x10' }, "got '0x10'"],
    [{ u: 1, i: 1, v: Infinity }, 'got Infinity'],
    [{ u: 1, i: 1, v: 1e39 }, 'got 1e+39'],
    [{ u: 1, i: 1, v: '' }, "got ''"],
    [{ u: 1, i: 1, v: 1, t: 'soon' }, "property 't': expected a time"],
    [{ u: 1, i: 1, v: 1, t: Infinity }, 'got Infinity'],
    [5, 'expected an object, got 5'],
  ])('refuses the row %j', (row, message) => {
    const rows = [{ u: 1, i: 1, v: 1, t: 1 }, row as object]
    const read = () => fromRows(rows, { ...named, value: 'v', time: 't' })
    expect(read).toThrowError(expect.objectContaining({ name: 'RivuletError', code: 'INVALID_DATA' }))
    expect(read).toThrowError('row 1')
    expect(read).toThrowError(message)
  })

  it('refuses no rows, a mapping without an item and an unknown key of the mapping', () => {
    expect(() => fromRows([], named)).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => fromRows([{}], { user: 'u' } as never)).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining("'item'") }),
    )
    expect(() => fromRows([{}], { ...named, vlaue: 'v' } as never)).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', message: expect.stringContaining("'value'") }),
    )
  })

  it('refuses the 257th signal', () => {
    const rows = Array.from({ length: 257 }, (_, row) => ({ u: 1, i: 1, s: row }))
    expect(() => fromRows(rows, { ...named, signal: 's' })).toThrowError('at most 256 different signals')
    expect(fromRows(rows.slice(0, 256), { ...named, signal: 's' }).signals).toHaveLength(256)
  })
})
