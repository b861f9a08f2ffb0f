import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Something that a cluster has more often than the others have. */
export interface Distinctive {
  readonly key: string
  /** How many of the cluster have it. */
  readonly count: number
  /** Log of the odds ratio, cluster against all others, held back by the prior; > 0. */
  readonly logOdds: number
  /** `logOdds` over its standard error: what lists are sorted by. Above 2 is seldom chance. */
  readonly z: number
}

/** Operations that counting a pair, or scoring a feature, costs. */
const COUNT_COST = 50

/** Pairs of a member and what it has, each once. */
export interface MemberPairs {
  readonly member: Int32Array
  readonly feature: Int32Array
}

/**
 * The features that tell each cluster from the rest: weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, 10.1093/pan/mpn018).
 *
 *   a_w = strength x features x n_w / n;   logOdds = log( (y_w + a_w) / (y + a - y_w - a_w) ) - the same of all others;
 *   z = logOdds / sqrt( 1 / (y_w + a_w) + 1 / (y'_w + a_w) )
 *
 * y counts the cluster's pairs, y' those of all others, n both; a is the sum of a_w. The prior is as popular as the feature, so a rare one needs evidence.
 *
 * @param clusters of every member; pairs of members below 0 do not count
 * @param count clusters
 * @param strength > 0: pseudo-pairs of a feature, in the mean
 * @param top longest list
 * @returns a list for each cluster, best first, equals by row
 */
export function* distinctiveFeatures(
  { member, feature }: MemberPairs,
  features: KeyIndex,
  clusters: Int32Array,
  count: number,
  strength: number,
  top: number,
): Sliced<Distinctive[][]> {
  // Against nobody there are no odds.
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
    // A feature alone has no odds, but NaN, which is not above 0 either.
    const telling = scored.filter(({ z }) => z > 0).sort((one, other) => other.z - one.z || one.row - other.row)
    const best = telling.slice(0, top)
    lists.push(best.map(({ row, times, logOdds, z }) => ({ key: features.keyOf(row), count: times, logOdds, z })))
  }
  return lists
}
