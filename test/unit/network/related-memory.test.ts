import { describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../../src/memory/budget.ts'
import type { NetworkRelations } from '../../../src/network/network.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { interactionsAlone, withoutEntries } from '../../../src/network/relations.ts'
import { atOnce } from '../../../src/support/drive.ts'
import type { RivuletError } from '../../../src/support/errors.ts'
import { related } from '../recommend/related-table.ts'

const { table, relations } = related()
const reading = { direction: 'both', weighted: false } as const
const network = openNetwork('test', table, { ...reading, memoryLimitBytes: 1e9, relations })
const held = 2 * 15 + 2 * network.relations!.parts[1].end - 2 * network.relations!.parts[1].start

/** The bytes that are refused, by what takes them. */
function refused(ask: () => unknown): Readonly<Record<string, number>> {
  try {
    ask()
  } catch (error) {
    expect((error as RivuletError).code).toBe('MEMORY_LIMIT')
    return (error as RivuletError).details['parts'] as Readonly<Record<string, number>>
  }
  throw new Error('not refused')
}

describe('the memory of relations', () => {
  it('is counted before coordinates are made, and given back when the matrix stands', () => {
    const parts = refused(() => openNetwork('test', table, { ...reading, memoryLimitBytes: 2000, relations }))
    expect(parts['coordinates']).toBe(12 * (table.length + held))
    expect(parts['relations']).toBe(16 * held)
    expect(Object.keys(network.budget.parts).sort()).toEqual(['degrees', 'table'])
  })

  it('is counted where interactions are held out, or stand alone', () => {
    const { sharedBytes } = network.budget
    const full = { ...network, budget: new MemoryBudget(sharedBytes + 100, () => sharedBytes, {}) }
    const known = { ...full, relations: network.relations as NetworkRelations }
    const left = new Set([0, 1])
    expect(refused(() => atOnce(withoutEntries('test', known, left)))['coordinates']).toBe(12 * (network.rows.nnz - 2))
    expect(refused(() => atOnce(interactionsAlone('test', full)))['coordinates']).toBe(12 * table.length)
  })

  it('is none of interactions alone, which are those of a network without relations', () => {
    const alone = atOnce(interactionsAlone('test', network))
    const plain = openNetwork('test', table, { ...reading, memoryLimitBytes: 1e9 })
    for (let row = 0; row < plain.rows.rowCount; row++)
      expect(alone.rows.columnsOf(row)).toEqual(plain.rows.columnsOf(row))
    expect(alone.relations).toBeUndefined()
    expect(alone.degrees.columns.subarray(0, plain.rows.columnCount)).toEqual(plain.degrees.columns)
    expect(atOnce(interactionsAlone('test', plain))).toBe(plain)
  })
})
