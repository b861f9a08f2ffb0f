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
  normal: (kernel) => kernel.normal(4, 0, ROWS, matrix, A, B, C),
  gather: (kernel) => kernel.gather(4, 0, ROWS, matrix, A, B, C),
  add: (kernel) => kernel.add(0, 16, A, B),
  combine: (kernel) => {
    const block = { acc: A, scale: B, weight: C, z: D, previous: E, rhs: F }
    return kernel.combine(4, 0, ROWS, block, { a: 1.5, b: 0.5, c: -0.25, d: 2 })
  },
  topK: (kernel) => kernel.topK(4, 0, ROWS, 2, A, B, C, D),
  sortTop: (kernel) => kernel.sortTop(0, 8, C, D),
  combineColumns: (kernel) => kernel.combineColumns(4, 0, ROWS, 3, 3, A, B, C),
  crossProducts: (kernel) => kernel.crossProducts(4, ROWS, 3, 0, 3, A, B, C),
  scaleRows: (kernel) => kernel.scaleRows(4, 0, ROWS, A, B, 4, C, 4),
}

/** What a loop leaves in a memory that grew after or before its kernel was opened. */
function leftBy(name: (typeof KERNELS)[number], loop: string, opened: 'before' | 'after'): unknown {
  const arena = Arena.allocate(PAGE_BYTES)
  const early = opened === 'before' ? openKernel(name, arena.memory) : null
  early?.add(0, 4, 64, 128)
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
