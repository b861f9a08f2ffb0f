import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { checkInteractions, isTable } from '../../../src/data/interactions.ts'
import { balanceSignals, predictRatings, recommend, splitRandom } from '../../../src/index.ts'

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
      for (const read of [recommend, predictRatings, splitRandom, balanceSignals]) {
        const complaint = expect.objectContaining({ name: 'RivuletError', code: 'INVALID_DATA' }) as Error
        expect(() => read(other as never)).toThrowError(complaint)
      }
    },
  )
})
