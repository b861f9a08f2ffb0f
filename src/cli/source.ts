/** Reads the files of a command, and opens the engine on its interactions. Defaults are the library's. */
import { printable } from '../advanced.ts'
import {
  Engine,
  type CallOptions,
  readInteractions,
  RivuletError,
  type EngineOptions,
  type Interactions,
  type Reading,
} from '../index.ts'
import { readBytes, readColumns, readDelimiter, readMapping, readThreads } from './argument-values.ts'
import type { Files } from './command.ts'
import { choice, chosen, on, onOff, text, value, type Given } from './flags.ts'
import { sideRecords, type SideArguments } from './side-file.ts'
import { readSignals, settleSignals } from './signal-argument.ts'
import { orAborted, withProgress, type Terminal } from './terminal.ts'

export const READING_FLAGS = {
  format: choice('<name>', 'format of the files (default: by name and content)', [
    ...(['delimited', 'adjacency', 'json-lines'] as const),
  ]),
  delimiter: value('<text>', 'delimiter of fields, one or two characters (default: detected)', readDelimiter),
  columns: value(
    '<roles>',
    'columns by role: user=..,item=..,value=..,signal=..,time=..: names, or numbers from 0; time=- for none',
    readColumns,
  ),
  graph: value(
    '<roles>',
    "roles in a graph file (GEXF, GraphML, graphology's JSON): kind=..,user=..,item=..,id=..,value=..,signal=..,time=..: attribute names, and the kinds that are users and items; kind=: if keys have prefixes, kind=- if edges go from users to items",
    readMapping,
  ),
  header: onOff('the first line names the columns (default: detected)', 'the first line is data'),
  comments: onOff(
    "lines that begin with '#', '%' or '//' are comments (default: detected at the top)",
    'such lines are data',
  ),
  quotes: onOff('', 'double quotes are ordinary characters'),
  backslashQuotes: on('within double quotes, \\" is a quote and \\\\ a backslash'),
  encoding: choice('<name>', 'text encoding (default: utf8)', ['utf8', 'latin1']),
  skipBadRows: on('skip rows that cannot be read, and report how many (default: fail at the first)'),
}

export type ReadingArguments = Given<typeof READING_FLAGS>

/**
 * Reads interactions, until the user interrupts.
 *
 * @param onReading called with the reading; default: prints omissions and guesses on the standard error
 */
export function readTable(
  path: Files,
  given: ReadingArguments,
  terminal: Terminal,
  onReading = (reading: Reading): void => {
    for (const line of warningLines(reading))
      terminal.warn(`${typeof path === 'string' ? path : `${path.length} files`}: ${line}\n`)
  },
): Promise<Interactions> {
  const { quotes, backslashQuotes, skipBadRows, ...others } = chosen(given, READING_FLAGS)
  if (backslashQuotes && quotes === false) throw twoQuotings()
  const quoted = backslashQuotes ? 'backslash' : quotes
  const onBadRow = skipBadRows ? 'skip' : 'error'
  const read = ({ onProgress }: CallOptions) =>
    orAborted(readInteractions(path, { ...others, quoted, onBadRow, onReading, onProgress }), terminal.signal)
  return withProgress('Reading', terminal, read, 'bytes')
}

const twoQuotings = (): RivuletError =>
  new RivuletError('INVALID_OPTION', {
    who: '--backslash-quotes',
    expected: 'quotes that enclose fields',
    got: '--no-quotes beside it',
    todo: 'Leave one of the two out.',
  })

export const MACHINE_FLAGS = {
  threads: value('<n>', 'worker threads (default: auto)', readThreads),
  memoryLimit: value('<bytes>', 'refuse work that needs more memory: 500MB, 8GB (default: what is free)', readBytes),
}

export const ENGINE_FLAGS = {
  weighted: on('use values as weights (default: every pair counts 1)'),
  signals: value(
    '<weights>',
    "weights of signals; others are left out: buy=1,play=0.2:log1p, JSON, or 'auto'",
    readSignals,
  ),
  ...MACHINE_FLAGS,
}

