import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** A feature that a cluster has more often than the others. */
export interface Distinctive {
  readonly key: string
  /** Number of members that have it. */
  readonly count: number
  /** Log of the odds ratio, cluster against all others, shrunk by the prior; > 0. */
  readonly logOdds: number
  /** `logOdds` over its standard error, by which lists are sorted. Values above 2 are rarely due to chance. */
  readonly z: number
}

/** Operations to count a pair or score a feature. */
const COUNT_COST = 50

/** Distinct pairs of a member and a feature. */
export interface MemberPairs {
  readonly member: Int32Array
  readonly feature: Int32Array
}

/**
 * The features that distinguish each cluster from the rest: weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, 10.1093/pan/mpn018).
 *
 *   a_w = strength x features x n_w / n;   logOdds = log( (y_w + a_w) / (y + a - y_w - a_w) ) - the same of all others;
 *   z = logOdds / sqrt( 1 / (y_w + a_w) + 1 / (y'_w + a_w) )
 *
 * y counts the cluster's pairs, y' those of all others, n both; a is the sum of a_w. The prior is proportional to the feature's popularity, so rare features need
 * evidence.
 *
 * @param clusters of every member; pairs of members with a number below 0 are ignored
 * @param count number of clusters
 * @param strength mean number of pseudo-pairs per feature, > 0
 * @param top maximum length of a list
 * @returns a list for each cluster, best first, ties by row
 */
export function* distinctiveFeatures(
  { member, feature }: MemberPairs,
  features: KeyIndex,
  clusters: Int32Array,
  count: number,
  strength: number,
  top: number,
): Sliced<Distinctive[][]> {
  // There are no others to compare a single cluster with.
  if (count === 1) return [[]]
  const own = Array.from({ length: count }, () => new Map<number, number>())
  const sums = new Float64Array(count)
  const all = new Float64Array(features.size)
  const slices = new Slices()
  for (let at = 0; at < member.length; at++) {
    if (slices.full(COUNT_COST)) yield PAUSE
    const cluster = clusters[member[at]]
    if (cluster < 0) continue
    const counts = own[cluster]
    counts.set(feature[at], (counts.get(feature[at]) ?? 0) + 1)
    sums[cluster]++
    all[feature[at]]++
  }
  const total = sums.reduce((sum, one) => sum + one, 0)
  const priorSum = strength * all.reduce((seen, times) => seen + Number(times > 0), 0)
  const lists: Distinctive[][] = []
  for (const [cluster, counts] of own.entries()) {
    if (slices.full(COUNT_COST * counts.size)) yield PAUSE
    const scored = Array.from(counts, ([row, times]) => {
      const prior = (priorSum * all[row]) / total
      const inside = times + prior
      const outside = all[row] - times + prior
      const insideRest = sums[cluster] + priorSum - inside
      const outsideRest = total - sums[cluster] + priorSum - outside
      const logOdds = Math.log(inside / insideRest) - Math.log(outside / outsideRest)
      return { row, times, logOdds, z: logOdds / Math.sqrt(1 / inside + 1 / outside) }
    })
    // If there is only one feature, z is NaN, which this filter drops too.
    const telling = scored.filter(({ z }) => z > 0).sort((one, other) => other.z - one.z || one.row - other.row)
    const best = telling.slice(0, top)
    lists.push(best.map(({ row, times, logOdds, z }) => ({ key: features.keyOf(row), count: times, logOdds, z })))
  }
  return lists
}
