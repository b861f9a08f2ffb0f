/**
 * The inverse of the regularised Gram matrix of one side of a bipartite network with weights W, in float64:
 *
 *   P = (W'W + ridge I)^-1 of the columns, or (W W' + ridge I)^-1 of the rows
 *
 * Cost: size^3 / 2 multiplications.
 */
export interface Inverse<Wanted extends InverseWanted = InverseWanted> {
  readonly kind: 'inverse'
  /** Name of the caller, for messages. */
  readonly name: string
  readonly side: 'rows' | 'columns'
  /** > 0. */
  readonly ridge: number
  readonly wanted: Wanted
}

/** P itself, or the ridge regression of every column on the others: B_ij = -P_ij / P_jj, rounded to float32, and 0 on the diagonal. */
export type InverseWanted = 'inverse' | 'regression'

/** Shape (size x size), row-major. */
export type InverseAnswer<Wanted extends InverseWanted = InverseWanted> = Wanted extends 'regression'
  ? Float32Array
  : Float64Array
