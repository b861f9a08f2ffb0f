/**
 * Matrix Market: entries of a sparse matrix, a line each, below a line of sizes. Rows are users and columns items, called by their numbers (from 1), as they stand in the file.
 * Of a symmetric matrix the file has the entries on and below the diagonal, of a skew-symmetric one those below it, and each stands for its mirror image too: with the same value, or with the other sign.
 *
 * Format: https://math.nist.gov/MatrixMarket/formats.html
 */
import { BadRows } from '../data/bad-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import { TableBuilder } from '../data/table-builder.ts'
import { RivuletError, show } from '../support/errors.ts'
import { expectedSingle, isSingle, refusedOption } from '../support/options.ts'
import { NumberKeys } from './number-keys.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { RowScanner, scanRows } from './row-scanner.ts'

/** Whether text begins like a Matrix Market file. */
export const isMatrixMarket = (text: string): boolean => /^%%MatrixMarket\b/i.test(text)

/**
 * Reads a matrix into a table; see `readInteractions`.
 *
 * @throws {RivuletError} INVALID_DATA for a matrix that is dense, complex or Hermitian, an entry outside the sizes or above the diagonal of one that is symmetric, and for fewer or more entries than there should be
 */
export async function readMatrixMarket(
  who: string,
  chunks: AsyncIterable<Buffer>,
  { columns, signalName, encoding = 'utf8', onBadRow, onReading }: ReadInteractionsOptions,
): Promise<Interactions> {
  if (columns !== undefined) throw noColumns(who)
  const scanner = new RowScanner({ who, delimiter: '', quoted: false, encoding })
  const badRows = new BadRows(who, onBadRow)
  let matrix: Matrix | undefined
  let comments = 0
  await scanRows(scanner, chunks, () => {
    const text = scanner.text(0).trim()
    if (scanner.line === 1) matrix = new Matrix(scanner, text, badRows, signalName)
    else if (text.startsWith('%')) comments++
    else if (text !== '') matrix?.take(text)
  })
  if (matrix === undefined) throw scanner.invalid(1, undefined, 'a matrix', 'an empty file', 'Check the path.')
  const table = matrix.build(who)
  onReading?.({
    ...{
      format: 'matrix-market',
      delimiter: ' ',
      header: null,
      timeUnit: null,
      ignored: [],
      comments,
      notes: badRows.notes,
    },
    columns: { user: 'the row', item: 'the column', ...(matrix.hasValues && { value: 'the entry' }) },
  })
  return table
}

/** What an entry says of its mirror image: nothing, the same value, or the other sign. */
const MIRRORS: Readonly<Record<string, 0 | 1 | -1>> = { general: 0, symmetric: 1, 'skew-symmetric': -1 }

class Matrix {
  readonly hasValues: boolean
  readonly #mirror: 0 | 1 | -1
  readonly #scanner: RowScanner
  readonly #badRows: BadRows
  readonly #table: TableBuilder
  readonly #users: NumberKeys
  readonly #items: NumberKeys
  #sizes: readonly number[] | undefined
  #entries = 0

  constructor(scanner: RowScanner, head: string, badRows: BadRows, signalName: string | undefined) {
    const [, object, format, field, symmetry] = head.toLowerCase().split(/\s+/)
    const isRead = object === 'matrix' && format === 'coordinate' && /^(real|integer|pattern)$/.test(field ?? '')
    const isKnown = Object.hasOwn(MIRRORS, symmetry ?? '') && !(field === 'pattern' && symmetry === 'skew-symmetric')
    if (!isRead || !isKnown)
      throw scanner.invalid(
        1,
        undefined,
        '%%MatrixMarket matrix coordinate, real, integer or pattern, general, symmetric or skew-symmetric',
        show(head),
        TODO,
      )
    this.#mirror = MIRRORS[symmetry]
    this.hasValues = field !== 'pattern'
    this.#scanner = scanner
    this.#badRows = badRows
    const table = new TableBuilder({ value: this.hasValues, signal: false, time: false, signalName })
    this.#table = table
    this.#users = new NumberKeys((key) => table.users.add(key))
    this.#items = new NumberKeys((key) => table.items.add(key))
  }

  /** The sizes, or an entry. */
  take(line: string): void {
    const numbers = line.split(/\s+/).map(Number)
    if (this.#sizes === undefined) {
      if (numbers.length !== 3 || !numbers.every((one) => Number.isSafeInteger(one) && one >= 0))
        throw this.#invalid('the numbers of rows, columns and entries', line)
      if (this.#mirror !== 0 && numbers[0] !== numbers[1])
        throw this.#invalid('as many rows as columns, for the matrix is symmetric', line)
      this.#sizes = numbers
      return
    }
    try {
      this.#add(line, numbers, this.#sizes)
    } catch (error) {
      this.#badRows.skip(error)
    }
  }

  #add(line: string, numbers: readonly number[], [rows, columns, entries]: readonly number[]): void {
    const [row, column, value = 1] = numbers
    if (numbers.length !== (this.hasValues ? 3 : 2))
      throw this.#invalid(`row, column${this.hasValues ? ' and entry' : ''}`, line)
    const isInside = (number: number, size: number): boolean =>
      Number.isInteger(number) && number >= 1 && number <= size
    if (!isInside(row, rows) || !isInside(column, columns))
      throw this.#invalid(`a row up to ${rows} and a column up to ${columns}`, line)
    if (!isSingle(value)) throw this.#invalid(expectedSingle(value), line)
    // Above it somebody may have written both halves, and each would count twice.
    if (this.#mirror === 1 && row < column)
      throw this.#invalid('an entry on or below the diagonal, for the matrix is symmetric', line)
    if (this.#mirror === -1 && row <= column)
      throw this.#invalid('an entry below the diagonal, for the matrix is skew-symmetric', line)
    if (this.#entries === entries) throw this.#invalid(`no more than ${entries} entries, as in the size line`, line)
    this.#entries++
    this.#table.add(this.#users.rowOf(row), this.#items.rowOf(column), value, 0, NaN)
    if (this.#mirror !== 0 && row !== column)
      this.#table.add(this.#users.rowOf(column), this.#items.rowOf(row), this.#mirror * value, 0, NaN)
  }

  build(who: string): Interactions {
    const entries = this.#sizes?.[2]
    const found = this.#entries + this.#badRows.count
    if (entries !== found) {
      const expected = entries === undefined ? 'a size line' : `${entries} entries, as in the size line`
      const got = entries === undefined ? 'none' : String(found)
      throw new RivuletError('INVALID_DATA', {
        who,
        expected,
        got,
        todo: 'The file is cut off: copy or download it again.',
      })
    }
    return this.#table.build(who, this.#badRows)
  }

  #invalid(expected: string, got: string): RivuletError {
    return this.#scanner.invalid(this.#scanner.line, undefined, expected, show(got), 'Correct or drop that line.')
  }
}

const TODO = 'Write it so: scipy.io.mmwrite(path, matrix.tocoo(), symmetry="general").'

function noColumns(who: string): RivuletError {
  const expected = 'no value for Matrix Market: rows are users, columns are items'
  return refusedOption(who, 'columns', { expected, got: 'some', todo: 'Leave it out.' })
}
