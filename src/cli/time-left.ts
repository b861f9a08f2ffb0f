/**
 * Remaining seconds of work of which a share is done: the expectation is weighted by the remaining share, the time so far by the finished share. So it starts at the
 * expectation, and falls evenly if that was right.
 *
 * @param share in [0, 1]
 * @param expected expected seconds in total; undefined if unknown: the rest is then assumed to be as fast as the work so far
 */
export function secondsLeft(share: number, elapsed: number, expected: number | undefined): number {
  if (expected === undefined) return share === 0 ? Infinity : (elapsed / share) * (1 - share)
  return (1 - share) * ((1 - share) * expected + elapsed)
}

/** '1 h 5 min', '3 min 20 s', '7 s'; '?' if unknown. */
export function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
