import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kthLargest } from '../../../src/label/select-pseudo-labels.ts'

describe('kthLargest', () => {
  it('is what a full sort says, equal values included', () => {
    const lists = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(lists, fc.nat(), (list, pick) => {
        const k = 1 + (pick % list.length)
        expect(kthLargest(Float64Array.from(list), k)).toBe([...list].sort((a, b) => b - a)[k - 1])
      }),
      { numRuns: 300 },
    )
  })
})
