import { RivuletError } from '../../support/errors.ts'

/** A smaller ridge is lost to rounding in double precision, and no longer regularizes. */
const LEAST = 1e-13
/** With a larger value, nothing is left of the squares in single precision. */
const MOST = 1e30

/**
 * An option that is added to sums of squared weights, on the scale of the matrix.
 *
 * @param scale factor of the weights
 * @param largest of the sums of squares, on that scale
 * @throws {RivuletError} INVALID_OPTION for a value too far from the squares for the precision.
 */
export function scaledRidge(
  who: string,
  option: 'lambda' | 'shrink',
  value: number,
  scale: number,
  largest: number,
): number {
  const ridge = value * scale * scale
  const least = option === 'lambda' ? LEAST * largest : 0
  if (largest === 0 || (ridge >= least && ridge <= MOST * largest)) return ridge
  const [from, to] = [least, MOST * largest].map((end) => (end / scale / scale).toPrecision(3))
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option '${option}'`,
    expected: `a number from ${from} to ${to} for weights of this size`,
    got: String(value),
    todo: `Choose '${option}' relative to the squared weights, or rescale the weights.`,
    details: { option, value },
  })
}
