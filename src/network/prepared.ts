import { Arena } from '../memory/arena.ts'
import { layOut, type Layout, type SectionRequest } from '../memory/layout.ts'
import { MemoryBudget } from '../memory/budget.ts'
import { requireRoom, type Parts } from '../memory/limit.ts'
import type { MatrixOffsets } from '../kernel/loop.ts'
import { buildInSlices, type Coordinates } from '../matrix/build.ts'
import type { CsrArrays, CsrMatrix } from '../matrix/csr.ts'
import { degreesInSlices } from '../matrix/normalize.ts'
import { turnInSlices } from '../matrix/turn.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { cutWindows, windowCount } from '../matrix/windows.ts'
import type { Network } from './network.ts'

/** A network on one matrix. */
export interface PreparedNetwork extends Network {
  readonly rows: CsrMatrix
}

/**
 * Sorts coordinates straight into shared memory.
 *
 * @param held bytes held besides the matrix for its lifetime, by purpose
 * @throws {RivuletError} MEMORY_LIMIT before anything is allocated, if the matrix alone does not fit.
 */
export const prepareNetwork = (
  who: string,
  coordinates: Coordinates,
  square: boolean,
  memoryLimitBytes: number,
  held: Parts = {},
): PreparedNetwork => atOnce(prepareInSlices(who, coordinates, square, memoryLimitBytes, held))

/** As `prepareNetwork`. */
export const prepareInSlices = (
  who: string,
  coordinates: Coordinates,
  square: boolean,
  memoryLimitBytes: number,
  held: Parts = {},
): Sliced<PreparedNetwork> =>
  prepareWeighed(who, coordinates, { square, memoryLimitBytes, held, building: {} }, plainDegrees)

function* plainDegrees(matrix: CsrMatrix): Sliced<Pick<Network, 'degrees'>> {
  return { degrees: yield* degreesInSlices(matrix) }
}

/** Limits for building a matrix. */
export interface Building {
  readonly square: boolean
  readonly memoryLimitBytes: number
  /** Bytes held besides the matrix for its lifetime, by purpose. */
  readonly held: Parts
  /** Bytes held while it is built. */
  readonly building: Parts
}

/**
 * As `prepareInSlices`, for coordinates whose weights are determined after sorting.
 *
 * @param weigh sets the weights and returns the degrees
 */
export function* prepareWeighed<Weighed extends Pick<Network, 'degrees'>>(
  who: string,
  coordinates: Coordinates,
  { square, memoryLimitBytes, held, building }: Building,
  weigh: (matrix: CsrMatrix) => Sliced<Weighed>,
): Sliced<PreparedNetwork & Weighed> {
  const { rowCount, columnCount, row, data, scale = 1 } = coordinates
  const most = { rowCount, columnCount, nnz: row.length, weighted: Boolean(data), square, longestWindow: 0 }
  const turnedPointers = square ? 0 : windowCount(most) * (columnCount + 1)
  const layout = layOut(
    {
      ...matrixSections('', rowCount + 1, row.length, most.weighted),
      ...matrixSections('turned', turnedPointers, square ? 0 : row.length, most.weighted),
    },
    64,
  )
  const outside = { ...held, degrees: 8 * (rowCount + columnCount) }
  const todo = 'Raise memoryLimitBytes or drop pairs.'
  const whileBuilt = { ...outside, ...building }
  requireRoom(who, `${row.length} pairs`, { shared: layout.end, outside: whileBuilt }, memoryLimitBytes, todo)
  const arena = Arena.allocate(layout.end)
  const budget = new MemoryBudget(memoryLimitBytes, () => arena.bytes, outside)
  const place = placeMatrix(arena, layout, '')
  const matrix = yield* buildInSlices(coordinates, place.destination)
  const weighed = yield* weigh(matrix)
  const windows = cutWindows(matrix.indptr, windowCount({ ...most, nnz: matrix.nnz }))
  const turned = placeMatrix(arena, layout, 'turned')
  if (!square) yield* turnInSlices(matrix, windows, turned.destination)
  const longestWindow = windows.reduce((longest, { rowStart, rowEnd }) => Math.max(longest, rowEnd - rowStart), 0)
  return {
    shape: { ...most, nnz: matrix.nnz, longestWindow },
    ...weighed,
    rows: matrix,
    scale,
    signed: matrix.data !== null && (yield* hasNegative(matrix.data)),
    budget,
    stored: {
      ...{ arena, offsets: place.offsets, windows },
      turned: square ? place.offsets : turned.offsets,
      end: layout.end,
    },
  }
}

function* hasNegative(weights: Float32Array): Sliced<boolean> {
  let found = false
  const meet = (from: number, to: number): void => {
    for (let at = from; at < to && !found; at++) found = weights[at] < 0
  }
  yield* inSlices(weights.length, meet)
  return found
}

type Prefix = '' | 'turned'
type MatrixSection = `${Prefix}${'indptr' | 'indices' | 'data'}`

function matrixSections(
  prefix: Prefix,
  pointers: number,
  pairs: number,
  weighted: boolean,
): Record<MatrixSection, SectionRequest> {
  return {
    [`${prefix}indptr`]: { type: 'uint32', length: pointers },
    [`${prefix}indices`]: { type: 'uint32', length: pairs },
    [`${prefix}data`]: { type: 'float32', length: weighted ? pairs : 0 },
  } as Record<MatrixSection, SectionRequest>
}

function placeMatrix(
  arena: Arena,
  { sections }: Layout<MatrixSection>,
  prefix: Prefix,
): { offsets: MatrixOffsets; destination: CsrArrays } {
  const [indptr, indices, data] = [sections[`${prefix}indptr`], sections[`${prefix}indices`], sections[`${prefix}data`]]
  const weighted = data.length > 0
  return {
    offsets: { indptr: indptr.offset, indices: indices.offset, data: weighted ? data.offset : 0 },
    destination: {
      indptr: arena.uint32(indptr),
      indices: arena.uint32(indices),
      data: weighted ? arena.float32(data) : null,
    },
  }
}
