/** Several files as one table: parts of one thing, so what they are read as must be the same. */
import { joinInteractions } from '../data/join-interactions.ts'
import type { Interactions } from '../data/interactions.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import type { Reading } from './reading.ts'

/**
 * @param readFile reads one of them
 * @throws {RivuletError} INVALID_DATA for files of different formats, columns or units of time; EMPTY_DATA where none has a row; INVALID_OPTION for an empty list; what `readFile` throws
 */
export async function readFiles(
  files: readonly string[],
  options: ReadInteractionsOptions,
  readFile: (path: string, options: ReadInteractionsOptions) => Promise<Interactions>,
): Promise<Interactions> {
  const tables: Interactions[] = []
  const readings: { readonly file: string; readonly reading: Reading }[] = []
  let empty: RivuletError = noFiles()
  for (const file of files) {
    try {
      const onReading = (reading: Reading): void => void readings.push({ file, reading })
      tables.push(await readFile(file, { ...options, onReading }))
    } catch (error) {
      if (!isRowless(error)) throw error
      empty = error
      continue
    }
    requireAlike(readings[0], readings[readings.length - 1])
  }
  if (tables.length === 0) throw empty
  const rowless = files.length - tables.length
  const notes = [...(rowless > 0 ? [`${rowless} of ${files.length} files without a row`] : []), ...allNotes(readings)]
  const comments = readings.reduce((sum, { reading }) => sum + reading.comments, 0)
  options.onReading?.({ ...readings[0].reading, comments, notes })
  // eslint-disable-next-line no-restricted-syntax -- one table a file
  return joinInteractions(...tables)
}

/** A graph whose nodes are of other kinds is not empty: the mapping is wrong for it. */
const isRowless = (error: unknown): error is RivuletError =>
  error instanceof RivuletError && error.code === 'EMPTY_DATA' && error.details.kind === undefined

interface FileReading {
  readonly file: string
  readonly reading: Reading
}

/** What must be the same, in words. */
const FACTS: readonly ((reading: Reading) => string)[] = [
  ({ format }) => `format ${format}`,
  ({ columns }) => `columns ${JSON.stringify(columns)}`,
  ({ timeUnit }) => (timeUnit === null ? '' : `times in ${timeUnit === 'date' ? 'dates' : timeUnit}`),
]

function requireAlike(first: FileReading, one: FileReading): void {
  for (const fact of FACTS) {
    const [expected, got] = [fact(first.reading), fact(one.reading)]
    if (expected === got || expected === '' || got === '') continue
    throw new RivuletError('INVALID_DATA', {
      who: `readInteractions(${show(one.file)})`,
      expected: `${expected}, as in ${show(first.file)}`,
      got,
      todo: 'Read them separately and join the tables with joinInteractions, or set columns, header and format for all of them.',
    })
  }
}

/** Each note once, with the first file that it is about. */
function allNotes(readings: readonly FileReading[]): string[] {
  const notes = new Map<string, string[]>()
  for (const { file, reading } of readings)
    for (const note of reading.notes) notes.set(note, [...(notes.get(note) ?? []), file])
  return Array.from(
    notes,
    ([note, files]) => `${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ''}: ${note}`,
  )
}

function noFiles(): RivuletError {
  const todo = 'Name a file, a folder or a pattern.'
  return new RivuletError('INVALID_OPTION', {
    who: 'readInteractions',
    expected: 'at least one file',
    got: 'none',
    todo,
  })
}
