import type { Memory } from '../memory/arena.ts'
import type { BlockOffsets, BlockWidth, Kernel, MatrixOffsets, RecurrenceStep } from './kernel.ts'
import { combineColumns, crossProducts, scaleRows } from './dense.ts'
import { sortTop, topK } from './top-k.ts'
import { trainingLoops } from './training-loops.ts'

/**
 * The reference kernel, in TypeScript: the specification of the loops, and what runs where WebAssembly SIMD does not.
 *
 *   normal   acc += W' (middle o (W z))      user values are never stored
 *   gather   out  = scale o (W z)
 *   combine  z'   = a (scale o acc) + b z + c z_previous + d rhs
 *
 * W (rows x columns, CSR), z and acc (columns x width), middle (rows). Cost of `normal`: 2 nnz width multiply-adds; it reads the indices once
 * from memory and touches 2 nnz width floats of z and acc. `Math.fround` after every operation makes the bits equal to the SIMD kernel's.
 *
 * Zhou, Bousquet, Lal, Weston, Schoelkopf: Learning with Local and Global Consistency, NeurIPS 2003. The fused sweep is the Gauss-Seidel form
 * of their iteration on a bipartite graph: the items use the users' fresh values.
 */
export function typescriptKernel(memory: Memory): Kernel {
  const { fround } = Math
  let floats = new Float32Array(memory.buffer)
  let words = new Uint32Array(memory.buffer)
  let doubles = doublesOf(memory)
  const refresh = (): void => {
    if (floats.buffer === memory.buffer) return
    floats = new Float32Array(memory.buffer)
    words = new Uint32Array(memory.buffer)
    doubles = doublesOf(memory)
  }
  const sums = new Float32Array(16)

  return {
    name: 'typescript',
    ...trainingLoops(memory),

    normal(width, rowStart, rowEnd, matrix, middle, z, acc) {
      refresh()
      const indptr = matrix.indptr >>> 2
      const indices = matrix.indices >>> 2
      const data = matrix.data >>> 2
      for (let row = rowStart; row < rowEnd; row++) {
        const from = words[indptr + row]
        const to = words[indptr + row + 1]
        sumRow(floats, words, sums, width, from, to, matrix, z >>> 2)
        const scale = floats[(middle >>> 2) + row]
        for (let c = 0; c < width; c++) sums[c] *= scale
        for (let edge = from; edge < to; edge++) {
          const at = (acc >>> 2) + words[indices + edge] * width
          const weight = data === 0 ? 1 : floats[data + edge]
          for (let c = 0; c < width; c++) floats[at + c] += fround(weight * sums[c])
        }
      }
    },

    gather(width, rowStart, rowEnd, matrix, scale, z, out) {
      refresh()
      const indptr = matrix.indptr >>> 2
      for (let row = rowStart; row < rowEnd; row++) {
        sumRow(floats, words, sums, width, words[indptr + row], words[indptr + row + 1], matrix, z >>> 2)
        const factor = floats[(scale >>> 2) + row]
        const at = (out >>> 2) + row * width
        for (let c = 0; c < width; c++) floats[at + c] = sums[c] * factor
      }
    },

    add(start, end, total, part) {
      refresh()
      for (let at = start; at < end; at++) {
        floats[(total >>> 2) + at] += floats[(part >>> 2) + at]
        floats[(part >>> 2) + at] = 0
      }
    },

    combine(width, start, end, block, step) {
      refresh()
      return combine(floats, width, start, end, block, step)
    },

    topK(width, rowStart, rowEnd, k, z, scale, rows, scores) {
      refresh()
      topK(floats, words, width, rowStart, rowEnd, k, z >>> 2, scale >>> 2, rows >>> 2, scores >>> 2)
    },

    sortTop(start, end, rows, scores) {
      refresh()
      sortTop(floats, words, start, end, rows >>> 2, scores >>> 2)
    },

    combineColumns(width, rowStart, rowEnd, columns, stride, a, coefficients, out) {
      refresh()
      combineColumns(floats, width, rowStart, rowEnd, columns, stride, a >>> 2, coefficients >>> 2, out >>> 2)
    },

    crossProducts(width, rowCount, columns, columnStart, columnEnd, a, z, out) {
      refresh()
      crossProducts(floats, doubles, width, rowCount, columns, columnStart, columnEnd, a >>> 2, z >>> 2, out >>> 3)
    },

    scaleRows(width, rowStart, rowEnd, scale, from, fromStride, to, toStride) {
      refresh()
      scaleRows(floats, width, rowStart, rowEnd, scale >>> 2, from >>> 2, fromStride, to >>> 2, toStride)
    },
  }
}

/** sums = row [from, to) of W z, in elements. */
function sumRow(
  floats: Float32Array,
  words: Uint32Array,
  sums: Float32Array,
  width: BlockWidth,
  from: number,
  to: number,
  matrix: MatrixOffsets,
  z: number,
): void {
  const indices = matrix.indices >>> 2
  const data = matrix.data >>> 2
  sums.fill(0, 0, width)
  for (let edge = from; edge < to; edge++) {
    const at = z + words[indices + edge] * width
    const weight = data === 0 ? 1 : floats[data + edge]
    for (let c = 0; c < width; c++) sums[c] += Math.fround(weight * floats[at + c])
  }
}

const doublesOf = ({ buffer }: Memory): Float64Array =>
  new Float64Array(buffer, 0, Math.floor(buffer.byteLength / Float64Array.BYTES_PER_ELEMENT))

function combine(
  floats: Float32Array,
  width: BlockWidth,
  start: number,
  end: number,
  block: BlockOffsets,
  step: RecurrenceStep,
): number {
  const { fround, abs, max } = Math
  const [a, b, c, d] = [fround(step.a), fround(step.b), fround(step.c), fround(step.d)]
  const [acc, z, previous, rhs] = [block.acc >>> 2, block.z >>> 2, block.previous >>> 2, block.rhs >>> 2]
  let worst = 0
  for (let row = start; row < end; row++) {
    const scale = floats[(block.scale >>> 2) + row]
    const weight = floats[(block.weight >>> 2) + row]
    for (let at = row * width; at < (row + 1) * width; at++) {
      const spread = fround(floats[acc + at] * scale)
      floats[acc + at] = 0
      const now = floats[z + at]
      const seed = floats[rhs + at]
      const last = floats[previous + at]
      const blend = fround(fround(spread * a) + fround(now * b))
      floats[previous + at] = fround(blend + fround(last * c)) + fround(seed * d)
      const distance = abs(fround(fround(spread + seed) - now))
      worst = max(worst, fround(distance * weight))
    }
  }
  return worst
}
