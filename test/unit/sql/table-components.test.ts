import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/advanced.ts'
import { buildCsr } from '../../../src/matrix/build.ts'
import { componentsInSlices } from '../../../src/matrix/components.ts'
import { itemComponents } from '../../../src/sql/table-components.ts'
import { atOnce } from '../../../src/support/drive.ts'

type Pair = readonly [user: number, item: number]

/** Finds components as a database is asked for them, and counts the questions. */
async function componentsOf(items: number, pairs: readonly Pair[]) {
  let asked = 0
  const found = await itemComponents(items, async (components) => {
    asked++
    const extremes = (pick: (a: number, b: number) => number): Float64Array => {
      const ofUsers = new Map<number, number>()
      for (const [user, item] of pairs) ofUsers.set(user, pick(ofUsers.get(user) ?? components[item], components[item]))
      const ofItems = new Float64Array(items)
      for (const [user, item] of pairs) {
        const own = ofUsers.get(user) ?? 0
        ofItems[item] = ofItems[item] === 0 ? own : pick(ofItems[item], own)
      }
      return ofItems
    }
    return Promise.resolve({ least: extremes(Math.min), most: extremes(Math.max) })
  })
  return { found, asked }
}

/** Numbers by first appearance, so that two ways to number components compare. */
function inOrder(components: ArrayLike<number>): number[] {
  const numbers = new Map<number, number>()
  return Array.from(components, (one) => {
    numbers.set(one, numbers.get(one) ?? numbers.size)
    return numbers.get(one) ?? 0
  })
}

describe('components of pairs that lie in tables', () => {
  it('are those of this memory', async () => {
    const pair = fc.tuple(fc.nat(14), fc.nat(11))
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 30 }), async (pairs) => {
        const [row, column] = [0, 1].map((end) => Int32Array.from(pairs, (one) => one[end]))
        const matrix = buildCsr({ rowCount: 15, columnCount: 12, row, column, data: null })
        const { of } = atOnce(componentsInSlices(matrix, false))
        expect(inOrder((await componentsOf(12, pairs)).found)).toEqual(inOrder(of.subarray(15)))
      }),
      { numRuns: 200 },
    )
  })

  it('are found by few questions, along a chain too', async () => {
    const random = seededRandom(3)
    const items = Int32Array.from({ length: 1000 }, (_, item) => item)
    for (let at = 999; at > 0; at--) {
      const other = random.below(at + 1)
      ;[items[at], items[other]] = [items[other], items[at]]
    }
    const chain = Array.from(items.subarray(1), (item, user) => [[user, items[user]] as const, [user, item] as const])
    const { found, asked } = await componentsOf(1000, chain.flat())
    expect(new Set(found).size).toBe(1)
    // Each question at least halves them, and the last one finds nothing to join.
    expect(asked).toBeLessThanOrEqual(11)
  })
})
