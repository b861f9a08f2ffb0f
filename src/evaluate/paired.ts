import { checkArgument, isArrayLike } from '../support/arguments.ts'
import { RivuletError, show } from '../support/errors.ts'

/**
 * Two columns that are compared row by row must have equal lengths and must not be empty.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA
 */
export function checkPaired(who: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  checkEqualLengths(who, a, b)
  if (a.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: 'at least one row',
      got: 'none',
      todo: 'Check that the test set is not empty.',
    })
  }
}

/** @throws {RivuletError} INVALID_DATA; INVALID_OPTION for a value that is no column */
export function checkEqualLengths(who: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  checkArgument(who, 'first column', a, isArrayLike)
  checkArgument(who, 'second column', b, isArrayLike)
  if (a.length === b.length) return
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: 'two columns of equal length',
    got: `${a.length} and ${b.length} rows`,
    todo: 'Pass both for the same rows in the same order.',
    details: { lengths: [a.length, b.length] },
  })
}

/** @throws {RivuletError} INVALID_DATA naming the first row that is not a finite number */
export function checkFinite(who: string, column: string, values: ArrayLike<number>): void {
  checkRows(who, column, values, { expected: 'a finite number', todo: 'Correct or drop that row.' }, Number.isFinite)
}

/** @throws {RivuletError} INVALID_DATA naming the first row that is not a probability */
export function checkShares(who: string, column: string, values: ArrayLike<number>): void {
  const parts = { expected: 'a number in [0, 1]', todo: 'Pass probabilities, not scores.' }
  checkRows(who, column, values, parts, (value) => value >= 0 && value <= 1)
}

/** @throws {RivuletError} INVALID_DATA naming the first row that is neither true or 1 nor false or 0 */
export function checkOutcomes(who: string, column: string, values: ArrayLike<boolean | number>): void {
  const parts = {
    expected: 'true or 1, false or 0',
    todo: 'Pass true or 1 if that prediction was right, false or 0 if not.',
  }
  checkRows(who, column, values, parts, (value) => typeof value === 'boolean' || value === 0 || value === 1)
}

function checkRows<T>(
  who: string,
  column: string,
  values: ArrayLike<T>,
  { expected, todo }: { readonly expected: string; readonly todo: string },
  accepts: (value: T) => boolean,
): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (accepts(value)) continue
    throw new RivuletError('INVALID_DATA', {
      who: `${who}, '${column}', row ${row}`,
      expected,
      got: show(value),
      todo,
      details: { column, row },
    })
  }
}
