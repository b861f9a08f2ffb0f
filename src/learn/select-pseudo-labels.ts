/**
 * Which predictions are sure enough to learn from.
 *
 * Scudder 1965 (10.1109/TIT.1965.1053799) and Yarowsky 1995 (10.3115/981658.981684) take those above a threshold; taking equally many of each class
 * keeps the surest class from swallowing the rest (Zou, Yu, Vijaya Kumar & Wang 2018, arXiv:1810.07911).
 */

/**
 * - `k-best`: the surest of every class.
 * - `threshold`: confidence at least so much.
 * - `margin`: the largest share ahead of the second largest by at least so much.
 * - `entropy`: 1 - H / log(classes), the information in the shares, at least so much.
 */
export type SelectionRule = 'k-best' | 'threshold' | 'margin' | 'entropy'

/** Predictions that may be learnt from: one class each. */
export interface Candidates {
  /** Class, or another group that is to be balanced (a user, say), of each candidate; in [0, groups). */
  readonly group: ArrayLike<number>
  /** The surer, the larger; finite. */
  readonly sureness: ArrayLike<number>
}

/** How many may be taken. */
export interface SelectionAmount {
  readonly rule: SelectionRule
  /** With 'k-best' the share of the candidates that is taken, in (0, 1]; otherwise the least sureness. */
  readonly amount: number
  /** Shares of the groups among what is taken, sum 1; `null` leaves them as they come. */
  readonly groupShares: ArrayLike<number> | null
}

/**
 * Places of the candidates that are taken, group after group, the surest first; ties to the lower place.
 *
 * @param groups number of groups
 */
export function selectCandidates(
  candidates: Candidates,
  groups: number,
  { rule, amount, groupShares }: SelectionAmount,
): Int32Array {
  const { group, sureness } = candidates
  const members = Array.from({ length: groups }, (): number[] => [])
  for (let place = 0; place < group.length; place++) {
    if (rule === 'k-best' || sureness[place] >= amount) members[group[place]].push(place)
  }
  const willing = members.reduce((sum, { length }) => sum + length, 0)
  const total = rule === 'k-best' ? amount * group.length : willing
  return Int32Array.from(
    members.flatMap((places, number) => {
      const wanted = groupShares === null ? (total / (willing || 1)) * places.length : groupShares[number] * total
      return places.sort((a, b) => sureness[b] - sureness[a] || a - b).slice(0, Math.round(wanted))
    }),
  )
}

/**
 * How sure a prediction is, by what its rule looks at.
 *
 * @param shares of the classes, sum 1
 * @param confidence of the largest, calibrated
 */
export function surenessOf(rule: SelectionRule, shares: ArrayLike<number>, confidence: number): number {
  if (rule === 'k-best' || rule === 'threshold') return confidence
  const sorted = Array.from(shares).sort((a, b) => b - a)
  if (rule === 'margin') return sorted[0] - (sorted[1] ?? 0)
  const entropy = sorted.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0)
  return sorted.length === 1 ? 1 : 1 - entropy / Math.log(sorted.length)
}
