import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { checkInteractions, isTable } from '../../../src/data/interactions.ts'
import {
  describeSignals,
  kCore,
  joinInteractions,
  labelSpreading,
  mergeDuplicates,
  predictRatings,
  recommend,
  renameSignals,
  selectSignals,
  splitRandom,
  tune,
  toGraph,
} from '../../../src/index.ts'
import { splitFingerprint } from '../../../src/advanced.ts'

const table = fromRows([{ user: 'ann', item: 'tea' }], { user: 'user', item: 'item' })

describe('a table', () => {
  it('is known by its columns', () => {
    expect(isTable(table)).toBe(true)
    for (const other of [null, undefined, 'text', 3, [], {}, { ...table, users: undefined, user: 'ann' }.user]) {
      expect(isTable(other)).toBe(false)
    }
    expect(checkInteractions('test', table)).toBe(table)
  })

  it.each([null, undefined, 'ann,tea', [{ user: 'ann', item: 'tea' }], 7])(
    'is asked for by name where %j comes instead',
    (other) => {
      const balance = (source: never): object => tune(source, { search: 'balance' })
      for (const read of [recommend, predictRatings, splitRandom, balance]) {
        const complaint = expect.objectContaining({ name: 'RivuletError', code: 'INVALID_DATA' }) as Error
        expect(() => read(other as never)).toThrowError(complaint)
      }
    },
  )

  it.each([
    [{ user: Int32Array.of(1) }, 'a row in [0, 1)'],
    [{ item: Int32Array.of(-1) }, 'a row in [0, 1)'],
    [{ user: [0.5] }, "column 'user': expected Int32Array, got an array of 1"],
    [{ item: Float64Array.of(NaN) }, "column 'item': expected Int32Array"],
    [{ item: Int32Array.of(0, 0) }, 'a column of 1 rows, got 2 rows'],
    [{ value: [null] }, 'expected Float32Array'],
    [{ value: Float32Array.of(NaN) }, 'a finite number, got NaN'],
    [{ value: Float32Array.of(1e-42) }, 'in the range of single precision'],
    [{ time: Float64Array.of(Infinity) }, 'a finite time, or NaN where it is unknown'],
    [{ time: [0] }, 'expected Float64Array'],
    [{ signal: Uint8Array.of(1) }, 'a number below 1'],
    [{ signals: [] }, 'at least one name, each once'],
    [{ signals: ['view', 'view'] }, 'at least one name, each once'],
    [{ users: ['ann'] }, 'a key index'],
    [{ length: 2 }, 'a column of 2 rows, got 1 rows'],
  ])('with %j is refused by whatever takes a table', (part, message) => {
    const broken = { ...table, ...part } as never
    const readers: ((table: never) => unknown)[] = [
      ...[recommend, splitRandom, toGraph, kCore, mergeDuplicates, describeSignals, joinInteractions],
      (given) => labelSpreading(given, { seeds: [['ann', 'red']] }),
      (given) => selectSignals(given, ['interaction']),
      (given) => renameSignals(given, { interaction: 'view' }),
      (given) => splitFingerprint(given, given),
    ]
    for (const read of readers) {
      expect(() => read(broken)).toThrowError(expect.objectContaining({ name: 'RivuletError', code: 'INVALID_DATA' }))
      expect(() => read(broken)).toThrowError(message)
    }
  })
})
