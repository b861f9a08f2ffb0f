import { BadRows, type BadRowRule } from '../data/bad-rows.ts'
import { show, type RivuletError } from '../support/errors.ts'
import { oneOf, isBoolean, isFunction, refusedOption, type Check } from '../support/options.ts'
import { choice, optional, resolve, type Given } from '../support/spec.ts'
import { detectDelimiter, detectFormat, type TextFormat } from './detect.ts'
import { jsonScanner, parseObject } from './json-lines.ts'
import { isArrow, isParquet, refuseForeignBytes } from './magic.ts'
import { openArrow } from './arrow.ts'
import { openParquet } from './parquet.ts'
import { recordsOfColumns } from './record-batches.ts'
import { isDelimiter, isQuoting } from './read-options.ts'
import { openSample } from './read-bytes.ts'
import { RowScanner, type Encoding, type Quoting } from './row-scanner.ts'

const isNames: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
    ? null
    : 'an array of column names'

export const recordOptions = {
  /** How the file is written: 'delimited' or 'json-lines'. Default: by its name or first line; anything but JSON lines is read as delimited text. */
  format: optional<Exclude<TextFormat, 'adjacency'>>(oneOf('delimited', 'json-lines')),
  /** One or two ASCII characters between fields. Default: found among tab, '::', ';', '|' and ','. */
  delimiter: optional<string>(isDelimiter),
  /** Names of the columns of delimited text. Default: the first line's; with `header: false` the numbers '0', '1' and so on. */
  columns: optional<readonly string[]>(isNames),
  /** Whether the first line is a header (which given `columns` replace). Default: true without `columns`, false with them. */
  header: optional<boolean>(isBoolean),
  /** Whether double quotes enclose fields, or 'backslash', as `readInteractions` has it. Default true. */
  quoted: optional<Quoting>(isQuoting),
  /** Encoding of the text: 'utf8' or 'latin1'. Default 'utf8'. */
  encoding: optional<Encoding>(oneOf('utf8', 'latin1')),
  /** What becomes of rows that cannot be read: 'skip' leaves them out and tells `onNotes` how many there were, and where the first three. Default 'error'. */
  onBadRow: choice<BadRowRule>('error', ['error', 'skip']),
  /** Called once, after the last record, where there is something to say: what was left out. */
  onNotes: optional<(notes: readonly string[]) => void>(isFunction),
}

export interface ReadRecordsOptions extends Given<typeof recordOptions> {}

/** A row of text cells by the names of their columns. */
export type TextRecord = Readonly<Record<string, string>>

/**
 * Reads a side table (titles, genres, ages ...) record by record; every value is text, as it stands in the file. Delimited text, JSON lines, Parquet or Arrow, whose columns have names:
 * of their columns those that are nested are left out.
 *
 * @throws {RivuletError} READ_FAILED, EMPTY_DATA for an empty file, INVALID_DATA naming the line; INVALID_OPTION for options about columns of text where there is none
 * @example
 * ```ts
 * for await (const { item, title } of readRecords('movies.tsv.gz')) titles.set(item, title)
 * ```
 */
export async function* readRecords(
  path: string,
  options?: ReadRecordsOptions,
): AsyncGenerator<TextRecord, void, undefined> {
  const given = resolve('readRecords', recordOptions, options)
  const who = `readRecords(${show(path)})`
  const { sample, chunks, close } = await openSample(who, path)
  try {
    refuseForeignBytes(who, sample)
    if (isParquet(sample) || isArrow(sample)) {
      refuseTextOptions(who, given)
      yield* recordsOfColumns(
        who,
        await (isArrow(sample) ? openArrow(who, chunks, sample) : openParquet(who, path, chunks)),
      )
      return
    }
    const format = given.format ?? detectFormat(path, sample, { comments: false })
    const badRows = new BadRows(who, given.onBadRow)
    const read = format === 'json-lines' ? objects(who, given, badRows) : delimitedRows(who, sample, given, badRows)
    let count = 0
    for await (const chunk of chunks) {
      read.scanner.push(chunk)
      count += yield* records(read, badRows)
    }
    read.scanner.finish()
    count += yield* records(read, badRows)
    if (badRows.count === 0) return
    if (count === 0) throw badRows.nothingLeft()
    given.onNotes?.(badRows.notes)
  } finally {
    await close()
  }
}

/** Options that would change what is read; `header` and `encoding` say nothing of a file in binary. */
const OF_TEXT = ['format', 'delimiter', 'columns', 'quoted'] as const

function refuseTextOptions(who: string, given: ReadRecordsOptions): void {
  const option = OF_TEXT.find((name) => given[name] !== undefined && given[name] !== true)
  if (option === undefined) return
  const got = `${show(given[option])} for a binary file`
  throw refusedOption(who, option, { expected: 'no options for text', got, todo: 'Leave it out.' })
}

interface RecordReader {
  readonly scanner: RowScanner
  /** The record in the scanner's current row; undefined when the row is a header. */
  record(): TextRecord | undefined
}

/** @returns how many there were */
function* records({ scanner, record }: RecordReader, badRows: BadRows): Generator<TextRecord, number, undefined> {
  let count = 0
  while (scanner.next()) {
    let found: TextRecord | undefined
    try {
      found = record()
    } catch (error) {
      badRows.skip(error)
    }
    if (found === undefined) continue
    count++
    yield found
  }
  return count
}

function objects(who: string, { encoding }: ReadRecordsOptions, badRows: BadRows): RecordReader {
  const scanner = jsonScanner(who, encoding, badRows)
  const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  const record = (): TextRecord =>
    Object.fromEntries(Object.entries(parseObject(scanner)).map(([name, value]) => [name, asText(value)]))
  return { scanner, record }
}

function delimitedRows(who: string, sample: Buffer, options: ReadRecordsOptions, badRows: BadRows): RecordReader {
  const { quoted = true, encoding = 'utf8', columns, header = columns === undefined } = options
  // A side table of one column has no delimiter.
  const delimiter = options.delimiter ?? detectDelimiter(sample, { quoted, comments: false }) ?? ''
  const scanner = new RowScanner({ who, delimiter, quoted, encoding, badRows })
  let names = columns
  let isHeader = header
  const record = (): TextRecord | undefined => {
    names ??= header ? scanner.texts() : scanner.texts().map((_, field) => String(field))
    const wasHeader = isHeader
    isHeader = false
    if (scanner.count !== names.length) throw ragged(scanner, names.length)
    return wasHeader ? undefined : Object.fromEntries(names.map((name, field) => [name, scanner.text(field)]))
  }
  return { scanner, record }
}

function ragged(scanner: RowScanner, width: number): RivuletError {
  const todo = 'Is the row cut off, or a delimiter not quoted? Correct or drop it.'
  return scanner.invalid(scanner.line, undefined, `${width} fields`, String(scanner.count), todo)
}
