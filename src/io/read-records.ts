import type { RivuletError } from '../support/errors.ts'
import { show } from '../support/errors.ts'
import { oneOf, resolveOptions } from '../support/options.ts'
import type { Check } from '../support/options.ts'
import { detectDelimiter, detectFormat } from './detect.ts'
import type { Format } from './detect.ts'
import { jsonLines } from './json-lines.ts'
import { READ_CHECKS } from './read-options.ts'
import { openSample } from './sample.ts'
import { RowScanner } from './row-scanner.ts'
import type { Encoding } from './row-scanner.ts'

export interface ReadRecordsOptions {
  /** Default: by the file's name or first line; anything but JSON lines is read as delimited text. */
  readonly format?: Exclude<Format, 'adjacency'> | undefined
  /** One or two ASCII characters between fields. Default: found among tab, '::', ';', '|' and ','. */
  readonly delimiter?: string | undefined
  /** Names of the columns of delimited text. Default: the first line's. */
  readonly columns?: readonly string[] | undefined
  /** Whether the first line is a header (which given `columns` replace). Default: true without `columns`, false with them. */
  readonly header?: boolean | undefined
  /** Whether double quotes enclose fields; default true. */
  readonly quoted?: boolean | undefined
  /** Default 'utf8'. */
  readonly encoding?: Encoding | undefined
}

const isNames: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
    ? null
    : 'an array of column names'

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
): AsyncGenerator<Readonly<Record<string, string>>, void, undefined> {
  const { delimiter, header, quoted, encoding } = READ_CHECKS
  const checks = { format: oneOf('delimited', 'json-lines'), columns: isNames, delimiter, header, quoted, encoding }
  const given = resolveOptions<ReadRecordsOptions>('readRecords', options, {}, checks)
  const who = `readRecords(${show(path)})`
  const { sample, chunks } = await openSample(who, path)
  try {
    const format = given.format ?? detectFormat(path, sample)
    if (format === 'json-lines') yield* objectRecords(who, chunks, given)
    else yield* delimitedRecords(who, chunks, sample, given)
  } finally {
    await chunks.return()
  }
}

async function* objectRecords(who: string, chunks: AsyncIterable<Buffer>, { encoding }: ReadRecordsOptions) {
  for await (const { object } of jsonLines(who, chunks, encoding)) {
    const entries = Object.entries(object).map(([name, value]) => [name, asText(value)] as const)
    yield Object.fromEntries(entries)
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function* delimitedRecords(
  who: string,
  chunks: AsyncIterable<Buffer>,
  sample: Buffer,
  options: ReadRecordsOptions,
) {
  const { quoted = true, encoding = 'utf8' } = options
  // A side table of one column has no delimiter.
  const delimiter = options.delimiter ?? detectDelimiter(sample, quoted) ?? ''
  const scanner = new RowScanner({ who, delimiter, quoted, encoding })
  let names = options.columns
  let skip = options.header ?? names === undefined
  function* records() {
    while (scanner.next()) {
      names ??= scanner.texts()
      if (!skip) yield record(scanner, names)
      skip = false
    }
  }
  for await (const chunk of chunks) {
    scanner.push(chunk)
    yield* records()
  }
  scanner.finish()
  yield* records()
}

function record(scanner: RowScanner, names: readonly string[]): Readonly<Record<string, string>> {
  if (scanner.count === names.length) return Object.fromEntries(names.map((name, field) => [name, scanner.text(field)]))
  throw ragged(scanner, names.length)
}

function ragged(scanner: RowScanner, width: number): RivuletError {
  const todo = 'Is the row cut off, or a delimiter not quoted? Correct or drop it.'
  return scanner.invalid(scanner.line, undefined, `${width} fields`, String(scanner.count), todo)
}
