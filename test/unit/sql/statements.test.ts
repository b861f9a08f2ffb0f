import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QuerySource } from '../../../src/sql/connection.ts'
import { explainWork, sweepStatements } from '../../../src/sql/explain.ts'
import { Statements } from '../../../src/sql/statements.ts'
import { product, step } from '../../../src/sql/sweep-statements.ts'

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

/** What is left of a page without what is quoted in it. */
function skeletonOf(page: string, dialect: QuerySource['dialect']): string {
  const name =
    dialect === 'duckdb' ? /"(?:""|[^"])*"/y : dialect === 'spark' ? /`(?:``|[^`])*`/y : /`(?:\\[^]|[^`\\])*`/y
  const text = dialect === 'duckdb' ? /'(?:''|[^'])*'/y : /'(?:\\[^]|[^'\\])*'/y
  let [left, at] = ['', 0]
  while (at < page.length) {
    // What a statement is called stands on a line of its own.
    if (page.startsWith('\n-- ', at)) at = page.indexOf('\n', at + 1)
    const [quoted] = [name, text].flatMap((pattern) => {
      pattern.lastIndex = at
      return pattern.exec(page)?.[0] ?? []
    })
    left += quoted === undefined ? page[at] : page[at] === "'" ? "''" : '``'
    at += quoted?.length ?? 1
  }
  return left
}

interface Named {
  readonly table: string
  readonly database: string
  readonly workspace: string
  readonly prefix: string
  readonly signals: readonly string[]
  readonly columns: readonly string[]
}

/** All statements of a table whose pairs weigh, and of lists. */
function everything(dialect: QuerySource['dialect'], isShared: boolean, names: Named): string {
  const { table, database, workspace, prefix, signals } = names
  const [user, item, value, signal] = names.columns
  const connection = { dialect, shards: isShared ? [0, 1] : [0], cluster: isShared ? workspace : null, workspace }
  const statements = new Statements(connection, prefix, true)
  const rules = Object.fromEntries(signals.map((name) => [name, 1]))
  const of = { table, database, columns: { user, item, value, signal }, weighing: { weighted: true, signals: rules } }
  const work = { columns: 3, neighbours: 20, lists: { k: 10, neighbours: 5, table } }
  return explainWork(statements, connection, of, sizes, 100, { ...work, stays: true })
}

describe('the statements of a run', () => {
  it.each([
    ['clickhouse', false],
    ['clickhouse', true],
    ['duckdb', false],
    ['spark', false],
  ] as const)('are the same whatever is called what, in %s (on several servers: %s)', (dialect, isShared) => {
    const plain = {
      table: 'a',
      database: 'b',
      workspace: 'c',
      prefix: 'd',
      signals: ['e'],
      columns: ['f', 'g', 'h', 'j'],
    }
    const skeleton = skeletonOf(everything(dialect, isShared, plain), dialect)
    const part = fc.constantFrom(
      ...["'", '"', '`', '\\', ';', '--', '/*', '*/', '\u00e9', '\u{1f99c}', 'DROP TABLE x', 'select', ' '],
    )
    const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
    const names = fc.record({
      ...{ table: name, database: name, workspace: name, prefix: name },
      signals: fc.tuple(fc.array(fc.oneof(part, fc.constant('\n')), { maxLength: 4 }).map((parts) => parts.join(''))),
      columns: fc.uniqueArray(name, { minLength: 4, maxLength: 4 }),
    })
    fc.assert(
      fc.property(names, (given) => {
        expect(skeletonOf(everything(dialect, isShared, given), dialect)).toBe(skeleton)
      }),
      { numRuns: 15 },
    )
  })

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
    const swept = product(statements, statements.table('panel'), 'middle', 1)
    const { sql } = step(statements, 'state0', 'state1', swept, 1, { a: 0.1, b: 0, c: -1 / 3, d: 1 })
    expect(sql).toContain('CAST(1e-1 * scale * coalesce(a0, 0) + -3.333333333333333e-1 * p0 + r0 AS REAL) AS n0')
  })
})
