import { RivuletError } from '../support/errors.ts'
import type { Interactions } from '../data/interactions.ts'
import { TableBuilder } from '../data/table-builder.ts'
import { KeyReader } from './key-reader.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { RowScanner } from './row-scanner.ts'
import { scanRows } from './scan-rows.ts'

/**
 * Reads adjacency lists (the form that LightGCN made common: a line is a user followed by her items) into a table; see `readInteractions`.
 * A user without items keeps her row number.
 */
export async function readAdjacencyLists(
  who: string,
  chunks: AsyncIterable<Buffer>,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const { delimiter = ' ', encoding = 'utf8', signalName, columns } = options
  if (columns !== undefined) throw noColumns(who)
  const scanner = new RowScanner({ who, delimiter, quoted: false, encoding })
  const table = new TableBuilder({ value: false, signal: false, time: false, signalName })
  const users = new KeyReader((key) => table.users.add(key))
  const items = new KeyReader((key) => table.items.add(key))
  await scanRows(scanner, chunks, () => addRow(scanner, table, users, items))
  return table.build(who)
}

function addRow(scanner: RowScanner, table: TableBuilder, users: KeyReader, items: KeyReader): void {
  let user = -1
  for (let field = 0; field < scanner.count; field++) {
    // Several spaces in a row, or one at the end, enclose nothing.
    if (scanner.ends[field] === scanner.starts[field]) continue
    if (user < 0) user = users.rowOf(scanner, field)
    else table.add(user, items.rowOf(scanner, field), 1, 0, NaN)
  }
}

function noColumns(who: string): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'columns'`,
    expected: 'none for adjacency lists',
    got: 'some',
    todo: "Leave it out, or name the delimiter and format: 'delimited'.",
  })
}
