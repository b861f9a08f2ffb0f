/** Metrics of new and old items: held-out pairs in quarters by the age of their item at the cutoff. Time O(pairs log pairs + lists * k). */
import type { Interactions } from '../data/interactions.ts'
import { timesOf } from '../data/durations.ts'
import type { ItemSets } from './aligned-split.ts'
import type { RankedRows } from './score-lists.ts'

/** Held-out pairs whose items have similar age, and their metrics. */
export interface ItemAgeScores {
  /** Smallest age of their items: time of the newest training row minus that of the item's first, in the unit of the times; `null` for items without a training pair. */
  readonly from: number | null
  /** Largest age, inclusive; `null` as `from`. */
  readonly to: number | null
  /** Number of these pairs. */
  readonly pairs: number
  /** 'recall@20' and so on: share of these pairs that are in the lists; 'places@20': share of all places of the lists with such items. */
  readonly metrics: Readonly<Record<string, number>>
}

/** Age of each item, NaN without a training pair; `null` if no time is known. A row of unknown time counts as the oldest known one. */
export function itemAges({ item, time, length }: Interactions, items: number): Float64Array | null {
  const { oldest, newest } = timesOf({ time })
  if (time === undefined || newest < oldest) return null
  const ages = new Float64Array(items).fill(NaN)
  for (let row = 0; row < length; row++) {
    const age = newest - (Number.isNaN(time[row]) ? oldest : time[row])
    if (!(ages[item[row]] >= age)) ages[item[row]] = age
  }
  return ages
}

const QUARTERS = 4

/**
 * Scores of items without a training pair first, then of the quarters of the other pairs from the youngest. Pairs of equal age are in the same quarter.
 *
 * @param users rows of the users in the means
 */
export function scoresByItemAge(
  rankings: RankedRows,
  { indptr, items }: ItemSets,
  { ages, users, ks }: { readonly ages: Float64Array; readonly users: Int32Array; readonly ks: readonly number[] },
): ItemAgeScores[] {
  const edges = quarterEdges(users, { indptr, items }, ages)
  // Group 0 has the items without a training pair.
  const groupOf = (item: number): number => 1 + edges.findLastIndex((edge) => ages[item] >= edge)
  const groups = Array.from({ length: edges.length + 1 }, () => ({ pairs: 0, oldest: -Infinity, counts: counters(ks) }))
  const [isMeant, wanted] = [new Set(users), new Set<number>()]
  const places = ks.map(() => 0)
  for (let list = 0; list < rankings.users.length; list++) {
    const user = rankings.users[list]
    if (!isMeant.has(user)) continue
    wanted.clear()
    for (let at = indptr[user]; at < indptr[user + 1]; at++) {
      const group = groups[groupOf(items[at])]
      wanted.add(items[at])
      group.pairs++
      group.oldest = Math.max(group.oldest, ages[items[at]])
    }
    for (let rank = 0; rank < rankings.k; rank++) {
      const item = rankings.items[list * rankings.k + rank]
      if (item < 0) break
      const { counts } = groups[groupOf(item)]
      const isHit = wanted.delete(item)
      for (let cut = 0; cut < ks.length; cut++) {
        if (rank >= ks[cut]) continue
        places[cut]++
        counts.places[cut]++
        if (isHit) counts.hits[cut]++
      }
    }
  }
  return groups.flatMap(({ pairs, oldest, counts }, group) => {
    if (pairs === 0) return []
    const metrics = Object.fromEntries([
      ...ks.map((k, cut) => [`recall@${k}`, counts.hits[cut] / pairs] as const),
      ...ks.map((k, cut) => [`places@${k}`, places[cut] === 0 ? 0 : counts.places[cut] / places[cut]] as const),
    ])
    return [{ from: group === 0 ? null : edges[group - 1], to: group === 0 ? null : oldest, pairs, metrics }]
  })
}

const counters = (ks: readonly number[]) => ({ hits: ks.map(() => 0), places: ks.map(() => 0) })

function quarterEdges(users: Int32Array, { indptr, items }: ItemSets, ages: Float64Array): number[] {
  const known: number[] = []
  for (const user of users)
    for (let at = indptr[user]; at < indptr[user + 1]; at++)
      if (!Number.isNaN(ages[items[at]])) known.push(ages[items[at]])
  const sorted = Float64Array.from(known).sort()
  const edges: number[] = []
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    let first = Math.ceil((quarter * sorted.length) / QUARTERS)
    while (first > 0 && sorted[first] === sorted[first - 1]) first++
    if (first < sorted.length && sorted[first] !== edges.at(-1)) edges.push(sorted[first])
  }
  // Items in lists may be younger than the youngest held-out pair: they are in its quarter.
  if (edges.length > 0) edges[0] = 0
  return edges
}
