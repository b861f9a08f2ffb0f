/** Rows of side tables in Parquet and Arrow, as text: columns of texts, numbers, booleans and times, which are seconds since 1970. */
import { RivuletError } from '../support/errors.ts'
import type { ColumnFile, RowGroup } from './cell-batches.ts'
import { attempt } from './damage.ts'

/** @throws {RivuletError} INVALID_DATA for a damaged file, and for one without a column that is read */
export async function* recordsOfColumns(
  who: string,
  file: ColumnFile,
): AsyncGenerator<Readonly<Record<string, string>>, void, undefined> {
  const { fields, format } = file
  const what = format === 'arrow' ? 'Arrow' : 'Parquet'
  const readable = [...fields.keys()].filter((number) => fields[number].refused === undefined)
  try {
    if (readable.length === 0) throw noColumn(who, fields)
    for await (const group of file.groups(readable)) {
      const columns = attempt(who, what, () =>
        readable.map((number) => [fields[number].name, textsOf(group, number)] as const),
      )
      for (let row = 0; row < group.rows; row++)
        yield Object.fromEntries(columns.map(([name, texts]) => [name, texts[row]]))
    }
  } finally {
    await file.close()
  }
}

function textsOf({ rows, batchesOf }: RowGroup, number: number): string[] {
  const texts: string[] = []
  for (const { length, values, places } of batchesOf(number))
    for (let cell = 0; cell < length; cell++) texts.push(textOf(values[places?.[cell] ?? cell]))
  while (texts.length < rows) texts.push('')
  return texts
}

/** An empty cell is an empty text, as in delimited files. */
const textOf = (cell: unknown): string => (cell === null || cell === undefined ? '' : String(cell))

function noColumn(who: string, fields: ColumnFile['fields']): RivuletError {
  const got = fields.map(({ name, refused }) => `${name}: ${refused}`).join(', ') || 'none'
  const todo = 'Write it as flat columns.'
  return new RivuletError('INVALID_DATA', { who, expected: 'a column of text, numbers or times', got, todo })
}
