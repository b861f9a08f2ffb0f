import { readRecords, type ReadInteractionsOptions } from '../index.ts'
import { orAborted, type Terminal } from './terminal.ts'

/** What people call the items; an item without a title is called by its id. */
export type Titles = ReadonlyMap<string, string>

/**
 * Reads titles: from JSON lines with `item` and `title`, or from delimited text whose first column is the id and whose second is the title
 * (a header does no harm: it names no item).
 *
 * @throws {RivuletError} as `readRecords`
 */
export function readTitles(
  path: string | undefined,
  encoding: ReadInteractionsOptions['encoding'],
  { signal }: Terminal,
): Promise<Titles | undefined> {
  return orAborted(path === undefined ? Promise.resolve(undefined) : collect(path, encoding), signal)
}

async function collect(path: string, encoding: ReadInteractionsOptions['encoding']): Promise<Titles> {
  const titles = new Map<string, string>()
  for await (const record of readRecords(path, { header: false, encoding })) {
    const [first, second] = Object.values(record)
    const [id, title] = [record.item ?? first, record.title ?? second]
    if (id !== undefined && title !== undefined) titles.set(id, title)
  }
  return titles
}
