/** Classifies cells, to detect the roles of unnamed columns. */
import { numberOf } from '../data/cells.ts'
import { dateOf } from '../data/dates.ts'
import { EARLIEST_TIME, LATEST_TIME } from '../data/durations.ts'

/** 'empty' includes words for missing values. */
export type CellKind = 'empty' | 'number' | 'date' | 'word'

/** The kind of most cells of a column. 'label' is one of a few words; 'id' a number of many digits. */
export type ColumnKind = 'empty' | 'number' | 'id' | 'time' | 'label' | 'text'

/** Unit of a column of times: seconds, milli-, micro- or nanoseconds since 1970, or dates in text. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns' | 'date'

const NOTHING = /^(?:|null|none|na|n\/a|\\n)$/i
const NO_FINITE_NUMBER = /^[+-]?(?:nan|inf|infinity)$/i

/** Longer cells are words, without a closer look. */
const LONGEST_CELL = 100

export function kindOfCell(cell: string): CellKind {
  if (cell.length > LONGEST_CELL) return 'word'
  const text = cell.trim()
  if (NOTHING.test(text)) return 'empty'
  if (!Number.isNaN(numberOf(text)) || NO_FINITE_NUMBER.test(text)) return 'number'
  return Number.isNaN(dateOf(text)) ? 'word' : 'date'
}

/** Share of the cells that must agree. */
const MOST = 0.9
/** Largest number of different words in a column of labels, and how often each must occur on average. */
const MOST_LABELS = 20
const LABEL_REPEATS = 2
/** Whole numbers of this many digits are ids, not weights or counts. */
const ID_DIGITS = /^\d{6,}$/

export function kindOfColumn(cells: readonly string[]): ColumnKind {
  const filled = cells.filter((cell) => kindOfCell(cell) !== 'empty')
  if (filled.length === 0) return 'empty'
  if (timeUnitOf(filled) !== null) return 'time'
  const share = (holds: (cell: string) => boolean): number => filled.filter(holds).length / filled.length
  if (share((cell) => ID_DIGITS.test(cell)) >= MOST) return 'id'
  // A column of numbers may have invalid cells, which its reader reports.
  if (share((cell) => kindOfCell(cell) === 'number') >= 0.5) return 'number'
  const words = new Set(filled)
  return words.size <= MOST_LABELS && filled.length >= LABEL_REPEATS * words.size ? 'label' : 'text'
}

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const

/** The unit in which nearly all non-empty cells are times; `null` if there is none. */
export function timeUnitOf(cells: readonly string[]): TimeUnit | null {
  const filled = cells.filter((cell) => kindOfCell(cell) !== 'empty')
  const isMost = (holds: (cell: string) => boolean): boolean =>
    filled.length > 0 && filled.filter(holds).length >= MOST * filled.length
  if (isMost((cell) => kindOfCell(cell) === 'date')) return 'date'
  const units = Object.entries(PER_SECOND) as [TimeUnit, number][]
  const isIn = (unit: number) => (cell: string) =>
    numberOf(cell) / unit >= EARLIEST_TIME && numberOf(cell) / unit < LATEST_TIME
  return units.find(([, unit]) => isMost(isIn(unit)))?.[0] ?? null
}

/** Powers of ten that a double holds exactly, as far as the digits below need them. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/** The decimal number in the bytes, equal to `Number(text)`; NaN if there is none. */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === 45
  let digits = 0
  let whole = 0
  let decimals = -1
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const digit = bytes[at] - 48
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit
      digits++
      if (decimals >= 0) decimals++
    } else if (bytes[at] === 46 && decimals < 0) {
      decimals = 0
    } else {
      digits = 0
      break
    }
  }
  // Up to 15 digits and an exact power of ten round once, so the result equals Number(text).
  if (digits === 0 || digits > 15) return numberOf(bytes.toString('latin1', start, end))
  const value = decimals > 0 ? whole / POWERS[decimals] : whole
  return negative ? -value : value
}
