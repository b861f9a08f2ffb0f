import type { BlockWidth, KernelName } from '../kernel/kernel.ts'
import { requireRoom, sumOf, type Parts } from '../memory/limit.ts'
import { float32, float64, int32, layOut, type Layout, type SectionRequest } from '../memory/layout.ts'
import { windowCount, type MatrixShape } from '../matrix/windows.ts'
import { denseCost, expectedSeconds, sweepCost } from './costs.ts'
import type { Machine } from './machine.ts'
import { solutionBytes, uncollectedBytes, WORKER_BYTES } from '../memory/outside-bytes.ts'

/** Sizes of a propagation problem. */
export interface SweepShape {
  /** Name of the calling function, for messages: 'labelSpreading', 'recommend' ... */
  readonly name: string
  /** Label columns to solve for. */
  readonly columns: number
  readonly solver: string
  readonly steps: number
  /** Largest number of steps actually taken. Default `steps`. */
  readonly enough?: number
  /** Entries of the sparse seeds; `null` when the seeds are rows of the matrix itself, or dense. */
  readonly seedCount: number | null
  /** Sizes of dense seeds; `null` for other seeds. */
  readonly dense?: DenseShape | null
  /** Source columns of the addend of the solution, or 0. */
  readonly addendSources?: number
  /** Entries kept of each column, or `null` for all scores. */
  readonly topK: number | null
  /** Number of entries excluded from lists individually. Default: none. */
  readonly excludedCount?: number
  /** Whether scores of the row side are wanted too. */
  readonly rowScores: boolean
  /** Entries of each column that are read after every step, or 0; then no other scores are kept. */
  readonly probes: number
  /** Products with the dense seeds are kept instead of scores: of the seeds, of the seeds and the scores, or both. */
  readonly crossProducts?: 'seeds' | 'scores' | 'both' | null
  /** Whether scores stay in a panel. */
  readonly keeps?: boolean
  /** Notes on how the answer is computed. */
  readonly notes?: readonly string[]
}

/** Sizes of dense seeds. */
export interface DenseShape {
  /** Columns of the matrix they are made of. */
  readonly sources: number
  /** Whether seeds are combinations of these columns; otherwise they are the columns. */
  readonly combined: boolean
  /** Whether they are in panels that outlive the problem; `sources` is then the stride of their rows. */
  readonly kept?: boolean
}

/** Requests of the caller about execution. */
export interface PlanOptions {
  readonly threads: number | 'auto'
  readonly memoryLimitBytes: number
  readonly partition: 'auto' | 'columns' | 'rows'
  readonly kernel: KernelName | 'auto'
  /** Whether worker threads are available: one of them then does work that would block the calling thread for long. Default false. */
  readonly pooled?: boolean
}

export type SectionName =
  | 'panels'
  | 'middle'
  | 'ones'
  | 'scale'
  | 'weight'
  | 'finish'
  | 'rowScale'
  | 'seedPointers'
  | 'seedIndices'
  | 'seedData'
  | 'seedScale'
  | 'coefficients'
  | 'reach'
  | 'measured'
  | 'squares'
  | 'addend'
  | 'addendCoefficients'
  | 'control'
  | 'blockState'
  | 'blockIterations'
  | 'blockResiduals'
  | 'memberResiduals'
  | 'z'
  | 'previous'
  | 'rhs'
  | 'accumulators'
  | 'rows'
  | 'excludedPointers'
  | 'excludedIndices'
  | 'topRows'
  | 'topScores'
  | 'columnScores'
  | 'rowScores'
  | 'probeRows'
  | 'probes'
  | 'seedProducts'
  | 'scoreProducts'

/** Fields of every plan. */
export interface PlanFacts {
  readonly version: 1
  readonly name: string
  readonly matrix: MatrixShape
  readonly kernel: KernelName
  readonly threads: number
  /** Worker threads in use; 0 if the calling thread does all the work. */
  readonly workers: number
  readonly bytes: {
    /** Parts of the shared memory. */
    readonly matrix: number
    readonly problem: number
    /** Bytes outside the shared memory, by purpose. */
    readonly outside: Parts
    readonly total: number
  }
  /** Cost in nanoseconds of one thread, on the machine where costs were measured; `null` if unknown. Work that stops early costs less. */
  readonly cost: number | null
  /** Expected seconds on these threads of this machine: 0 for less than a tenth. */
  readonly seconds: number | null
  readonly notes: readonly string[]
}

