import { RivuletError, show, type ErrorParts } from './errors.ts'

/**
 * Returns `null` for an acceptable value, otherwise what was expected.
 *
 * @param who the checked option, for checks that throw: `recommend, option 'recipe'`
 */
export type Check = (value: unknown, who?: string) => string | null

export const integerAtLeast =
  (low: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= low ? null : `an integer >= ${low}`

export const numberBetween =
  (low: number, high: number, ends: '[]' | '[)' | '(]' | '()' = '[]'): Check =>
  (value) => {
    const expected = `a number in ${ends[0]}${low}, ${high}${ends[1]}`
    if (typeof value !== 'number' || Number.isNaN(value)) return expected
    const aboveLow = ends[0] === '[' ? value >= low : value > low
    const belowHigh = ends[1] === ']' ? value <= high : value < high
    return aboveLow && belowHigh ? null : expected
  }

export const finiteNumber: Check = (value) => (Number.isFinite(value) ? null : 'a finite number')

export const oneOf =
  (...choices: readonly unknown[]): Check =>
  (value) =>
    choices.includes(value) ? null : `one of ${choices.map(show).join(', ')}`

export const isString: Check = (value) => (typeof value === 'string' ? null : 'a string')

export const isBoolean: Check = (value) => (typeof value === 'boolean' ? null : 'true or false')

export const isFunction: Check = (value) => (typeof value === 'function' ? null : 'a function')

export const anything: Check = () => null

/** An iterable, but not a string. */
export const isIterable: Check = (value) =>
  value !== null && typeof value === 'object' && Symbol.iterator in value ? null : 'an iterable (an array, say)'

export const isAbortSignal: Check = (value) =>
  value !== null && typeof value === 'object' && 'aborted' in value && 'throwIfAborted' in value
    ? null
    : 'an AbortSignal'

export const either =
  (...checks: readonly Check[]): Check =>
  (value, who) => {
    const expected = checks.map((check) => check(value, who))
    return expected.includes(null) ? null : expected.join(' or ')
  }

/** @throws {RivuletError} INVALID_OPTION unless the options are a plain object. @param known names of all options */
export function requireOptions(
  who: string,
  given: unknown,
  known: readonly string[],
): asserts given is object | undefined {
  if (given !== undefined && (given === null || typeof given !== 'object' || Array.isArray(given))) {
    throw new RivuletError('INVALID_OPTION', {
      who,
      expected: 'an options object',
      got: show(given),
      todo: `Known options: ${known.join(', ')}.`,
    })
  }
  requireOwn(who, given, known)
}

/**
 * Refuses inherited options, which would be lost when an object is copied, and maps, whose entries are not properties.
 *
 * @throws {RivuletError} INVALID_OPTION
 */
export function requireOwn(who: string, given: object | undefined, known: readonly string[]): void {
  if (given === undefined) return
  const inherited = known.find((key) => key in given && !Object.hasOwn(given, key))
  if (inherited === undefined && !(Symbol.iterator in given)) return
  const got = inherited === undefined ? `a ${Object.prototype.toString.call(given).slice(8, -1)}` : 'an inherited one'
  throw new RivuletError('INVALID_OPTION', {
    who: inherited === undefined ? who : `${who}, option '${inherited}'`,
    expected: 'own properties of the options object',
    got,
    todo: 'Write the options out: { name: value }.',
    details: { option: inherited ?? null },
  })
}

/** Checks a single value. @param names valid names, of which the nearest is suggested */
export function checkOption(
  who: string,
  name: string,
  value: unknown,
  check: Check,
  names: readonly string[] = [],
): void {
  const expected = check(value, `${who}, option '${name}'`)
  if (expected === null) return
  const nearest = typeof value === 'string' ? nearestOf(value, names) : null
  const todo = nearest === null ? `Correct '${name}' or leave it out.` : `Did you mean '${nearest}'?`
  throw refusedOption(who, name, { expected, got: show(value), todo, details: { value } })
}

/** The error for an option whose value is refused; message and details name the option. */
export const refusedOption = (
  who: string,
  option: string,
  { details, ...parts }: Omit<ErrorParts, 'who'>,
): RivuletError =>
  new RivuletError('INVALID_OPTION', { who: `${who}, option '${option}'`, ...parts, details: { option, ...details } })

export function unknownOption(who: string, key: string, known: readonly string[], todo?: string): RivuletError {
  const nearest = nearestOf(key, known)
  return new RivuletError('UNKNOWN_OPTION', {
    who,
    expected: `options among ${known.join(', ')}`,
    got: show(key),
    todo: todo ?? (nearest === null ? 'Leave it out.' : `Did you mean '${nearest}'?`),
    details: { option: key, nearest },
  })
}

/** The candidate with the smallest edit distance (Levenshtein 1966), or `null` when none is given. */
export function nearestOf(word: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null
  let best = Infinity
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < best) {
      best = distance
      nearest = candidate
    }
  }
  return nearest
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, substitution))
    }
    previous = current
  }
  return previous[b.length]
}

/** The smallest number that single precision holds with all its digits. */
const SMALLEST = 2 ** -126

/** Whether single precision holds a number: 0, or a magnitude from 1.2e-38 to 3.4e38. Smaller numbers would lose digits or become 0. */
export function isSingle(value: unknown): value is number {
  if (typeof value !== 'number') return false
  return value === 0 || (Math.abs(value) >= SMALLEST && Number.isFinite(Math.fround(value)))
}

/** The expected value when `isSingle` refuses one, for messages. */
export function expectedSingle(refused: unknown): string {
  return Number.isFinite(refused)
    ? 'a finite number in the range of single precision (0, or a size from 1.2e-38 to 3.4e38)'
    : 'a finite number'
}
