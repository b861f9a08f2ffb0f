import type { NdArray } from 'ndarray'
import { RivuletError, show } from '../support/errors.ts'

/** Shares of classes, shape (rows, classes), as `Labelling.scores`. */
export type ScoreRows = NdArray<Float32Array | Float64Array>

/**
 * Shares of the classes and the actual class of every row, checked.
 *
 * @throws {RivuletError} INVALID_DATA: not two dimensions, a share that is not in [0, 1], not as many classes as rows, an actual class that is no column
 */
export function checkScoreRows(who: string, scores: ScoreRows, actual: ArrayLike<number>): void {
  if (scores.shape.length !== 2)
    throw invalid(who, 'scores of shape (rows, classes)', `${scores.shape.length} dimensions`)
  const [rows, classes] = scores.shape
  if (rows !== actual.length) throw invalid(who, 'an actual class for every row', `${actual.length} for ${rows} rows`)
  for (let row = 0; row < rows; row++) {
    const column = actual[row]
    if (!Number.isInteger(column) || column < 0 || column >= classes) {
      throw invalid(`${who}, 'actual', row ${row}`, `a column in [0, ${classes})`, show(column))
    }
    for (let c = 0; c < classes; c++) {
      const share = scores.get(row, c)
      if (!(share >= 0 && share <= 1)) throw invalid(`${who}, 'scores', row ${row}`, 'shares in [0, 1]', show(share))
    }
  }
}

/** A row as a plain column of numbers. */
export function scoreRow(scores: ScoreRows, row: number): Float64Array {
  return Float64Array.from({ length: scores.shape[1] }, (_, c) => scores.get(row, c))
}

function invalid(who: string, expected: string, got: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected,
    got,
    todo: 'Pass shares of classes with the actual column of every row.',
  })
}
