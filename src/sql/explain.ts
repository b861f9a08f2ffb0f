/** The statements of a run with the rows and bytes that each one moves, computed from the sizes of the table. */
import type { Connection } from './connection.ts'
import { PAIR_COLUMNS } from './load-table.ts'
import {
  bestItems,
  countRows,
  largestProducts,
  namedLists,
  namedNeighbours,
  numberedNeighbours,
  writeTo,
} from './list-statements.ts'
import { MOST_COLUMNS } from './room.ts'
import type { Statement } from './statement.ts'
import { columnsOf, type SourceTable, type Statements } from './statements.ts'
import { listTables, product, residual, step } from './sweep-statements.ts'
import { ROWS_A_QUERY } from './table-lists.ts'
import { readValues, ROW_COLUMNS, WEIGHED_COLUMNS, weighPairs } from './weighing.ts'

export interface TableSizes {
  readonly users: number
  readonly items: number
  readonly pairs: number
}

/** A statement with the rows it writes or returns, and the bytes sent between servers. */
export interface PlannedStatement extends Statement {
  /** Rows that it writes or returns, at most. */
  readonly rows: number
  readonly bytesBetweenServers: number
}

/** The work on a table after loading. */
export interface PlannedWork {
  /** Columns of a sweep: classes of `labelSpreading`, 1 for `personalizedPageRank`, dimensions of vectors. Default: no sweep */
  readonly columns?: number
  /** Neighbours per item, computed by a self-join of the pairs. Default: none */
  readonly neighbours?: number
  /**
   * Lists of users: their length, and the number of neighbours (or entries of a compiled recommender) per item; or the table
   * of neighbours, whose rows are counted. Default: no lists
   */
  readonly lists?: { readonly k: number } & ({ readonly neighbours: number } | { readonly table: string })
  /** Whether neighbours stay in the database, as with `neighboursInto`. Default false */
  readonly stays?: boolean
}

/** The work after the rows of the table of neighbours were counted. */
export interface CountedWork extends Omit<PlannedWork, 'lists'> {
  /** @param table the table of neighbours, if there is one; then the lists stay in the database too */
  readonly lists?: { readonly k: number; readonly neighbours: number; readonly table?: string }
}

/** Bytes of a value in single precision, of a sum, and of an item or server number. */
const [SINGLE, SUM, NUMBER] = [4, 8, 4]
/** A step of a power method, as an example. */
const ANY_STEP = { a: 1, b: 0, c: 0, d: 1 }

/** The statements that count a table, which only read. */
export const countStatements = (statements: Statements, source: SourceTable): Statement[] => [
  statements.count(source),
  statements.degreesOfSource(source, 'uk'),
  statements.degreesOfSource(source, 'ik'),
]

/** The statements that load a table. */
export function loadStatements(statements: Statements, source: SourceTable): Statement[] {
  const read = statements.isWeighted
    ? [
        ...statements.make('rows', ROW_COLUMNS, 'uk'),
        readValues(statements, source),
        ...statements.make('pairs', WEIGHED_COLUMNS, 'uk'),
        weighPairs('explain', statements, source),
      ]
    : [...statements.make('pairs', PAIR_COLUMNS, 'uk'), statements.readPairs(source)]
  return [
    statements.count(source),
    ...read,
    ...statements.make('users', { u: 'int', uk: 'text' }, 'uk'),
    statements.number('users', 'u', 'uk'),
    ...statements.make('items', { i: 'int', ik: 'text' }, 'ik'),
    statements.number('items', 'i', 'ik'),
    ...statements.make('e', statements.pairColumns, 'u', 'by-user'),
    statements.writePairs(),
    ...listTables(statements).flatMap(({ name, columns, sortedBy, spread, fill }) => [
      ...statements.make(name, columns, sortedBy, spread),
      fill,
    ]),
    statements.keys('users', 'u', 'uk'),
    statements.keys('items', 'i', 'ik'),
    statements.degrees('u'),
    statements.degrees('i'),
  ]
}

/** The statements of a sweep with the given number of columns. */
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
    const swept = product(statements, panel, 'middle', width)
    planned.push(
      {
        ...step(statements, 'state0', 'state1', swept, width, ANY_STEP),
        rows: items,
        bytesBetweenServers: others * items * (NUMBER + width * SUM),
      },
      { ...residual(statements, 'state1'), rows: 1, bytesBetweenServers: 0 },
    )
  }
  return planned
}

/** A statement that runs several times, on different ranges. */
type Repeated = PlannedStatement & { readonly times: number }

/**
 * The first statement of item-item lists.
 *
 * @param operations rows of the join of the pairs with themselves
 */
export function neighbourStatements(
  statements: Statements,
  { shards }: Pick<Connection, 'shards'>,
  { items }: TableSizes,
  operations: number,
  neighbours: number,
  stays: boolean,
): readonly Repeated[] {
  const times = Math.ceil(operations / (ROWS_A_QUERY * shards.length))
  // Every other server sends its sums: two item numbers and a sum each.
  const sums = Math.min(operations / times, (items * items) / times)
  const others = shards.length - 1
  const largest = largestProducts(statements, [0, Math.ceil(items / times)], neighbours, 0)
  const rows = Math.ceil(items / times) * neighbours
  const bytesBetweenServers = Math.ceil((others / shards.length) * sums * (2 * NUMBER + SUM))
  if (!stays) return [{ ...largest, rows, times, bytesBetweenServers }]
  return [
    { ...writeTo(statements, 'lists', largest), rows, times, bytesBetweenServers },
    { ...namedNeighbours(statements, 'neighbours', 'rows'), rows, times, bytesBetweenServers: 0 },
  ]
}

