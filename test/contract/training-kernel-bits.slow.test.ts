import { describe, expect, it } from 'vitest'
import type { LossRows } from '../../src/advanced.ts'
import { KERNELS, USERS } from './kernel-stage.ts'
import { TrainingStage, type TrainingStageOptions } from './training-kernel-stage.ts'

/** One step of a training, and what else there is: every loop at least once, on random numbers. */
function everyLoop(stage: TrainingStage, below: number, adds: boolean): void {
  const { kernel, offset, matrixOffsets: matrix, scoreRow, slotCount, marks, floats } = stage
  const { stride, count } = stage.options
  const { rows, scale, z, base, finish, sums, users, items, taken, turned, scores, lengths, gradient, slotSums } =
    offset
  const drop = { seed: 77, below }
  marks.fill(0)
  kernel.sumRows(stride, 1, USERS, { rows: 0, matrix, scale, z, base: 0, finish: 0, out: sums, drop })
  kernel.sumRows(stride, 5, USERS - 3, { rows, matrix, scale, z, base, finish, out: sums, drop })
  const { pairs, slots, slotUsers, slotStarts, places } = offset
  kernel.pairRows(stride, count, { pairs, slots, matrix, scale, sums, z, users, items })
  kernel.takeRows(stride, count, offset.ids, z, taken)
  floats.users.fill(0, 0, 4)
  kernel.unitRows(stride, count, users, lengths)
  kernel.throughLength(stride, count, users, lengths, taken)
  kernel.noisyRows(stride, count, users, offset.noisy, -123, 5, 0.1)
  kernel.noisyRows(stride, count, items, items, 9, 0, 0.3)
  kernel.transpose(stride, count, items, turned, scoreRow)
  const product = { a: users, aRow: stride, aStep: 1, b: turned, bRow: scoreRow, out: scores, outRow: scoreRow, adds }
  kernel.multiply(count, scoreRow, stride, product)
  kernel.excludeKnown(
    0,
    count,
    count,
    { pairs, slots, users: slotUsers, matrix, marks: offset.marks },
    scores,
    scoreRow,
  )
  kernel.excludeSame(0, count, count, offset.ids, scores, scoreRow)
  kernel.softmaxRows(0, count, count, { ...lossOf(stage), inverseTemperature: 7 })
  const back = { a: scores, aRow: 1, aStep: scoreRow, b: items, bRow: stride, out: taken, outRow: stride, adds }
  kernel.multiply(count, stride, count, back)
  kernel.sumPlaces(stride, 0, slotCount, slotStarts, places, taken, slotSums)
  const edges = { users: slotUsers, slots: slotStarts, matrix, scale, sums: slotSums, gradient, drop }
  kernel.addEdges(stride, slotCount, 1, 2, { ...edges, places, userRows: taken, itemRows: items })
  kernel.addEdges(stride, slotCount, 0, 1, { ...edges, places: 0, userRows: 0, itemRows: 0 })
  const { free, mean, square } = offset
  kernel.adam(1, floats.free.length - 1, { free, mean, square, gradient, rate: 0.01, correction: 1.37 })
}

const lossOf = ({ offset, scoreRow }: TrainingStage): LossRows => {
  const { scores, offsets, weights, parts } = offset
  return { scores, scoreRow, offsets, weights, parts, inverseTemperature: 3 }
}

const expectSameBits = (options: TrainingStageOptions, act: (stage: TrainingStage) => void): void => {
  const [one, other] = KERNELS.map((name) => {
    const stage = new TrainingStage(name, options)
    const before = JSON.stringify(stage.bits())
    act(stage)
    expect(JSON.stringify(stage.bits())).not.toBe(before)
    return stage.bits()
  })
  for (const section of Object.keys(one)) expect(other[section], section).toEqual(one[section])
}

const counts = [1, 3, 4, 5, 37]

describe.each([4, 8, 64, 100])('both kernels give the same bits with stride %i', (stride) => {
  describe.each([false, true])('weighted: %s', (weighted) => {
    it.each(counts)('in a whole step of %i pairs, with all entries and without some', (count) => {
      for (const below of [0, 5e6]) {
        for (const adds of [false, true]) {
          expectSameBits({ stride, count, weighted }, (stage) => everyLoop(stage, below, adds))
        }
      }
    })
  })
})

describe.each(counts)('both kernels give the same bits for a loss of %i pairs', (count) => {
  const options = { stride: 4, count, weighted: false }

  /** What a score may be, dealt out along the rows. */
  const dealt: Record<string, readonly number[]> = {
    'scores of every size': [0.5, -3, 1e-30, -2e4, 40, 3e38, 7],
    'zeros of both signs': [0, -0, -1, -0, 0],
    'excluded entries': [-Infinity, 1, 2, -Infinity, -Infinity],
    'nothing but excluded entries': [-Infinity],
    'infinite scores': [1, Infinity, -2],
    'scores that are no numbers': [1, 2, NaN, 3, -4, 6, 0],
  }

  it.each(Object.keys(dealt))('with %s', (which) => {
    for (const hasOffsets of [false, true]) {
      for (const loop of ['softmaxRows', 'rankingRows'] as const) {
        expectSameBits(options, (stage) => {
          stage.floats.scores.forEach((_, at, scores) => (scores[at] = dealt[which][at % dealt[which].length]))
          const loss = lossOf(stage)
          stage.kernel[loop](0, count, count, hasOffsets ? loss : { ...loss, offsets: 0 })
        })
      }
    }
  })
})
