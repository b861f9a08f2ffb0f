import { show } from '../support/errors.ts'
import { kindOfCell } from './cell-kinds.ts'
import { findByName, isKnownName } from './column-names.ts'
import type { ColumnOptions } from './columns.ts'

export interface HeaderDecision {
  /** Whether the first line names the columns. */
  readonly header: boolean
  /** What is worth saying of a decision that could have been another, `null` where it could not. */
  readonly note: string | null
}

type Rows = readonly (readonly string[])[]

/**
 * Decides whether the first of some rows is a header, by comparing it with those below.
 *
 * What was asked goes first: option `header`; columns by name need a header, columns by number need none. Otherwise the first row is data when
 * one of its cells is a number or a date, or occurs again below in its column. It is a header when it names users and items as data sets do,
 * or stands over columns that are of another kind: words over numbers or dates, words without a digit over ids with one. Else it is data.
 */
export function decideHeader(
  rows: Rows,
  asked: { header?: boolean | undefined; columns?: ColumnOptions | undefined },
): HeaderDecision {
  const [first = [], ...below] = rows
  const wanted: unknown[] = Object.values(asked.columns ?? {})
  const seemsHeader = namesSides(first) || isOverOtherKinds(first, below)
  if (asked.header !== undefined) return { header: asked.header, note: null }
  if (wanted.some((column) => typeof column === 'string')) return { header: true, note: null }
  if (wanted.some((column) => typeof column === 'number')) {
    return { header: false, note: seemsHeader ? asData('the columns are given by number') : null }
  }
  const known = first.find(isKnownName)
  const evidence = evidenceOfData(first, below)
  if (evidence !== null) return { header: false, note: known === undefined ? null : asData(evidence) }
  if (seemsHeader || isNumbered(first, below)) return { header: true, note: null }
  return { header: false, note: asData('it looks like the lines below') }
}

const asData = (reason: string): string =>
  `line 1 is read as data, because ${reason} (header: true if it names the columns)`

const namesSides = (first: readonly string[]): boolean => {
  const user = findByName(first, 'user')
  return user !== undefined && findByName(first, 'item', new Set([user])) !== undefined
}

/** Why the first row must be data, `null` where nothing says so. */
function evidenceOfData(first: readonly string[], below: Rows): string | null {
  if (isNumbered(first, below)) return null
  const measured = first.find((cell) => ['number', 'date'].includes(kindOfCell(cell)))
  if (measured !== undefined) return `no column is called ${show(measured)}`
  // A header that stands in the middle of the file once more, where two files were joined, is no data.
  const others = namesSides(first) ? below.filter((row) => row.some((cell, column) => cell !== first[column])) : below
  const again = first.find((cell, column) => cell !== '' && others.some((row) => row[column] === cell))
  return again === undefined ? null : `${show(again)} occurs again below`
}

/** Words over columns of numbers or dates, or words without a digit over two columns of ids with one. */
function isOverOtherKinds(first: readonly string[], below: Rows): boolean {
  const words = first.map((cell) => kindOfCell(cell) === 'word')
  const cellsBelow = (column: number): string[] =>
    below.map((row) => row[column]).filter((cell) => kindOfCell(cell) !== 'empty')
  const isMeasured = (column: number): boolean => {
    const cells = cellsBelow(column)
    return cells.length > 0 && cells.every((cell) => kindOfCell(cell) !== 'word')
  }
  if (words.some((isWord, column) => isWord && isMeasured(column))) return true
  const hasDigit = (cell: string): boolean => /\d/.test(cell)
  return (
    below.length > 1 &&
    [0, 1].every((column) => words[column] && !hasDigit(first[column]) && cellsBelow(column).every(hasDigit))
  )
}

/** Whether it numbers the columns, '0', '1' ..., as pandas does where they have no names, over ids that are words. */
function isNumbered(first: readonly string[], below: Rows): boolean {
  const names = first[0] === '' ? first.slice(1) : first
  return (
    names.length > 1 &&
    below.length > 0 &&
    names.every((name, column) => name === String(column)) &&
    first.some((name, column) => name !== '' && below.every((row) => kindOfCell(row[column]) === 'word'))
  )
}
