import { PRODUCT_CHUNK, type Kernel } from '../kernel/kernel.ts'
import type { Memory } from '../memory/arena.ts'
import type { Control } from './control.ts'
import { inSlices, inSlicesOfEntries, rowsOf, SLICE } from './pace.ts'
import { pacedTraining } from './paced-training.ts'

/** What an entry of a list of `topK` costs at most, in elements: the depth of a heap, or what moves in a short list. */
const LIST_COST = 32

/**
 * A kernel that cuts its calls into slices of bounded work and gives a sign of life after each, whatever the sizes.
 *
 * The bits stay the same: every loop is over rows or elements, and the next slice goes on where the loop would have. Only the sum of one row of the
 * matrix is never cut. Every call throws `Stopped` when the job was stopped.
 */
export function pacedKernel(kernel: Kernel, control: Control, memory: Memory): Kernel {
  const pointersAt = (offset: number, rows: number): Uint32Array => new Uint32Array(memory.buffer, offset, rows + 1)
  return {
    name: kernel.name,
    ...pacedTraining(kernel, control, memory),

    normal(width, rowStart, rowEnd, matrix, middle, z, acc) {
      inSlicesOfEntries(control, rowStart, rowEnd, pointersAt(matrix.indptr, rowEnd), width, (from, to) =>
        kernel.normal(width, from, to, matrix, middle, z, acc),
      )
    },

    gather(width, rowStart, rowEnd, matrix, scale, z, out) {
      inSlicesOfEntries(control, rowStart, rowEnd, pointersAt(matrix.indptr, rowEnd), width, (from, to) =>
        kernel.gather(width, from, to, matrix, scale, z, out),
      )
    },

    add(start, end, total, part) {
      inSlices(control, start, end, SLICE, (from, to) => kernel.add(from, to, total, part))
    },

    combine(width, start, end, block, step) {
      let worst = 0
      inSlices(control, start, end, rowsOf(width), (from, to) => {
        worst = Math.max(worst, kernel.combine(width, from, to, block, step))
      })
      return worst
    },

    topK(width, rowStart, rowEnd, k, z, scale, rows, scores) {
      inSlices(control, rowStart, rowEnd, rowsOf(width * LIST_COST), (from, to) =>
        kernel.topK(width, from, to, k, z, scale, rows, scores),
      )
    },

    sortTop(start, end, rows, scores) {
      // The heap shrinks from its end.
      inSlices(control, 0, end - start, rowsOf(LIST_COST), (from, to) =>
        kernel.sortTop(end - to, end - from, rows, scores),
      )
    },

    combineColumns(width, rowStart, rowEnd, columns, stride, a, coefficients, out) {
      inSlices(control, rowStart, rowEnd, rowsOf(width * columns), (from, to) =>
        kernel.combineColumns(width, from, to, columns, stride, a, coefficients, out),
      )
    },

    crossProducts(width, rowCount, columns, columnStart, columnEnd, a, z, out) {
      const chunks = rowsOf(width * (columnEnd - columnStart) * PRODUCT_CHUNK)
      inSlices(control, 0, rowCount, chunks * PRODUCT_CHUNK, (from, to) => {
        const [ownA, ownZ] = [a + 4 * from * columns, z + 4 * from * width]
        kernel.crossProducts(width, to - from, columns, columnStart, columnEnd, ownA, ownZ, out)
      })
    },

    scaleRows(width, rowStart, rowEnd, scale, from, fromStride, to, toStride) {
      inSlices(control, rowStart, rowEnd, rowsOf(width), (start, end) =>
        kernel.scaleRows(width, start, end, scale, from, fromStride, to, toStride),
      )
    },
  }
}
