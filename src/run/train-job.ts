import type { MatrixOffsets } from '../kernel/loop.ts'
import type { Arena } from '../memory/arena.ts'
import type { JobHead } from './control.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { planTraining, type TrainPlan, type TrainShape } from '../plan/train-plan.ts'
import type { Train, Trained, Views } from '../request/train.ts'
import type { Network } from '../network/network.ts'
import { atOnce } from '../support/drive.ts'
import { transposeInSlices } from '../matrix/turn.ts'

/** A training written into memory, as plain data to send to workers. */
export interface TrainJob {
  readonly kind: 'train'
  readonly head: JobHead
  readonly plan: TrainPlan
  readonly rowCount: number
  readonly columnCount: number
  readonly matrix: MatrixOffsets
  /** The transpose of the whole matrix. */
  readonly turned: MatrixOffsets
  readonly layers: number
  readonly loss: Train['loss']['kind']
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

/** Plans a part of a training over a prepared matrix. @throws {RivuletError} MEMORY_LIMIT */
export function planTrainOn(
  { shape, budget, stored }: Network,
  { name, encoder, loss, batches, views }: Train,
  options: PlanOptions,
  machine: Machine,
): TrainPlan {
  const training: TrainShape = {
    ...{ name, dimensions: encoder.dimensions, layers: encoder.layers },
    ...{ groupSize: loss.groupSize, views: views?.kind ?? null },
    batches: batches.batchPairs.length - 1,
    users: batches.users.length,
    pairs: batches.pairs.length,
    entries: batches.places.length,
    mostUsers: longest(batches.batchUsers),
    mostPairs: longest(batches.batchPairs),
  }
  return planTraining(shape, training, options, machine, stored.end, budget.parts)
}

/** The longest range between consecutive starts. */
const longest = (starts: Int32Array): number =>
  starts.reduce((most, to, at) => (at === 0 ? 0 : Math.max(most, to - starts[at - 1])), 0)

/** Makes room for a part of a training and writes it. */
export function writeTrain(network: Network, training: Train, plan: TrainPlan): TrainJob {
  const { rows, shape } = network
  const { arena } = network.stored
  const { encoder, loss, batches, state } = training
  const { layout, stride, threads, kernel } = plan
  const { sections } = layout
  arena.reserve(layout.end)
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
    const { turnedPointers, turnedIndices, turnedData } = layout.sections
    const turned = {
      indptr: arena.uint32(turnedPointers),
      indices: arena.uint32(turnedIndices),
      data: shape.weighted ? arena.float32(turnedData) : null,
    }
    atOnce(transposeInSlices(rows, turned))
  }
  const count = batches.batchPairs.length - 1
  const { control, blockState } = sections
  return {
    kind: 'train',
    head: { name: training.name, threads, blocks: count, kernel, control, blockState },
    plan,
    rowCount: shape.rowCount,
    columnCount: shape.columnCount,
    matrix: network.stored.offsets,
    turned: {
      indptr: sections.turnedPointers.offset,
      indices: sections.turnedIndices.offset,
      data: shape.weighted ? sections.turnedData.offset : 0,
    },
    layers: encoder.layers,
    loss: loss.kind,
    temperature: loss.temperature,
    groupSize: Math.min(loss.groupSize, sections.pairUserGradients.length / stride),
    views: training.views,
    learningRate: training.learningRate,
    seed: training.seed,
    steps: state.steps,
    batchUsers: batches.batchUsers,
    batchPairs: batches.batchPairs,
    batchWeights: Float64Array.from({ length: count }, (_, batch) => {
      const pairs = batches.pairs.subarray(batches.batchPairs[batch], batches.batchPairs[batch + 1])
      return pairs.reduce((sum, pair) => sum + rows.weightAt(pair), 0)
    }),
  }
}

/** Copies the result of a training out of shared memory. */
export function readTrained(arena: Arena, { plan, steps }: TrainJob): Trained {
  const { layout, stride, training } = plan
  const { sections } = layout
  const losses = arena.float64(sections.batchLosses)
  const failed = losses.findIndex((loss) => !Number.isFinite(loss))
  const done = failed < 0 ? losses.length : failed
  const read = (name: 'free' | 'mean' | 'square'): Float32Array =>
    cutRows(arena.float32(sections[name]), stride, training.dimensions)
  return {
    state: { steps: steps + done, parameters: read('free'), mean: read('mean'), square: read('square') },
    losses: losses.slice(0, failed < 0 ? losses.length : failed + 1),
  }
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
