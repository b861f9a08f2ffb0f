import type { Command } from 'commander'
import { delimitedLine, spreadsheetLine } from '../io/delimited-lines.ts'

/** A line of a file of fields. */
export type LineOf = (fields: readonly (string | number)[]) => string

/** How a result becomes the lines of a file. */
export interface TextWriters<Input extends readonly unknown[], Lines> {
  readonly delimited: (lineOf: LineOf) => (...input: Input) => Lines
  readonly jsonl: (...input: Input) => Lines
}

/** What --out and its companion were given as. */
export interface OutArguments {
  readonly out?: string
  readonly spreadsheetSafe?: true
}

/** The option beside --out where it writes text: flag and description. */
export const SPREADSHEET_SAFE = [
  '--spreadsheet-safe',
  'with --out .csv or .tsv: no text of it is a formula to a spreadsheet',
] as const

const DELIMITERS: Readonly<Record<string, string>> = { csv: ',', tsv: '\t' }

/**
 * The writer that option --out asks for, if it is given. A name of another kind is wrong usage, said before anything is read.
 *
 * @param own ending of the library's own format, which is no text: there is no writer for it here
 */
export function outWriter<Input extends readonly unknown[], Lines>(
  command: Command,
  { out, spreadsheetSafe }: OutArguments,
  writers: TextWriters<Input, Lines>,
  own?: string,
): ((...input: Input) => Lines) | undefined {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(out ?? '')?.[1].toLowerCase() ?? ''
  const delimiter = Object.hasOwn(DELIMITERS, ending) ? DELIMITERS[ending] : undefined
  if (spreadsheetSafe === true && delimiter === undefined) {
    command.error('error: --spreadsheet-safe belongs to --out with a name that ends in .csv or .tsv')
  }
  if (out === undefined) return undefined
  if (delimiter !== undefined) {
    const line = spreadsheetSafe === true ? spreadsheetLine : delimitedLine
    return writers.delimited((fields) => line(fields, delimiter))
  }
  if (ending === 'jsonl') return writers.jsonl
  const name = out.toLowerCase()
  if (own !== undefined && (name.endsWith(own) || name.endsWith(`${own}.gz`))) return undefined
  const endings = [...(own === undefined ? [] : [own]), '.csv', '.tsv', '.jsonl'].join(', ')
  command.error(`error: option '--out ${out}': expected a name that ends in ${endings}, or these with .gz`)
}
