import { numberOf } from '../data/cells.ts'

/** Powers of ten that a double holds exactly, as far as the digits below need them. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/** The number that bytes spell in decimal, equal to `Number(text)`; NaN when they spell none. */
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
  // Up to 15 digits and an exact power of ten round once, so this equals Number(text); the rest takes the long way.
  if (digits === 0 || digits > 15) return numberOf(bytes.toString('latin1', start, end))
  const value = decimals > 0 ? whole / POWERS[decimals] : whole
  return negative ? -value : value
}
