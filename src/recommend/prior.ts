/** The prior: entries of a list for items that the profile does not reach, and for nearly empty profiles. */
import type { TopLists } from '../request/sweep.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { excludedOf, type Query } from './methods/model.ts'
import type { Popularity } from './methods/popularity.ts'
import type { Profile } from './profile.ts'
import type { Rankings } from './rankings.ts'

/** Which items may be listed, checked. */
export interface Selection {
  readonly k: number
  readonly minScore: number
  readonly priorUpTo: number
  /** Pairs of a user with these signals are left out of the user's list; `null` without such an option. */
  readonly excludeSignals: readonly string[] | null
  readonly query: Query
}

/** Recommendations for users with few interactions. */
export interface Prior {
  /**
   * The most likely items first, with the shares of interactions that they are expected to get.
   *
   * @param profile the known interactions
   * @param count maximum number of entries
   * @param isWanted whether an item may be listed
   */
  best(profile: Profile, count: number, isWanted: (item: number) => boolean): Sliced<Popularity>
}

/** Facts about users. */
export interface Known {
  /** Number of items of a profile. */
  lengthOf(user: number): number
  profileOf(user: number): Profile
}

/** The most popular items, for every profile. */
export function popularityPrior({ items, shares }: Popularity): Prior {
  return {
    *best(_, count, isWanted) {
      const slices = new Slices()
      const best = { items: new Int32Array(count), shares: new Float32Array(count) }
      let found = 0
      for (let place = 0; place < items.length && found < count; place++) {
        if (slices.full(1)) yield PAUSE
        if (!isWanted(items[place])) continue
        best.items[found] = items[place]
        best.shares[found++] = shares[place]
      }
      return { items: best.items.subarray(0, found), shares: best.shares.subarray(0, found) }
    },
  }
}

/** Users whose profiles `fillUp` reads: their lists may get entries of the prior. */
export function openLists(
  users: Int32Array,
  { rows }: Pick<TopLists, 'rows'>,
  { k, minScore, priorUpTo }: Pick<Selection, 'k' | 'minScore' | 'priorUpTo'>,
  lengthOf: Known['lengthOf'],
): Int32Array {
  if (minScore !== -Infinity) return new Int32Array(0)
  return users.filter((user, place) => rows[(place + 1) * k - 1] < 0 || isForPriorAlone(user, priorUpTo, lengthOf))
}

const isForPriorAlone = (user: number, priorUpTo: number, lengthOf: Known['lengthOf']): boolean =>
  priorUpTo > 0 && lengthOf(user) <= priorUpTo

/**
 * Drops entries with too low scores; then continues with the prior where the profile reaches no more items, and uses only the prior for profiles that are too short. The lists are
 * changed in place.
 *
 * @param users rows to report, one per list
 * @param known facts about the users; profiles are read only for those of `openLists`
 */
export function* fillUp(
  prior: Prior,
  users: Int32Array,
  { rows, scores }: TopLists,
  { k, minScore, priorUpTo, query }: Selection,
  { lengthOf, profileOf }: Known,
): Sliced<Rankings> {
  const slices = new Slices()
  const priorFrom = new Int32Array(users.length)
  const open = query.allowed.slice()
  const fills = minScore === -Infinity
  for (let place = 0; place < users.length; place++) {
    const user = users[place]
    if (slices.full(k)) yield PAUSE
    const [start, end] = [place * k, (place + 1) * k]
    let at = start
    const isAlone = fills && isForPriorAlone(user, priorUpTo, lengthOf)
    if (!isAlone) while (at < end && rows[at] >= 0 && scores[at] >= minScore) at++
    priorFrom[place] = at - start
    rows.fill(-1, at, end)
    if (at === end || !fills) continue
    const profile = profileOf(user)
    const own = query.excludeSeeds ? profile.items : []
    const taken = [rows.subarray(start, at), own, excludedOf(query.excluded, place)]
    for (const items of taken) for (const item of items) open[item] = 0
    const { items, shares } = yield* prior.best(profile, end - at, (item) => open[item] !== 0)
    for (const items of taken) for (const item of items) open[item] = query.allowed[item]
    rows.set(items, at)
    scores.set(shares, at)
    if (slices.full(profile.items.length)) yield PAUSE
  }
  return { users, k, items: rows, scores, priorFrom }
}
