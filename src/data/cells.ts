import { show, type ErrorParts, type RivuletError } from '../support/errors.ts'
import { expectedSingle, isSingle, nearestOf } from '../support/options.ts'
import { badRow } from './bad-rows.ts'
import { dateAdvice, dateOf } from './dates.ts'

/** The position of a cell, for messages: 'line 12, column 3 (rating)'. Called only for errors. */
export type Where = () => string

/**
 * The id in a cell, as text: strings unchanged, numbers and bigints in decimal.
 *
 * @throws {RivuletError} INVALID_DATA for anything else, and for numbers too large to keep all their digits.
 */
export function idOf(cell: unknown, where: Where): string {
  if (typeof cell === 'string' && cell !== '') return cell
  if (typeof cell === 'bigint') return String(cell)
  if (typeof cell === 'number' && Math.abs(cell) <= Number.MAX_SAFE_INTEGER) return String(cell)
  const todo = Number.isFinite(cell)
    ? 'Write large ids as strings, so that no digit is lost.'
    : 'Correct or drop that row.'
  throw invalidCell(where, 'an id (text or a number)', cell, todo)
}

/**
 * The number in a cell: a number, a bigint, or text with a number.
 *
 * @throws {RivuletError} INVALID_DATA for NaN, Infinity, other text, and numbers outside single precision (`isSingle`).
 */
export function valueOf(cell: unknown, where: Where): number {
  const value = typeof cell === 'string' ? numberOf(cell) : typeof cell === 'bigint' ? Number(cell) : cell
  if (isSingle(value)) return value
  throw invalidCell(where, expectedSingle(value), cell, 'Correct or drop that row.')
}

/** Longer cells are neither numbers nor dates, and are not parsed. */
const LONGEST_SPELLING = 1024

/** Linear time, because no two parts of the pattern can match the same digit. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * The decimal number in a text, or NaN. Surrounding spaces are ignored; hexadecimal and other notations are not numbers here, nor is
 * anything longer than 1,024 characters.
 */
export function numberOf(text: string): number {
  if (text.length > LONGEST_SPELLING) return NaN
  const trimmed = text.trim()
  return DECIMAL.test(trimmed) ? Number(trimmed) : NaN
}

/**
 * The time in a cell: a number or bigint in the caller's unit, or a `Date` or a date as text (UTC unless it says otherwise; see `dateOf`) as seconds
 * since 1970.
 * NaN, which means unknown, for a cell that is missing, `null`, NaN or ''.
 *
 * @param todo advice for cells without a time
 * @throws {RivuletError} INVALID_DATA for anything else.
 */
export function timeOf(cell: unknown, where: Where, todo = 'Correct or drop that row.'): number {
  if (cell === undefined || cell === null || cell === '' || Number.isNaN(cell)) return NaN
  const time = numericTime(cell)
  if (typeof time === 'number' && Number.isFinite(time)) return time
  const advice = typeof cell === 'string' ? `${dateAdvice(cell)} ${todo}` : todo
  throw invalidCell(where, 'a time (a number, a Date or an ISO 8601 date)', cell, advice)
}

function numericTime(cell: unknown): unknown {
  if (typeof cell === 'string') return timeOfText(cell)
  if (typeof cell === 'bigint') return Number(cell)
  return cell instanceof Date ? cell.getTime() / 1000 : cell
}

function timeOfText(text: string): number {
  const number = numberOf(text)
  return Number.isNaN(number) ? dateOf(text) : number
}

/** A row as an object. */
export type Cells = Readonly<Record<string, unknown>>

/** The value of a required property of a row. @throws {RivuletError} INVALID_DATA with the nearest name that it has */
export function cellOf(cells: Cells, name: string, place: string): unknown {
  const cell = cells[name]
  if (cell !== undefined || name in cells) return cell
  const { todo, ...parts } = absent(cells, name)
  throw badRow({ who: `${place}, property '${name}'`, ...parts, todo: `${todo} Correct the name, or drop that row.` })
}

/** Maximum numbers of names to search for the nearest, and to show. */
const [MOST_NAMES, MOST_TOLD] = [1000, 6]

/** The parts of an error about a missing property. */
export function absent(cells: Cells, name: string): Omit<ErrorParts, 'who'> {
  const names = Object.keys(cells).slice(0, MOST_NAMES)
  const nearest = nearestOf(name, names)
  return {
    expected: 'a property of this name',
    got: nearest === null ? 'an empty object' : names.slice(0, MOST_TOLD).map(show).join(', '),
    todo: nearest === null ? 'Give it its properties.' : `The nearest name is ${show(nearest)}.`,
  }
}

/** The error for a cell that cannot be used. */
export function invalidCell(where: Where, expected: string, got: unknown, todo: string): RivuletError {
  return badRow({ who: where(), expected, got: show(got), todo })
}
