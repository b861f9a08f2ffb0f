import type { Parts } from '../memory/limit.ts'
import { float32, float64, int32, layOut, type Layout } from '../memory/layout.ts'
import type { MatrixShape } from '../matrix/windows.ts'
import { chooseKernel, planFacts, type PlanFacts, type PlanOptions } from './plan.ts'
import { inverseCost } from './costs.ts'
import type { Machine } from './machine.ts'

/** Sizes of an inverse. */
export interface InverseShape {
  /** Name of the caller, for messages. */
  readonly name: string
  readonly side: 'rows' | 'columns'
  /** Float64, or a regression in float32. */
  readonly wanted: 'inverse' | 'regression'
}

/** Every decision about an inverse, taken before anything is allocated. Frozen and JSON-safe; a pure function of sizes, options and machine. */
export interface InversePlan extends PlanFacts {
  readonly kind: 'inverse'
  /** Rows of the dense matrix. */
  readonly size: number
  /** Blocks of pivots that are eliminated one after the other. */
  readonly blocks: number
  /** Elements from one row of the right panel to the next. */
  readonly stride: number
  readonly layout: InverseLayout
}

/** Pivots eliminated at once. */
export const PIVOTS = 32

/** Smaller inverses, of a few million multiplications, are done before a worker would start. */
const SMALL = 200

/**
 * Plans an inverse over a prepared matrix that ends at byte `matrixBytes` of its memory. All threads take every step together.
 *
 * @param outside bytes that are taken beside the shared memory meanwhile, but for the answer and the threads
 * @throws {RivuletError} MEMORY_LIMIT when it does not fit, naming the bytes and what to change.
 */
export function planInverse(
  matrix: MatrixShape,
  { name, side, wanted }: InverseShape,
  options: PlanOptions,
  machine: Machine,
  matrixBytes: number,
  outside: Parts = {},
): InversePlan {
  const { kernel, notes } = chooseKernel(options, machine)
  const most = options.threads === 'auto' ? machine.parallelism : options.threads
  const size = side === 'rows' ? matrix.rowCount : matrix.columnCount
  const isShared = machine.threads && size >= SMALL && (most > 1 || options.pooled === true)
  const workers = isShared ? most : 0
  const threads = Math.max(1, workers)
  // An odd number of cache lines, so that entries of one column do not evict each other from the cache.
  const stride = (Math.ceil(size / 8) | 1) * 8
  const layout = layOutInverse(matrix, side, size, stride, threads, matrixBytes)
  const solution = (wanted === 'inverse' ? 8 : 4) * size * size
  const facts = planFacts({
    ...{ name, matrix, kernel, threads, workers, notes, layout, matrixBytes },
    ...{ outside: { ...outside, solution }, limitBytes: options.memoryLimitBytes },
    what: `a dense matrix of ${size} x ${size} ${side === 'rows' ? 'users' : 'items'}`,
    todo: 'This method is for small catalogues: choose another method, or raise memoryLimitBytes.',
    ...{ machine, cost: inverseCost(size) },
  })
  return Object.freeze({ ...facts, kind: 'inverse' as const, size, stride, blocks: Math.ceil(size / PIVOTS), layout })
}

/** Memory layout of an inverse, for a number of members. */
function layOutInverse(
  { columnCount, nnz, weighted }: MatrixShape,
  side: InverseShape['side'],
  size: number,
  stride: number,
  members: number,
  matrixBytes: number,
) {
  const turns = side === 'rows'
  return layOut(
    {
      control: int32(64),
      blockState: int32(Math.ceil(size / PIVOTS)),
      turnedPointers: int32(turns ? columnCount + 1 : 0),
      turnedIndices: int32(turns ? nnz : 0),
      turnedData: float32(turns && weighted ? nnz : 0),
      dense: float64(size * size),
      left: float64(size * PIVOTS),
      right: float64(stride * PIVOTS),
      // One per member.
      pivots: float64(members * PIVOTS * PIVOTS),
    },
    matrixBytes,
  )
}

export type InverseLayout = ReturnType<typeof layOutInverse>
export type InverseSection = InverseLayout extends Layout<infer Name> ? Name : never
