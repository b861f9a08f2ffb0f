import type { Parts } from '../memory/limit.ts'
import { float32, float64, int16, int32, layOut, type Layout } from '../memory/layout.ts'
import { uncollectedBytes } from '../memory/outside-bytes.ts'
import { markBytes } from '../kernel/kernel.ts'
import type { SparseRows } from '../matrix/csr.ts'
import { windowCount, type MatrixShape } from '../matrix/windows.ts'
import { chooseKernel, planFacts, type PlanFacts, type PlanOptions } from './plan.ts'
import { productCostOf } from './costs.ts'
import type { Machine } from './machine.ts'

/** Sizes of a product of sparse matrices. */
export interface ProductShape {
  /** Name of the caller, for messages. */
  readonly name: string
  /** Most entries of a row. */
  readonly neighbours: number
  /** Multiplications. */
  readonly operations: number
  /** Most entries that can be kept. */
  readonly entries: number
  /** Entries of a left factor that is not the matrix itself, or 0; they have weights. */
  readonly givenEntries: number
  /** Dimensions of vectors whose products are subtracted, or 0. */
  readonly dimensions: number
  /** Whether other weights replace those of the matrix. */
  readonly reweighed: boolean
}

/** Every decision about a product, taken before anything is allocated. Frozen and JSON-safe; a pure function of sizes, options and machine. */
export interface ProductPlan extends PlanFacts {
  readonly kind: 'product'
  readonly product: ProductShape
  /** Blocks of rows, of about equal cost: the unit of work that threads share. */
  readonly blocks: number
  readonly layout: ProductLayout
}

/** Multiplications that the calling thread does in a few milliseconds, with the selection of the largest entries. */
const SHORT = 2 ** 20
/** Multiplications of a block: long compared with claiming it, short compared with the whole. */
const BLOCK_OPERATIONS = 2 ** 20
const MOST_BLOCKS = 1024

const counted = new WeakMap<SparseRows, number>()

/** Multiplications of the product of a matrix with itself: a row costs the square of its length, so a user with 10^5 items costs 10^10. Cached per matrix. */
export function productCost(rows: SparseRows): number {
  let operations = counted.get(rows)
  if (operations !== undefined) return operations
  operations = 0
  for (let row = 0; row < rows.rowCount; row++) operations += rows.lengthOf(row) ** 2
  counted.set(rows, operations)
  return operations
}

/**
 * Plans a product over a prepared matrix that ends at byte `matrixBytes` of its memory.
 *
 * @param outside bytes that are taken beside the shared memory meanwhile, but for the answer and the threads
 * @throws {RivuletError} MEMORY_LIMIT when it does not fit, naming the bytes and what to change.
 */
export function planProduct(
  matrix: MatrixShape,
  product: ProductShape,
  options: PlanOptions,
  machine: Machine,
  matrixBytes: number,
  outside: Parts = {},
): ProductPlan {
  const { kernel, notes } = chooseKernel(options, machine)
  const { name, operations, entries, neighbours } = product
  const wanted = options.threads === 'auto' ? machine.parallelism : options.threads
  const blocks = Math.min(matrix.columnCount, MOST_BLOCKS, Math.max(1, Math.ceil(operations / BLOCK_OPERATIONS)))
  const isShared = machine.threads && operations >= SHORT && (wanted > 1 || options.pooled === true)
  const threads = isShared ? Math.min(wanted, blocks) : 1
  if (threads < wanted)
    notes.push(`${threads} of ${wanted} threads: ${operations} multiplications are not enough work for more`)
  const layout = layOutProduct(matrix, product, blocks, threads, matrixBytes)
  const solution = 8 * entries + 8 * matrix.columnCount
  const workers = isShared ? wanted : 0
  const uncollected = uncollectedBytes((outside.given ?? 0) + solution)
  const facts = planFacts({
    ...{ name, matrix, kernel, threads, workers, notes, layout, matrixBytes },
    ...{ outside: { ...outside, solution, uncollected }, limitBytes: options.memoryLimitBytes },
    what: `at most ${neighbours} neighbours of each of ${matrix.columnCount} items`,
    todo: "Raise memoryLimitBytes, or lower 'neighbours'.",
    ...{ machine, cost: productCostOf(operations, mostMet(operations, matrix), product.dimensions) },
  })
  return Object.freeze({ ...facts, kind: 'product' as const, product: Object.freeze({ ...product }), blocks, layout })
}

/** Pairs of items that can have users in common. */
export const mostMet = (operations: number, { columnCount }: MatrixShape): number =>
  Math.min(operations, columnCount * columnCount)

/** Elements of a workspace, so that those of two threads share no cache line. */
const paddedTo16 = (length: number): number => Math.ceil(length / 16) * 16

/** Memory layout of a product, for a number of members. */
function layOutProduct(
  matrix: MatrixShape,
  { entries, givenEntries, reweighed, dimensions }: ProductShape,
  blocks: number,
  members: number,
  matrixBytes: number,
) {
  const { rowCount, columnCount, nnz } = matrix
  return layOut(
    {
      control: int32(64),
      blockState: int32(blocks),
      middle: float32(rowCount),
      left: float32(columnCount),
      right: float32(columnCount),
      costs: float32(columnCount),
      lessLeft: int16(columnCount * dimensions),
      lessRight: int16(columnCount * dimensions),
      leftSteps: float32(dimensions > 0 ? columnCount : 0),
      rightSteps: float32(dimensions > 0 ? columnCount : 0),
      windowRows: int32(windowCount(matrix)),
      givenPointers: int32(givenEntries > 0 ? columnCount + 1 : 0),
      givenIndices: int32(givenEntries),
      givenData: float32(givenEntries),
      weights: float32(reweighed ? nnz : 0),
      places: int32(columnCount),
      counts: int32(columnCount),
      dropped: float32(columnCount),
      keptIndices: int32(entries),
      keptData: float32(entries),
      // A workspace per member.
      sums: float64(members * paddedTo16(columnCount)),
      met: int32(members * paddedTo16(columnCount + 1)),
      scores: float32(members * paddedTo16(columnCount)),
      marks: int32(members * paddedTo16(markBytes(columnCount) / 4)),
    },
    matrixBytes,
  )
}

export type ProductLayout = ReturnType<typeof layOutProduct>
export type ProductSection = ProductLayout extends Layout<infer Name> ? Name : never
