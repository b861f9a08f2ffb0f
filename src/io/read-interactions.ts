import { show } from '../support/errors.ts'
import { isBoolean, isString, oneOf, resolveOptions } from '../support/options.ts'
import type { Check } from '../support/options.ts'
import type { Interactions } from '../data/interactions.ts'
import { readAdjacencyLists } from './adjacency.ts'
import type { ColumnOptions } from './columns.ts'
import { readDelimited } from './delimited.ts'
import { detectFormat } from './detect.ts'
import type { Format } from './detect.ts'
import { readJsonLines } from './json-lines.ts'
import { openSample } from './sample.ts'
import type { Encoding } from './row-scanner.ts'

export interface ReadInteractionsOptions {
  /** Default: by the file's name (.csv .tsv .tab .jsonl .ndjson, each also with .gz), otherwise by what the first lines look like. */
  readonly format?: Format | undefined
  /** One or two ASCII characters between fields. Default: found among tab, '::', ';', '|' and ','; a space in adjacency lists. */
  readonly delimiter?: string | undefined
  /** Whether the first line of delimited text names the columns. Default: true when it holds a name known for users or items, or when `columns` are names. */
  readonly header?: boolean | undefined
  /** Which columns hold what (for JSON lines: which properties). Default: by known names; without a header user, item, value, time. */
  readonly columns?: ColumnOptions | undefined
  /** Name of the only signal when no column holds it; default 'interaction'. */
  readonly signalName?: string | undefined
  /** Whether double quotes enclose fields of delimited text; default true. False takes them as plain characters. */
  readonly quoted?: boolean | undefined
  /** Default 'utf8'. */
  readonly encoding?: Encoding | undefined
}

/** One or two ASCII characters that cannot be taken for a quote or a line break. */
export const isDelimiter: Check = (value) =>
  typeof value === 'string' && /^[^"\r\n\u0080-\uffff]{1,2}$/.test(value)
    ? null
    : 'one or two ASCII characters, no quote and no line break'

const isColumns: Check = (value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? null : 'an object such as { user: 0, item: 1 }'

export const CHECKS = {
  format: oneOf('delimited', 'adjacency', 'json-lines'),
  delimiter: isDelimiter,
  header: isBoolean,
  columns: isColumns,
  signalName: isString,
  quoted: isBoolean,
  encoding: oneOf('utf8', 'latin1'),
} as const

/**
 * Reads interactions from a file: delimited text, adjacency lists or JSON lines, plain or gzip (told by content, not by name).
 *
 * The file streams through; held are only the columns (4 bytes a row for user and item each, 4 for value, 1 for signal, 8 for time) and
 * the distinct ids. Ids are kept letter by letter ('007' stays '007'). An empty time is unknown; any other cell must hold something.
 *
 * @param path the file; one that grows meanwhile is read up to the size it had when opened
 * @throws {RivuletError} READ_FAILED for a missing or broken file; EMPTY_DATA without a row; INVALID_DATA naming line and column, both from 1;
 * INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * await readInteractions('ratings.csv.gz')
 * await readInteractions('log.txt', { delimiter: '|', columns: { user: 3, item: 0, time: 1 }, signalName: 'play' })
 * ```
 */
export async function readInteractions(path: string, options?: ReadInteractionsOptions): Promise<Interactions> {
  const given = resolveOptions('readInteractions', options, {} as ReadInteractionsOptions, CHECKS)
  const who = `readInteractions(${show(path)})`
  const { sample, chunks } = await openSample(who, path)
  try {
    const format = given.format ?? detectFormat(path, sample)
    if (format === 'adjacency') return await readAdjacencyLists(who, chunks, given)
    if (format === 'json-lines') return await readJsonLines(who, chunks, given)
    return await readDelimited(who, chunks, sample, given)
  } finally {
    await chunks.return()
  }
}
