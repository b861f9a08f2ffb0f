import { type Coordinates, type Random, seededRandom } from '../../src/advanced.ts'

/** What a generated graph looks like. */
export interface PowerLawShape {
  readonly users: number
  readonly items: number
  /** Distinct user-item pairs, exactly. */
  readonly pairs: number
  readonly seed: number
}

/** Pareto exponent of the users' activity: the busiest hundredth makes about a fifth of the pairs. */
const ACTIVITY_EXPONENT = 0.6
/** An item is drawn as items * r^2.2, r uniform: popularity falls off as rank^-0.55. */
const POPULARITY_EXPONENT = 2.2
const MOST_PAIRS_OF_A_USER = 2000

/**
 * A bipartite graph as recommenders meet it: a few busy users, many sparse ones, popular items and a long tail. Same shape, same graph.
 *
 * Rows come user after user; item numbers say nothing about popularity. Every pair is there once.
 */
export function powerLaw({ users, items, pairs, seed }: PowerLawShape): Coordinates {
  const random = seededRandom(seed)
  const itemOfRank = random.shuffle(Int32Array.from({ length: items }, (_, rank) => rank))
  const degrees = userDegrees(users, Math.min(MOST_PAIRS_OF_A_USER, items >> 2), pairs, random)
  const row = new Int32Array(pairs)
  const column = new Int32Array(pairs)
  const lastUser = new Int32Array(items).fill(-1)
  let at = 0
  for (let user = 0; user < users; user++) {
    for (let left = degrees[user]; left > 0;) {
      const item = itemOfRank[Math.floor(items * random.next() ** POPULARITY_EXPONENT)]
      if (lastUser[item] === user) continue
      lastUser[item] = user
      row[at] = user
      column[at++] = item
      left--
    }
  }
  return { rowCount: users, columnCount: items, row, column }
}

/** Pareto weights cut to [1, most] that add up to `pairs`. */
function userDegrees(users: number, most: number, pairs: number, random: Random): Int32Array {
  if (pairs < users || pairs > users * most)
    throw new Error(`${pairs} pairs cannot be shared among ${users} users of 1 to ${most}`)
  const weights = Float64Array.from({ length: users }, () => (1 - random.next()) ** -ACTIVITY_EXPONENT)
  let total = 0
  for (const weight of weights) total += weight
  const degrees = new Int32Array(users)
  let missing = pairs
  for (let user = 0; user < users; user++) {
    degrees[user] = Math.min(most, Math.max(1, Math.round((weights[user] / total) * pairs)))
    missing -= degrees[user]
  }
  for (let user = 0; missing !== 0; user = (user + 1) % users) {
    const step = Math.sign(missing)
    if (degrees[user] + step < 1 || degrees[user] + step > most) continue
    degrees[user] += step
    missing -= step
  }
  return degrees
}

/** The same pairs in random order, as a log by time has them. Shuffles in place. */
export function inRandomOrder(pairs: Coordinates, seed: number): Coordinates {
  const random = seededRandom(seed)
  const { row, column } = pairs
  for (let last = row.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const user = row[last]
    row[last] = row[other]
    row[other] = user
    const item = column[last]
    column[last] = column[other]
    column[other] = item
  }
  return pairs
}
