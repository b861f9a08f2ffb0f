import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { Window } from '../matrix/windows.ts'
import {
  blockWidthFor,
  planSweep,
  type DenseShape,
  type SweepPlan,
  type PlanOptions,
  type SweepShape,
} from '../plan/plan.ts'
import type { Machine } from '../plan/machine.ts'
import { columnBytes } from '../memory/outside-bytes.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { JobHead } from './control.ts'
import { writeExclusion } from './exclusion.ts'
import {
  columnCount,
  type DenseSeeds,
  type KeptSeeds,
  type Output,
  type PanelNumber,
  type Sweep,
  type Seeds,
  type SweepAnswer,
  type TopLists,
} from '../request/sweep.ts'
import type { Network } from '../network/network.ts'

/** A sweep written into memory, as plain data to send to workers. */
export interface SweepJob {
  readonly kind: 'sweep'
  readonly head: JobHead
  readonly plan: SweepPlan
  readonly matrix: MatrixOffsets
  readonly turned: MatrixOffsets
  readonly windows: readonly Window[]
  readonly steps: readonly RecurrenceStep[]
  readonly stopBelow: number
  readonly seeds: Seeds['kind']
  readonly excludeSeeds: boolean
  readonly kept: KeptJob | null
}

/** Panels that a job reads and writes. */
export interface KeptJob extends Pick<KeptSeeds, 'random'> {
  readonly from: PanelNumber
  /** `null` if no panel is written. */
  readonly to: PanelNumber | null
  readonly measures: boolean
}

/** Plans a problem over a prepared matrix. */
export function planSweepOn(network: Network, problem: Sweep, options: PlanOptions, machine: Machine): SweepPlan {
  const { seeds, addend, output, schedule } = problem
  const shape: SweepShape = {
    name: problem.name,
    columns: columnCount(seeds),
    solver: schedule.solver,
    steps: schedule.steps.length,
    ...(schedule.enough !== undefined && { enough: schedule.enough }),
    seedCount: seeds.kind === 'sparse' ? seeds.indices.length : null,
    dense: denseShape(network, seeds),
    ...(addend && { addendSources: addend.data.length / network.shape.columnCount }),
    crossProducts: output.kind === 'cross-products' ? productsOf(output) : null,
    keeps: output.kind === 'kept',
    ...(problem.notes && { notes: problem.notes }),
    topK: output.kind === 'top-k' ? output.k : null,
    ...(output.kind === 'top-k' && output.excluded && { excludedCount: output.excluded.indices.length }),
    rowScores: output.kind === 'scores' && output.rowScale !== null,
    probes: output.kind === 'probes' ? output.rows.length / columnCount(seeds) : 0,
  }
  const outside = { ...network.budget.parts, given: givenBytes(problem) }
  return planSweep(network.shape, shape, options, machine, network.stored.end, outside)
}

/** Bytes of the arrays in a request, which are copied into shared memory while the algorithm still holds them. */
function givenBytes({ operator, seeds, addend, output }: Sweep): number {
  const excluded = output.kind === 'top-k' ? output.excluded : undefined
  return columnBytes(
    [operator, seeds, addend ?? {}, output, excluded ?? {}].flatMap((part) =>
      Object.values(part).filter(ArrayBuffer.isView),
    ),
  )
}

function productsOf({
  finish,
  seeds = true,
}: Extract<Output, { kind: 'cross-products' }>): 'seeds' | 'scores' | 'both' {
  if (finish === null) return 'seeds'
  return seeds ? 'both' : 'scores'
}

function denseShape({ shape }: Network, seeds: Seeds): DenseShape | null {
  if (seeds.kind === 'kept') {
    const width = blockWidthFor(seeds.panelColumns)
    const sources = Math.ceil(seeds.panelColumns / width) * width
    return { sources, combined: seeds.coefficients !== null, kept: true }
  }
  if (seeds.kind !== 'dense') return null
  return { sources: seeds.data.length / shape.columnCount, combined: seeds.coefficients !== null }
}

