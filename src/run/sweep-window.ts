import type { BlockWidth, Kernel, MatrixOffsets } from '../kernel/kernel.ts'
import type { Window } from '../matrix/windows.ts'

/** What the sweep of a window works with, as byte offsets into the kernel's memory. */
export interface WindowSweep {
  readonly matrix: MatrixOffsets
  /** The window transposed; see `turnWindows`. */
  readonly turned: MatrixOffsets
  readonly columnCount: number
  /** Scales of all rows. */
  readonly middle: number
  /** Ones, as many as columns. */
  readonly ones: number
  readonly z: number
  /** Room for the window's rows of a block. */
  readonly rows: number
  /** Block that holds zeros and gets the result. */
  readonly part: number
}

/**
 * part <- W_w' (middle o (W_w z)) for one window w of rows, with the same bits either way:
 * for one column gathered and scattered row by row; for more gathered twice, because loads alone are faster than loads and stores.
 */
export function sweepWindow(kernel: Kernel, width: BlockWidth, { rowStart, rowEnd }: Window, sweep: WindowSweep): void {
  const { matrix, turned, columnCount, middle, ones, z, rows, part } = sweep
  if (width === 1) {
    kernel.normal(width, rowStart, rowEnd, matrix, middle, z, part)
    return
  }
  const window = { ...matrix, indptr: matrix.indptr + 4 * rowStart }
  kernel.gather(width, 0, rowEnd - rowStart, window, middle + 4 * rowStart, z, rows)
  kernel.gather(width, 0, columnCount, turned, ones, rows, part)
}

/** Where window number `window` of a matrix turned by `turnWindows` lies. */
export function turnedWindow(turned: MatrixOffsets, columnCount: number, window: number): MatrixOffsets {
  return { ...turned, indptr: turned.indptr + 4 * window * (columnCount + 1) }
}
