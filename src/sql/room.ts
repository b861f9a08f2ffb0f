/** Adapts the size of statements to the memory of servers: a statement that is too large is split in halves. */
import { RivuletError } from '../support/errors.ts'

/** Maximum columns per query: wider ones cost more memory in joins than they save time. */
export const MOST_COLUMNS = 16

/** A range of columns of a panel. */
export interface Span {
  readonly first: number
  readonly width: number
}

/** Whether the database ran out of memory. */
export const lacksMemory = (error: unknown): error is RivuletError =>
  error instanceof RivuletError && error.details.reason === 'memory'

/** The number of columns per query for which the servers have memory. */
export class Room {
  #columns = MOST_COLUMNS
  #lacked: unknown = null

  /** Maximum columns of the next query. */
  get columns(): number {
    return this.#columns
  }

  /** A note if queries became narrower, with the server that ran out of memory. */
  get notes(): readonly string[] {
    if (this.#columns === MOST_COLUMNS) return []
    const asked = this.#columns === 1 ? '1 column' : `${this.#columns} columns`
    return [
      `${asked} per query, which is slower than ${MOST_COLUMNS}: ${String(this.#lacked)} ran out of memory for more`,
    ]
  }

  /**
   * Halves the number of columns of later queries.
   *
   * @param width of the query that failed
   * @returns the columns of its first half
   * @throws the error itself if it is not about memory, or if the query had one column
   */
  narrow(width: number, error: unknown): number {
    if (width < 2 || !lacksMemory(error)) throw error
    const half = Math.ceil(width / 2)
    this.#columns = Math.min(this.#columns, half)
    this.#lacked = error.details.host ?? 'the database'
    return half
  }

  /** Spans that cover all columns, each as wide as the limit at that time. */
  *spansOf(columns: number): Generator<Span> {
    for (let first = 0; first < columns;) {
      const width = Math.min(this.#columns, columns - first)
      yield { first, width }
      first += width
    }
  }
}

/** Queries rows, and splits the range in halves if the servers run out of memory. */
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