/** Decisions common to all kinds of work. */
export interface Decided extends Pick<
  PlanFacts,
  'name' | 'matrix' | 'kernel' | 'threads' | 'workers' | 'cost' | 'notes'
> {
  readonly layout: Pick<Layout, 'start' | 'end'>
  /** Where the matrix ends in the shared memory. */
  readonly matrixBytes: number
  /** Bytes outside the shared memory, except those of threads. */
  readonly outside: Parts
  readonly limitBytes: number
  /** The work, and what to change if it does not fit in memory, for messages. */
  readonly what: string
  readonly todo: string
  readonly machine: Machine
}

/** The plan of these decisions. @throws {RivuletError} MEMORY_LIMIT if it does not fit, with the bytes and what to change */
export function planFacts(decided: Decided): PlanFacts {
  const { name, matrix, kernel, threads, workers, cost, notes, layout, matrixBytes, limitBytes, what, todo } = decided
  const outside = Object.freeze({ ...decided.outside, ...(workers > 0 && { threads: workers * WORKER_BYTES }) })
  requireRoom(name, what, { shared: layout.end, outside }, limitBytes, todo)
  return {
    ...{ version: 1, name, kernel, threads, workers },
    matrix: Object.freeze({ ...matrix }),
    bytes: Object.freeze({
      ...{ matrix: matrixBytes, problem: layout.end - layout.start },
      ...{ outside, total: layout.end + sumOf(outside) },
    }),
    ...{ cost, seconds: cost === null ? null : expectedSeconds(cost, threads, kernel, decided.machine) },
    notes: Object.freeze(notes),
  }
}

/** Every decision about some sweeps, taken before anything is allocated. Frozen and JSON-safe; a pure function of sizes, options and machine. */
export interface SweepPlan extends PlanFacts {
  readonly kind: 'sweep'
  readonly problem: SweepShape
  /** `columns`: each thread solves whole blocks, no barrier. `rows`: all threads share one block. `single`: one thread. */
  readonly partition: 'single' | 'columns' | 'rows'
  readonly blockWidth: BlockWidth
  readonly blocks: number
  /** Row windows of the matrix; partial sums are added in their order. */
  readonly windows: number
  /** Workspaces: one per thread by columns, one in all by rows. */
  readonly teams: number
  /** Accumulators of a workspace. */
  readonly accumulators: number
  readonly layout: Layout<SectionName>
}

/** 16 columns of float32. */
const BLOCK_ROW_BYTES = 64
/**
 * By columns every thread has separate vectors, and beyond this size they evict each other from the shared cache: on 2 M x 200 k with
 * 50 M pairs, 32 columns on two threads took 5.4 s by columns and 2 x 1.85 s by rows.
 */
const LARGEST_VECTOR_BY_COLUMNS = 8_000_000
/** Below this many pairs a sweep takes less time than the barriers of shared work. */
const FEWEST_PAIRS_BY_ROWS = 500_000

/** Multiplications that the calling thread does in a few milliseconds, less than a worker takes to start. */
const SHORT = 2 ** 22

const WHEN_TOO_LARGE = 'Raise memoryLimitBytes, ask for fewer columns at a time, or use fewer threads.'

/**
 * Plans one problem over a prepared matrix that ends at byte `matrixBytes` of its memory.
 *
 * @param outside bytes that are taken beside the shared memory while the problem is solved, but for the answer's copy and the threads
 * @throws {RivuletError} MEMORY_LIMIT when it does not fit, naming the bytes and what to change.
 */