/** The first statements of lists of users. */
export function listStatements(
  statements: Statements,
  { shards, cluster }: Pick<Connection, 'shards' | 'cluster'>,
  { users, items, pairs }: TableSizes,
  { k, neighbours, table }: NonNullable<CountedWork['lists']>,
): readonly Repeated[] {
  const times = Math.max(1, Math.ceil((pairs * neighbours) / (ROWS_A_QUERY * shards.length)))
  const near = Math.ceil(items * neighbours)
  const once = { rows: near, times: 1, bytesBetweenServers: 0 }
  const read =
    table === undefined ? [] : [{ ...writeTo(statements, 'staged', numberedNeighbours(statements, table)), ...once }]
  const place = { ...writeTo(statements, 'near', statements.read('staged', ['j', 'p'])), ...once }
  const copy = {
    ...{ ...statements.copy('staged', 'near', ['j', 'p'], ['j', 'p']), rows: near, times: 1 },
    bytesBetweenServers: (shards.length - 1) * near * (3 * NUMBER + SUM),
  }
  const best = bestItems(statements, [0, Math.ceil(users / times)], k, true)
  const each = { rows: Math.ceil(users / times) * k, times, bytesBetweenServers: 0 }
  if (table === undefined) return [...(cluster === null ? [] : [copy]), { ...best, ...each }]
  // Lists that stay are written to the first server.
  const bytes = Math.ceil(((shards.length - 1) / shards.length) * each.rows) * (2 * NUMBER + SINGLE)
  return [
    ...read,
    cluster === null ? place : copy,
    { ...writeTo(statements, 'best', best), ...each },
    { ...namedLists(statements, 'lists'), ...each, bytesBetweenServers: bytes },
  ]
}

const named = ({ name, where }: Statement): string => name + (where === 'every' ? ', on every server' : '')

const moves = ({ rows, bytesBetweenServers }: PlannedStatement): string =>
  `${count(rows)} rows, ${count(bytesBetweenServers)} bytes between servers`

const loadText = (statement: Statement): string => `-- ${named(statement)}\n${statement.sql};`

const plannedText = (statement: PlannedStatement): string =>
  `-- ${statement.name}: ${moves(statement)}\n${statement.sql};`

const repeatedText = (statement: Repeated): string =>
  `-- ${count(statement.times)} x ${named(statement)}: ${moves(statement)}\n${statement.sql};`

/** The statements that count a table, and the neighbours for lists. */
export const explainCounting = (statements: Statements, source: SourceTable, { lists }: PlannedWork): string => {
  const near = lists !== undefined && 'table' in lists ? [countRows(statements.result(lists.table))] : []
  return [
    'Statements that count the table (read only):',
    ...[...countStatements(statements, source), ...near].map(loadText),
  ].join('\n')
}

/**
 * The full explanation, as text.
 *
 * @param operations rows of the join of the pairs with themselves
 */
export function explainWork(
  statements: Statements,
  servers: Pick<Connection, 'shards' | 'cluster'>,
  source: SourceTable,
  sizes: TableSizes,
  operations: number,
  { columns, neighbours, lists, stays = false }: CountedWork,
): string {
  const { users, items, pairs } = sizes
  const where = servers.shards.length === 1 ? 'one server' : `${servers.shards.length} servers`
  const page = [
    `${count(users)} users, ${count(items)} items, ${count(pairs)} pairs on ${where}: pairs stay on their server, sums by item are sent between servers.`,
    `\nStatements that load the table:\n${loadStatements(statements, source).map(loadText).join('\n')}`,
  ]
  if (columns !== undefined) {
    const sweep = sweepStatements(statements, servers, sizes, columns)
    const moved = sweep.reduce((sum, { bytesBetweenServers }) => sum + bytesBetweenServers, 0)
    const title = `A sweep of ${columns} ${columns === 1 ? 'column' : 'columns'}, ${count(moved)} bytes between servers:`
    page.push(`\n${title}\n${sweep.map(plannedText).join('\n')}`)
  }
  if (neighbours !== undefined) {
    const counting = neighbourStatements(statements, servers, sizes, operations, neighbours, stays)
    const title = `${neighbours} neighbours of each item; each statement runs at most the given number of times:`
    page.push(`\n${title}\n${counting.map(repeatedText).join('\n')}`)
  }
  if (lists !== undefined) {
    const ranking = listStatements(statements, servers, sizes, lists)
    const title = `Lists of ${lists.k} by ${count(lists.neighbours)} entries of each item; each statement runs at most the given number of times:`
    page.push(`\n${title}\n${ranking.map(repeatedText).join('\n')}`)
  }
  return page.join('\n')
}

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 })
