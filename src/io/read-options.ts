import { badRowOptions } from '../data/bad-rows.ts'
import { isMapping, type GraphMapping } from '../graph/mapping.ts'
import { either, oneOf, isString, isBoolean, isFunction, type Check } from '../support/options.ts'
import { optional, resolve, type Given } from '../support/spec.ts'
import { columnOptions, type ColumnOptions } from './columns.ts'
import type { TextFormat } from './detect.ts'
import type { Reading } from './reading.ts'
import type { Encoding, Quoting } from './row-scanner.ts'

/** One or two ASCII characters that cannot be taken for a quote or a line break. */
export const isDelimiter: Check = (value) =>
  typeof value === 'string' && /^[^"\r\n\u0080-\uffff]{1,2}$/.test(value)
    ? null
    : 'one or two ASCII characters, no quote and no line break'

export const isQuoting: Check = either(isBoolean, oneOf('backslash'))

const isColumns: Check = (value, who = 'columns') => {
  resolve(who, columnOptions, value)
  return null
}

const ownOptions = {
  /** How the file is written: 'delimited', 'adjacency' or 'json-lines'. Default: by its name (.csv .tsv .tab .jsonl .ndjson, each also with .gz), otherwise by what the first lines look like. */
  format: optional<TextFormat>(oneOf('delimited', 'adjacency', 'json-lines')),
  /** One or two ASCII characters between fields. Default: found among tab, '::', ';', '|' and ','; a space in adjacency lists. */
  delimiter: optional<string>(isDelimiter),
  /**
   * Whether the first line names the columns. Default: found by comparing it with those below; `columns` by name need a header, `columns` by number
   * need none. Not for JSON lines.
   */
  header: optional<boolean>(isBoolean),
  /**
   * Which columns hold what (for JSON lines: which properties). Default: those that are not named are found by known names; without a header user, item, then
   * value, time and signal by what their cells look like.
   */
  columns: optional<ColumnOptions>(isColumns),
  /** Name of the only signal when no column holds it. Default 'interaction'. */
  signalName: optional<string>(isString),
  /** Whether double quotes enclose fields of delimited text. Default true. False takes them as plain characters; 'backslash' reads `\"` inside them as a quote and `\\` as a backslash, beside `""`. */
  quoted: optional<Quoting>(isQuoting),
  /** Encoding of the text: 'utf8' or 'latin1'. Default 'utf8'. */
  encoding: optional<Encoding>(oneOf('utf8', 'latin1')),
  /**
   * Whether lines that begin with '#', '%' or '//' are comments; not for JSON lines. Default: those at the top with a blank after the mark are, and
   * those below that begin alike; any other is refused, for it may be a row.
   */
  comments: optional<boolean>(isBoolean),
  /**
   * What is what in a file of a graph (GEXF, GraphML, graphology's JSON): names of attributes, or functions, as `toInteractions` has them
   * (`{ kind: 'type', item: 'movie' }`). Default: attributes `kind`, `externalId`, `value` or `weight`, `signal`, `time`. Not for rows.
   */
  graph: optional<GraphMapping>(isMapping),
  /** Called as bytes of the file are read, packed as they are: how many, of how many. Not for pipes, whose size nobody knows. */
  onProgress: optional<(progress: { readonly done: number; readonly total: number }) => void>(isFunction),
  /** Called once, when the file is read, with what was found and what was left out. */
  onReading: optional<(reading: Reading) => void>(isFunction),
}

export const readingOptions = { ...ownOptions, ...badRowOptions }

export interface ReadInteractionsOptions extends Given<typeof ownOptions>, Given<typeof badRowOptions> {}

/** The options of `readInteractions`, checked. */
export const resolveReadOptions = (options?: ReadInteractionsOptions): ReadInteractionsOptions =>
  resolve('readInteractions', readingOptions, options)
