/** A small memory with dense matrices in it, filled from a seed, so that two kernels can be shown the same. */
import { Arena, type Kernel, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import type { BlockWidth, KernelName } from '../../src/index.ts'
import type { Dense } from '../oracle/linear-algebra.ts'

/** An odd number, and more than one chunk. */
export const DENSE_ROWS = 131

export class DenseStage {
  readonly kernel: Kernel
  /** Shape (DENSE_ROWS x columns). */
  readonly a: Float32Array
  /** Shape (columns x width). */
  readonly coefficients: Float32Array
  /** Shape (DENSE_ROWS x width). */
  readonly z: Float32Array
  /** Shape (DENSE_ROWS x width). */
  readonly out: Float32Array
  /** Ones, shape (columns x width). */
  readonly products: Float64Array
  readonly offset: Readonly<Record<'a' | 'coefficients' | 'z' | 'out' | 'products', number>>

  constructor(name: KernelName, { width, columns }: { width: BlockWidth; columns: number }) {
    const { sections, end } = layOut({
      a: { type: 'float32', length: DENSE_ROWS * columns },
      coefficients: { type: 'float32', length: columns * width },
      z: { type: 'float32', length: DENSE_ROWS * width },
      out: { type: 'float32', length: DENSE_ROWS * width },
      products: { type: 'float64', length: columns * width },
    })
    const arena = Arena.allocate(end)
    const random = seededRandom(12)
    const filled = (section: (typeof sections)['a']): Float32Array =>
      arena.float32(section).map((_, at, array) => (array[at] = random.next() - 0.5)) && arena.float32(section)
    this.kernel = openKernel(name, arena.memory)
    this.a = filled(sections.a)
    this.coefficients = filled(sections.coefficients)
    this.z = filled(sections.z)
    this.out = filled(sections.out)
    this.products = arena.float64(sections.products).fill(1)
    const { a, coefficients, z, out, products } = sections
    this.offset = {
      a: a.offset,
      coefficients: coefficients.offset,
      z: z.offset,
      out: out.offset,
      products: products.offset,
    }
  }
}

/** A row-major array as a table. */
export const tableOf = (values: ArrayLike<number>, columns: number): Dense =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, c) => values[row * columns + c]),
  )
