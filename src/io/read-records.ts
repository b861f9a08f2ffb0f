import { show, type RivuletError } from '../support/errors.ts'
import { oneOf, isBoolean, type Check } from '../support/options.ts'
import { optional, resolve, type Given } from '../support/spec.ts'
import { detectDelimiter, detectFormat, type TextFormat } from './detect.ts'
import { jsonScanner, parseObject } from './json-lines.ts'
import { refuseBinaryColumns, refuseForeignBytes } from './magic.ts'
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
}

export interface ReadRecordsOptions extends Given<typeof recordOptions> {}

/** A row of text cells by the names of their columns. */
export type TextRecord = Readonly<Record<string, string>>

/**
 * Reads a side table (titles, genres, ages ...) record by record; every value is text, as it stands in the file.
 *
 * @throws {RivuletError} READ_FAILED, EMPTY_DATA for an empty file, INVALID_DATA naming the line
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
    refuseBinaryColumns(who, sample)
    const format = given.format ?? detectFormat(path, sample, { comments: false })
    const { scanner, record } = format === 'json-lines' ? objects(who, given) : delimitedRows(who, sample, given)
    for await (const chunk of chunks) {
      scanner.push(chunk)
      yield* records(scanner, record)
    }
    scanner.finish()
    yield* records(scanner, record)
  } finally {
    await close()
  }
}

interface RecordReader {
  readonly scanner: RowScanner
  /** The record in the scanner's current row; undefined when the row is a header. */
  record(): TextRecord | undefined
}

function* records(scanner: RowScanner, record: RecordReader['record']): Generator<TextRecord, void, undefined> {
  while (scanner.next()) {
    const found = record()
    if (found !== undefined) yield found
  }
}

function objects(who: string, { encoding }: ReadRecordsOptions): RecordReader {
  const scanner = jsonScanner(who, encoding)
  const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  const record = (): TextRecord =>
    Object.fromEntries(Object.entries(parseObject(scanner)).map(([name, value]) => [name, asText(value)]))
  return { scanner, record }
}

function delimitedRows(who: string, sample: Buffer, options: ReadRecordsOptions): RecordReader {
  const { quoted = true, encoding = 'utf8', columns, header = columns === undefined } = options
  // A side table of one column has no delimiter.
  const delimiter = options.delimiter ?? detectDelimiter(sample, { quoted, comments: false }) ?? ''
  const scanner = new RowScanner({ who, delimiter, quoted, encoding })
  let names = columns
  let isHeader = header
  const record = (): TextRecord | undefined => {
    names ??= header ? scanner.texts() : scanner.texts().map((_, field) => String(field))
    if (scanner.count !== names.length) throw ragged(scanner, names.length)
    if (!isHeader) return Object.fromEntries(names.map((name, field) => [name, scanner.text(field)]))
    isHeader = false
    return undefined
  }
  return { scanner, record }
}

function ragged(scanner: RowScanner, width: number): RivuletError {
  const todo = 'Is the row cut off, or a delimiter not quoted? Correct or drop it.'
  return scanner.invalid(scanner.line, undefined, `${width} fields`, String(scanner.count), todo)
}
