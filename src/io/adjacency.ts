import type { RivuletError } from '../support/errors.ts'
import { show } from '../support/errors.ts'
import type { GrowingKeyIndex } from '../support/key-index.ts'
import { BadRows } from '../data/bad-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import { TableBuilder } from '../data/table-builder.ts'
import { CommentFilter } from './comments.ts'
import { isListedId, sampleRows } from './detect.ts'
import { decideHeader } from './header.ts'
import { KeyReader } from './key-reader.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { RowScanner, scanRows } from './row-scanner.ts'
import { refusedOption } from '../support/options.ts'

/**
 * Reads adjacency lists (the form that LightGCN made common: a line is a user followed by the user's items) into a table; see `readInteractions`.
 * A user without items keeps a row number.
 */
export async function readAdjacencyLists(
  who: string,
  chunks: AsyncIterable<Buffer>,
  sample: Buffer,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const { delimiter = ' ', encoding = 'utf8', signalName, columns } = options
  if (columns !== undefined) throw noColumns(who)
  const comments = new CommentFilter(who, options.comments)
  const scanner = new RowScanner({ who, delimiter, quoted: false, encoding, comments })
  const table = new TableBuilder({ value: false, signal: false, time: false, signalName })
  const users = new KeyReader(checkedKeys(table.users, scanner, options))
  const items = new KeyReader(checkedKeys(table.items, scanner, options))
  const { header, note } = decideHeader(firstPairs(sample, delimiter, options), options)
  const badRows = new BadRows(who, options.onBadRow)
  let isHeader = header
  let goesOn = 0
  await scanRows(scanner, chunks, () => {
    const known = table.users.size
    if (!isHeader && isText(scanner, badRows)) addRow(scanner, table, users, items)
    if (!isHeader && table.users.size === known) goesOn++
    isHeader = false
  })
  const built = table.build(who, badRows)
  options.onReading?.({
    ...{ format: 'adjacency', delimiter, header, timeUnit: null, ignored: [], comments: comments.count },
    columns: { user: 'the first field', item: 'the others' },
    notes: [
      ...(header ? ['line 1 is read as a header'] : []),
      ...(note === null ? [] : [note]),
      ...(goesOn > 0 && options.format === undefined
        ? [`${goesOn} lines go on with users of lines above: are they lists?`]
        : []),
      ...badRows.notes,
    ],
  })
  return built
}

/** Users and their first items in the first lines. */
function firstPairs(sample: Buffer, delimiter: string, { comments, encoding }: ReadInteractionsOptions): string[][] {
  return sampleRows(sample, delimiter, { quoted: false, comments }, encoding)
    .map((row) => row.filter((field) => field !== '').slice(0, 2))
    .filter((pair, line) => pair.length === 2 || line === 0)
}

/**
 * Numbers keys and checks each new one: a format that was detected from the first lines must fit all lines, and ids contain no tab unless the delimiter was
 * given.
 */
function checkedKeys(index: GrowingKeyIndex, scanner: RowScanner, { format, delimiter }: ReadInteractionsOptions) {
  const isId = format === undefined ? isListedId : (key: string) => delimiter !== undefined || !key.includes('\t')
  return (key: string): number => {
    const known = index.size
    const row = index.add(key)
    if (row === known && !isId(key)) throw strayText(scanner, key)
    return row
  }
}

/** Whether a line is valid text, which is the only fault it can have; a bad row is recorded. */
function isText(scanner: RowScanner, badRows: BadRows): boolean {
  if (!badRows.skips) return true
  try {
    scanner.requireText()
    return true
  } catch (error) {
    badRows.skip(error)
    return false
  }
}

function addRow(scanner: RowScanner, table: TableBuilder, users: KeyReader, items: KeyReader): void {
  let user = -1
  for (let field = 0; field < scanner.count; field++) {
    // Consecutive or trailing spaces delimit empty fields.
    if (scanner.ends[field] === scanner.starts[field]) continue
    if (user < 0) user = users.rowOf(scanner, field)
    else table.add(user, items.rowOf(scanner, field), 1, 0, NaN)
  }
}

function noColumns(who: string): RivuletError {
  return refusedOption(who, 'columns', {
    expected: 'no value for adjacency lists',
    got: 'some',
    todo: "Leave it out, or name the delimiter and format: 'delimited'.",
  })
}

function strayText(scanner: RowScanner, key: string): RivuletError {
  const todo =
    "Correct that line, or say how the file is written: format: 'adjacency', format: 'delimited', delimiter: '\\t'."
  return scanner.invalid(
    scanner.line,
    undefined,
    'ids of letters and digits between spaces, as in the lines before',
    show(key),
    todo,
  )
}
