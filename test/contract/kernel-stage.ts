/** A small memory with everything in it that a kernel's loops touch, filled from a seed, so that two kernels can be shown the same. */
import {
  Arena,
  BLOCK_WIDTHS,
  buildCsr,
  type CsrMatrix,
  type Kernel,
  layOut,
  openKernel,
  seededRandom,
} from '../../src/advanced.ts'
import type { BlockWidth, KernelName, Section } from '../../src/index.ts'
import { bipartite } from '../graphs.ts'

export const KERNELS: readonly KernelName[] = ['typescript', 'wasm-simd']

export interface StageOptions {
  readonly width: BlockWidth
  readonly weighted: boolean
  /** Entries of the lists of topK. */
  readonly k?: number
}

export const EVERY_STAGE: readonly StageOptions[] = BLOCK_WIDTHS.flatMap((width) => [
  { width, weighted: false },
  { width, weighted: true },
])

/** Odd sizes, so that every loop has a remainder; users 0 and 36 have no pair. */
export const USERS = 37
export const ITEMS = 29

export function stageMatrix(weighted: boolean): CsrMatrix {
  const { row, column, data } = bipartite({ users: USERS - 2, items: ITEMS, pairs: 220, weighted })
  return buildCsr({ rowCount: USERS, columnCount: ITEMS, row: row.map((user) => user + 1), column, data })
}

type BlockName = 'acc' | 'z' | 'previous' | 'rhs' | 'out'
type VectorName = 'middle' | 'scale' | 'weight'

export class KernelStage {
  readonly kernel: Kernel
  readonly matrix: CsrMatrix
  readonly matrixOffsets: { indptr: number; indices: number; data: number }
  readonly offset: Readonly<Record<BlockName | VectorName | 'rows' | 'scores', number>>
  readonly blocks: Readonly<Record<BlockName, Float32Array>>
  readonly vectors: Readonly<Record<VectorName, Float32Array>>
  readonly rows: Int32Array
  readonly scores: Float32Array

  constructor(name: KernelName, { width, weighted, k = 5 }: StageOptions) {
    this.matrix = stageMatrix(weighted)
    const { indptr, indices, data } = this.matrix
    const floats = (length: number) => ({ type: 'float32', length }) as const
    const { sections, end } = layOut(
      {
        indptr: { type: 'uint32', length: indptr.length },
        indices: { type: 'uint32', length: indices.length },
        data: floats(data?.length ?? 0),
        middle: floats(USERS),
        scale: floats(USERS),
        weight: floats(USERS),
        acc: floats(ITEMS * width),
        z: floats(ITEMS * width),
        previous: floats(ITEMS * width),
        rhs: floats(ITEMS * width),
        out: floats(USERS * width),
        rows: { type: 'int32', length: width * k },
        scores: floats(width * k),
      },
      64,
    )
    const arena = Arena.allocate(end)
    const random = seededRandom(11)
    const fill = (section: Section, value = (): number => 2 * random.next() - 1): Float32Array => {
      const view = arena.float32(section)
      view.forEach((_, at) => (view[at] = value()))
      return view
    }
    arena.uint32(sections.indptr).set(indptr)
    arena.uint32(sections.indices).set(indices)
    if (data !== null) arena.float32(sections.data).set(data)
    const { middle, scale, weight, acc, z, previous, rhs, out } = sections
    this.vectors = { middle: fill(middle), scale: fill(scale), weight: fill(weight, () => random.next()) }
    this.blocks = { acc: fill(acc), z: fill(z), previous: fill(previous), rhs: fill(rhs), out: fill(out) }
    this.rows = arena.int32(sections.rows).fill(-1)
    this.scores = arena.float32(sections.scores).fill(-Infinity)
    this.offset = Object.fromEntries(
      Object.entries(sections).map(([key, { offset }]) => [key, offset]),
    ) as KernelStage['offset']
    this.matrixOffsets = {
      indptr: sections.indptr.offset,
      indices: sections.indices.offset,
      data: data === null ? 0 : sections.data.offset,
    }
    this.kernel = openKernel(name, arena.memory)
  }

  /** Column c of a block, in float64. */
  column(block: Float32Array, c: number, width: BlockWidth): number[] {
    return Array.from({ length: block.length / width }, (_, row) => block[row * width + c])
  }
}
