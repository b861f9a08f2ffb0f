import type { Command } from 'commander'

/** How a result becomes the lines of a file, by its ending; each also with .gz. */
export type TextWriters<Writer> = Readonly<Record<'csv' | 'tsv' | 'jsonl', Writer>>

/** The writer of a file of that name; `undefined` when its ending is none of these. */
function writerOf<Writer>(path: string, writers: TextWriters<Writer>): Writer | undefined {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(path)?.[1].toLowerCase() ?? ''
  return Object.hasOwn(writers, ending) ? writers[ending as keyof typeof writers] : undefined
}

/**
 * The writer that option --out asks for, if it is given. A name of another kind is wrong usage, said before anything is read.
 *
 * @param own ending of the library's own format, which is no text: there is no writer for it here
 */
export function outWriter<Writer>(
  command: Command,
  out: string | undefined,
  writers: TextWriters<Writer>,
  own?: string,
): Writer | undefined {
  if (out === undefined) return undefined
  const writer = writerOf(out, writers)
  const name = out.toLowerCase()
  if (writer !== undefined || (own !== undefined && (name.endsWith(own) || name.endsWith(`${own}.gz`)))) return writer
  const endings = [...(own === undefined ? [] : [own]), '.csv', '.tsv', '.jsonl'].join(', ')
  command.error(`error: option '--out ${out}': expected a name that ends in ${endings}, or these with .gz`)
}