/** `options` may contain the rules of signals. */
export type EngineArguments = Given<typeof ENGINE_FLAGS> & {
  readonly options?: { readonly signals?: EngineOptions['signals'] } | undefined
  readonly relations?: EngineOptions['relations']
}

/** An engine on a table; the rules found by 'auto' are reported. */
export async function openEngine(table: Interactions, given: EngineArguments, terminal: Terminal): Promise<Engine> {
  const { threads, memoryLimit, weighted, signals = given.options?.signals } = settleSignals(table, given, terminal)
  const { relations } = given
  const engine = await Engine.create(table, { threads, memoryLimitBytes: memoryLimit, weighted, signals, relations })
  // What reading has to say has been told.
  const more = relations === undefined ? [] : engine.notes.filter((note) => !table.notes?.includes(note))
  for (const note of more) terminal.warn(`${note}\n`)
  return engine
}

/** 'user <- userId, item <- movieId, value <- rating, time <- timestamp (s), ignored: title, genres' */
export function readingLine({ columns, timeUnit, ignored }: Reading): string {
  const roles = Object.entries(columns).map(([role, column]) => {
    const unit = role === 'time' && timeUnit !== null ? ` (${timeUnit})` : ''
    return `${role} <- ${printable(column)}${unit}`
  })
  return [...roles, ...(ignored.length > 0 ? [ignoredText(ignored)] : [])].join(', ')
}

/** Skipped lines and notes; none for a plain file. */
export function noteLines({ comments, notes }: Reading): string[] {
  return [...(comments > 0 ? [`${comments} comment ${comments === 1 ? 'line' : 'lines'} skipped`] : []), ...notes]
}

/** Warnings of commands that do not show the reading: omissions and notes. */
function warningLines(reading: Reading): string[] {
  return [...(reading.ignored.length > 0 ? [ignoredText(reading.ignored)] : []), ...noteLines(reading)]
}

/** Objects used as maps by id may have any number of names. */
const MOST_NAMES = 20

function ignoredText(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return `ignored: ${names.slice(0, MOST_NAMES).map(printable).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export const TITLES_FLAG = text('<file>', "titles of items: columns 'item' and 'title', or the first two")

/** Titles of items; an item without a title is shown by its id. */
export type Titles = ReadonlyMap<string, string>

/**
 * Reads titles: from columns or JSON lines with `item` and `title`, or from text whose first column is the id and whose second is the title
 * (a header does no harm: it names no item).
 *
 * @throws {RivuletError} as `readRecords`
 */
export function readTitles(given: TitleArguments, terminal: Terminal): Promise<Titles | undefined> {
  const { titles } = given
  return orAborted(
    titles === undefined ? Promise.resolve(undefined) : collect(titles, given, terminal),
    terminal.signal,
  )
}

/**
 * The id of a requested item: as given if the data know it, otherwise by its title, ignoring case.
 *
 * @throws {RivuletError} UNKNOWN_KEY where several items have the title
 */
export function itemAsked(given: string, titles: Titles | undefined, { items }: Interactions): string {
  if (titles === undefined || items.rowOf(given) >= 0) return given
  const wanted = given.toLowerCase()
  const found = [...titles].filter(([id, title]) => title.toLowerCase() === wanted && items.rowOf(id) >= 0)
  if (found.length < 2) return found[0]?.[0] ?? given
  throw new RivuletError('UNKNOWN_KEY', {
    who: '--item',
    expected: 'a title of exactly one item',
    got: `${printable(given)}, the title of ${found.length} items: ${found
      .slice(0, MOST_NAMES)
      .map(([id]) => printable(id))
      .join(', ')}`,
    todo: 'Give the id.',
  })
}

interface TitleArguments extends SideArguments {
  readonly titles: string | undefined
}

async function collect(path: string, given: SideArguments, terminal: Terminal): Promise<Titles> {
  const titles = new Map<string, string>()
  for await (const record of sideRecords(path, given, terminal, { header: false })) {
    const [first, second] = Object.values(record)
    const [id, title] = [record.item ?? first, record.title ?? second]
    if (id !== undefined && title !== undefined) titles.set(id, title)
  }
  return titles
}
