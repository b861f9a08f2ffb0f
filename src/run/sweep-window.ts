import type { BlockWidth, Kernel } from '../kernel/kernel.ts'
import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Window } from '../matrix/windows.ts'

/** Operands of the sweep of a window, as byte offsets into the kernel's memory. */
export interface WindowSweep {
  readonly matrix: MatrixOffsets
  /** The window transposed; see `turnWindows`. */
  readonly turned: MatrixOffsets
  readonly columnCount: number
  /** Factors of all rows. */
  readonly middle: number
  readonly z: number
  /** Buffer for the window's rows of a block. */
  readonly rows: number
  /** Block of zeros that receives the result. */
  readonly part: number
}

/**
 * part <- W_w' (middle o (W_w z)) for one window w of rows, with the same bits either way:
 * for one column gathered and scattered row by row; for more gathered twice, because loads alone are faster than loads and stores.
 */
export function sweepWindow(kernel: Kernel, width: BlockWidth, { rowStart, rowEnd }: Window, sweep: WindowSweep): void {
  const { matrix, turned, columnCount, middle, z, rows, part } = sweep
  if (width === 1) {
    kernel.normal(rowStart, rowEnd, { matrix, middle, z, acc: part })
    return
  }
  const window = { ...matrix, indptr: matrix.indptr + 4 * rowStart }
  const there = { width, matrix: window, finish: middle + 4 * rowStart, z, out: rows }
  kernel.multiplySparse(0, rowEnd - rowStart, there)
  kernel.multiplySparse(0, columnCount, { width, matrix: turned, z: rows, out: part })
}

/** Offsets of window number `window` of a matrix transposed by `turnWindows`. */
export function turnedWindow(turned: MatrixOffsets, columnCount: number, window: number): MatrixOffsets {
  return { ...turned, indptr: turned.indptr + 4 * window * (columnCount + 1) }
}
