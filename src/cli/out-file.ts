/** Results in files that --out names: rows of fields, or an object of JSON on every line. */
import { writeTextFile } from '../index.ts'
import { delimitedLine, spreadsheetLine } from '../io/delimited-lines.ts'
import type { Stage } from './command.ts'
import { on, text, type Given } from './flags.ts'

/** @param written what --out writes, and with which endings */
export const outFlags = (written = 'write a .csv, .tsv or .jsonl file') => ({
  out: text('<file>', `${written}, each also with .gz; whole or not at all`),
  spreadsheetSafe: on('with --out .csv or .tsv: no text of it is a formula to a spreadsheet'),
})

type Fields = readonly (string | number)[]

/** How results look as rows: the titles, and the rows of each. */
interface Rows<Result> {
  readonly titles: Fields
  readonly of: (result: Result) => Iterable<Fields>
}

type Results<Result> = Iterable<Result> | AsyncIterable<Result>

/** Writes results to the file: by rows, or as they are. */
type Write = <Result>(results: Results<Result>, rows: Rows<Result>) => Promise<void>

const DELIMITERS: Readonly<Record<string, string>> = { csv: ',', tsv: '\t' }

/**
 * The writer that --out asks for, if it is given. A name of another kind is wrong usage, said before anything is read.
 *
 * @param own ending of the library's own format, which is no text: there is no writer for it here
 */
export function outWriter(
  { out, spreadsheetSafe }: Given<ReturnType<typeof outFlags>>,
  stage: Stage,
  own?: string,
): Write | undefined {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(out ?? '')?.[1].toLowerCase() ?? ''
  const delimiter = Object.hasOwn(DELIMITERS, ending) ? DELIMITERS[ending] : undefined
  if (spreadsheetSafe === true && delimiter === undefined) {
    stage.refuse('--spreadsheet-safe belongs to --out with a name that ends in .csv or .tsv')
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
  const endings = [...(own === undefined ? [] : [own]), '.csv', '.tsv', '.jsonl'].join(', ')
  return stage.refuse(`option '--out ${out}': expected a name that ends in ${endings}, or these with .gz`)
}

async function* rowLines<Result>(
  results: Results<Result>,
  { titles, of }: Rows<Result>,
  lineOf: (fields: Fields) => string,
): AsyncGenerator<string, void, undefined> {
  yield lineOf(titles)
  for await (const result of results) for (const fields of of(result)) yield lineOf(fields)
}

async function* jsonLines(results: Results<unknown>): AsyncGenerator<string, void, undefined> {
  for await (const result of results) yield JSON.stringify(result)
}
