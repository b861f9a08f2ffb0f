/** The popularity prior: what stands in a list where nothing of the profile reaches. */
import type { TopLists } from '../run/problem.ts'
import type { Popularity } from './popularity-model.ts'
import type { Rankings } from './rankings.ts'
import type { Selection } from './request.ts'

/**
 * Drops what scores too low; where nothing reached, goes on with popular items. The lists are changed in place.
 *
 * @param users rows to report, one a list
 * @param seenBy items that the profile of a user holds; asked only for lists that are not full
 */
export function fillUp(
  popularity: Popularity,
  users: Int32Array,
  { rows, scores }: TopLists,
  { k, minScore, query }: Selection,
  seenBy: (user: number) => Iterable<number>,
): Rankings {
  const priorFrom = new Int32Array(users.length)
  users.forEach((user, place) => {
    const [start, end] = [place * k, (place + 1) * k]
    let at = start
    while (at < end && rows[at] >= 0 && scores[at] >= minScore) at++
    priorFrom[place] = at - start
    const cutByScore = at < end && rows[at] >= 0
    rows.fill(-1, at, end)
    if (at === end || cutByScore || minScore !== -Infinity) return
    const taken = new Set(rows.subarray(start, at))
    if (query.excludeSeeds) for (const item of seenBy(user)) taken.add(item)
    for (let next = 0; next < popularity.items.length && at < end; next++) {
      const item = popularity.items[next]
      if (taken.has(item) || query.allowed[item] === 0) continue
      rows[at] = item
      scores[at++] = popularity.shares[next]
    }
  })
  return { users, k, items: rows, scores, priorFrom }
}