/** Makes room for the plan's sections and writes operator and seeds into them. */
export function writeSweep(network: Network, problem: Sweep, plan: SweepPlan): SweepJob {
  const { arena } = network.stored
  const { operator, schedule, seeds, addend, output } = problem
  const { sections } = plan.layout
  arena.reserve(plan.layout.end)
  if (operator.middle !== null) arena.float32(sections.middle).set(operator.middle)
  arena.float32(sections.ones).fill(1)
  arena.float32(sections.scale).set(operator.scale)
  arena.float32(sections.weight).set(operator.weight)
  if (output.kind === 'probes') arena.int32(sections.probeRows).set(output.rows)
  else if (output.finish !== null) arena.float32(sections.finish).set(output.finish)
  if (output.kind === 'kept' && output.measure !== null) arena.float64(sections.measured).set(output.measure)
  if (plan.matrix.square) arena.float32(sections.rowScale).fill(1)
  else if (output.kind === 'scores' && output.rowScale !== null) arena.float32(sections.rowScale).set(output.rowScale)
  writeSeeds(arena, plan, seeds)
  if (output.kind === 'top-k') writeExclusion(arena, sections, output.excluded)
  if (addend !== undefined) {
    arena.float32(sections.addend).set(addend.data)
    packColumns(addend.coefficients, plan, arena.float32(sections.addendCoefficients))
  }
  arena.int32(sections.control).fill(0)
  arena.int32(sections.blockState).fill(0)
  return {
    kind: 'sweep',
    head: headOf(plan),
    plan,
    matrix: network.stored.offsets,
    windows: network.stored.windows,
    turned: network.stored.turned,
    steps: schedule.steps,
    stopBelow: schedule.stopBelow,
    seeds: seeds.kind,
    excludeSeeds: output.kind === 'top-k' && output.excludeSeeds,
    kept: seeds.kind === 'kept' ? keptJob(seeds, output) : null,
  }
}

const headOf = ({ problem, threads, blocks, kernel, layout: { sections } }: SweepPlan): JobHead => ({
  ...{ name: problem.name, threads, blocks, kernel },
  ...{ control: sections.control, blockState: sections.blockState },
})

function keptJob({ panel, random }: KeptSeeds, output: Output): KeptJob {
  const keeps = output.kind === 'kept'
  return { from: panel, random, to: keeps ? output.panel : null, measures: keeps && output.measure !== null }
}

function writeSeeds(arena: Arena, plan: SweepPlan, seeds: Seeds): void {
  const { sections } = plan.layout
  if (seeds.kind === 'rows') {
    arena.int32(sections.seedPointers).set(seeds.rows)
    arena.float32(sections.seedData).set(seeds.scale)
    return
  }
  if (seeds.kind === 'dense' || seeds.kind === 'kept') {
    arena.float32(sections.seedScale).set(seeds.scale)
    writeDense(arena, plan, seeds)
    return
  }
  arena.int32(sections.seedPointers).set(seeds.indptr)
  arena.int32(sections.seedIndices).set(seeds.indices)
  arena.float32(sections.seedData).set(seeds.data)
}

function writeDense(arena: Arena, plan: SweepPlan, seeds: DenseSeeds | KeptSeeds): void {
  const { sections } = plan.layout
  const { coefficients } = seeds
  const sources = plan.problem.dense?.sources ?? 0
  if (seeds.kind === 'dense') arena.float32(sections.seedData).set(seeds.data)
  const excluded = (seeds.kind === 'dense' ? seeds.excludedRows : undefined) ?? new Int32Array(seeds.columns).fill(-1)
  arena.int32(sections.seedPointers).set(excluded)
  if (coefficients === null) return
  packColumns(coefficients, plan, arena.float32(sections.coefficients), sources)
  arena.int32(sections.reach).set(reachOf(coefficients, plan))
}

