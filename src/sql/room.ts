/** What servers have memory for: a statement that is too large for them is asked for in halves. */
import { RivuletError } from '../support/errors.ts'

/** Columns of one query: wider ones take joins more memory than they save time. */
export const MOST_COLUMNS = 16

/** Some columns of a panel. */
export interface Span {
  readonly first: number
  readonly width: number
}

/** Whether a database had no memory left for a statement. */
export const lacksMemory = (error: unknown): error is RivuletError =>
  error instanceof RivuletError && error.details.reason === 'memory'

/** How many columns of a panel servers have memory for in one query. */
export class Room {
  #columns = MOST_COLUMNS
  #lacked: unknown = null

  /** Most columns of the next query. */
  get columns(): number {
    return this.#columns
  }

  /** That queries became narrower, and who had no memory for more. */
  get notes(): readonly string[] {
    if (this.#columns === MOST_COLUMNS) return []
    const asked = this.#columns === 1 ? '1 column' : `${this.#columns} columns`
    return [
      `${asked} per query, which is slower than ${MOST_COLUMNS}: ${String(this.#lacked)} ran out of memory for more`,
    ]
  }

  /**
   * Half as many columns from now on.
   *
   * @param width of the query that failed
   * @returns the columns of its first half
   * @throws the error where it was of something else, or of one column
   */
  narrow(width: number, error: unknown): number {
    if (width < 2 || !lacksMemory(error)) throw error
    const half = Math.ceil(width / 2)
    this.#columns = Math.min(this.#columns, half)
    this.#lacked = error.details.host ?? 'the database'
    return half
  }

  /** Columns from the first to the last, as many at a time as there is room for then. */
  *spansOf(columns: number): Generator<Span> {
    for (let first = 0; first < columns;) {
      const width = Math.min(this.#columns, columns - first)
      yield { first, width }
      first += width
    }
  }
}

/** Asks about rows, and about half of them at a time where servers have no memory for the answer. */
export async function byHalves(
  from: number,
  to: number,
  ask: (from: number, to: number) => Promise<void>,
): Promise<void> {
  try {
    await ask(from, to)
  } catch (error) {
    if (to - from < 2 || !lacksMemory(error)) throw error
    const middle = (from + to) >>> 1
    await byHalves(from, middle, ask)
    await byHalves(middle, to, ask)
  }
}
