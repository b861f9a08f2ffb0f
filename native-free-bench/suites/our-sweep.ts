import {
  type BlockWidth,
  type KernelName,
  layOut,
  openKernel,
  type PreparedNetwork,
  sweepWindow,
  turnedWindow,
} from '../../src/advanced.ts'

/** What is swept over: the same numbers for every contestant. */
export interface SweepInput {
  /** Scales of the users, shape (rows). */
  readonly middle: Float32Array
  /** Shape (columns x width), row-major. */
  readonly z: Float32Array
}

export function sweepInput({ rows: { rowCount, columnCount, indptr } }: PreparedNetwork, width: number): SweepInput {
  const golden = 0.618033988749895
  return {
    middle: Float32Array.from({ length: rowCount }, (_, row) => 1 / (indptr[row + 1] - indptr[row] + 1)),
    z: Float32Array.from({ length: columnCount * width }, (_, at) => ((at + 1) * golden) % 1),
  }
}

/**
 * One sweep as the engine runs it: the windows in order, each but the first summed apart and added; the accumulator cleared first.
 *
 * @returns a function that sweeps, and a view of its result
 */
export function ourSweep(
  network: PreparedNetwork,
  name: KernelName,
  width: BlockWidth,
  { middle, z }: SweepInput,
): { sweep: () => void; result: () => Float32Array } {
  const { shape, stored } = network
  const { arena, offsets, turned, windows } = stored
  const block = { type: 'float32', length: z.length } as const
  const { sections, end } = layOut(
    {
      middle: { type: 'float32', length: middle.length },
      z: block,
      total: block,
      part: block,
      rows: { type: 'float32', length: shape.longestWindow * width },
    },
    stored.end,
  )
  arena.reserve(end)
  arena.float32(sections.middle).set(middle)
  arena.float32(sections.z).set(z)
  arena.float32(sections.part).fill(0)
  const kernel = openKernel(name, arena.memory)
  const sweep = (): void => {
    arena.float32(sections.total).fill(0)
    for (const [number, window] of windows.entries()) {
      const part = number === 0 ? sections.total.offset : sections.part.offset
      sweepWindow(kernel, width, window, {
        matrix: offsets,
        turned: turnedWindow(turned, shape.columnCount, number),
        columnCount: shape.columnCount,
        middle: sections.middle.offset,
        z: sections.z.offset,
        rows: sections.rows.offset,
        part,
      })
      if (number > 0) kernel.add(0, z.length, { total: sections.total.offset, part })
    }
  }
  return { sweep, result: () => arena.float32(sections.total) }
}