/** For each block of columns, the number of rows of the coefficients before only zeros follow. */
function reachOf(coefficients: Float32Array, { blockWidth, blocks, problem: { columns } }: SweepPlan): number[] {
  const rows = coefficients.length / columns
  return Array.from({ length: blocks }, (_, block) => {
    const [first, last] = [block * blockWidth, Math.min((block + 1) * blockWidth, columns)]
    let row = rows
    while (row > 0 && coefficients.subarray((row - 1) * columns + first, (row - 1) * columns + last).every(isZero))
      row--
    return row
  })
}

const isZero = (value: number): boolean => value === 0

/** Copies the answer out of shared memory. */
export function readSweep(arena: Arena, { plan }: SweepJob): SweepAnswer {
  const { columns } = plan.problem
  const iterations = arena.int32(plan.layout.sections.blockIterations)
  const residuals = arena.float32(plan.layout.sections.blockResiduals)
  const blockOf = (column: number): number => Math.floor(column / plan.blockWidth)
  const answer = {
    iterations: Int32Array.from({ length: columns }, (_, column) => iterations[blockOf(column)]),
    residuals: Float32Array.from({ length: columns }, (_, column) => residuals[blockOf(column)]),
    ...readWanted(arena, plan),
  }
  return answer as SweepAnswer
}

function readWanted(arena: Arena, plan: SweepPlan): object {
  const { sections } = plan.layout
  const { columns, topK, rowScores, probes, crossProducts = null, keeps } = plan.problem
  if (topK !== null) return { top: readTop(arena, plan, topK) }
  if (probes > 0) return { probes: arena.float32(sections.probes).slice() }
  if (keeps === true) return { squares: arena.float64(sections.squares).slice(0, columns) }
  if (crossProducts !== null) {
    return {
      seedProducts: crossProducts === 'scores' ? null : unpackProducts(arena.float64(sections.seedProducts), plan),
      scoreProducts: crossProducts === 'seeds' ? null : unpackProducts(arena.float64(sections.scoreProducts), plan),
    }
  }
  const { rowCount, columnCount: matrixColumns } = plan.matrix
  return {
    columnScores: withoutGaps(arena.float32(sections.columnScores), matrixColumns, plan),
    rowScores: rowScores ? withoutGaps(arena.float32(sections.rowScores), rowCount, plan) : null,
  }
}

function readTop(arena: Arena, plan: SweepPlan, k: number): TopLists {
  const length = plan.problem.columns * k
  return {
    k,
    rows: arena.int32(plan.layout.sections.topRows).slice(0, length),
    scores: arena.float32(plan.layout.sections.topScores).slice(0, length),
  }
}

/** Removes the columns that pad the last block. */
function withoutGaps(
  scores: Float32Array,
  rows: number,
  { blocks, blockWidth, problem: { columns } }: SweepPlan,
): Float32Array {
  const stride = blocks * blockWidth
  if (columns === stride) return scores.slice()
  const matrix = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) matrix[row * columns + c] = scores[row * stride + c]
  }
  return matrix
}

/** Joins blocks of (columns x width) into one matrix, without the upper triangle, of which only a part was computed. */
function unpackProducts(blocks: Float64Array, { blockWidth, problem: { columns } }: SweepPlan): Float64Array {
  const products = new Float64Array(columns * columns)
  for (let first = 0; first < columns; first += blockWidth) {
    for (let row = first; row < columns; row++) {
      const from = first * columns + row * blockWidth
      const width = Math.min(blockWidth, columns - first, row - first + 1)
      for (let c = 0; c < width; c++) products[row * columns + first + c] = blocks[from + c]
    }
  }
  return products
}

/** Cuts a matrix (rows x columns) into blocks of (`sources` x width), padded with 0. */
function packColumns(
  matrix: Float32Array,
  { blockWidth, problem: { columns } }: SweepPlan,
  blocks: Float32Array,
  sources = matrix.length / columns,
): void {
  const rows = matrix.length / columns
  blocks.fill(0)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const within = column % blockWidth
      blocks[(column - within) * sources + row * blockWidth + within] = matrix[row * columns + column]
    }
  }
}
