/** Tables of interactions as rows of a file. */
import type { Interactions } from '../index.ts'
import type { Columns } from './out-file.ts'

/** A row of JSON lines. */
interface InteractionRow {
  readonly user: string
  readonly item: string
  readonly value?: number
  readonly signal?: string
  /** `null` if unknown. */
  readonly time?: number | null
}

/** The columns of a table, for `outWriter`. */
export const interactionRows = ({ value, signal, time }: Interactions) => {
  const columns: Columns = {
    ...({ user: 'text', item: 'text' } as const),
    ...(value && { value: 'float32' }),
    ...(signal && { signal: 'text' }),
    ...(time && { time: 'float64?' }),
  }
  const titles = Object.keys(columns) as (keyof InteractionRow)[]
  const of = (row: InteractionRow): (string | number | null)[][] => [titles.map((title) => row[title] ?? null)]
  return { columns, of }
}

export function* interactionsOf(table: Interactions): Generator<InteractionRow, void, undefined> {
  const { users, items, user, item, value, signal, signals, time } = table
  for (let row = 0; row < user.length; row++) {
    yield {
      user: users.keyOf(user[row]),
      item: items.keyOf(item[row]),
      ...(value && { value: shortest(value[row]) }),
      ...(signal && { signal: signals[signal[row]] }),
      ...(time && { time: Number.isNaN(time[row]) ? null : time[row] }),
    }
  }
}

/** The shortest decimal that is the same number in single precision: 0.1, not 0.10000000149. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
