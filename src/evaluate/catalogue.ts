/**
 * What a set of recommendation lists does to the catalogue as a whole: how much of it is shown, how evenly, how well known it is.
 *
 * Symbols: `exposure[i]` is the number of lists that hold item i (shape: items); `popularity[i]` the number of distinct users
 * who had item i in training (shape: items); U the number of users in training.
 */

/** Share of the catalogue that appears in at least one list, in [0, 1]; 0 for an empty catalogue. */
export function coverage(exposure: ArrayLike<number>): number {
  let shown = 0
  for (let item = 0; item < exposure.length; item++) {
    if (exposure[item] > 0) shown++
  }
  return exposure.length === 0 ? 0 : shown / exposure.length
}

/**
 * Mean self-information of a recommended item in bits: -log2 p(i) with p(i) = popularity[i] / U, each item counted as often as it is
 * listed (Zhou et al. 2010, 10.1073/pnas.1000488107). In [0, log2 U]; higher means less well known.
 *
 * An item without any training user is counted as if it had one, so that the mean stays finite. 0 when nothing is recommended.
 */
export function novelty(exposure: ArrayLike<number>, popularity: ArrayLike<number>, users: number): number {
  let bits = 0
  let listed = 0
  for (let item = 0; item < exposure.length; item++) {
    if (exposure[item] === 0) continue
    bits += exposure[item] * Math.log2(users / Math.max(1, popularity[item] ?? 0))
    listed += exposure[item]
  }
  return listed === 0 ? 0 : bits / listed
}

/**
 * Gini coefficient of exposure over the whole catalogue, never-shown items included:
 * sum_j (2 j - n - 1) x_(j) / (n sum x), x_(1) <= ... <= x_(n).
 *
 * 0 when every item is shown equally often (or nothing is shown), (n - 1) / n when one item takes everything.
 */
export function gini(exposure: ArrayLike<number>): number {
  const sorted = Float64Array.from(exposure).sort()
  const n = sorted.length
  let total = 0
  let weighted = 0
  for (let j = 0; j < n; j++) {
    total += sorted[j]
    weighted += (2 * (j + 1) - n - 1) * sorted[j]
  }
  return total === 0 ? 0 : weighted / (n * total)
}
