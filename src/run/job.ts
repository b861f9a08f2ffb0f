import type { MatrixOffsets } from '../kernel/kernel.ts'
import type { Arena } from '../memory/arena.ts'
import type { Window } from '../matrix/windows.ts'
import { keepsScores, makePlan, type DenseShape, type Plan, type PlanOptions } from '../plan/plan.ts'
import type { Machine } from '../plan/machine.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { PreparedMatrix } from './prepared.ts'
import { columnCount, type DenseSeeds, type Problem, type Seeds, type Solution, type TopLists } from './problem.ts'

/** A problem written into memory, described in plain data: what a worker is sent. */
export interface Job {
  readonly plan: Plan
  readonly matrix: MatrixOffsets
  readonly turned: MatrixOffsets
  readonly windows: readonly Window[]
  readonly steps: readonly RecurrenceStep[]
  readonly stopBelow: number
  readonly seeds: Seeds['kind']
  readonly excludeSeeds: boolean
}

/** Plans a problem over a prepared matrix. */
export function planProblem(prepared: PreparedMatrix, problem: Problem, options: PlanOptions, machine: Machine): Plan {
  const { seeds, addend, output, schedule } = problem
  const shape = {
    name: problem.name,
    columns: columnCount(seeds),
    solver: schedule.solver,
    steps: schedule.steps.length,
    seedCount: seeds.kind === 'sparse' ? seeds.indices.length : null,
    dense: seeds.kind === 'dense' ? denseShape(prepared, seeds) : null,
    ...(addend && { addendSources: addend.data.length / prepared.shape.columnCount }),
    crossProducts: output.kind === 'cross-products',
    topK: output.kind === 'top-k' ? output.k : null,
    rowScores: output.kind === 'scores' && output.rowScale !== null,
    probes: output.kind === 'probes' ? output.rows.length / columnCount(seeds) : 0,
  }
  return makePlan(prepared.shape, shape, options, machine, prepared.end)
}

function denseShape({ shape }: PreparedMatrix, { data, coefficients }: DenseSeeds): DenseShape {
  return { sources: data.length / shape.columnCount, combined: coefficients !== null }
}

/** Makes room for the plan's sections and writes operator and seeds into them. */
export function writeJob(prepared: PreparedMatrix, problem: Problem, plan: Plan): Job {
  const { arena } = prepared
  const { operator, schedule, seeds, addend, output } = problem
  const { sections } = plan.layout
  arena.reserve(plan.layout.end)
  if (operator.middle !== null) arena.float32(sections.middle).set(operator.middle)
  arena.float32(sections.ones).fill(1)
  arena.float32(sections.scale).set(operator.scale)
  arena.float32(sections.weight).set(operator.weight)
  if (output.kind === 'probes') arena.int32(sections.probeRows).set(output.rows)
  else arena.float32(sections.finish).set(output.finish)
  if (plan.matrix.square) arena.float32(sections.rowScale).fill(1)
  else if (output.kind === 'scores' && output.rowScale !== null) arena.float32(sections.rowScale).set(output.rowScale)
  writeSeeds(arena, plan, seeds)
  if (addend !== undefined) {
    arena.float32(sections.addend).set(addend.data)
    packColumns(addend.coefficients, plan, arena.float32(sections.addendCoefficients))
  }
  arena.int32(sections.control).fill(0)
  arena.int32(sections.blockState).fill(0)
  arena.int32(sections.topRows).fill(-1)
  arena.float32(sections.topScores).fill(-Infinity)
  return {
    plan,
    matrix: prepared.offsets,
    windows: prepared.windows,
    turned: prepared.turned,
    steps: schedule.steps,
    stopBelow: schedule.stopBelow,
    seeds: seeds.kind,
    excludeSeeds: output.kind === 'top-k' && output.excludeSeeds,
  }
}

