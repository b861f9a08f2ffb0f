import { describe, expect, it } from 'vitest'
import type { LossRows } from '../../src/advanced.ts'
import { KERNELS, USERS } from './kernel-stage.ts'
import { TrainingStage, type TrainingStageOptions } from './training-kernel-stage.ts'

/** One step of a training, and what else there is: every loop at least once, on random numbers. */
function everyLoop(stage: TrainingStage, below: number): void {
  const { kernel, offset, matrixOffsets: matrix, scoreRow, slotCount, marks, floats } = stage
  const { width, count } = stage.options
  const { rows, scale, z, base, finish, sums, users, items, taken, turned, scores, lengths, gradient, slotSums } =
    offset
  const drop = { seed: 77, below }
  marks.fill(0)
  kernel.multiplySparse(1, USERS, { width, matrix, scale, z, out: sums, drop })
  kernel.multiplySparse(5, USERS - 3, { width, rows, matrix, scale, z, base, finish, out: sums, drop })
  const { pairs, slots, slotUsers, slotStarts, places, ids, noisy } = offset
  kernel.pairRows(0, count, { width, pairs, slots, matrix, scale, sums, z, users, items })
  kernel.takeRows(0, count, { width, ids, from: z, out: taken })
  floats.users.fill(0, 0, 4)
  kernel.unitRows(0, count, { width, rows: users, lengths })
  kernel.throughLength(0, count, { width, rows: users, lengths, gradient: taken })
  kernel.noisyRows(0, count, { width, rows: users, out: noisy, seed: -123, first: 5, noise: 0.1 })
  kernel.noisyRows(0, count, { width, rows: items, out: items, seed: 9, first: 0, noise: 0.3 })
  kernel.transpose(0, count, { width, from: items, out: turned, outRow: scoreRow })
  const forward = { columns: scoreRow, inner: width, a: users, aRow: width, aStep: 1, b: turned, bRow: scoreRow }
  kernel.multiplyDense(0, count, { ...forward, out: scores, outRow: scoreRow })
  const all = { count, scores, scoreRow }
  kernel.excludeKnown(0, count, { ...all, pairs, slots, users: slotUsers, matrix, marks: offset.marks })
  kernel.excludeSame(0, count, { ...all, ids })
  kernel.softmaxRows(0, count, { ...lossOf(stage), inverseTemperature: 7 })
  const back = { columns: width, inner: count, a: scores, aRow: 1, aStep: scoreRow, b: items, bRow: width }
  kernel.multiplyDense(0, count, { ...back, out: taken, outRow: width })
  const placed = { indptr: slotStarts, indices: places, data: 0 }
  kernel.multiplySparse(0, slotCount, { width, matrix: placed, hasHoles: true, z: taken, out: slotSums })
  const edges = { width, users: slotUsers, slots: slotStarts, matrix, scale, sums: slotSums, gradient, drop }
  kernel.addEdges(0, slotCount, { ...edges, member: 1, members: 2, places, userRows: taken, itemRows: items })
  kernel.addEdges(0, slotCount, { ...edges, member: 0, members: 1, places: 0, userRows: 0, itemRows: 0 })
  const { free, mean, square } = offset
  kernel.adam(1, floats.free.length - 1, { free, mean, square, gradient, rate: 0.01, correction: 1.37 })
}

const lossOf = ({ offset, scoreRow, options: { count } }: TrainingStage): LossRows => {
  const { scores, offsets, weights, parts } = offset
  return { count, scores, scoreRow, offsets, weights, parts, inverseTemperature: 3 }
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

describe.each([4, 8, 16, 36, 64, 100])('both kernels give the same bits with width %i', (width) => {
  describe.each([false, true])('weighted: %s', (weighted) => {
    it.each(counts)('in a whole step of %i pairs, with all entries and without some', (count) => {
      for (const below of [0, 5e6]) {
        expectSameBits({ width, count, weighted }, (stage) => everyLoop(stage, below))
      }
    })
  })
})

describe.each(counts)('both kernels give the same bits for a loss of %i pairs', (count) => {
  const options = { width: 4, count, weighted: false }

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
          stage.kernel[loop](0, count, hasOffsets ? loss : { ...loss, offsets: 0 })
        })
      }
    }
  })
})
