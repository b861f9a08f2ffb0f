import { describe, expectTypeOf, it } from 'vitest'
import type { Interactions } from '../../src/index.ts'
import { fromRows } from '../../src/index.ts'

interface Rating {
  readonly who: number
  readonly what: string
  readonly stars?: number
}
declare const ratings: readonly Rating[]
declare const anything: Iterable<object>
declare const records: Record<string, unknown>[]
declare const some: ({ who: string; what: string } | { who: string; what: string; at: Date })[]
declare const name: string

describe('fromRows', () => {
  it('takes names of properties of the rows', () => {
    expectTypeOf(fromRows(ratings, { user: 'who', item: 'what', value: 'stars' })).toEqualTypeOf<Interactions>()
    fromRows<Rating>(ratings, { user: 'who', item: 'what', onBadRow: 'skip' })
    fromRows(some, { user: 'who', item: 'what', time: 'at' })
    fromRows(anything, { user: 'who', item: 'what' })
    fromRows(records, { user: 'who', item: 'what' })
    fromRows(ratings, { user: name, item: 'what', value: undefined })
    const mapping = { user: 'who', item: 'what' }
    fromRows(ratings, mapping)
  })

  it('refuses others', () => {
    // @ts-expect-error no row has it
    fromRows(ratings, { user: 'whom', item: 'what' })
    // @ts-expect-error no row has it
    fromRows(ratings, { user: 'who', item: 'what', time: 'at' })
    // @ts-expect-error no row has it, said aloud
    fromRows<Rating>(ratings, { user: 'whom', item: 'what' })
    // @ts-expect-error an option by another name
    fromRows(ratings, { user: 'who', item: 'what', values: 'stars' })
    // @ts-expect-error no item
    fromRows(ratings, { user: 'who' })
    // @ts-expect-error another rule
    fromRows(ratings, { user: 'who', item: 'what', onBadRow: 'drop' })
  })
})
