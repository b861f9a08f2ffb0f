import type { TrainingLoops } from '../kernel/training.ts'
import type { Memory } from '../memory/arena.ts'
import type { Control } from './control.ts'
import { inSlices, inSlicesOfCost, inSlicesOfEntries, pace, rowsOf, SLICE } from './pace.ts'

/** The training loops of a kernel in slices, as `pacedKernel` has them. Loops over the vectors of one group are short, and never cut. */
export function pacedTraining(kernel: TrainingLoops, control: Control, memory: Memory): TrainingLoops {
  const words = (offset: number): Uint32Array => new Uint32Array(memory.buffer, offset)
  return {
    sumRows(stride, start, end, sum) {
      const [pointers, ids] = [words(sum.matrix.indptr), words(sum.rows)]
      const costOf = (k: number): number => {
        const row = sum.rows === 0 ? k : ids[k]
        return (pointers[row + 1] - pointers[row] + 1) * stride
      }
      inSlicesOfCost(control, start, end, costOf, (from, to) => kernel.sumRows(stride, from, to, sum))
    },

    multiply(rows, columns, inner, { a, out, ...product }) {
      // Kernels take rows by twos.
      const most = 2 * rowsOf(2 * columns * inner)
      inSlices(control, 0, rows, most, (from, to) => {
        const own = { ...product, a: a + 4 * from * product.aRow, out: out + 4 * from * product.outRow }
        kernel.multiply(to - from, columns, inner, own)
      })
    },

    excludeKnown(start, end, count, known, scores, scoreRow) {
      const [pointers, slots, users] = [words(known.matrix.indptr), words(known.slots), words(known.users)]
      const costOf = (b: number): number => {
        const user = users[slots[b]]
        return count + 2 * (pointers[user + 1] - pointers[user])
      }
      inSlicesOfCost(control, start, end, costOf, (from, to) =>
        kernel.excludeKnown(from, to, count, known, scores, scoreRow),
      )
    },

    excludeSame(start, end, count, ids, scores, scoreRow) {
      inSlices(control, start, end, rowsOf(count), (from, to) =>
        kernel.excludeSame(from, to, count, ids, scores, scoreRow),
      )
    },

    softmaxRows(start, end, count, loss) {
      inSlices(control, start, end, rowsOf(count), (from, to) => kernel.softmaxRows(from, to, count, loss))
    },

    rankingRows(start, end, count, loss) {
      inSlices(control, start, end, rowsOf(count), (from, to) => kernel.rankingRows(from, to, count, loss))
    },

    sumPlaces(stride, start, end, slots, places, from, out) {
      inSlicesOfEntries(control, start, end, words(slots), stride, (first, last) =>
        kernel.sumPlaces(stride, first, last, slots, places, from, out),
      )
    },

    addEdges(stride, slotCount, member, members, { users, slots, sums, ...edges }) {
      const [pointers, rows] = [words(edges.matrix.indptr), words(users)]
      const costOf = (slot: number): number => (pointers[rows[slot] + 1] - pointers[rows[slot]] + 1) * stride
      inSlicesOfCost(control, 0, slotCount, costOf, (from, to) => {
        const own = { ...edges, users: users + 4 * from, slots: slots + 4 * from, sums: sums + 4 * from * stride }
        kernel.addEdges(stride, to - from, member, members, own)
      })
    },

    adam(start, end, rows) {
      inSlices(control, start, end, SLICE, (from, to) => kernel.adam(from, to, rows))
    },

    ...uncut(kernel, control),
  }
}

type Uncut = 'pairRows' | 'takeRows' | 'unitRows' | 'throughLength' | 'noisyRows' | 'transpose'

/** One sign of life a call. */
function uncut(kernel: TrainingLoops, control: Control): Pick<TrainingLoops, Uncut> {
  return {
    pairRows(stride, count, pairs) {
      kernel.pairRows(stride, count, pairs)
      pace(control)
    },
    takeRows(stride, count, ids, from, out) {
      kernel.takeRows(stride, count, ids, from, out)
      pace(control)
    },
    unitRows(stride, count, rows, lengths) {
      kernel.unitRows(stride, count, rows, lengths)
      pace(control)
    },
    throughLength(stride, count, unit, lengths, gradient) {
      kernel.throughLength(stride, count, unit, lengths, gradient)
      pace(control)
    },
    noisyRows(stride, count, rows, out, seed, first, noise) {
      kernel.noisyRows(stride, count, rows, out, seed, first, noise)
      pace(control)
    },
    transpose(stride, count, from, out, outRow) {
      kernel.transpose(stride, count, from, out, outRow)
      pace(control)
    },
  }
}
