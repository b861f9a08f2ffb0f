import type { Interactions } from '../data/interactions.ts'
import { RivuletError, show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'
import { readAdjacencyLists } from './adjacency.ts'
import { openArrow } from './arrow.ts'
import { readColumnFile } from './cell-batches.ts'
import { readDelimited } from './delimited.ts'
import { detectFormat } from './detect.ts'
import { findFiles } from './find-files.ts'
import { graphFormatOf } from './graph-files.ts'
import { readGraphTable } from './graph-table.ts'
import { elementLines, firstElements, isJsonArray } from './json-array.ts'
import { readJsonLines } from './json-lines.ts'
import { isArrow, isParquet, refuseForeignBytes } from './magic.ts'
import { isMatrixMarket, readMatrixMarket } from './matrix-market.ts'
import { openParquet } from './parquet.ts'
import { resolveReadOptions, type ReadInteractionsOptions } from './read-options.ts'
import { emptyFile, openSample, requirePath } from './read-bytes.ts'
import { readFiles } from './read-files.ts'

/**
 * Reads interactions from a file: delimited text, adjacency lists or JSON lines, plain or packed (gzip, zip, zstd where Node knows it), Arrow, or Parquet, with
 * the packages hyparquet and hyparquet-compressors; also a graph in GEXF, GraphML or graphology's JSON, as `readGraph` and `toInteractions` read it. Which of them is told by content, not by name.
 *
 * The file is streamed; only the columns (4 bytes per row for user and item each, 4 for value, 1 for signal, 8 for time) and the
 * distinct ids are kept in memory. Ids are kept verbatim ('007' stays '007'). An empty time is unknown; other cells must not be empty.
 *
 * Options that are not given are detected and reported to `onReading`: header and columns, by name and by comparing line 1 with those
 * below, comments at the top, and the unit of times. Ambiguous files are refused, not guessed.
 *
 * Several files form one table: those of a list, of a folder (except names that begin with '.' or '_') or of a pattern (`*`, `?`, `[ab]`, `{a,b}`, `**`). They must
 * be of one format, with the same columns;
 * files without rows are skipped.
 *
 * @param paths a file, '-' for the standard input, a folder or a pattern, or several of them; a file that grows during reading is read up to its size when opened
 * @throws {RivuletError} READ_FAILED for a missing or broken file, a format that is not read, or a package that is not there; EMPTY_DATA without a row; INVALID_DATA naming line and column, both from 1, or the row of a Parquet or Arrow file, from 0;
 * INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * await readInteractions('ratings.csv.gz')
 * await readInteractions(['2023.csv', '2024/part-*.csv'])
 * await readInteractions('log.txt', { delimiter: '|', columns: { user: 3, item: 0, time: 1 }, signalName: 'play' })
 * ```
 */
export async function readInteractions(
  paths: string | readonly string[],
  options?: ReadInteractionsOptions,
): Promise<Interactions> {
  const given = resolveReadOptions(options)
  const asked = Array.isArray(paths) ? (paths as readonly string[]) : [paths as string]
  for (const path of asked) requirePath('readInteractions', path)
  const files = await findFiles('readInteractions', asked)
  return files.length === 1 ? readFile(files[0], given) : readFiles(files, given, readFile)
}

async function readFile(path: string, given: ReadInteractionsOptions): Promise<Interactions> {
  const who = `readInteractions(${show(path)})`
  const { sample, chunks, close } = await openSample(who, path, given.onProgress)
  try {
    if (isParquet(sample) || isArrow(sample)) {
      refuseMapping(who, given)
      refuseTextOptions(who, given)
    }
    if (isParquet(sample)) return await readColumnFile(who, await openParquet(who, path, chunks), given)
    if (isArrow(sample)) return await readColumnFile(who, await openArrow(who, chunks, sample), given)
    refuseForeignBytes(who, sample)
    const text = beginningOf(sample)
    const graph = given.format === undefined ? graphFormatOf(sample.toString()) : null
    if (graph !== null) return await readGraphTable(who, graph, chunks, given)
    if (given.format === undefined) refuseForeignFormat(who, text)
    refuseMapping(who, given)
    if (given.format === undefined && isMatrixMarket(text)) return await readMatrixMarket(who, chunks, given)
    if (/^\[\s*\]\s*$/.test(text)) throw emptyFile(who)
    if ((given.format ?? 'json-lines') === 'json-lines' && isJsonArray(text))
      return await readJsonLines(who, elementLines(who, chunks), firstElements(sample), given)
    const format = given.format ?? detectFormat(path, sample, given)
    if (format === 'adjacency') return await readAdjacencyLists(who, chunks, sample, given)
    if (format === 'json-lines') return await readJsonLines(who, chunks, sample, given)
    return await readDelimited(who, chunks, sample, given)
  } finally {
    await close()
  }
}

/** Options for reading text. */
const OF_TEXT = ['format', 'delimiter', 'header', 'quoted', 'encoding', 'comments'] as const

function refuseTextOptions(who: string, given: ReadInteractionsOptions): void {
  // What is the default says nothing: the command line gives it always.
  const option = OF_TEXT.find((name) => given[name] !== undefined && !(name === 'quoted' && given.quoted === true))
  if (option === undefined) return
  const got = `${show(given[option])} for a binary file`
  throw refusedOption(who, option, { expected: 'no options for text', got, todo: 'Leave it out.' })
}

function refuseMapping(who: string, { graph }: ReadInteractionsOptions): void {
  if (graph === undefined) return
  const todo = "Leave it out; option 'columns' sets the roles of columns."
  throw refusedOption(who, 'graph', { expected: 'no graph options', got: 'some for a file of rows', todo })
}

interface ForeignFormat {
  readonly name: string
  readonly beginning: RegExp
  readonly todo: string
}

/** Other formats that look like rows, with advice. */
const FORMATS: readonly ForeignFormat[] = [
  {
    name: 'arrays in an array in JSON',
    beginning: /^\[\s*\[/,
    todo: "Write one object a line (jq -c '.[] | { user: .[0], item: .[1] }').",
  },
  {
    name: 'nodes and links in JSON',
    beginning: /^\{\s*"(?:directed"\s*:\s*\w+\s*,\s*"multigraph"|(?:nodes|links)"\s*:\s*\[\s*\{)/,
    todo: 'Write the graph as GEXF or GraphML: networkx.write_graphml(graph, path); or its edges, one object a line.',
  },
  {
    name: 'a table drawn for people, with a line under its titles',
    beginning: /^[^\n]{1,400}\n *[-+|:][-+|: ]{2,400}\r?\n/,
    todo: 'Write it as CSV.',
  },
  {
    name: 'a page of HTML or XML',
    beginning: /^<(?:!doctype|html|\?xml)/i,
    todo: 'Was an error page saved in place of the file? Download it again.',
  },
]

/** Enough for any of the beginnings. */
const LOOKED_AT = 1024

/** The first letters of a text. */
function beginningOf(sample: Buffer): string {
  return sample
    .toString('utf8', 0, LOOKED_AT)
    .replace(/^\ufeff/, '')
    .trimStart()
}

/** Refuses text in a format that is not read here. @throws {RivuletError} INVALID_DATA naming it */
export function refuseForeignFormat(who: string, text: string): void {
  const found = FORMATS.find(({ beginning }) => beginning.test(text))
  if (found === undefined) return
  throw new RivuletError('INVALID_DATA', {
    who: `${who}, line 1`,
    expected: 'delimited text, adjacency lists or JSON lines',
    got: found.name,
    todo: found.todo,
    details: { line: 1 },
  })
}
