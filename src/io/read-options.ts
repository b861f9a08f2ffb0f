import { anything, either, integerAtLeast, isBoolean, isString, oneOf, resolveOptions } from '../support/options.ts'
import type { Check } from '../support/options.ts'
import type { ColumnOptions } from './columns.ts'
import type { Format } from './detect.ts'
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

const isColumn = either(isString, integerAtLeast(0))

const COLUMN_CHECKS = { user: isColumn, item: isColumn, value: isColumn, signal: isColumn, time: isColumn } as const

export const READ_CHECKS = {
  format: oneOf('delimited', 'adjacency', 'json-lines'),
  delimiter: isDelimiter,
  header: isBoolean,
  columns: anything,
  signalName: isString,
  quoted: isBoolean,
  encoding: oneOf('utf8', 'latin1'),
} as const

/** The options of `readInteractions`, checked. */
export function resolveReadOptions(options?: ReadInteractionsOptions): ReadInteractionsOptions {
  const given = resolveOptions<ReadInteractionsOptions>('readInteractions', options, {}, READ_CHECKS)
  if (given.columns === undefined) return given
  const columns = resolveOptions<ColumnOptions>("readInteractions, option 'columns'", given.columns, {}, COLUMN_CHECKS)
  return { ...given, columns }
}
