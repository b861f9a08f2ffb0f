import { Arena } from '../memory/arena.ts'
import { layOut } from '../memory/layout.ts'
import { requireRoom } from '../memory/limit.ts'
import type { MatrixOffsets } from '../kernel/kernel.ts'
import { buildCsr, type Coordinates } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { degreesOf, type Degrees } from '../matrix/normalize.ts'
import type { MatrixShape } from '../plan/plan.ts'

/** A matrix in shared memory, ready to be multiplied: built once, asked many times. */
export interface PreparedMatrix {
  readonly arena: Arena
  readonly matrix: CsrMatrix
  readonly offsets: MatrixOffsets
  readonly shape: MatrixShape
  readonly degrees: Degrees
  /** First byte after the matrix: where a problem's sections begin. */
  readonly end: number
}

/**
 * Sorts coordinates straight into shared memory.
 *
 * @throws {RivuletError} MEMORY_LIMIT before anything is allocated, when the matrix alone does not fit.
 */
export function prepareMatrix(
  who: string,
  coordinates: Coordinates,
  square: boolean,
  memoryLimitBytes: number,
): PreparedMatrix {
  const { rowCount, columnCount, row, data } = coordinates
  const layout = layOut(
    {
      indptr: { type: 'uint32', length: rowCount + 1 },
      indices: { type: 'uint32', length: row.length },
      data: { type: 'float32', length: data ? row.length : 0 },
    },
    64,
  )
  requireRoom(who, `${row.length} pairs`, layout.end, memoryLimitBytes, 'Raise memoryLimitBytes or drop pairs.')
  const arena = Arena.allocate(layout.end)
  const { indptr, indices, data: weights } = layout.sections
  const matrix = buildCsr(coordinates, {
    indptr: arena.uint32(indptr),
    indices: arena.uint32(indices),
    data: data ? arena.float32(weights) : null,
  })
  return {
    arena,
    matrix,
    offsets: { indptr: indptr.offset, indices: indices.offset, data: data ? weights.offset : 0 },
    shape: { rowCount, columnCount, nnz: matrix.nnz, weighted: Boolean(data), square },
    degrees: degreesOf(matrix),
    end: layout.end,
  }
}
