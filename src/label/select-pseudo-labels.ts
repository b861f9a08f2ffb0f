/**
 * Selects predictions that are confident enough to learn from.
 *
 * Scudder 1965 (10.1109/TIT.1965.1053799) and Yarowsky 1995 (10.3115/981658.981684) select those above a threshold; selecting the most confident of each
 * class, in proportion to class sizes, prevents the easiest class from dominating (Zou, Yu, Vijaya Kumar & Wang 2018, arXiv:1810.07911).
 * Cost: O(candidates).
 */
import { inSlices, PAUSE, type Sliced } from '../support/pause.ts'

/**
 * - `k-best`: the most confident of every class.
 * - `threshold`: minimum confidence.
 * - `margin`: minimum difference between the largest and the second largest share.
 * - `entropy`: minimum of 1 - H / log(classes), the information in the shares.
 */
export type SelectionRule = 'k-best' | 'threshold' | 'margin' | 'entropy'

/** Predictions to select from. */
export interface Candidates {
  /** Class of each candidate, or another group to balance (a user, for example); in [0, groups). */
  readonly group: Int32Array
  /** Confidence of each candidate by the selection rule; finite. */
  readonly sureness: Float64Array
}

/** How many candidates are selected. */
export interface SelectionAmount {
  readonly rule: SelectionRule
  /** With 'k-best' the share of the candidates to select, in (0, 1]; otherwise the minimum sureness. */
  readonly amount: number
  /** Shares of the groups among the selected, sum 1; `null` does not balance groups. */
  readonly groupShares: ArrayLike<number> | null
}

/**
 * Places of the selected candidates, ascending: those with the largest sureness of each group, ties to the first.
 *
 * @param groups number of groups
 */
export function* selectCandidates(
  { group, sureness }: Candidates,
  groups: number,
  { rule, amount, groupShares }: SelectionAmount,
): Sliced<Int32Array> {
  const least = rule === 'k-best' ? -Infinity : amount
  const sizes = new Int32Array(groups)
  yield* inSlices(group.length, (from, to) => {
    for (let place = from; place < to; place++) if (sureness[place] >= least) sizes[group[place]]++
  })
  const willing = sizes.reduce((sum, size) => sum + size, 0)
  const total = rule === 'k-best' ? amount * group.length : willing
  const quotas = sizes.map((size, g) =>
    Math.min(size, Math.round(groupShares === null ? (total * size) / (willing || 1) : groupShares[g] * total)),
  )
  const limits = new Float64Array(groups).fill(Infinity)
  for (let g = 0; g < groups; g++) {
    if (quotas[g] === 0) continue
    limits[g] = kthLargest(surenessIn(g, sizes[g], group, sureness, least), quotas[g])
    yield PAUSE
  }
  // Candidates exactly at the limit fill the part of the quota that those above it leave.
  const above = new Int32Array(groups)
  yield* inSlices(group.length, (from, to) => {
    for (let place = from; place < to; place++) if (sureness[place] > limits[group[place]]) above[group[place]]++
  })
  const room = quotas.map((quota, g) => quota - above[g])
  const taken = new Int32Array(quotas.reduce((sum, quota) => sum + quota, 0))
  let count = 0
  yield* inSlices(group.length, (from, to) => {
    for (let place = from; place < to; place++) {
      const g = group[place]
      if (sureness[place] > limits[g] || (sureness[place] === limits[g] && room[g]-- > 0)) taken[count++] = place
    }
  })
  return taken
}

function surenessIn(
  wanted: number,
  size: number,
  group: Int32Array,
  sureness: Float64Array,
  least: number,
): Float64Array {
  const values = new Float64Array(size)
  let count = 0
  for (let place = 0; place < group.length; place++) {
    if (group[place] === wanted && sureness[place] >= least) values[count++] = sureness[place]
  }
  return values
}

/**
 * Sureness of a prediction by a rule.
 *
 * @param shares of the classes, sum 1
 */
export function surenessOf(rule: 'margin' | 'entropy', shares: ArrayLike<number>): number {
  const sorted = Array.from(shares).sort((a, b) => b - a)
  if (rule === 'margin') return sorted[0] - (sorted[1] ?? 0)
  const entropy = sorted.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0)
  return sorted.length === 1 ? 1 : 1 - entropy / Math.log(sorted.length)
}

/**
 * The k-th largest of some values, by Hoare's FIND (1961, 10.1145/366622.366647): O(values) on average, where a sort takes O(values log values).
 *
 * @param values are reordered
 * @param k in [1, values]
 */
export function kthLargest(values: Float64Array, k: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = middleOfThree(values[low], values[(low + high) >> 1], values[high])
    let left = low
    let right = high
    while (left <= right) {
      while (values[left] > pivot) left++
      while (values[right] < pivot) right--
      if (left > right) break
      const value = values[left]
      values[left++] = values[right]
      values[right--] = value
    }
    if (k - 1 <= right) high = right
    else if (k - 1 >= left) low = left
    else break
  }
  return values[k - 1]
}

const middleOfThree = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
