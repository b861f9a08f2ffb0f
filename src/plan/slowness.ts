/**
 * Speed of this machine relative to the one where costs were measured: a few milliseconds of the most expensive loops, at the first use. It
 * only converts costs to seconds, and influences no decision.
 */
import type { Kernel, KernelName } from '../kernel/kernel.ts'
import { openKernel } from '../kernel/kernels.ts'
import { BOUNDED_AT, CANDIDATES_ROOM, RANKED_TOGETHER } from '../kernel/ranking.ts'
import { Arena } from '../memory/arena.ts'
import { float32, int32, layOut } from '../memory/layout.ts'

/** Milliseconds of one run on the reference machine. */
const MEASURED_MS = 0.2

/** Sizes of the matrix: rows of `DEGREE` entries each, and columns whose vectors fill the caches of a core. */
const [ROWS, DEGREE, COLUMNS] = [2048, 16, 16_384]
/** Sizes of the items offered, none of which reaches a list: no power of two, or the scores of sixteen profiles share a few sets of the cache. */
const [ITEMS, DIMENSIONS, K] = [8208, 16, 16]
/** Fewest and most runs, and milliseconds after which only the fewest are completed, because runs on a busy machine are delayed. */
const [FEWEST, MOST, BUDGET_MS] = [6, 30, 10]

const known = new Map<KernelName, number>()

/** Measured once per process and kernel. */
export function slownessOf(name: KernelName): number {
  const measured = known.get(name) ?? measure(name)
  known.set(name, measured)
  return measured
}

function measure(name: KernelName): number {
  const run = stage(name)
  // The first run compiles.
  run()
  const end = performance.now() + BUDGET_MS
  let least = Infinity
  // The fastest run was not interrupted.
  for (let turn = 0; turn < MOST && (turn < FEWEST || performance.now() < end); turn++) {
    const began = performance.now()
    run()
    least = Math.min(least, performance.now() - began)
  }
  return least / MEASURED_MS
}

/** A sparse product with scattered vectors, and items offered to lists. */
function stage(name: KernelName): () => void {
  const width = RANKED_TOGETHER
  const { sections, end } = layOut(
    {
      ...{ indptr: int32(ROWS + 1), indices: int32(ROWS * DEGREE) },
      ...{ vectors: float32(COLUMNS * width), out: float32(ROWS * width) },
      ...{ items: float32(ITEMS * DIMENSIONS), rooms: float32(BOUNDED_AT.length * ITEMS), ids: int32(ITEMS) },
      ...{
        coefficients: float32(DIMENSIONS * width),
        lengths: float32(BOUNDED_AT.length * width),
        bars: float32(width),
      },
      ...{
        z: float32(ITEMS * width),
        candidates: float32(CANDIDATES_ROOM),
        rows: int32(width * K),
        scores: float32(width * K),
      },
    },
    0,
  )
  const arena = Arena.allocate(end)
  const kernel: Kernel = openKernel(name, arena.memory)
  arena.int32(sections.indptr).forEach((_, row, pointers) => (pointers[row] = row * DEGREE))
  // A stride without a common factor with COLUMNS visits all of them.
  arena.int32(sections.indices).forEach((_, at, indices) => (indices[at] = (at * 7919) % COLUMNS))
  for (const section of [sections.bars, sections.lengths, sections.rooms]) arena.float32(section).fill(1)
  // The first bound lets all of them through, the second none.
  arena.float32(sections.lengths).fill(0, width)
  const at = Object.fromEntries(Object.entries(sections).map(([section, { offset }]) => [section, offset]))
  const matrix = { indptr: at.indptr, indices: at.indices, data: 0 }
  const items = { k: K, dimensions: DIMENSIONS, vectors: at.items, ids: at.ids, rooms: at.rooms }
  const lists = { z: at.z, stride: ITEMS, candidates: at.candidates, rows: at.rows, scores: at.scores, bars: at.bars }
  return () => {
    kernel.multiplySparse(0, ROWS, { width, matrix, z: at.vectors, out: at.out })
    kernel.offerItems(0, ITEMS, { ...items, ...lists, coefficients: at.coefficients, lengths: at.lengths })
  }
}
