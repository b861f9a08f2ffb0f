import { describe, expect, it } from 'vitest'
import type { Columns, Connection } from '../../../src/sql/connection.ts'
import { refusal } from '../../../src/sql/refusal.ts'
import { RunTables } from '../../../src/sql/run-tables.ts'
import type { Statement } from '../../../src/sql/statement.ts'
import { TableLists } from '../../../src/sql/table-lists.ts'
import { TableProducts } from '../../../src/sql/table-products.ts'

const pairs = { rowCount: 8, columnCount: 4, lengthOf: () => 2 }
const lists = { indptr: Uint32Array.of(0, 1, 2, 2, 2), indices: Uint32Array.of(1, 0), data: Float32Array.of(0.5, 0.25) }
const asked = { k: 2, lists, allowed: new Uint8Array(4).fill(1), excludeSeeds: true }

/** Answers lists of at most so many users with one entry each: the item's number is the user's, modulo 4. */
function servers(most: number): { connection: Connection; names: string[] } {
  const names: string[] = []
  const run = async ({ name }: Statement): Promise<Columns[]> => {
    const [from, last] = (/lists of users (\d+) to (\d+)/.exec(name) ?? []).slice(1).map(Number)
    if (last === undefined) return Promise.resolve([])
    names.push(name)
    if (last - from >= most) throw refusal('memory', name, 'db.example', 'Memory limit (for query) exceeded')
    const u = Int32Array.from({ length: last - from + 1 }, (_, at) => from + at)
    return Promise.resolve([{ u, j: u.map((user) => user % 4), s: Float32Array.from(u) }])
  }
  const connection = { dialect: 'duckdb', shards: [0], cluster: null, run, insert: () => Promise.resolve() } as const
  return { connection, names }
}

function open(most: number): { tables: TableLists; names: string[] } {
  const { connection, names } = servers(most)
  const tables = new RunTables(connection, 'r_', { deadlineMs: 1000 })
  return { tables: new TableLists(tables, new TableProducts(tables, 8, 4), pairs), names }
}

const everyone = Int32Array.from({ length: 8 }, (_, user) => user)

describe('lists of users', () => {
  it('are asked for by halves where servers have no room for the answer', async () => {
    const { tables, names } = open(4)
    const { rows, scores } = await tables.rank({ ...asked, rows: everyone })
    expect(names).toEqual(['lists of users 0 to 7', 'lists of users 0 to 3', 'lists of users 4 to 7'])
    expect(Array.from(rows)).toEqual([0, -1, 1, -1, 2, -1, 3, -1, 0, -1, 1, -1, 2, -1, 3, -1])
    expect(scores[14]).toBe(7)
  })

  it('are given up where there is no room for one', async () => {
    const { tables } = open(0)
    await expect(tables.rank({ ...asked, rows: everyone })).rejects.toThrow('Memory limit')
  })

  it('stand wherever their user was asked about', async () => {
    const { rows } = await open(4).tables.rank({ ...asked, rows: Int32Array.of(2, 3) })
    expect(Array.from(rows)).toEqual([2, -1, 3, -1])
  })
})
