/**
 * Search spaces of options, and points of a space that lie more evenly than independent draws.
 *
 *   u_i = frac(s + i a),   a_j = g^-(j + 1), g the positive root of x^(d + 1) = x + 1
 *
 * d options; u_i (d) the i-th point of the unit cube, s (d) a random shift by the seed. A longer sequence begins with the same points, so a search can be
 * extended without losing a trial. Random search: Bergstra and Bengio, JMLR 2012. The recurrence: Roberts 2018 (for d = 1 the golden ratio); the
 * shift: Cranley and Patterson, SIAM J. Numer. Anal. 1976, 10.1137/0713071.
 */
import { jsonOf, RivuletError, show } from '../support/errors.ts'
import { isTooDeep } from '../support/stored-json.ts'
import { seededRandom } from '../support/random.ts'
import type { NumberRange, SearchRange } from '../support/spec.ts'

/** Ranges by option name. Other options keep their values. */
export type SearchSpace = Readonly<Record<string, SearchRange>>

/** Option values at one point of a space. */
export type Point = Readonly<Record<string, unknown>>

/** After this many repeated draws a space of few values is taken to be exhausted. */
const MOST_REPEATS = 1000

/**
 * Distinct points of a space, in a fixed order by the seed.
 *
 * @param most number of points; fewer if the space is exhausted. @param without points to leave out
 */
export function drawPoints(space: SearchSpace, seed: number, most: number, without: readonly Point[] = []): Point[] {
  const names = Object.keys(space).sort()
  const random = seededRandom(seed)
  const shifts = names.map(() => random.next())
  const steps = stepsOf(names.length)
  const keyOf = (point: Point): string => JSON.stringify(names.map((name) => point[name]))
  const seen = new Set(without.map(keyOf))
  const points: Point[] = []
  for (let draw = 1, repeats = 0; points.length < most && repeats < MOST_REPEATS; draw++) {
    const values = names.map((name, axis) => [name, valueAt(space[name], (shifts[axis] + draw * steps[axis]) % 1)])
    const point = Object.fromEntries(values) as Point
    if (seen.has(keyOf(point))) repeats++
    else {
      repeats = 0
      seen.add(keyOf(point))
      points.push(point)
    }
  }
  return points
}

/** The steps a_j of the recurrence. */
function stepsOf(dimensions: number): number[] {
  let root = 2
  for (let round = 0; round < 100; round++) root = (1 + root) ** (1 / (dimensions + 1))
  return Array.from({ length: dimensions }, (_, axis) => root ** -(axis + 1))
}

/** The value at a share in [0, 1) of a range, rounded to three digits so that it can be read and copied. */
export function valueAt(range: SearchRange, share: number): unknown {
  if (isList(range)) return range[Math.floor(share * range.length)]
  const [low, high] = endsOf(range)
  const within = (value: number): number => Math.min(high, Math.max(low, value))
  if ('uniform' in range) return within(digits(low + share * (high - low)))
  if ('logUniform' in range) return within(digits(low * (high / low) ** share))
  if ('integer' in range) return within(low + Math.floor(share * (high - low + 1)))
  return within(Math.floor(low * ((high + 1) / low) ** share))
}

export const digits = (value: number): number => Number(value.toPrecision(3))

const isList = (range: SearchRange): range is readonly unknown[] => Array.isArray(range)

function endsOf(range: Exclude<SearchRange, readonly unknown[]>): NumberRange {
  return Object.values(range)[0]
}

/** The values of a range to check against the option: all of a list, the ends of an interval. */
export function extremesOf(range: SearchRange): readonly unknown[] {
  return isList(range) ? range : endsOf(range)
}

/** @throws {RivuletError} INVALID_OPTION naming the option whose range is invalid. */
export function requireSpace(who: string, space: unknown): SearchSpace {
  const entries = space !== null && typeof space === 'object' && !Array.isArray(space) ? Object.entries(space) : null
  if (entries === null) throw invalid(`${who}, option 'space'`, 'ranges by option name', space)
  if (isTooDeep(space)) throw invalid(`${who}, option 'space'`, 'values without deep nesting', 'deeper ones')
  for (const [name, range] of entries) {
    const expected = expectedRange(range)
    if (expected !== null) throw invalid(`${who}, option 'space', '${name}'`, expected, range)
  }
  return space as SearchSpace
}

const KINDS = ['uniform', 'logUniform', 'integer', 'logInteger']

function expectedRange(range: unknown): string | null {
  if (Array.isArray(range)) {
    return range.length > 0 && jsonOf(range) !== undefined ? null : 'a list of at least one value, all of them JSON'
  }
  const [[kind, ends] = ['', 0], ...more] = Object.entries(Object(range) as Record<string, unknown>)
  if (!KINDS.includes(kind) || more.length > 0) return `a list of values, or one of ${KINDS.join(', ')}`
  const [low, high] = Array.isArray(ends) && ends.length === 2 ? (ends as unknown[]) : []
  if (!Number.isFinite(low) || !Number.isFinite(high) || Number(low) > Number(high)) return `${kind}: [low, high]`
  if (kind === 'logUniform' && Number(low) <= 0) return 'logUniform: [low, high], low above 0'
  if (kind !== 'integer' && kind !== 'logInteger') return null
  if (!Number.isInteger(low) || !Number.isInteger(high)) return `${kind}: [low, high], both integers`
  return kind === 'logInteger' && Number(low) < 1 ? 'logInteger: [low, high], low at least 1' : null
}

function invalid(who: string, expected: string, got: unknown): RivuletError {
  const shown = typeof got === 'object' ? (jsonOf(got)?.slice(0, 60) ?? show(got)) : show(got)
  const todo = 'For example { alpha: { uniform: [0, 1] }, neighbours: [50, 200, null] }.'
  return new RivuletError('INVALID_OPTION', { who, expected, got: shown, todo, details: { option: 'space' } })
}
