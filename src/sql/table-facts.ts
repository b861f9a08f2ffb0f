/** Sizes of a table, by statements that only read: it creates nothing and fetches no keys. */
import { RivuletError } from '../support/errors.ts'
import { numbersOf, type Columns } from './connection.ts'
import type { CountedWork, PlannedWork, TableSizes } from './explain.ts'
import { countRows } from './list-statements.ts'
import { refuseGaps, requireWholeRows } from './load-table.ts'
import type { RunTables } from './run-tables.ts'
import type { SourceTable } from './statements.ts'

/** Facts about a table before its pairs are numbered. */
export interface TableFacts extends TableSizes {
  readonly rows: number
  /** Number of distinct items of each user, ascending. */
  readonly itemsOfUsers: Int32Array
  /** Number of distinct users of each item, ascending. */
  readonly usersOfItems: Int32Array
}

/** @throws {RivuletError} as `loadTable`; INVALID_DATA for a table that changes while it is counted */
export async function tableFacts(
  who: string,
  tables: RunTables,
  source: SourceTable,
  signal?: AbortSignal,
): Promise<TableFacts> {
  const { statements } = tables
  const rows = await requireWholeRows(who, tables, source, signal)
  const degreesBy = async (by: 'uk' | 'ik'): Promise<Int32Array> => {
    const blocks = await tables.query(statements.degreesOfSource(source, by), signal)
    const gaps = numbersOf(blocks, 'gaps').reduce((sum, one) => sum + one, 0)
    refuseGaps(who, source, gaps, 'pairs')
    return degreesOf(blocks)
  }
  const [itemsOfUsers, usersOfItems] = [await degreesBy('uk'), await degreesBy('ik')]
  const [pairs, again] = [itemsOfUsers, usersOfItems].map((degrees) => degrees.reduce((sum, one) => sum + one, 0))
  if (pairs !== again || pairs > rows) {
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: 'a table that does not change while it is counted',
      got: `${pairs} pairs counted by user and ${again} by item, in ${rows} rows`,
      todo: 'Try again when nothing writes to it, or use a snapshot of the table.',
      details: { rows, pairs },
    })
  }
  return { users: itemsOfUsers.length, items: usersOfItems.length, pairs, rows, itemsOfUsers, usersOfItems }
}

/** Counts the table of neighbours that lists are made from, without writing anything. @throws {RivuletError} READ_FAILED */
export async function countNeighbours(
  tables: RunTables,
  { lists, ...work }: PlannedWork,
  { items }: Pick<TableFacts, 'items'>,
  signal?: AbortSignal,
): Promise<CountedWork> {
  if (lists === undefined) return work
  if ('neighbours' in lists) return { ...work, lists }
  const entries = await tables.query(countRows(tables.statements.result(lists.table)), signal)
  return { ...work, lists: { ...lists, neighbours: numbersOf(entries, 'n')[0] / items } }
}

/** Degrees, ascending, from the histogram that the query returns. */
function degreesOf(blocks: readonly Columns[]): Int32Array {
  const [degrees, counts] = [numbersOf(blocks, 'd'), numbersOf(blocks, 'n')]
  const order = Array.from(degrees.keys()).sort((a, b) => degrees[a] - degrees[b])
  const all = new Int32Array(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (const row of order) all.fill(degrees[row], at, (at += counts[row]))
  return all
}
