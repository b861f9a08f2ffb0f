/**
 * How much two sets of ranked lists have in common: the share of our entries that their list of the same place holds too, in [0, 1].
 *
 * Both of shape (lists x k), row-major; entries below 0 are empty. Equal scores may be cut at k in another order, so 1 is not always to be had.
 */
export function overlap(ours: ArrayLike<number>, theirs: ArrayLike<number>, k: number): number {
  if (ours.length !== theirs.length) return 0
  let entries = 0
  let common = 0
  for (let start = 0; start < ours.length; start += k) {
    const list = new Set<number>()
    for (let at = start; at < start + k; at++) list.add(theirs[at])
    for (let at = start; at < start + k; at++) {
      if (ours[at] < 0) continue
      entries++
      if (list.has(ours[at])) common++
    }
  }
  return entries === 0 ? 0 : common / entries
}