export function planSweep(
  matrix: MatrixShape,
  problem: SweepShape,
  options: PlanOptions,
  machine: Machine,
  matrixBytes: number,
  outside: Parts = {},
): SweepPlan {
  const { kernel, notes } = chooseKernel(options, machine)
  const wanted = options.threads === 'auto' ? machine.parallelism : options.threads
  const blockWidth = blockWidthFor(problem.columns)
  const blocks = Math.ceil(problem.columns / blockWidth)
  const windows = windowCount(matrix)
  const partition = choosePartition(matrix, options.partition, machine.threads ? wanted : 1, blocks, windows)
  const threads =
    partition === 'single' ? 1 : partition === 'columns' ? Math.min(wanted, blocks) : Math.min(wanted, windows)
  if (threads < wanted)
    notes.push(
      `${threads} of ${wanted} threads: ${matrix.nnz} pairs in ${blocks} block(s) are not enough work for more`,
    )
  const teams = partition === 'columns' ? threads : 1
  const accumulators = matrix.square ? 1 : partition === 'rows' ? windows : Math.min(windows, 2)
  const sections = problemSections(matrix, problem, { blockWidth, blocks, teams, accumulators, threads })
  const layout = layOut(sections, matrixBytes)
  const solution = solutionBytes(matrix, problem)
  const workers = countWorkers(matrix, problem, options, machine, wanted)
  const uncollected = uncollectedBytes((outside.given ?? 0) + solution)
  const facts = planFacts({
    ...{ name: problem.name, matrix, kernel, threads, workers, layout, matrixBytes },
    ...{ outside: { ...outside, solution, uncollected }, limitBytes: options.memoryLimitBytes },
    ...{ what: `${problem.columns} column(s)`, todo: WHEN_TOO_LARGE, machine },
    cost: sweepingCost(matrix, problem, blocks, blockWidth),
    notes: [...(problem.notes ?? []), ...notes],
  })
  return Object.freeze({
    ...facts,
    kind: 'sweep' as const,
    problem: Object.freeze({ ...problem }),
    partition,
    blockWidth,
    blocks,
    windows,
    teams,
    accumulators,
    layout,
  })
}

/** The kernel to run, and notes on it. */
export function chooseKernel(
  { kernel }: PlanOptions,
  machine: Machine,
): { readonly kernel: KernelName; readonly notes: string[] } {
  if (kernel !== 'auto') return { kernel, notes: [] }
  const slow = 'no SIMD WebAssembly here: the TypeScript kernel runs, several times slower'
  return { kernel: machine.kernel, notes: machine.kernel === 'typescript' ? [slow] : [] }
}

/** Worker threads that a problem needs. @param wanted threads, integer >= 1 @returns 0 if the calling thread does all the work */
function countWorkers(
  matrix: MatrixShape,
  problem: SweepShape,
  { pooled = false }: PlanOptions,
  machine: Machine,
  wanted: number,
): number {
  if (!machine.threads) return 0
  if (wanted > 1) return wanted
  return pooled && !isShort(matrix, problem) ? 1 : 0
}

function isShort(
  { nnz, rowCount, columnCount }: MatrixShape,
  { columns, steps, dense, addendSources = 0 }: SweepShape,
): boolean {
  const sources = addendSources + (dense?.sources ?? 0)
  return columns * ((steps + 1) * (2 * nnz + rowCount + columnCount) + sources * columnCount) < SHORT
}

/** Cost of the sweeps and dense products; probing after a step is negligible. */
function sweepingCost(matrix: MatrixShape, problem: SweepShape, blocks: number, blockWidth: number): number {
  const { columns, steps, enough = steps, dense, addendSources = 0, crossProducts = null, rowScores } = problem
  const sources =
    addendSources + (dense?.combined === true ? dense.sources : 0) + (crossProducts === null ? 0 : columns)
  const passes = enough + (rowScores ? 0.5 : 0)
  return sweepCost(matrix, blocks, blockWidth, passes) + denseCost(sources * columns * matrix.columnCount)
}

/** Number of columns solved together. */
export const blockWidthFor = (columns: number): BlockWidth =>
  columns === 1 ? 1 : columns <= 4 ? 4 : columns <= 8 ? 8 : 16

function choosePartition(
  matrix: MatrixShape,
  wish: PlanOptions['partition'],
  threads: number,
  blocks: number,
  windows: number,
): SweepPlan['partition'] {
  if (threads === 1) return 'single'
  if (wish !== 'auto') return wish
  const crowded = windows > 1 && matrix.columnCount * BLOCK_ROW_BYTES > LARGEST_VECTOR_BY_COLUMNS
  if (blocks >= threads && !crowded) return 'columns'
  if (windows > 1 && matrix.nnz >= FEWEST_PAIRS_BY_ROWS) return 'rows'
  return blocks > 1 ? 'columns' : 'single'
}

