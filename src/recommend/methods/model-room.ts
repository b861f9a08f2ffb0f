/** Room for what a method makes of the matrix before it answers, asked for before any of it is made. Counted until the catalogue makes another model. */
import type { Network } from '../../network/network.ts'
import type { SparseRows } from '../../matrix/csr.ts'

/** Bytes of a stored entry: its column and its weight. */
const ENTRY_BYTES = 8

/**
 * For nearest items: lists of all items, once one by one and once laid end to end, and the matrix turned.
 *
 * @throws {RivuletError} MEMORY_LIMIT
 */
export function takeNeighbours(who: string, { rows, budget }: Network, neighbours: number): void {
  const { columnCount, nnz } = rows
  const entries = Math.min(columnCount * Math.min(neighbours, columnCount), metPairs(rows))
  budget.take({
    who,
    what: `at most ${neighbours} neighbours of each of ${columnCount} items`,
    parts: { model: 2 * ENTRY_BYTES * entries + ENTRY_BYTES * nnz + 32 * columnCount },
    todo: "Raise memoryLimitBytes, or lower 'neighbours'.",
  })
}

/**
 * For walks whose exponents change weights: three matrices beside that of the network, and a sum an item and user.
 *
 * @throws {RivuletError} MEMORY_LIMIT
 */
export function takePaths(who: string, { rows, budget }: Network): void {
  const { rowCount, columnCount, nnz } = rows
  budget.take({
    who,
    what: `paths over ${nnz} pairs`,
    parts: { model: 5 * ENTRY_BYTES * nnz + 24 * (rowCount + columnCount) },
    todo: 'Raise memoryLimitBytes, or give exponents of 1.',
  })
}

/** Pairs of items that any user has both: as many as neighbours can be. */
function metPairs(rows: SparseRows): number {
  let pairs = 0
  for (let row = 0; row < rows.rowCount; row++) pairs += rows.lengthOf(row) ** 2
  return pairs
}
