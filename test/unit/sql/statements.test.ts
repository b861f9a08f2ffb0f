import { describe, expect, it } from 'vitest'
import type { QuerySource } from '../../../src/sql/connection.ts'
import { explainWork, sweepStatements } from '../../../src/sql/explain.ts'
import { Statements } from '../../../src/sql/statements.ts'

const weighing = { weighted: false, signals: null }
const source = { database: 'shop', table: 'events', columns: { user: 'user id', item: 'sku' }, weighing }
const sizes = { users: 1000, items: 200, pairs: 9000 }

function page(dialect: QuerySource['dialect'], servers: number, columns: number): string {
  const connection = {
    dialect,
    shards: Array.from({ length: servers }, (_, at) => at),
    cluster: servers > 1 ? 'prod' : null,
  }
  const statements = new Statements(connection, 'rivulet_')
  const work = { columns, neighbours: 200, lists: { k: 10, neighbours: 200 } }
  return `${explainWork(statements, connection, source, sizes, 100_000, work)}\n`
}

describe('the statements of a run', () => {
  it.each([
    ['clickhouse', 1],
    ['clickhouse', 2],
    ['duckdb', 1],
    ['spark', 1],
  ] as const)('are these in %s on %d server(s)', async (dialect, servers) => {
    await expect(page(dialect, servers, 2)).toMatchFileSnapshot(`statements/${dialect}-${servers}.sql`)
  })

  it('move a panel to each other server and sums back, by the formula of the plan', () => {
    const connection = { dialect: 'clickhouse', shards: [0, 1, 2], cluster: 'prod' } as const
    const sweep = sweepStatements(new Statements(connection, 'r_'), connection, sizes, 20)
    const bytes = sweep.reduce((sum, statement) => sum + statement.bytesBetweenServers, 0)
    // Two servers more, blocks of 16 and 4 columns: item and server numbers with singles there, item numbers with sums back.
    expect(bytes).toBe(2 * 200 * (2 * (8 + 4) + 20 * (4 + 8)))
    const alone = { dialect: 'clickhouse', shards: [0], cluster: null } as const
    const local = sweepStatements(new Statements(alone, 'r_'), alone, sizes, 20)
    expect(local.map(({ bytesBetweenServers }) => bytesBetweenServers)).toEqual([0, 0, 0, 0])
  })

  it('leave out what a step multiplies by 0, and write factors with every digit', () => {
    const alone = { dialect: 'duckdb', shards: [0], cluster: null } as const
    const statements = new Statements(alone, 'r_')
    const product = statements.product(statements.table('panel'), 'middle', 1)
    const { sql } = statements.step('state0', 'state1', product, 1, { a: 0.1, b: 0, c: -1 / 3, d: 1 })
    expect(sql).toContain('CAST(1e-1 * scale * coalesce(a0, 0) + -3.333333333333333e-1 * p0 + r0 AS REAL) AS n0')
  })
})
