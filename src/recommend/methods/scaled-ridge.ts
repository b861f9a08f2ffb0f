import { RivuletError } from '../../support/errors.ts'

/** Beside squares so much larger it is lost to the rounding of double precision, and what it should hold together falls apart. */
const LEAST = 1e-13
/** Beside squares so much smaller nothing is left of them in single precision. */
const MOST = 1e30

/**
 * An option that is added to sums of squared weights, on the scale of the matrix.
 *
 * @param scale what the weights were multiplied by
 * @param largest of the sums of squares, on that scale
 * @throws {RivuletError} INVALID_OPTION where it is too far from them to be calculated with.
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
