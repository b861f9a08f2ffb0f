/** Results in files that --out names: rows of fields, or an object of JSON on every line. */
import { writeTextFile } from '../index.ts'
import { gatherRows, type ColumnEncoder, type ColumnShape, type ColumnType } from '../io/column-batches.ts'
import { delimitedLine, spreadsheetLine } from '../io/delimited-lines.ts'
import { writeChunks } from '../io/write.ts'
import { columnEncoder, COLUMN_ENDINGS } from '../io/write-columns.ts'
import type { Stage } from './stage.ts'
import { on, text, type Given } from './flags.ts'

const ENDINGS = '.csv, .tsv, .jsonl (each also with .gz), .parquet or .arrow'

/** @param written what --out writes. @param own ending of the library's own format */
export const outFlags = (written = 'write the result', own?: string) => ({
  out: text('<file>', `${written}: ${own === undefined ? '' : `${own}, `}${ENDINGS}; written completely or not at all`),
  spreadsheetSafe: on('with --out .csv or .tsv: escape text that a spreadsheet would run as a formula'),
})

/** Requires --out, in commands that write a file unless --to is given. */
export const requireOut = (out: string | undefined, stage: Stage): string =>
  out ?? stage.refuse("required option '--out <file>' not specified")

/** `null` is an empty cell. */
type Fields = readonly (string | number | null)[]

/** Types of the columns of a result; with a question mark cells may be empty. */
export type Columns = Readonly<Record<string, ColumnType | `${ColumnType}?`>>

/** Results as rows: the columns, and the rows of each result. */
interface Rows<Result> {
  readonly columns: Columns
  readonly of: (result: Result) => Iterable<Fields>
}

type Results<Result> = Iterable<Result> | AsyncIterable<Result>

/** Writes results to the file: by rows, or as they are. */
export type Write = <Result>(results: Results<Result>, rows: Rows<Result>) => Promise<void>

/** Where results go: to a file, to a table of a database, or to the terminal. */
export interface Destination {
  readonly write: Write | undefined
  readonly out?: string | undefined
  readonly to?: string | undefined
}

/**
 * Opens the destination before the work is done, so that an error of writing is reported at once.
 *
 * @param make does the work
 */
export async function makeInto<Made, Result>(
  { write }: Destination,
  make: () => Promise<Made>,
  resultsOf: (made: Made) => Iterable<Result>,
  rows: Rows<Result>,
): Promise<Made> {
  if (write === undefined) return make()
  const made: Made[] = []
  async function* results(): AsyncGenerator<Result> {
    made.push(await make())
    yield* resultsOf(made[0])
  }
  await write(results(), rows)
  return made[0]
}

const DELIMITERS: Readonly<Record<string, string>> = { csv: ',', tsv: '\t' }

/**
 * The writer for --out, if it is given. An unknown ending is refused before anything is read.
 *
 * @param own ending of the library's own format, for which there is no writer here
 */
export async function outWriter(
  { out, spreadsheetSafe }: Given<ReturnType<typeof outFlags>>,
  stage: Stage,
  own?: string,
): Promise<Write | undefined> {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(out ?? '')?.[1].toLowerCase() ?? ''
  const delimiter = Object.hasOwn(DELIMITERS, ending) ? DELIMITERS[ending] : undefined
  if (spreadsheetSafe === true && delimiter === undefined) {
    stage.refuse('--spreadsheet-safe requires --out with a name that ends in .csv or .tsv')
  }
  if (out === undefined) return undefined
  if (delimiter !== undefined) {
    const lineOf = spreadsheetSafe === true ? spreadsheetLine : delimitedLine
    return (results, rows) =>
      writeTextFile(
        out,
        rowLines(results, rows, (fields) => lineOf(fields, delimiter)),
      )
  }
  if (ending === 'jsonl') return (results) => writeTextFile(out, jsonLines(results))
  const name = out.toLowerCase()
  if (own !== undefined && (name.endsWith(own) || name.endsWith(`${own}.gz`))) return undefined
  const encode = await columnEncoder(out)
  if (encode !== undefined) return (results, rows) => writeChunks(out, encodeRows(encode, results, rows))
  const packable = [...(own === undefined ? [] : [own]), ...['.csv', '.tsv', '.jsonl']].join(', ')
  return stage.refuse(
    `option '--out ${out}': expected a name that ends in ${packable}, these with .gz, or ${COLUMN_ENDINGS.join(', ')}`,
  )
}

async function* rowLines<Result>(
  results: Results<Result>,
  { columns, of }: Rows<Result>,
  lineOf: (fields: readonly (string | number)[]) => string,
): AsyncGenerator<string, void, undefined> {
  yield lineOf(Object.keys(columns))
  for await (const result of results) for (const fields of of(result)) yield lineOf(fields.map((field) => field ?? ''))
}

function encodeRows<Result>(
  encode: ColumnEncoder,
  results: Results<Result>,
  { columns, of }: Rows<Result>,
): AsyncIterable<Uint8Array> {
  const shapes = Object.entries(columns).map(([name, spelt]): ColumnShape => {
    const type = spelt.replace('?', '') as ColumnType
    return { name, type, nullable: type !== spelt }
  })
  async function* rows(): AsyncGenerator<Fields> {
    for await (const result of results) yield* of(result)
  }
  return encode(shapes, gatherRows(shapes, rows()))
}

async function* jsonLines(results: Results<unknown>): AsyncGenerator<string, void, undefined> {
  for await (const result of results) yield JSON.stringify(result)
}
