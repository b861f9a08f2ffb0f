import type { MatrixOffsets } from '../kernel/kernel.ts'
import type { Arena } from '../memory/arena.ts'
import type { Window } from '../matrix/windows.ts'
import { makePlan, type Plan, type PlanOptions } from '../plan/plan.ts'
import type { Machine } from '../plan/machine.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { PreparedMatrix } from './prepared.ts'
import { columnCount, type Problem, type Seeds, type Solution, type TopLists } from './problem.ts'

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
  const { seeds, output, schedule } = problem
  const shape = {
    name: problem.name,
    columns: columnCount(seeds),
    solver: schedule.solver,
    steps: schedule.steps.length,
    seedCount: seeds.kind === 'rows' ? null : seeds.kind === 'dense' ? ('dense' as const) : seeds.indices.length,
    topK: output.kind === 'top-k' ? output.k : null,
    rowScores: output.kind === 'scores' && output.rowScale !== null,
    probes: output.kind === 'probes' ? output.rows.length / columnCount(seeds) : 0,
  }
  return makePlan(prepared.shape, shape, options, machine, prepared.end)
}

/** Makes room for the plan's sections and writes operator and seeds into them. */
export function writeJob(prepared: PreparedMatrix, problem: Problem, plan: Plan): Job {
  const { arena } = prepared
  const { operator, schedule, seeds, output } = problem
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

function writeSeeds(arena: Arena, { layout: { sections } }: Plan, seeds: Seeds): void {
  if (seeds.kind === 'rows') {
    arena.int32(sections.seedPointers).set(seeds.rows)
    arena.float32(sections.seedData).set(seeds.scale)
    return
  }
  if (seeds.kind === 'sparse') {
    arena.int32(sections.seedPointers).set(seeds.indptr)
    arena.int32(sections.seedIndices).set(seeds.indices)
  }
  arena.float32(sections.seedData).set(seeds.data)
}

/** Copies the answer out of shared memory. */
export function readSolution(arena: Arena, { plan }: Job): Solution {
  const { sections } = plan.layout
  const { columns, topK, rowScores, probes } = plan.problem
  const { rowCount, columnCount: matrixColumns } = plan.matrix
  const iterations = arena.int32(sections.blockIterations)
  const residuals = arena.float32(sections.blockResiduals)
  const blockOf = (column: number): number => Math.floor(column / plan.blockWidth)
  return {
    iterations: Int32Array.from({ length: columns }, (_, column) => iterations[blockOf(column)]),
    residuals: Float32Array.from({ length: columns }, (_, column) => residuals[blockOf(column)]),
    top: topK === null ? null : readTop(arena, plan, topK),
    columnScores:
      topK === null && probes === 0 ? unpackBlocks(arena.float32(sections.columnScores), matrixColumns, plan) : null,
    rowScores: rowScores ? unpackBlocks(arena.float32(sections.rowScores), rowCount, plan) : null,
    probes: probes === 0 ? null : arena.float32(sections.probes).slice(),
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

/** Block after block of (nodes x width) becomes one matrix (nodes x columns). */
function unpackBlocks(blocks: Float32Array, nodes: number, { problem: { columns }, blockWidth }: Plan): Float32Array {
  if (columns === blockWidth) return blocks.slice(0, nodes * columns)
  const scores = new Float32Array(nodes * columns)
  for (let column = 0; column < columns; column++) {
    const block = Math.floor(column / blockWidth) * nodes * blockWidth + (column % blockWidth)
    for (let node = 0; node < nodes; node++) scores[node * columns + column] = blocks[block + node * blockWidth]
  }
  return scores
}
