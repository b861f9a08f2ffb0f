import type { NamedNetwork } from '../network/network.ts'
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import { numbersOf, textsOf, type Columns } from './connection.ts'
import type { RunTables } from './run-tables.ts'
import { wholeColumns, type SourceTable } from './statements.ts'
import { tableNetwork } from './table-network.ts'

/**
 * Numbers the pairs of a table where they lie. The table is read once, so that what others write to it meanwhile is all in or all out; a pair that is there twice
 * counts once. Names and degrees of the nodes come here.
 *
 * @throws {RivuletError} EMPTY_DATA without a row, INVALID_DATA for rows without a user or an item, READ_FAILED for what the database refuses
 */
export async function loadTable(
  who: string,
  tables: RunTables,
  source: SourceTable,
  memoryLimitBytes: number,
  signal?: AbortSignal,
): Promise<NamedNetwork> {
  const { statements } = tables
  await requireWholeRows(who, tables, source, signal)
  await tables.make('pairs', { uk: 'text', ik: 'text' }, 'uk', null, [statements.readPairs(source)], signal)
  await tables.make('users', { u: 'int', uk: 'text' }, 'uk', null, [statements.number('users', 'u', 'uk')], signal)
  await tables.make('items', { i: 'int', ik: 'text' }, 'ik', null, [statements.number('items', 'i', 'ik')], signal)
  await tables.make('e', { u: 'int', i: 'int' }, 'u', 'by-user', [statements.writePairs()], signal)
  const users = keyIndex(await tables.query(statements.keys('users', 'u', 'uk'), signal), 'u', 'uk')
  const items = keyIndex(await tables.query(statements.keys('items', 'i', 'ik'), signal), 'i', 'ik')
  // Results that stay are written with keys: `users` and `items` do too.
  await tables.drop(['pairs'])
  const degrees = {
    rows: degreesOf(await tables.query(statements.degrees('u'), signal), 'u', users.size),
    columns: degreesOf(await tables.query(statements.degrees('i'), signal), 'i', items.size),
  }
  return tableNetwork(users, items, degrees, memoryLimitBytes)
}

/** @returns how many rows there are, each with something in every column but that of times */
export async function requireWholeRows(
  who: string,
  tables: RunTables,
  source: SourceTable,
  signal?: AbortSignal,
): Promise<number> {
  const counts = await tables.query(tables.statements.count(source), signal)
  const rows = numbersOf(counts, 'n')[0]
  if (rows === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: 'a table with rows',
      got: `none in ${show(source.table)}`,
      todo: 'Name another table.',
      details: { table: source.table },
    })
  }
  for (const [role, column] of wholeColumns(source)) {
    const known = numbersOf(counts, `of_${role}`)[0]
    if (known === rows) continue
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: `a value in column ${show(column)} of every row`,
      got: `NULL in ${rows - known} of ${rows} rows`,
      todo: `Make a view without these rows, and name it as the table.`,
      details: { column, rows: rows - known },
    })
  }
  return rows
}

/** Keys in the order of their numbers. */
function keyIndex(blocks: readonly Columns[], number: string, key: string): GrowingKeyIndex {
  const [numbers, texts] = [numbersOf(blocks, number), textsOf(blocks, key)]
  const keys = new Array<string>(texts.length)
  for (let row = 0; row < texts.length; row++) keys[numbers[row]] = texts[row]
  return GrowingKeyIndex.from(keys)
}

function degreesOf(blocks: readonly Columns[], number: string, size: number): Float64Array {
  const [numbers, counts] = [numbersOf(blocks, number), numbersOf(blocks, 'd')]
  const degrees = new Float64Array(size)
  for (let row = 0; row < counts.length; row++) degrees[numbers[row]] = counts[row]
  return degrees
}
