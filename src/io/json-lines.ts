import { RowTableBuilder } from '../data/from-rows.ts'
import type { RowMapping } from '../data/from-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import { namedColumns } from './columns.ts'
import { parseJson } from './parse-json.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { RowScanner } from './row-scanner.ts'
import type { Encoding } from './row-scanner.ts'
import { emptyFile } from './sample.ts'
import { scanRows } from './scan-rows.ts'

/** Reads JSON lines (one object a line) into a table; see `readInteractions`. */
export async function readJsonLines(
  who: string,
  chunks: AsyncIterable<Buffer>,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const scanner = jsonScanner(who, options.encoding)
  let table: RowTableBuilder | undefined
  await scanRows(scanner, chunks, () => {
    const object = parseObject(scanner)
    table ??= new RowTableBuilder(who, propertiesOf(who, object, options))
    table.addRow(object, `${who}, line ${scanner.line}`)
  })
  if (table === undefined) throw emptyFile(who)
  return table.build()
}

/** A scanner whose rows are whole lines. */
export function jsonScanner(who: string, encoding: Encoding = 'utf8'): RowScanner {
  return new RowScanner({ who, delimiter: '', quoted: false, encoding })
}

/**
 * The object on the scanner's current line.
 *
 * @throws {RivuletError} INVALID_DATA for anything else
 */
export function parseObject(scanner: RowScanner): object {
  const text = scanner.text(0)
  let parsed: unknown
  try {
    parsed = parseJson(text)
  } catch (error) {
    throw scanner.invalid(scanner.line, undefined, 'a JSON object', (error as Error).message, 'Is the row cut off?')
  }
  if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed
  throw scanner.invalid(scanner.line, undefined, 'a JSON object', text.slice(0, 60), 'Write one object a line.')
}

/** The properties asked for, or those of the first object whose names are known. */
function propertiesOf(who: string, first: object, { columns, signalName }: ReadInteractionsOptions): RowMapping {
  const names = Object.keys(first)
  const { user, item, value, signal, time } = namedColumns(who, names, columns)
  const nameOf = (column: number | undefined): string | undefined => (column === undefined ? undefined : names[column])
  return {
    user: names[user],
    item: names[item],
    value: nameOf(value),
    signal: nameOf(signal),
    time: nameOf(time),
    signalName,
  }
}
