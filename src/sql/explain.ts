/** What a run asks of a database, with what each statement moves: from sizes alone. */
import type { Connection } from './connection.ts'
import { bestItems, largestProducts } from './list-statements.ts'
import type { Statement } from './statement.ts'
import { columnsOf, type SourceTable, type Statements } from './statements.ts'
import { ROWS_A_QUERY } from './table-lists.ts'
import { MOST_COLUMNS } from './table-products.ts'

export interface TableSizes {
  readonly users: number
  readonly items: number
  readonly pairs: number
}

/** A statement with what it writes or gives, and what of that goes from server to server. */
export interface PlannedStatement extends Statement {
  /** Rows that it writes, or gives back; at most. */
  readonly rows: number
  readonly bytesBetweenServers: number
}

/** Bytes of a number, of a sum and of an item or server number. */
const [SINGLE, SUM, NUMBER] = [4, 8, 4]
/** The step of a power method, as an example. */
const ANY_STEP = { a: 1, b: 0, c: 0, d: 1 }

/** The statements that load a table. */
export function loadStatements(statements: Statements, source: SourceTable): Statement[] {
  return [
    statements.count(source),
    ...statements.make('pairs', { uk: 'text', ik: 'text' }, 'uk'),
    statements.readPairs(source),
    ...statements.make('users', { u: 'int', uk: 'text' }, 'uk'),
    statements.number('users', 'u', 'uk'),
    ...statements.make('items', { i: 'int', ik: 'text' }, 'ik'),
    statements.number('items', 'i', 'ik'),
    ...statements.make('e', { u: 'int', i: 'int' }, 'u', 'by-user'),
    statements.writePairs(),
    statements.keys('users', 'u', 'uk'),
    statements.keys('items', 'i', 'ik'),
    statements.degrees('u'),
    statements.degrees('i'),
  ]
}

/** The statements of one sweep of so many columns. */
export function sweepStatements(
  statements: Statements,
  { shards, cluster }: Pick<Connection, 'shards' | 'cluster'>,
  { items }: TableSizes,
  columns: number,
): PlannedStatement[] {
  const others = shards.length - 1
  const planned: PlannedStatement[] = []
  for (let first = 0; first < columns; first += MOST_COLUMNS) {
    const width = Math.min(MOST_COLUMNS, columns - first)
    if (cluster !== null) {
      const copy = statements.copy('state0', 'panel', columnsOf('z', width), columnsOf('f', width))
      const bytes = others * items * (2 * NUMBER + width * SINGLE)
      planned.push({ ...copy, rows: shards.length * items, bytesBetweenServers: bytes })
    }
    const panel = cluster === null ? statements.stateAsPanel('state0', width) : statements.table('panel')
    const step = statements.step('state0', 'state1', statements.product(panel, 'middle', width), width, ANY_STEP)
    planned.push(
      { ...step, rows: items, bytesBetweenServers: others * items * (NUMBER + width * SUM) },
      { ...statements.residual('state1'), rows: 1, bytesBetweenServers: 0 },
    )
  }
  return planned
}

/** Of lists, as an example. */
const [NEIGHBOURS, K] = [200, 10]

/**
 * The first statements of item-item lists and of lists of users, with how many of them there are.
 *
 * @param operations rows of the join of the pairs with themselves
 */
export function listStatements(
  statements: Statements,
  { shards, cluster }: Pick<Connection, 'shards' | 'cluster'>,
  { users, items, pairs }: TableSizes,
  operations: number,
): readonly (PlannedStatement & { readonly times: number })[] {
  const together = ROWS_A_QUERY * shards.length
  const products = Math.ceil(operations / together)
  const lists = Math.ceil((pairs * NEIGHBOURS) / together)
  // Every other server sends the sums that it has: a number of each item and a sum.
  const sums = Math.min(operations / products, (items * items) / products)
  const others = shards.length - 1
  const near = items * NEIGHBOURS
  const copy = {
    ...{ ...statements.copy('staged', 'near', ['j', 'p'], ['j', 'p']), rows: near, times: 1 },
    bytesBetweenServers: others * near * (3 * NUMBER + SUM),
  }
  return [
    {
      ...largestProducts(statements, [0, Math.ceil(items / products)], NEIGHBOURS, 0),
      ...{ rows: Math.ceil(items / products) * NEIGHBOURS, times: products },
      bytesBetweenServers: Math.ceil((others / shards.length) * sums * (2 * NUMBER + SUM)),
    },
    ...(cluster === null ? [] : [copy]),
    {
      ...bestItems(statements, [0, Math.ceil(users / lists)], K, true),
      ...{ rows: Math.ceil(users / lists) * K, times: lists, bytesBetweenServers: 0 },
    },
  ]
}

/** How lists come about. */
export function explainLists(lists: ReturnType<typeof listStatements>): string {
  return [
    `Lists of ${K} by ${NEIGHBOURS} neighbours of each item, each statement so many times at most:`,
    ...lists.map(
      ({ name, sql, rows, bytesBetweenServers, times, where }) =>
        `-- ${count(times)} x ${name}${where === 'every' ? ', on every server' : ''}: ${count(rows)} rows, ${count(bytesBetweenServers)} bytes between servers\n${sql};`,
    ),
  ].join('\n')
}

/** A page that says it all. */
export function explainTables(
  load: readonly Statement[],
  sweep: readonly PlannedStatement[],
  { users, items, pairs }: TableSizes,
  servers: number,
  columns: number,
): string {
  const moved = sweep.reduce((sum, { bytesBetweenServers }) => sum + bytesBetweenServers, 0)
  const where = servers === 1 ? 'one server' : `${servers} servers`
  return [
    `${count(users)} users, ${count(items)} items, ${count(pairs)} pairs on ${where}: pairs stay where they are written, sums by item travel.`,
    '',
    'Loaded by:',
    ...load.map(({ name, sql, where: on }) => `-- ${name}${on === 'every' ? ', on every server' : ''}\n${sql};`),
    '',
    `A sweep of ${columns} columns, ${count(moved)} bytes between servers:`,
    ...sweep.map(
      ({ name, sql, rows, bytesBetweenServers }) =>
        `-- ${name}: ${count(rows)} rows, ${count(bytesBetweenServers)} bytes between servers\n${sql};`,
    ),
  ].join('\n')
}

const count = (value: number): string => value.toLocaleString('en-US')
