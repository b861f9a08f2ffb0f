import type { NamedNetwork } from '../network/network.ts'
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import { numbersOf, textsOf, type Columns } from './connection.ts'
import type { RunTables } from './run-tables.ts'
import { wholeColumns, type SourceTable } from './statements.ts'
import { listTables } from './sweep-statements.ts'
import { tableNetwork, type SideFacts } from './table-network.ts'
import { readValues, requireValues, ROW_COLUMNS, scaleOfWeights, WEIGHED_COLUMNS, weighPairs } from './weighing.ts'

/** Pairs as read: `gap` is 1 for a pair without a user or an item. */
export const PAIR_COLUMNS = { uk: 'text', ik: 'text', gap: 'int' } as const

/**
 * Numbers the pairs of a table inside the database. The table is read once, so that concurrent writes are seen completely or not at all; a repeated pair
 * counts once, or with the sum of its values if these are weights. Only keys and degrees of the nodes are fetched.
 *
 * @throws {RivuletError} EMPTY_DATA without rows, INVALID_DATA for rows without a user or an item or with values that cannot be weights, UNKNOWN_KEY for a signal,
 *   READ_FAILED if the database refuses a statement
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
  let scale = 1
  if (statements.isWeighted) {
    await tables.make('rows', ROW_COLUMNS, 'uk', null, [readValues(statements, source)], signal)
    await requireNoGap(who, tables, 'rows', source, signal)
    await requireValues(who, tables, source, signal)
    const weigh = weighPairs(who, statements, source)
    await tables.make('pairs', WEIGHED_COLUMNS, 'uk', null, [weigh], signal)
    await tables.drop(['rows'])
    scale = await scaleOfWeights(who, tables, source, signal)
  } else {
    await tables.make('pairs', PAIR_COLUMNS, 'uk', null, [statements.readPairs(source)], signal)
    await requireNoGap(who, tables, 'pairs', source, signal)
  }
  await tables.make('users', { u: 'int', uk: 'text' }, 'uk', null, [statements.number('users', 'u', 'uk')], signal)
  await tables.make('items', { i: 'int', ik: 'text' }, 'ik', null, [statements.number('items', 'i', 'ik')], signal)
  await tables.make('e', statements.pairColumns, 'u', 'by-user', [statements.writePairs(scale)], signal)
  for (const { name, columns, sortedBy, spread, fill } of listTables(statements)) {
    await tables.make(name, columns, sortedBy, spread, [fill], signal)
  }
  const users = keyIndex(await tables.query(statements.keys('users', 'u', 'uk'), signal), 'u', 'uk')
  const items = keyIndex(await tables.query(statements.keys('items', 'i', 'ik'), signal), 'i', 'ik')
  // `users` and `items` stay, because result tables are written with keys.
  await tables.drop(['pairs'])
  const rows = sideFacts(await tables.query(statements.degrees('u'), signal), 'u', users.size)
  const columns = sideFacts(await tables.query(statements.degrees('i'), signal), 'i', items.size)
  return tableNetwork(users, items, { rows, columns }, { ...source, scale, room: tables.room }, memoryLimitBytes)
}

/** Requires a value in every column except that of times. @returns the number of rows */
export async function requireWholeRows(
  who: string,
  tables: RunTables,
  source: SourceTable,
  signal?: AbortSignal,
): Promise<number> {
  const counts = await tables.query(tables.statements.count(source), signal)
  const rows = numbersOf(counts, 'n')[0]
  if (rows === 0) throw withoutRows(who, source)
  for (const [role, column] of wholeColumns(source)) {
    const known = numbersOf(counts, `of_${role}`)[0]
    if (known === rows) continue
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: `a value in column ${show(column)} of every row`,
      got: `NULL in ${rows - known} of ${rows} rows`,
      todo: `Create a view without these rows, and use it as the table.`,
      details: { column, rows: rows - known },
    })
  }
  return rows
}

/** Checks the rows that were read, which may differ from those that were counted before. */
async function requireNoGap(
  who: string,
  tables: RunTables,
  table: 'rows' | 'pairs',
  source: SourceTable,
  signal?: AbortSignal,
): Promise<void> {
  const found = await tables.query(tables.statements.gaps(table), signal)
  if (numbersOf(found, 'n')[0] === 0) throw withoutRows(who, source)
  refuseGaps(who, source, numbersOf(found, 'gaps')[0], table)
}

/** @param count number of incomplete rows or pairs. @throws {RivuletError} INVALID_DATA unless it is 0 */
export function refuseGaps(who: string, source: SourceTable, count: number, what: 'rows' | 'pairs'): void {
  if (count === 0) return
  const columns = wholeColumns(source).map(([, column]) => column)
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: `a value in ${columns.map(show).join(', ')} of every row, with user and item not empty`,
    got: `empty ids, or NULL added while the table was read, in ${count} ${what}`,
    todo: 'Create a view without such rows, and use it as the table.',
    details: { columns, [what]: count },
  })
}

const withoutRows = (who: string, { table }: SourceTable): RivuletError =>
  new RivuletError('EMPTY_DATA', {
    who,
    expected: 'a table with rows',
    got: `none in ${show(table)}`,
    todo: 'Name another table.',
    details: { table },
  })

/** Keys in the order of their numbers. */
function keyIndex(blocks: readonly Columns[], number: string, key: string): GrowingKeyIndex {
  const [numbers, texts] = [numbersOf(blocks, number), textsOf(blocks, key)]
  const keys = new Array<string>(texts.length)
  for (let row = 0; row < texts.length; row++) keys[numbers[row]] = texts[row]
  return GrowingKeyIndex.from(keys)
}

function sideFacts(blocks: readonly Columns[], number: string, size: number): SideFacts {
  const numbers = numbersOf(blocks, number)
  const spread = (values: Float64Array): Float64Array => {
    const all = new Float64Array(size)
    for (let row = 0; row < numbers.length; row++) all[numbers[row]] = values[row]
    return all
  }
  const lengths = spread(numbersOf(blocks, 'n'))
  if (blocks.every((block) => !('d' in block))) return { lengths, degrees: lengths, squares: lengths, least: 1 }
  return {
    lengths,
    degrees: spread(numbersOf(blocks, 'd')),
    squares: spread(numbersOf(blocks, 'q')),
    least: numbersOf(blocks, 'least').reduce((least, one) => Math.min(least, one), Infinity),
  }
}
