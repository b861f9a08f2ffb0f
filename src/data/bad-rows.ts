/** The rule for rows that cannot be read, and errors about single rows: a missing id, a cell that is not a number or time, too many cells or too few. */
import { printable, RivuletError, type ErrorParts } from '../support/errors.ts'
import { counted } from '../support/printed.ts'
import { choice } from '../support/spec.ts'

/** 'error' fails at the first bad row, 'skip' leaves bad rows out and reports them in the table's `notes`. */
export type BadRowRule = 'error' | 'skip'

export const badRowOptions = {
  /**
   * What happens to rows that cannot be read: a missing id, an invalid value or time, too many or too few cells. 'skip' leaves them out; `notes` of the table report how
   * many there were, and where the first three. Errors that concern the whole input are still thrown. Default 'error'.
   */
  onBadRow: choice<BadRowRule>('error', ['error', 'skip']),
}

/** Maximum number of bad rows that are described. */
const MOST_TOLD = 3
const LONGEST_TOLD = 160

/** The parts of errors about single rows. */
const problems = new WeakMap<RivuletError, ErrorParts>()

/** The error for one row that cannot be read, which `BadRows` may skip. */
export function badRow(parts: ErrorParts): RivuletError {
  const error = new RivuletError('INVALID_DATA', parts)
  problems.set(error, parts)
  return error
}

/** Counts the bad rows of one table. */
export class BadRows {
  /** Whether rows may be left out. */
  readonly skips: boolean
  readonly #who: string
  readonly #first: { readonly row: number; readonly problem: string }[] = []
  #count = 0

  /** @param who the reader, the first words of its errors */
  constructor(who: string, rule: BadRowRule = 'error') {
    this.#who = who
    this.skips = rule === 'skip'
  }

  /** Number of skipped rows so far. */
  get count(): number {
    return this.#count
  }

  /**
   * Skips a row.
   *
   * @param row its number, if rows are not read in order
   * @throws the error itself if it is not about a single row; if bad rows are not skipped, with the advice to do so
   */
  skip(error: unknown, row = this.#count): void {
    const parts = error instanceof RivuletError ? problems.get(error) : undefined
    if (parts === undefined) throw error
    // The command line replaces this text by its flag.
    const todo = `${parts.todo} Or leave such rows out: onBadRow: 'skip'.`
    if (!this.skips) throw new RivuletError('INVALID_DATA', { ...parts, todo })
    this.#count++
    if (this.#first.length === MOST_TOLD && row >= this.#first[MOST_TOLD - 1].row) return
    const place = parts.who.startsWith(`${this.#who}, `) ? parts.who.slice(this.#who.length + 2) : parts.who
    const problem = printable(`${place}: expected ${parts.expected}, got ${parts.got}`).slice(0, LONGEST_TOLD)
    this.#first.push({ row, problem })
    this.#first.sort((one, other) => one.row - other.row).splice(MOST_TOLD)
  }

  /** Notes: none, or the number of skipped rows and the reasons of the first three. */
  get notes(): readonly string[] {
    if (this.#count === 0) return []
    const first = this.#first.map(({ problem }) => problem)
    const more = this.#count > MOST_TOLD ? '; ...' : ''
    return [`${counted(this.#count, 'bad row')} skipped: ${first.join('; ')}${more}`]
  }

  /** The error if no row is left. */
  nothingLeft(): RivuletError {
    return new RivuletError('EMPTY_DATA', {
      who: this.#who,
      expected: 'at least one readable row',
      got: `none: ${this.notes.join()}`,
      todo: 'Check that the columns are the right ones.',
      details: { badRows: this.#count },
    })
  }
}

/** Bad rows of columns that are read one after the other: a row counts once, whatever the number of its bad cells. */
export class BadCells {
  readonly #badRows: BadRows
  readonly #offset: number
  readonly #isBad: Uint8Array

  /** @param offset number of the first row */
  constructor(badRows: BadRows, length: number, offset = 0) {
    this.#badRows = badRows
    this.#offset = offset
    this.#isBad = new Uint8Array(badRows.skips ? length : 0)
  }

  /** Whether rows may be left out. */
  get skips(): boolean {
    return this.#badRows.skips
  }

  /** Whether the row was skipped. */
  has(row: number): boolean {
    return this.#isBad[row] === 1
  }

  /** Skips a row because of a cell. @throws as `BadRows.skip` */
  skip(error: unknown, row: number): void {
    if (this.has(row) && error instanceof RivuletError && problems.has(error)) return
    this.#badRows.skip(error, this.#offset + row)
    this.#isBad[row] = 1
  }

  /** A number read from a cell of a row; NaN if the row is skipped. @throws as `BadRows.skip` */
  read(row: number, cell: () => number): number {
    try {
      return cell()
    } catch (error) {
      this.skip(error, row)
      return NaN
    }
  }
}