interface Cut {
  readonly blockWidth: number
  readonly blocks: number
  readonly teams: number
  readonly accumulators: number
  readonly threads: number
}

function problemSections(matrix: MatrixShape, problem: SweepShape, cut: Cut): Record<SectionName, SectionRequest> {
  const { rowCount, columnCount, square } = matrix
  const { blockWidth, blocks, teams, accumulators, threads } = cut
  const padded = blocks * blockWidth
  const block = columnCount * blockWidth
  const products = hasProducts(problem) ? problem.columns * padded : 0
  const { addendSources = 0 } = problem
  const ranked = problem.topK === null ? 0 : padded * problem.topK
  return {
    // First, so that their place does not depend on the problem.
    panels: float32(problem.dense?.kept === true ? 2 * problem.dense.sources * columnCount : 0),
    middle: float32(square ? 0 : rowCount),
    ones: float32(Math.max(columnCount, matrix.longestWindow)),
    scale: float32(columnCount),
    weight: float32(columnCount),
    finish: float32(columnCount),
    rowScale: float32(problem.rowScores || square ? rowCount : 0),
    ...seedSections(problem, columnCount, padded, blocks),
    ...exclusionSections(problem.excludedCount, problem.columns),
    addend: float32(addendSources * columnCount),
    addendCoefficients: float32(addendSources * padded),
    control: int32(64),
    blockState: int32(blocks),
    blockIterations: int32(blocks),
    blockResiduals: float32(blocks),
    memberResiduals: float32(threads * 16),
    z: float32(teams * block),
    previous: float32(teams * block),
    rhs: float32(teams * block),
    accumulators: float32(teams * accumulators * block),
    rows: float32(square || blockWidth === 1 ? 0 : threads * matrix.longestWindow * blockWidth),
    topRows: int32(ranked),
    topScores: float32(ranked),
    columnScores: float32(keepsScores(problem) ? columnCount * padded : 0),
    rowScores: float32(problem.rowScores ? rowCount * padded : 0),
    probeRows: int32(problem.columns * problem.probes),
    probes: float32((problem.steps + 1) * problem.columns * problem.probes),
    seedProducts: float64(problem.crossProducts === 'scores' ? 0 : products),
    scoreProducts: float64(problem.crossProducts === 'seeds' ? 0 : products),
    measured: float64(problem.keeps === true ? padded : 0),
    squares: float64(problem.keeps === true ? padded : 0),
  }
}

/** Whether the scores of all entries are the answer. */
export const keepsScores = (problem: SweepShape): boolean =>
  problem.topK === null && problem.probes === 0 && !hasProducts(problem) && problem.keeps !== true

const hasProducts = ({ crossProducts = null }: SweepShape): boolean => crossProducts !== null

/** Sections of entries excluded from lists individually. @param count `undefined` for none */
export const exclusionSections = (
  count: number | undefined,
  lists: number,
): Record<'excludedPointers' | 'excludedIndices', SectionRequest> => ({
  excludedPointers: int32(count === undefined ? 0 : lists + 1),
  excludedIndices: int32(count ?? 0),
})

type SeedSection = 'seedPointers' | 'seedIndices' | 'seedData' | 'seedScale' | 'coefficients' | 'reach'

function seedSections(
  { seedCount, dense, columns }: SweepShape,
  columnCount: number,
  padded: number,
  blocks: number,
): Record<SeedSection, SectionRequest> {
  const isDense = dense !== undefined && dense !== null
  return {
    seedPointers: int32(isDense || seedCount === null ? columns : columns + 1),
    seedIndices: int32(seedCount ?? 0),
    seedData: float32(isDense ? (dense.kept === true ? 0 : dense.sources * columnCount) : (seedCount ?? columnCount)),
    seedScale: float32(isDense ? columnCount : 0),
    coefficients: float32(isDense && dense.combined ? dense.sources * padded : 0),
    reach: int32(isDense && dense.combined ? blocks : 0),
  }
}
