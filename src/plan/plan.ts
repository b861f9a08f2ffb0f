import type { BlockWidth, KernelName } from '../kernel/kernel.ts'
import { requireRoom, sumOf, type Parts } from '../memory/limit.ts'
import { layOut, type Layout, type SectionRequest } from '../memory/layout.ts'
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
  /** Steps after which it has stopped at the latest. Default `steps`. */
  readonly enough?: number
  /** Entries of the sparse seeds; `null` when the seeds are rows of the matrix itself, or dense. */
  readonly seedCount: number | null
  /** Of dense seeds. */
  readonly dense?: DenseShape | null
  /** Sources of what is added to the solution, or 0. */
  readonly addendSources?: number
  /** Entries kept of each column, or `null` for all scores. */
  readonly topK: number | null
  /** Entries that are kept out of them one by one; default: none are named. */
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
  /** Whether those are combined; otherwise they are the seeds. */
  readonly combined: boolean
  /** Whether they are in panels that outlive the problem; `sources` is then the stride of their rows. */
  readonly kept?: boolean
}

/** Wishes of the caller. */
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
  /** Worker threads that stand ready; with none the calling thread does it all. */
  readonly workers: number
  readonly bytes: {
    /** Of the shared memory. */
    readonly matrix: number
    readonly problem: number
    /** Beside it, by the name of what takes them. */
    readonly outside: Parts
    readonly total: number
  }
  /** Nanoseconds of one thread, on the machine where costs were measured; `null` if unknown. Work that stops early costs less. */
  readonly cost: number | null
  /** The same on these threads of this machine: 0 for less than a tenth of a second. */
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
  /** Bytes beside the shared memory, but for the threads. */
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
 * By columns every thread has vectors of its own, and beyond this size they drive each other out of the cache they share: on 2 M x 200 k with
 * 50 M pairs, 32 columns on two threads took 5.4 s by columns and 2 x 1.85 s by rows.
 */
const LARGEST_VECTOR_BY_COLUMNS = 8_000_000
/** Below this many pairs a sweep is shorter than the barriers that would share it. */
const FEWEST_PAIRS_BY_ROWS = 500_000

/** Multiplications that the calling thread does in a few milliseconds: one worker alone would need longer to begin. */
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

/** Worker threads that a problem needs. @param wanted threads, integer >= 1 @returns 0 where the calling thread does it all */
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

/** Reading after each step is cheap compared with the step. */
function sweepingCost(matrix: MatrixShape, problem: SweepShape, blocks: number, blockWidth: number): number {
  const { columns, steps, enough = steps, dense, addendSources = 0, crossProducts = null, rowScores } = problem
  const sources =
    addendSources + (dense?.combined === true ? dense.sources : 0) + (crossProducts === null ? 0 : columns)
  const passes = enough + (rowScores ? 0.5 : 0)
  return sweepCost(matrix, blocks, blockWidth, passes) + denseCost(sources * columns * matrix.columnCount)
}

/** How many columns are solved together. */
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

const floats = (length: number): SectionRequest => ({ type: 'float32', length })
const doubles = (length: number): SectionRequest => ({ type: 'float64', length })
const integers = (length: number): SectionRequest => ({ type: 'int32', length })

function problemSections(matrix: MatrixShape, problem: SweepShape, cut: Cut): Record<SectionName, SectionRequest> {
  const { rowCount, columnCount, square } = matrix
  const { blockWidth, blocks, teams, accumulators, threads } = cut
  const padded = blocks * blockWidth
  const block = columnCount * blockWidth
  const products = hasProducts(problem) ? problem.columns * padded : 0
  const { addendSources = 0 } = problem
  const ranked = problem.topK === null ? 0 : padded * problem.topK
  return {
    // First of all, so that they lie in the same place whatever the next problem is.
    panels: floats(problem.dense?.kept === true ? 2 * problem.dense.sources * columnCount : 0),
    middle: floats(square ? 0 : rowCount),
    ones: floats(Math.max(columnCount, matrix.longestWindow)),
    scale: floats(columnCount),
    weight: floats(columnCount),
    finish: floats(columnCount),
    rowScale: floats(problem.rowScores || square ? rowCount : 0),
    ...seedSections(problem, columnCount, padded, blocks),
    ...exclusionSections(problem.excludedCount, problem.columns),
    addend: floats(addendSources * columnCount),
    addendCoefficients: floats(addendSources * padded),
    control: integers(64),
    blockState: integers(blocks),
    blockIterations: integers(blocks),
    blockResiduals: floats(blocks),
    memberResiduals: floats(threads * 16),
    z: floats(teams * block),
    previous: floats(teams * block),
    rhs: floats(teams * block),
    accumulators: floats(teams * accumulators * block),
    rows: floats(square || blockWidth === 1 ? 0 : threads * matrix.longestWindow * blockWidth),
    topRows: integers(ranked),
    topScores: floats(ranked),
    columnScores: floats(keepsScores(problem) ? columnCount * padded : 0),
    rowScores: floats(problem.rowScores ? rowCount * padded : 0),
    probeRows: integers(problem.columns * problem.probes),
    probes: floats((problem.steps + 1) * problem.columns * problem.probes),
    seedProducts: doubles(problem.crossProducts === 'scores' ? 0 : products),
    scoreProducts: doubles(problem.crossProducts === 'seeds' ? 0 : products),
    measured: doubles(problem.keeps === true ? padded : 0),
    squares: doubles(problem.keeps === true ? padded : 0),
  }
}

/** Whether the scores of all entries are the answer. */
export const keepsScores = (problem: SweepShape): boolean =>
  problem.topK === null && problem.probes === 0 && !hasProducts(problem) && problem.keeps !== true

const hasProducts = ({ crossProducts = null }: SweepShape): boolean => crossProducts !== null

/** Of entries that are kept out of `lists` one by one. @param count `undefined` where none are named */
export const exclusionSections = (
  count: number | undefined,
  lists: number,
): Record<'excludedPointers' | 'excludedIndices', SectionRequest> => ({
  excludedPointers: integers(count === undefined ? 0 : lists + 1),
  excludedIndices: integers(count ?? 0),
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
    seedPointers: integers(isDense || seedCount === null ? columns : columns + 1),
    seedIndices: integers(seedCount ?? 0),
    seedData: floats(isDense ? (dense.kept === true ? 0 : dense.sources * columnCount) : (seedCount ?? columnCount)),
    seedScale: floats(isDense ? columnCount : 0),
    coefficients: floats(isDense && dense.combined ? dense.sources * padded : 0),
    reach: integers(isDense && dense.combined ? blocks : 0),
  }
}
