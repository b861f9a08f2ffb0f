import { describe, expect, it } from 'vitest'
import type { Relations } from '../../../src/data/relation-options.ts'
import type { Network } from '../../../src/network/network.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { on } from '../../../src/request/request.ts'
import { answerInThread } from '../../../src/run/in-thread.ts'
import { largestEigenvalue, mixed, operatorOf } from '../../../src/solve/mixed-relations.ts'
import { drive } from '../../../src/support/drive.ts'
import { ITEMS, related } from '../recommend/related-table.ts'

const { table } = related()
const EXPONENTS = { userExponent: 0.3, itemExponent: 0.4 }
const reading = { direction: 'both', weighted: false, memoryLimitBytes: 1e9 } as const

/** Of what some rows make of P. */
function largestOf(network: Network, isIn: (row: number) => boolean): number {
  const rows = network.degrees.rows.map((degree, row) => (isIn(row) ? degree : 0))
  const columns = network.degrees.columns
  const operator = operatorOf({ rows, columns }, EXPONENTS.userExponent, EXPONENTS.itemExponent)
  return drive(on(network, largestEigenvalue('test', operator, columns, false)), answerInThread)
}

describe('a relation that is larger than the interactions', () => {
  it.each([1, 60])('weighs what it is given, of %i values that each item has', (values) => {
    const rows = Array.from({ length: ITEMS }, (_, item) =>
      Array.from({ length: values }, (_, value) => ({ item: `i${item}`, word: `w${(item % 4) + 4 * value}` })),
    ).flat()
    const relations: Relations = { word: { rows, item: 'item', attribute: 'word', weight: 0.2 } }
    const network = openNetwork('test', table, { ...reading, relations })
    if (values > 1) expect(rows.length).toBeGreaterThan(10 * table.length)
    const spread = drive(on(network, mixed('test', network, EXPONENTS)), answerInThread)
    const { userCount } = network.relations!
    const [own, held] = [(row: number) => row < userCount, (row: number) => row >= userCount]
    expect(largestOf(spread, held) / largestOf(spread, own)).toBeCloseTo(0.2 / 0.8, 4)
    expect(mixed('test', openNetwork('test', table, reading), EXPONENTS).next().done).toBe(true)
  })
})
