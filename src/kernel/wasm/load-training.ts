import type { TrainingLoops } from '../training.ts'

/** The training loops the AssemblyScript source exports. */
export interface TrainingExports {
  sumRows(
    stride: number,
    start: number,
    end: number,
    rows: number,
    indptr: number,
    indices: number,
    data: number,
    scale: number,
    z: number,
    base: number,
    finish: number,
    out: number,
    seed: number,
    below: number,
  ): void
  pairRows(
    stride: number,
    count: number,
    pairs: number,
    slots: number,
    indices: number,
    data: number,
    scale: number,
    sums: number,
    z: number,
    users: number,
    items: number,
  ): void
  takeRows: TrainingLoops['takeRows']
  unitRows: TrainingLoops['unitRows']
  throughLength: TrainingLoops['throughLength']
  noisyRows: TrainingLoops['noisyRows']
  transpose: TrainingLoops['transpose']
  multiply(
    rows: number,
    columns: number,
    inner: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    out: number,
    outRow: number,
    adds: boolean,
  ): void
  excludeKnown(
    start: number,
    end: number,
    count: number,
    pairs: number,
    slots: number,
    users: number,
    indptr: number,
    indices: number,
    marks: number,
    scores: number,
    scoreRow: number,
  ): void
  excludeSame: TrainingLoops['excludeSame']
  softmaxRows: LossExport
  rankingRows: LossExport
  sumPlaces: TrainingLoops['sumPlaces']
  addEdges(
    stride: number,
    slotCount: number,
    member: number,
    members: number,
    users: number,
    slots: number,
    indptr: number,
    indices: number,
    data: number,
    scale: number,
    places: number,
    sums: number,
    userRows: number,
    itemRows: number,
    gradient: number,
    seed: number,
    below: number,
  ): void
  adam(
    start: number,
    end: number,
    free: number,
    mean: number,
    square: number,
    gradient: number,
    rate: number,
    correction: number,
  ): void
}

type LossExport = (
  start: number,
  end: number,
  count: number,
  scores: number,
  scoreRow: number,
  offsets: number,
  weights: number,
  parts: number,
  inverseTemperature: number,
) => void

/** The training loops of the SIMD kernel: what they take apart is what WebAssembly takes. */
export function wasmTrainingLoops(exports: TrainingExports): TrainingLoops {
  return {
    takeRows: exports.takeRows,
    unitRows: exports.unitRows,
    throughLength: exports.throughLength,
    noisyRows: exports.noisyRows,
    transpose: exports.transpose,
    excludeSame: exports.excludeSame,
    sumPlaces: exports.sumPlaces,
    sumRows(stride, start, end, { rows, matrix, scale, z, base, finish, out, drop }) {
      const { indptr, indices, data } = matrix
      const { seed, below } = drop
      exports.sumRows(stride, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
    },
    pairRows(stride, count, { pairs, slots, matrix, scale, sums, z, users, items }) {
      const { indices, data } = matrix
      exports.pairRows(stride, count, pairs, slots, indices, data, scale, sums, z, users, items)
    },
    multiply(rows, columns, inner, { a, aRow, aStep, b, bRow, out, outRow, adds }) {
      exports.multiply(rows, columns, inner, a, aRow, aStep, b, bRow, out, outRow, adds)
    },
    excludeKnown(start, end, count, { pairs, slots, users, matrix, marks }, scores, scoreRow) {
      const { indptr, indices } = matrix
      exports.excludeKnown(start, end, count, pairs, slots, users, indptr, indices, marks, scores, scoreRow)
    },
    softmaxRows(start, end, count, { scores, scoreRow, offsets, weights, parts, inverseTemperature }) {
      exports.softmaxRows(start, end, count, scores, scoreRow, offsets, weights, parts, inverseTemperature)
    },
    rankingRows(start, end, count, { scores, scoreRow, offsets, weights, parts, inverseTemperature }) {
      exports.rankingRows(start, end, count, scores, scoreRow, offsets, weights, parts, inverseTemperature)
    },
    addEdges(stride, slotCount, member, members, edges) {
      const { users, slots, matrix, scale, places, sums, userRows, itemRows, gradient, drop } = edges
      const { indptr, indices, data } = matrix
      exports.addEdges(
        stride,
        slotCount,
        member,
        members,
        users,
        slots,
        indptr,
        indices,
        data,
        scale,
        places,
        sums,
        userRows,
        itemRows,
        gradient,
        drop.seed,
        drop.below,
      )
    },
    adam(start, end, { free, mean, square, gradient, rate, correction }) {
      exports.adam(start, end, free, mean, square, gradient, rate, correction)
    },
  }
}
