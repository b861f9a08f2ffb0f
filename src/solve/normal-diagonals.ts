import { powers, type Degrees } from '../matrix/normalize.ts'
import type { Operator } from '../request/sweep.ts'

/** The diagonals by which W multiplies as X = D_u^-a W D_i^-e and as P = X'X: in the variable z = D_i^-e y the sweep W' (D_u^-2a W z) needs one scale only. */
export interface NormalDiagonals {
  readonly operator: Operator
  /** D_u^-a. */
  readonly rowScale: Float32Array
  /** D_i^-e, from y to z. */
  readonly columnScale: Float32Array
  /** D_i^e, from z to y. */
  readonly unscale: Float32Array
}

export function normalDiagonals(
  { rows, columns }: Degrees,
  userExponent: number,
  itemExponent: number,
): NormalDiagonals {
  return {
    operator: {
      middle: powers(rows, -2 * userExponent),
      scale: powers(columns, -2 * itemExponent),
      weight: new Float32Array(columns.length),
    },
    rowScale: powers(rows, -userExponent),
    columnScale: powers(columns, -itemExponent),
    unscale: powers(columns, itemExponent),
  }
}
