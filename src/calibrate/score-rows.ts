import type { NdArray } from 'ndarray'
import { RivuletError, show } from '../support/errors.ts'

/** Shares of classes, shape (rows, classes), as `Labelling.scores`. */
export type ScoreRows = NdArray<Float32Array | Float64Array>

/** @throws {RivuletError} INVALID_DATA: not two dimensions, or a share that is not in [0, 1] */
export function checkScoreRows(who: string, scores: ScoreRows): void {
  const shape = (scores as ScoreRows | undefined)?.shape
  if (shape?.length !== 2) throw invalid(who, 'scores of shape (rows, classes)', `${shape?.length ?? 'no'} dimensions`)
  for (let row = 0; row < shape[0]; row++) {
    for (let c = 0; c < shape[1]; c++) {
      const share = scores.get(row, c)
      if (!(share >= 0 && share <= 1)) throw invalid(`${who}, 'scores', row ${row}`, 'shares in [0, 1]', show(share))
    }
  }
}

/** @throws {RivuletError} INVALID_DATA: a different number of actual classes and rows, or a class that is not a column */
export function checkActualColumns(
  who: string,
  { shape: [rows, classes] }: ScoreRows,
  actual: ArrayLike<number>,
): void {
  if (rows !== actual.length) throw invalid(who, 'an actual class per row', `${actual.length} for ${rows} rows`)
  for (let row = 0; row < rows; row++) {
    const column = actual[row]
    if (Number.isInteger(column) && column >= 0 && column < classes) continue
    throw invalid(`${who}, 'actual', row ${row}`, `a column in [0, ${classes})`, show(column))
  }
}

/** A row as a plain array of numbers. */
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
