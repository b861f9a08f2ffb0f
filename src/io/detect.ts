import { kindOfCell } from './cell-kinds.ts'
import { CommentFilter } from './comments.ts'
import { RowScanner, type Encoding, type Quoting } from './row-scanner.ts'

/** Text: delimited (CSV, TSV ...), adjacency lists (a line is a user followed by the user's items), JSON lines (a line is an object). */
export type TextFormat = 'delimited' | 'adjacency' | 'json-lines'

/** Graph files: XML, or graphology's JSON. */
export type GraphFormat = 'gexf' | 'graphml' | 'graph-json'

/** Formats of `readInteractions`. */
export type Format = TextFormat | GraphFormat | 'matrix-market' | 'parquet' | 'arrow'

const BY_NAME: Readonly<Record<string, TextFormat>> = {
  csv: 'delimited',
  tsv: 'delimited',
  tab: 'delimited',
  jsonl: 'json-lines',
  ndjson: 'json-lines',
}

/** In order of preference: the first ones seldom occur in text for other reasons. */
const DELIMITERS = ['\t', '::', ';', '|', ',']

/** Number of lines to look at. */
const SAMPLE_ROWS = 200

/** How the first lines are read. */
export interface Look {
  readonly quoted?: Quoting | undefined
  /** `false` reads comments as ordinary lines; default: comments are skipped. */
  readonly comments?: boolean | undefined
}

/** The format by the file's name, otherwise by its first lines. */
export function detectFormat(path: string, sample: Buffer, look: Look = {}): TextFormat {
  const name = path.toLowerCase().replace(/\.gz$/, '')
  const extension = name.slice(name.lastIndexOf('.') + 1)
  if (Object.hasOwn(BY_NAME, extension)) return BY_NAME[extension]
  const lines = sampleRows(sample, '', { ...look, quoted: false }).map(([line]) => line.trim())
  const [first = ''] = lines
  if (first.startsWith('{') && first.endsWith('}')) return 'json-lines'
  if (detectDelimiter(sample, look) !== undefined || isTableOfSpaces(sample, look)) return 'delimited'
  return areLists(lines.map((line) => line.split(/ +/))) ? 'adjacency' : 'delimited'
}

/** Whether lines of fields look like users and their items: ids, and not a table in which users recur. */
function areLists(lines: readonly (readonly string[])[]): boolean {
  const [first = []] = lines
  const isEven = lines.length > 1 && lines.every((fields) => fields.length === first.length)
  const comeAgain = new Set(lines.map(([user]) => user)).size < lines.length
  return first.length > 1 && first.every(isListedId) && !(isEven && comeAgain && first.length > 2)
}

/** Whether an id fits adjacency lists that were detected: letters, digits, '_' and '-'. Prose and other formats have more characters. */
export function isListedId(id: string): boolean {
  return /^[\w-]+$/.test(id)
}

/**
 * The delimiter that cuts all of the first lines into the same number of fields (more than one); failing that, one that stands in the
 * first line.
 */
export function detectDelimiter(sample: Buffer, look: Look = {}): string | undefined {
  const widths = DELIMITERS.map((delimiter) => sampleRows(sample, delimiter, look).map((row) => row.length))
  const even = widths.findIndex(([first = 0, ...others]) => first > 1 && others.every((width) => width === first))
  const found = even >= 0 ? even : widths.findIndex(([first = 0]) => first > 1)
  return DELIMITERS[found]
}

/** A space if it splits the first lines into a table, or if there are no lines, so that the reader reports what is wrong with them. */
export function delimiterOfSpaces(sample: Buffer, look: Look): string | undefined {
  return isTableOfSpaces(sample, look) || sampleRows(sample, '', look).length === 0 ? ' ' : undefined
}

/**
 * Whether single spaces cut the first lines into the same number of fields, and they are not adjacency lists: a first field occurs twice (a user
 * has one list), or some fields are dates, or numbers that are no ids, and the others words that may be ids.
 */
export function isTableOfSpaces(sample: Buffer, look: Look = {}): boolean {
  const rows = sampleRows(sample, ' ', look)
  const width = rows[0]?.length ?? 0
  if (rows.length < 2 || width < 2 || rows.some((row) => row.length !== width || row.includes(''))) return false
  if (new Set(rows.map(([user]) => user)).size < rows.length) return true
  const others = rows.flat().filter((field) => !isListedId(field) || kindOfCell(field) === 'date')
  return others.length > 0 && others.every((field) => kindOfCell(field) !== 'word')
}

/** The fields of the first lines, up to the first that cannot be read with this delimiter or encoding, which the reader will report. */
export function sampleRows(
  sample: Buffer,
  delimiter: string,
  { quoted = true, comments }: Look,
  encoding: Encoding = 'latin1',
): string[][] {
  const who = 'sample'
  const filter = comments === false ? undefined : new CommentFilter(who, true)
  const scanner = new RowScanner({ who, delimiter, quoted, encoding, comments: filter })
  const rows: string[][] = []
  try {
    scanner.push(sample)
    while (rows.length < SAMPLE_ROWS && scanner.next()) rows.push(scanner.texts())
    // A single line without a break is a row too; after others, the last may be cut by the end of the sample.
    if (rows.length === 0) {
      scanner.finish()
      if (scanner.next()) rows.push(scanner.texts())
    }
  } catch {
    return rows
  }
  return rows
}
