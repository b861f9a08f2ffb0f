import type { Check } from '../support/options.ts'

/** Users of similar activity, and the means of their ranking metrics. */
export interface ActivityScores {
  /** Smallest number of distinct training items of a user in this bucket. */
  readonly from: number
  /** Largest such number, inclusive; `null` if the bucket has no upper limit. */
  readonly to: number | null
  /** Evaluated users in the bucket, at least 1: empty buckets are left out. */
  readonly users: number
  /** 'recall@20' and the like, means over the users of the bucket. */
  readonly metrics: Readonly<Record<string, number>>
}

/** A bucket before it is scored: positions in the list of evaluated users. */
export interface ActivityBucket {
  readonly from: number
  readonly to: number | null
  readonly members: Int32Array
}

/** Lower edges of the default buckets: none, 1-4, 5-9, 10-19, 20-49, 50 and more training items. */
export const DEFAULT_ACTIVITY_EDGES: readonly number[] = [0, 1, 5, 10, 20, 50]

export const isAscendingEdges: Check = (value) => {
  const edges = Array.isArray(value) ? (value as unknown[]) : []
  const ascending = edges.every(
    (edge, at) => Number.isInteger(edge) && Number(edge) > (at === 0 ? -1 : Number(edges[at - 1])),
  )
  return edges.length > 0 && ascending ? null : 'a list of ascending integers >= 0 (the lower edge of each bucket)'
}

/**
 * Buckets with the given lower edges; a user below the first edge is in none. Empty buckets are left out.
 *
 * @param activity number of distinct training items of each evaluated user
 */
export function bucketsByEdges(activity: Int32Array, edges: readonly number[]): ActivityBucket[] {
  return edges
    .map((from, at) => {
      const next = edges[at + 1] ?? Infinity
      const members = positionsWhere(activity, (count) => count >= from && count < next)
      return { from, to: next === Infinity ? null : next - 1, members }
    })
    .filter(({ members }) => members.length > 0)
}

/**
 * Ten buckets with about the same number of users, sparsest first. Users of equal activity share a bucket, so that buckets do not depend on
 * the numbering of the users: the first has at least a tenth of them, and a bucket that ties leave empty is left out.
 */
export function bucketsByDecile(activity: Int32Array): ActivityBucket[] {
  const ascending = activity.slice().sort()
  const edges: number[] = []
  for (let decile = 0; decile < 10; decile++) {
    let first = Math.ceil((decile * ascending.length) / 10)
    // Moves the edge to the next activity, so that users of equal activity stay together.
    while (first > 0 && ascending[first] === ascending[first - 1]) first++
    if (first < ascending.length && ascending[first] !== edges.at(-1)) edges.push(ascending[first])
  }
  return bucketsByEdges(activity, edges).map(({ members, from }) => ({
    from,
    to: members.reduce((most, at) => Math.max(most, activity[at]), from),
    members,
  }))
}

/**
 * The users whose activity is at most its 10th percentile (the smallest value that a tenth of the users do not exceed): a tenth of them, or more
 * in case of ties. This is the first decile.
 *
 * @param activity at least one user
 */
export function sparsestTenth(activity: Int32Array): ActivityBucket {
  const ascending = activity.slice().sort()
  const to = ascending[Math.ceil(ascending.length / 10) - 1]
  return { from: ascending[0], to, members: positionsWhere(activity, (count) => count <= to) }
}

function positionsWhere(activity: Int32Array, holds: (count: number) => boolean): Int32Array {
  const positions: number[] = []
  for (let at = 0; at < activity.length; at++) if (holds(activity[at])) positions.push(at)
  return Int32Array.from(positions)
}
