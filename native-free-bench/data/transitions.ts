/**
 * Directed transitions: from an item to those that the same users took later.
 *
 *   M_ij = sum over users with i at place p and j at place q > p of 2^-((q - p - 1) / tau);   T = D_out^-a M D_in^-b
 *
 * A profile's score of j is the sum over its items i of 2^-(place from the end / h) T_ij. D row and column sums of M. Linear kin: SLIST, Choi et al. 2021,
 * 10.1145/3442381.3450005, and TALE, Park et al. 2025, 10.1145/3701551.3703554, which solve a ridge regression where this counts.
 * One pass over the rows of each user in order of time; pairs further apart than 8 tau are not counted.
 */
import type { seededRandom } from '../../src/advanced.ts'
import type { Interactions } from '../../src/index.ts'

/** Items of every user in the order in which she first took them. */
export interface Sequences {
  /** Shape (users + 1). */
  readonly starts: Int32Array
  readonly items: Int32Array
}

export function sequencesOf({ user, item, time, length, users }: Interactions): Sequences {
  const rows = Int32Array.from({ length }, (_, row) => row)
  const when = (row: number): number => time?.[row] ?? 0
  rows.sort((a, b) => user[a] - user[b] || when(a) - when(b) || a - b)
  const starts = new Int32Array(users.size + 1)
  const items: number[] = []
  let seen = new Set<number>()
  for (const [at, row] of rows.entries()) {
    if (at === 0 || user[row] !== user[rows[at - 1]]) seen = new Set()
    if (seen.has(item[row])) continue
    seen.add(item[row])
    items.push(item[row])
    starts[user[row] + 1]++
  }
  for (let one = 0; one < users.size; one++) starts[one + 1] += starts[one]
  return { starts, items: Int32Array.from(items) }
}

/** The same items of every user, in an order of chance. */
export function shuffledSequences({ starts, items }: Sequences, random: ReturnType<typeof seededRandom>): Sequences {
  const mixed = items.slice()
  for (let user = 0; user + 1 < starts.length; user++) random.shuffle(mixed.subarray(starts[user], starts[user + 1]))
  return { starts, items: mixed }
}

export interface TransitionOptions {
  /** Places after which a transition counts half. */
  readonly tau: number
  /** Places after which an item of a profile counts half. */
  readonly profileTau: number
  /** a and b. */
  readonly outExponent: number
  readonly inExponent: number
}

/** Which pairs count: those in order, or both of each. */
export type Direction = 'next' | 'both'

const REACH = 8

/** M, row by row, with its sums. */
export interface Transitions {
  readonly rows: readonly { readonly to: Int32Array; readonly weights: Float64Array }[]
  readonly out: Float64Array
  readonly into: Float64Array
}

export function countTransitions(
  { starts, items }: Sequences,
  itemCount: number,
  tau: number,
  direction: Direction,
): Transitions {
  const counts = Array.from({ length: itemCount }, () => new Map<number, number>())
  const [out, into] = [new Float64Array(itemCount), new Float64Array(itemCount)]
  const add = (from: number, to: number, weight: number): void => {
    counts[from].set(to, (counts[from].get(to) ?? 0) + weight)
    out[from] += weight
    into[to] += weight
  }
  for (let user = 0; user + 1 < starts.length; user++) {
    for (let at = starts[user]; at < starts[user + 1]; at++) {
      const last = Math.min(starts[user + 1] - 1, at + Math.ceil(REACH * tau))
      for (let later = at + 1; later <= last; later++) {
        const weight = 2 ** (-(later - at - 1) / tau)
        add(items[at], items[later], weight)
        if (direction === 'both') add(items[later], items[at], weight)
      }
    }
  }
  const rows = counts.map((row) => ({ to: Int32Array.from(row.keys()), weights: Float64Array.from(row.values()) }))
  return { rows, out, into }
}

/** Scores of all items for all users, shape (users x items); rows of length 1, or 0. */
export function transitionScores(
  { rows, out, into }: Transitions,
  { starts, items }: Sequences,
  { profileTau, outExponent, inExponent }: TransitionOptions,
): Float32Array {
  const itemCount = rows.length
  const divisors = into.map((sum) => sum ** -inExponent)
  const scores = new Float32Array((starts.length - 1) * itemCount)
  for (let user = 0; user + 1 < starts.length; user++) {
    const own = scores.subarray(user * itemCount, (user + 1) * itemCount)
    for (let at = starts[user]; at < starts[user + 1]; at++) {
      const { to, weights } = rows[items[at]]
      const weight = 2 ** (-(starts[user + 1] - 1 - at) / profileTau) / out[items[at]] ** outExponent
      for (let entry = 0; entry < to.length; entry++) own[to[entry]] += weight * weights[entry] * divisors[to[entry]]
    }
  }
  return unitLengths(scores, itemCount)
}

/** Divides rows by their lengths, in place. */
export function unitLengths(scores: Float32Array, width: number): Float32Array {
  for (let from = 0; from < scores.length; from += width) {
    const row = scores.subarray(from, from + width)
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    if (length > 0) row.forEach((value, at) => (row[at] = value / length))
  }
  return scores
}
