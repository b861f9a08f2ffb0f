import { expect, it } from 'vitest'
import { Arena, type Kernel, openKernel } from '../../src/advanced.ts'
import { PAGE_BYTES } from '../../src/memory/arena.ts'
import { KERNELS } from './kernel-stage.ts'

/** Everything lies in the second page: what a kernel saw when it was opened does not reach there. */
const at = (place: number): number => PAGE_BYTES + 4096 * place
const matrix = { indptr: at(0), indices: at(1), data: 0 }
const [A, B, C, D, E, F] = [2, 3, 4, 5, 6, 7].map(at)
const ROWS = 4

const LOOPS: Record<string, (kernel: Kernel) => unknown> = {
  multiplySparse: (kernel) => kernel.multiplySparse(0, ROWS, { width: 4, matrix, z: A, finish: B, out: C }),
  multiplyDense: (kernel) => {
    const product = { columns: 4, inner: 3, a: A, aRow: 3, aStep: 1, b: B, bRow: 4, out: C, outRow: 4 }
    kernel.multiplyDense(0, ROWS, product)
  },
  crossProducts: (kernel) => {
    kernel.crossProducts(0, ROWS, { width: 4, columnStart: 0, columnEnd: 3, a: A, aRow: 3, z: B, out: C })
  },
  normal: (kernel) => kernel.normal(0, ROWS, { matrix, middle: A, z: B, acc: C }),
  add: (kernel) => kernel.add(0, 16, { total: A, part: B }),
  combine: (kernel) => {
    const step = { a: 1.5, b: 0.5, c: -0.25, d: 2 }
    return kernel.combine(0, ROWS, { width: 4, acc: A, scale: B, weight: C, z: D, previous: E, rhs: F, step })
  },
  topK: (kernel) => kernel.topK(0, ROWS, { width: 4, k: 2, z: A, scale: B, rows: C, scores: D }),
  sortTop: (kernel) => kernel.sortTop(0, 8, { rows: C, scores: D }),
  scaleRows: (kernel) => kernel.scaleRows(0, ROWS, { width: 4, scale: A, from: B, fromRow: 4, to: C, toRow: 4 }),
}

/** What a loop leaves in a memory that grew after or before its kernel was opened. */
function leftBy(name: (typeof KERNELS)[number], loop: string, opened: 'before' | 'after'): unknown {
  const arena = Arena.allocate(PAGE_BYTES)
  const early = opened === 'before' ? openKernel(name, arena.memory) : null
  early?.add(0, 4, { total: 64, part: 128 })
  arena.reserve(2 * PAGE_BYTES)
  const { buffer } = arena.memory
  const floats = new Float32Array(buffer, at(2))
  for (let place = 0; place < floats.length; place++) floats[place] = ((place * 0.618) % 1) - 0.4
  new Uint32Array(buffer, matrix.indptr, ROWS + 1).set([0, 2, 3, 5, 6])
  new Uint32Array(buffer, matrix.indices, 6).set([0, 1, 2, 3, 0, 2])
  const answer = LOOPS[loop](early ?? openKernel(name, arena.memory))
  return [answer, [...new Uint32Array(buffer, at(0))]]
}

it.each(KERNELS.flatMap((name) => Object.keys(LOOPS).map((loop) => [name, loop] as const)))(
  'the kernel %s sees memory that grew after it was opened: %s',
  (name, loop) => {
    expect(leftBy(name, loop, 'before')).toEqual(leftBy(name, loop, 'after'))
  },
)
