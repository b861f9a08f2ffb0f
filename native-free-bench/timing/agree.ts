/**
 * How far two answers are apart: the largest difference, relative to the largest number of ours.
 *
 * Infinity when the lengths differ or something is not a number.
 */
export function distance(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Infinity
  let largest = 0
  let worst = 0
  for (let at = 0; at < ours.length; at++) {
    largest = Math.max(largest, Math.abs(ours[at]))
    worst = Math.max(worst, Math.abs(ours[at] - theirs[at]))
  }
  if (Number.isNaN(worst) || Number.isNaN(largest)) return Infinity
  return largest === 0 ? worst : worst / largest
}
