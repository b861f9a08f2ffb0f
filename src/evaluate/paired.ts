import { RivuletError, show } from '../support/errors.ts'

/**
 * Two columns that are compared row by row must be equally long and not empty.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA
 */
export function checkPaired(who: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) {
    throw new RivuletError(
      'INVALID_DATA',
      {
        who,
        expected: 'two columns of equal length',
        got: `${a.length} and ${b.length} rows`,
        todo: 'Pass both for the same rows in the same order.',
      },
      { lengths: [a.length, b.length] },
    )
  }
  if (a.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: 'at least one row',
      got: 'none',
      todo: 'Check that the test set is not empty.',
    })
  }
}

/** @throws {RivuletError} INVALID_DATA naming the first row that is not a finite number */
export function checkFinite(who: string, column: string, values: ArrayLike<number>): void {
  for (let row = 0; row < values.length; row++) {
    if (Number.isFinite(values[row])) continue
    throw new RivuletError(
      'INVALID_DATA',
      {
        who: `${who}, '${column}', row ${row}`,
        expected: 'a finite number',
        got: show(values[row]),
        todo: 'Correct or drop that row.',
      },
      { column, row },
    )
  }
}