function writeSeeds(arena: Arena, plan: Plan, seeds: Seeds): void {
  const { sections } = plan.layout
  if (seeds.kind === 'rows') {
    arena.int32(sections.seedPointers).set(seeds.rows)
    arena.float32(sections.seedData).set(seeds.scale)
    return
  }
  if (seeds.kind === 'dense') {
    arena.float32(sections.seedData).set(seeds.data)
    arena.float32(sections.seedScale).set(seeds.scale)
    arena.int32(sections.seedPointers).set(seeds.excludedRows ?? new Int32Array(seeds.columns).fill(-1))
    if (seeds.coefficients !== null) packColumns(seeds.coefficients, plan, arena.float32(sections.coefficients))
    return
  }
  arena.int32(sections.seedPointers).set(seeds.indptr)
  arena.int32(sections.seedIndices).set(seeds.indices)
  arena.float32(sections.seedData).set(seeds.data)
}

/** Copies the answer out of shared memory. */
export function readSolution(arena: Arena, { plan }: Job): Solution {
  const { sections } = plan.layout
  const { columns, topK, rowScores, probes, crossProducts } = plan.problem
  const { rowCount, columnCount: matrixColumns } = plan.matrix
  const iterations = arena.int32(sections.blockIterations)
  const residuals = arena.float32(sections.blockResiduals)
  const blockOf = (column: number): number => Math.floor(column / plan.blockWidth)
  return {
    iterations: Int32Array.from({ length: columns }, (_, column) => iterations[blockOf(column)]),
    residuals: Float32Array.from({ length: columns }, (_, column) => residuals[blockOf(column)]),
    top: topK === null ? null : readTop(arena, plan, topK),
    columnScores: keepsScores(plan.problem)
      ? unpackBlocks(arena.float32(sections.columnScores), matrixColumns, plan)
      : null,
    rowScores: rowScores ? unpackBlocks(arena.float32(sections.rowScores), rowCount, plan) : null,
    probes: probes === 0 ? null : arena.float32(sections.probes).slice(),
    crossProducts: crossProducts
      ? {
          seeds: unpackProducts(arena.float64(sections.seedProducts), plan),
          scores: unpackProducts(arena.float64(sections.scoreProducts), plan),
        }
      : null,
  }
}

function readTop(arena: Arena, plan: Plan, k: number): TopLists {
  const length = plan.problem.columns * k
  return {
    k,
    rows: arena.int32(plan.layout.sections.topRows).slice(0, length),
    scores: arena.float32(plan.layout.sections.topScores).slice(0, length),
  }
}

/** Block after block of (rows x width) becomes one matrix (rows x columns). */
function unpackBlocks(blocks: Float32Array, rows: number, plan: Plan): Float32Array {
  const { columns } = plan.problem
  if (columns === plan.blockWidth) return blocks.slice(0, rows * columns)
  return unpackInto(new Float32Array(rows * columns), blocks, plan)
}

/** Products, without what lies above the diagonal: only a part of that was computed. */
function unpackProducts(blocks: Float64Array, plan: Plan): Float64Array {
  const { columns } = plan.problem
  const products = unpackInto(new Float64Array(columns * columns), blocks, plan)
  for (let row = 0; row < columns; row++) products.fill(0, row * columns + row + 1, (row + 1) * columns)
  return products
}

function unpackInto<Numbers extends Float32Array | Float64Array>(
  matrix: Numbers,
  blocks: Numbers,
  { blockWidth, problem: { columns } }: Plan,
): Numbers {
  const rows = matrix.length / columns
  for (let first = 0, from = 0; first < columns; first += blockWidth) {
    const width = Math.min(blockWidth, columns - first)
    for (let row = 0; row < rows; row++, from += blockWidth) {
      const at = row * columns + first
      for (let c = 0; c < width; c++) matrix[at + c] = blocks[from + c]
    }
  }
  return matrix
}

/** The way back; columns that are left of the last block become 0. */
function packColumns(matrix: Float32Array, { blockWidth, problem: { columns } }: Plan, blocks: Float32Array): void {
  const rows = matrix.length / columns
  blocks.fill(0)
  matrix.forEach((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    blocks[(Math.floor(column / blockWidth) * rows + row) * blockWidth + (column % blockWidth)] = value
  })
}
