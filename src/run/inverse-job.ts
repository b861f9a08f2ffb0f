import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { Window } from '../matrix/windows.ts'
import { transposeInSlices } from '../matrix/turn.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { planInverse, type InversePlan } from '../plan/inverse-plan.ts'
import type { Inverse, InverseAnswer, InverseWanted } from '../request/inverse.ts'
import type { Network } from '../network/network.ts'
import { atOnce } from '../support/drive.ts'
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import type { JobHead } from './control.ts'

/** An inverse described in plain data: what a worker is sent. */
export interface InverseJob {
  readonly kind: 'inverse'
  readonly head: JobHead
  readonly plan: InversePlan
  readonly ridge: number
  readonly wanted: InverseWanted
  /** V' by windows, and V: the Gram matrix is V'V. */
  readonly from: MatrixOffsets
  readonly windows: readonly Window[]
  readonly to: MatrixOffsets
}

/** Plans an inverse over a prepared matrix. @throws {RivuletError} MEMORY_LIMIT */
export const planInverseOn = (
  { shape, budget, stored }: Network,
  { name, side, wanted }: Inverse,
  options: PlanOptions,
  machine: Machine,
): InversePlan => planInverse(shape, { name, side, wanted }, options, machine, stored.end, budget.parts)

/** Makes room for an inverse, and for the transpose of the whole matrix if it needs that. */
export function writeInverse(
  { stored, rows, shape }: Network,
  { side, ridge, wanted }: Inverse,
  plan: InversePlan,
): InverseJob {
  const { arena, offsets, turned, windows } = stored
  const { name, threads, kernel, blocks, layout } = plan
  const { control, blockState, turnedPointers, turnedIndices, turnedData } = layout.sections
  arena.reserve(layout.end)
  for (const section of [control, blockState]) arena.int32(section).fill(0)
  const head = { name, threads, kernel, blocks, control, blockState }
  const job = { kind: 'inverse', head, plan, ridge, wanted } as const
  if (side === 'columns') return { ...job, from: turned, windows, to: offsets }
  const whole = {
    indptr: arena.uint32(turnedPointers),
    indices: arena.uint32(turnedIndices),
    data: shape.weighted ? arena.float32(turnedData) : null,
  }
  atOnce(transposeInSlices(rows, whole))
  const to = {
    indptr: turnedPointers.offset,
    indices: turnedIndices.offset,
    data: shape.weighted ? turnedData.offset : 0,
  }
  return { ...job, from: offsets, windows: [{ rowStart: 0, rowEnd: shape.columnCount }], to }
}

/** Copies the answer out of shared memory. */
export function* readInverse(arena: Arena, { plan, wanted }: InverseJob): Sliced<InverseAnswer> {
  const dense = arena.float64(plan.layout.sections.dense)
  const answer = wanted === 'regression' ? new Float32Array(dense.length) : new Float64Array(dense.length)
  for (const [from, to] of ranges(0, plan.size, plan.size)) {
    if (wanted === 'regression') divideRows(dense, answer, plan.size, from, to)
    else answer.set(dense.subarray(from * plan.size, to * plan.size), from * plan.size)
    yield PAUSE
  }
  return answer
}

/** Rows of the regression weights B_ij = -P_ij / P_jj from those of the inverse P. */
function divideRows(inverse: Float64Array, weights: InverseAnswer, size: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    for (let j = 0; j < size; j++) {
      if (i !== j) weights[i * size + j] = -inverse[i * size + j] / inverse[j * size + j]
    }
  }
}
