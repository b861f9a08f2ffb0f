import type { Parts } from '../memory/limit.ts'
import { float32, float64, int32, layOut, type Layout, type SectionRequest } from '../memory/layout.ts'
import type { MatrixShape } from '../matrix/windows.ts'
import { chooseKernel, planFacts, type PlanFacts, type PlanOptions } from './plan.ts'
import type { Machine } from './machine.ts'

/** Sizes of a part of a training. */
export interface TrainShape {
  /** Name of the caller, for messages. */
  readonly name: string
  readonly dimensions: number
  readonly layers: number
  /** Pairs that are each other's negatives. */
  readonly groupSize: number
  readonly views: 'noise' | 'edge-drop' | null
  readonly batches: number
  /** Sizes of all batches together. */
  readonly users: number
  readonly pairs: number
  /** Stored entries of those users. */
  readonly entries: number
  /** Sizes of the largest batch. */
  readonly mostUsers: number
  readonly mostPairs: number
}

/** Every decision about a part of a training, taken before anything is allocated. Frozen and JSON-safe. */
export interface TrainPlan extends PlanFacts {
  readonly kind: 'train'
  readonly training: TrainShape
  /** Floats of a vector. */
  readonly stride: number
  readonly layout: TrainLayout
}

/**
 * Plans a part of a training over a matrix that ends at byte `matrixBytes` of its memory. All threads take every step together.
 *
 * @param outside bytes that are taken beside the shared memory meanwhile, but for the threads
 * @throws {RivuletError} MEMORY_LIMIT when it does not fit, naming the bytes and what to change.
 */
export function planTraining(
  matrix: MatrixShape,
  training: TrainShape,
  options: PlanOptions,
  machine: Machine,
  matrixBytes: number,
  outside: Parts = {},
): TrainPlan {
  const { kernel, notes } = chooseKernel(options, machine)
  const wanted = options.threads === 'auto' ? machine.parallelism : options.threads
  const workers = machine.threads && options.pooled === true ? wanted : 0
  const threads = Math.max(1, workers)
  const layout = layOutTraining(matrix, training, threads, matrixBytes)
  const facts = planFacts({
    ...{ name: training.name, matrix, kernel, threads, workers, notes, layout, matrixBytes, outside },
    ...{ limitBytes: options.memoryLimitBytes, what: 'a training' },
    todo: 'Lower dimensions, batchSize or negatives, or raise memoryLimitBytes.',
    ...{ machine, cost: null },
  })
  return Object.freeze({
    ...facts,
    kind: 'train' as const,
    training: Object.freeze({ ...training }),
    stride: strideOf(training.dimensions),
    layout,
  })
}

/** Vectors take multiples of four floats. */
export const strideOf = (dimensions: number): number => Math.ceil(dimensions / 4) * 4

/** Floats of a row of scores: not a power of two, so that the entries of a column fall on different cache lines. */
export const scoreRowOf = (groupSize: number): number => Math.ceil(groupSize / 16) * 16 + 16

/** Versions of the users' vectors: one, and two more as views. */
export const versionsOf = (views: TrainShape['views']): number => (views === 'edge-drop' ? 3 : 1)

/** Memory layout of a training, for a number of members. */
function layOutTraining(matrix: MatrixShape, training: TrainShape, members: number, matrixBytes: number) {
  const { rowCount, columnCount, nnz, weighted } = matrix
  const { mostUsers: users, mostPairs: pairs, views, batches } = training
  const stride = strideOf(training.dimensions)
  const group = Math.min(training.groupSize, pairs)
  const deep = training.layers > 0
  const versions = versionsOf(views)
  const vectors = (count: number): SectionRequest => float32(count * stride)
  const seen = views === null ? 0 : group * members
  return layOut(
    {
      control: int32(64),
      blockState: int32(batches),
      free: vectors(columnCount),
      mean: vectors(columnCount),
      square: vectors(columnCount),
      gradient: vectors(columnCount),
      encoded: vectors(deep ? columnCount : 0),
      rowVectors: vectors(deep ? rowCount : 0),
      middle: float32(deep ? rowCount : 0),
      turnedPointers: int32(deep ? columnCount + 1 : 0),
      turnedIndices: int32(deep ? nnz : 0),
      turnedData: float32(deep && weighted ? nnz : 0),
      scale: float32(columnCount),
      offsets: float32(columnCount),
      users: int32(training.users),
      pairs: int32(training.pairs),
      pairUsers: int32(training.pairs),
      places: int32(training.entries),
      userPlaces: int32(training.users + 1),
      sums: vectors(versions * users),
      sumGradients: vectors(versions * users),
      pairUserGradients: vectors(pairs),
      pairItemGradients: vectors(pairs),
      viewGradients: vectors(versions > 1 ? 2 * pairs : 0),
      groupLosses: float64(Math.ceil(pairs / group)),
      batchLosses: float64(batches),
      // A workspace per member.
      userRows: vectors(group * members),
      itemRows: vectors(group * members),
      turnedRows: float32(stride * scoreRowOf(group) * members),
      scores: float32(group * scoreRowOf(group) * members),
      firstView: vectors(seen),
      secondView: vectors(seen),
      firstGradient: vectors(seen),
      secondGradient: vectors(seen),
      lengths: float32(4 * group * members),
      groupOffsets: float32(group * members),
      groupWeights: float32(group * members),
      groupIds: int32(2 * group * members),
      parts: float32(2 * group * members),
      marks: int32(Math.ceil(columnCount / 4) * members),
    },
    matrixBytes,
  )
}

export type TrainLayout = ReturnType<typeof layOutTraining>
export type TrainSection = TrainLayout extends Layout<infer Name> ? Name : never
