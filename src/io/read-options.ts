import {
  anything,
  either,
  integerAtLeast,
  isBoolean,
  isFunction,
  isString,
  oneOf,
  resolveOptions,
} from '../support/options.ts'
import type { Check } from '../support/options.ts'
import type { ColumnOptions } from './columns.ts'
import type { Format } from './detect.ts'
import type { Reading } from './reading.ts'
import type { Encoding } from './row-scanner.ts'

export interface ReadInteractionsOptions {
  /** Default: by the file's name (.csv .tsv .tab .jsonl .ndjson, each also with .gz), otherwise by what the first lines look like. */
  readonly format?: Format | undefined
  /** One or two ASCII characters between fields. Default: found among tab, '::', ';', '|' and ','; a space in adjacency lists. */
  readonly delimiter?: string | undefined
  /**
   * Whether the first line names the columns. Default: found by comparing it with those below; `columns` by name need a header, `columns` by number
   * need none. Not for JSON lines.
   */
  readonly header?: boolean | undefined
  /**
   * Which columns hold what (for JSON lines: which properties). Default, for each that is not named: by known names; without a header user, item, then
   * value, time and signal by what their cells look like.
   */
  readonly columns?: ColumnOptions | undefined
  /** Name of the only signal when no column holds it; default 'interaction'. */
  readonly signalName?: string | undefined
  /** Whether double quotes enclose fields of delimited text; default true. False takes them as plain characters. */
  readonly quoted?: boolean | undefined
  /** Default 'utf8'. */
  readonly encoding?: Encoding | undefined
  /**
   * Whether lines that begin with '#', '%' or '//' are comments; not for JSON lines. Default: those at the top with a blank after the mark are, and
   * those below that begin alike; any other is refused, for it may be a row.
   */
  readonly comments?: boolean | undefined
  /** Called once, when the file is read, with what was found and what was left out. */
  readonly onReading?: ((reading: Reading) => void) | undefined
}

/** One or two ASCII characters that cannot be taken for a quote or a line break. */
export const isDelimiter: Check = (value) =>
  typeof value === 'string' && /^[^"\r\n\u0080-\uffff]{1,2}$/.test(value)
    ? null
    : 'one or two ASCII characters, no quote and no line break'

const isColumn = either(isString, integerAtLeast(0))

const isColumnOrNone = either(isColumn, oneOf(null))

const COLUMN_CHECKS = {
  user: isColumn,
  item: isColumn,
  value: isColumnOrNone,
  signal: isColumnOrNone,
  time: isColumnOrNone,
} as const

export const READ_CHECKS = {
  format: oneOf('delimited', 'adjacency', 'json-lines'),
  delimiter: isDelimiter,
  header: isBoolean,
  columns: anything,
  signalName: isString,
  quoted: isBoolean,
  encoding: oneOf('utf8', 'latin1'),
  comments: isBoolean,
  onReading: isFunction,
} as const

/** The options of `readInteractions`, checked. */
export function resolveReadOptions(options?: ReadInteractionsOptions): ReadInteractionsOptions {
  const given = resolveOptions<ReadInteractionsOptions>('readInteractions', options, {}, READ_CHECKS)
  if (given.columns === undefined) return given
  const columns = resolveOptions<ColumnOptions>("readInteractions, option 'columns'", given.columns, {}, COLUMN_CHECKS)
  return { ...given, columns }
}
