import type { KernelName, MatrixOffsets } from '../kernel/kernel.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import type { Arena } from '../memory/arena.ts'
import { requireRoom } from '../memory/limit.ts'
import type { JobHead } from './job-head.ts'
import { layOutLesson, strideOf, type LessonLayout } from './lesson-layout.ts'
import type { Lesson, LessonResult, Views } from './lesson.ts'
import type { PreparedMatrix } from './prepared.ts'
import type { Solution } from './problem.ts'

const NOTHING: Solution = {
  iterations: new Int32Array(0),
  residuals: new Float32Array(0),
  top: null,
  columnScores: null,
  rowScores: null,
  probes: null,
  crossProducts: null,
  squares: null,
}

/** A lesson written into memory, described in plain data: what a worker is sent. */
export interface LessonJob {
  readonly kind: 'lesson'
  readonly head: JobHead
  readonly layout: LessonLayout
  readonly rowCount: number
  readonly columnCount: number
  readonly matrix: MatrixOffsets
  /** The transpose of the whole matrix. */
  readonly turned: MatrixOffsets
  /** Floats of a vector. */
  readonly stride: number
  readonly layers: number
  readonly loss: Lesson['loss']['kind']
  readonly temperature: number
  readonly groupSize: number
  readonly views: Views | null
  readonly learningRate: number
  readonly seed: number
  /** Steps that Adam has taken before. */
  readonly steps: number
  readonly batchUsers: Int32Array
  readonly batchPairs: Int32Array
  /** Sum of the pairs' weights, batch by batch. */
  readonly batchWeights: Float64Array
}

/**
 * Makes room for a lesson and writes it.
 *
 * @throws {RivuletError} MEMORY_LIMIT before anything is allocated.
 */
export function writeLesson(prepared: PreparedMatrix, lesson: Lesson, threads: number, kernel: KernelName): LessonJob {
  const { arena, matrix, shape, budget } = prepared
  const { encoder, loss, batches, state } = lesson
  const layout = layOutLesson(prepared, lesson, threads)
  const { sections } = layout
  const todo = 'Lower dimensions, batchSize or negatives, or raise memoryLimitBytes.'
  requireRoom(lesson.name, 'a training', { shared: layout.end, outside: budget.parts }, budget.limitBytes, todo)
  arena.reserve(layout.end)
  const stride = strideOf(encoder.dimensions)
  for (const [name, values] of [
    ['free', state.parameters],
    ['mean', state.mean],
    ['square', state.square],
  ] as const) {
    padRows(values, encoder.dimensions, arena.float32(sections[name]), stride)
  }
  for (const name of ['gradient', 'marks', 'control', 'blockState'] as const) arena.int32(sections[name]).fill(0)
  arena.float32(sections.scale).set(encoder.scale)
  arena.float32(sections.offsets).set(loss.offsets)
  for (const name of ['users', 'pairs', 'pairUsers', 'places', 'userPlaces'] as const) {
    arena.int32(sections[name]).set(batches[name])
  }
  if (encoder.layers > 0) {
    arena.float32(sections.middle).set(encoder.middle)
    writeTranspose(matrix, arena, layout)
  }
  const count = batches.batchPairs.length - 1
  const { control, blockState } = sections
  return {
    kind: 'lesson',
    head: { name: lesson.name, threads, blocks: count, kernel, control, blockState },
    layout,
    rowCount: shape.rowCount,
    columnCount: shape.columnCount,
    matrix: prepared.offsets,
    turned: {
      indptr: sections.turnedPointers.offset,
      indices: sections.turnedIndices.offset,
      data: shape.weighted ? sections.turnedData.offset : 0,
    },
    stride,
    layers: encoder.layers,
    loss: loss.kind,
    temperature: loss.temperature,
    groupSize: Math.min(loss.groupSize, sections.pairUserGradients.length / stride),
    views: lesson.views,
    learningRate: lesson.learningRate,
    seed: lesson.seed,
    steps: state.steps,
    batchUsers: batches.batchUsers,
    batchPairs: batches.batchPairs,
    batchWeights: Float64Array.from({ length: count }, (_, batch) => {
      const pairs = batches.pairs.subarray(batches.batchPairs[batch], batches.batchPairs[batch + 1])
      return pairs.reduce((sum, pair) => sum + (matrix.data === null ? 1 : matrix.data[pair]), 0)
    }),
  }
}

/** Copies what a lesson made out of shared memory. */
export function readLesson(arena: Arena, { layout, steps }: LessonJob, { encoder }: Lesson): Solution {
  const { sections } = layout
  const losses = arena.float64(sections.batchLosses)
  const failed = losses.findIndex((loss) => !Number.isFinite(loss))
  const done = failed < 0 ? losses.length : failed
  const read = (name: 'free' | 'mean' | 'square'): Float32Array =>
    cutRows(arena.float32(sections[name]), strideOf(encoder.dimensions), encoder.dimensions)
  const lesson: LessonResult = {
    state: { steps: steps + done, parameters: read('free'), mean: read('mean'), square: read('square') },
    losses: losses.slice(0, failed < 0 ? losses.length : failed + 1),
  }
  return { ...NOTHING, lesson }
}

function padRows(from: Float32Array, width: number, to: Float32Array, stride: number): void {
  if (width === stride) {
    to.set(from)
    return
  }
  to.fill(0)
  for (let row = 0; row * width < from.length; row++)
    to.set(from.subarray(row * width, (row + 1) * width), row * stride)
}

function cutRows(from: Float32Array, stride: number, width: number): Float32Array {
  if (width === stride) return from.slice()
  const rows = from.length / stride
  const to = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) to.set(from.subarray(row * stride, row * stride + width), row * width)
  return to
}

/** The columns of a matrix as rows, entries in the order of the rows they came from. */
function writeTranspose(matrix: CsrMatrix, arena: Arena, { sections }: LessonLayout): void {
  const { rowCount, columnCount, indptr, indices, data, nnz } = matrix
  const pointers = arena.int32(sections.turnedPointers).fill(0)
  const rows = arena.int32(sections.turnedIndices)
  const values = arena.float32(sections.turnedData)
  for (let edge = 0; edge < nnz; edge++) pointers[indices[edge] + 1]++
  for (let column = 0; column < columnCount; column++) pointers[column + 1] += pointers[column]
  const next = pointers.slice()
  for (let row = 0; row < rowCount; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const at = next[indices[edge]]++
      rows[at] = row
      if (data !== null) values[at] = data[edge]
    }
  }
}
