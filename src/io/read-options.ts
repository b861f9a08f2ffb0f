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
  /** Format of the file: 'delimited', 'adjacency' or 'json-lines'. Default: by its name (.csv .tsv .tab .jsonl .ndjson, each also with .gz), otherwise detected from the first lines. */
  format: optional<TextFormat>(oneOf('delimited', 'adjacency', 'json-lines')),
  /** Delimiter of fields, one or two ASCII characters. Default: detected among tab, '::', ';', '|' and ','; a space in adjacency lists. */
  delimiter: optional<string>(isDelimiter),
  /**
   * Whether the first line is a header. Default: detected by comparing it with the lines below; `columns` by name require a header, `columns` by
   * number imply none. Not for JSON lines.
   */
  header: optional<boolean>(isBoolean),
  /**
   * Columns by role (for JSON lines: properties). Default: other roles are found by common names; without a header the columns are user, item, and
   * then value, time and signal, detected from their cells.
   */
  columns: optional<ColumnOptions>(isColumns),
  /** Name of the single signal if no column holds signals. Default 'interaction'. */
  signalName: optional<string>(isString),
  /** Whether double quotes enclose fields of delimited text. Default true. False treats them as ordinary characters; 'backslash' also reads `\"` within quotes as a quote and `\\` as a backslash, in addition to `""`. */
  quoted: optional<Quoting>(isQuoting),
  /** Encoding of the text: 'utf8' or 'latin1'. Default 'utf8'. */
  encoding: optional<Encoding>(oneOf('utf8', 'latin1')),
  /**
   * Whether lines that begin with '#', '%' or '//' are comments; not for JSON lines. Default: lines at the top with a space after the mark are comments, and lines
   * below that begin in the same way; any other such line is refused, because it may be a row.
   */
  comments: optional<boolean>(isBoolean),
  /**
   * Roles in a graph file (GEXF, GraphML, graphology's JSON): attribute names or functions, as in `toInteractions`
   * (`{ kind: 'type', item: 'movie' }`). Default: attributes `kind`, `externalId`, `value` or `weight`, `signal`, `time`. Not for rows.
   */
  graph: optional<GraphMapping>(isMapping),
  /** Called with the number of bytes read and in total, of the compressed file. Not for pipes, whose size is unknown. */
  onProgress: optional<(progress: { readonly done: number; readonly total: number }) => void>(isFunction),
  /** Called once after reading, with the detected format and what was left out. */
  onReading: optional<(reading: Reading) => void>(isFunction),
}

export const readingOptions = { ...ownOptions, ...badRowOptions }

export interface ReadInteractionsOptions extends Given<typeof ownOptions>, Given<typeof badRowOptions> {}

/** The options of `readInteractions`, checked. */
export const resolveReadOptions = (options?: ReadInteractionsOptions): ReadInteractionsOptions =>
  resolve('readInteractions', readingOptions, options)
