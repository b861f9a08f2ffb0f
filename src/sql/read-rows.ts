import { fromColumns } from '../data/from-columns.ts'
import { asTable, type Interactions } from '../data/interactions.ts'
import { MemoryBudget } from '../memory/budget.ts'
import { RivuletError } from '../support/errors.ts'
import { numbersOf, textsOf, type Columns } from './connection.ts'
import { refuseGaps, requireWholeRows } from './load-table.ts'
import type { RunTables } from './run-tables.ts'
import type { SourceTable } from './statements.ts'

/** Memory of a row while it is read: two texts and the numbers, as received and as stored. */
const BYTES_A_ROW = 200

/**
 * Reads all rows of a table into memory, as columns. A note of the result has the number of rows and bytes.
 *
 * @throws {RivuletError} as `loadTable`; MEMORY_LIMIT before anything is read; INVALID_DATA for a value outside single precision, and for a table that
 *   changes while it is read
 */
export async function readRows(
  who: string,
  tables: RunTables,
  source: SourceTable,
  memoryLimitBytes: number,
  signal?: AbortSignal,
): Promise<Interactions> {
  const expected = await requireWholeRows(who, tables, source, signal)
  new MemoryBudget(memoryLimitBytes, () => 0, {}).require({
    ...{ who, what: `${expected} rows of the table`, parts: { rows: expected * BYTES_A_ROW } },
    todo: 'Use a view with fewer rows, or run the method in the database with SqlEngine.connect.',
  })
  const blocks = await tables.query(tables.statements.readRows(source), signal)
  const { signal: signals, value, time } = source.columns
  const [user, item] = [textsOf(blocks, 'uk'), textsOf(blocks, 'ik')]
  if (user.length !== expected) throw changed(who, expected, user.length)
  refuseGaps(who, source, user.filter((key, row) => key === '' || item[row] === '').length, 'rows')
  const table = fromColumns({
    ...{ user, item },
    ...(signals !== undefined && { signal: textsOf(blocks, 'sk') }),
    ...(value !== undefined && { value: numbersOf(blocks, 'v') }),
    ...(time !== undefined && { time: numbersOf(blocks, 't') }),
  })
  const [rows, bytes] = [user.length, bytesOf(blocks)].map((one) => one.toLocaleString('en-US'))
  return asTable({ ...table, notes: [`${rows} rows were read from the database, ${bytes} bytes`] })
}

const UTF8 = new TextEncoder()

/** Size of the columns as they were sent. */
const bytesOf = (blocks: readonly Columns[]): number =>
  blocks.flatMap((block) => Object.values(block)).reduce((sum, column) => sum + columnBytes(column), 0)

function columnBytes(column: Columns[string]): number {
  if (ArrayBuffer.isView(column)) return column.byteLength
  const cells = Array.from(column as ArrayLike<unknown>)
  return cells.reduce<number>((sum, one) => sum + (typeof one === 'string' ? UTF8.encode(one).length : 8), 0)
}

function changed(who: string, expected: number, rows: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: 'a table that does not change while it is read',
    got: `${expected} rows at first, then ${rows}`,
    todo: 'Try again when nothing writes to it, or use a snapshot of the table.',
    details: { expected, rows },
  })
}
