import type { Network } from '../network/network.ts'
import { sweep, type Algorithm } from '../request/request.ts'

/** Queries per request: more would only take more memory. */
const ROUND = 1024

/** Queries for the nearest among the vectors of a matrix's columns. */
export interface NearestQuery {
  /** Shape (columns of the matrix x dimensions), row-major. */
  readonly vectors: Float32Array
  readonly dimensions: number
  /** Shape (queries x dimensions), row-major. */
  readonly queries: Float32Array
  /** Entries of a list; integer >= 1. */
  readonly k: number
  /** For each query the row of the matrix whose columns are excluded from its list, -1 for none; shape (queries). */
  readonly excludedRows: Int32Array
}

/** Lists, best first. */
export interface NearestLists {
  /** Columns of the matrix, -1 at the end of short lists; shape (queries x k). */
  readonly columns: Int32Array
  /** Products of the vectors, shape (queries x k). */
  readonly scores: Float32Array
}

/**
 * The k columns whose vectors have the largest product with each query: exact, sixteen queries at a time, in the kernel and on the threads.
 *
 * Costs columns x dimensions multiplications per query. Ties go to the lower column; columns without weight are excluded.
 */
export function* nearest(who: string, network: Network, query: NearestQuery): Algorithm<NearestLists> {
  const { vectors, dimensions, queries, k, excludedRows } = query
  const { rowCount, columnCount } = network.shape
  const count = excludedRows.length
  const [columns, scores] = [new Int32Array(count * k), new Float32Array(count * k)]
  const nothing = { middle: new Float32Array(rowCount), scale: new Float32Array(columnCount) }
  const finish = Float32Array.from(network.degrees.columns, (degree) => (degree > 0 ? 1 : NaN))
  const output = { kind: 'top-k', k, finish, excludeSeeds: true } as const
  for (let start = 0; start < count; start += ROUND) {
    const end = Math.min(start + ROUND, count)
    const { top } = yield* sweep({
      name: who,
      operator: { ...nothing, weight: nothing.scale },
      schedule: { solver: 'filter', steps: [], stopBelow: 0 },
      seeds: {
        kind: 'dense',
        columns: end - start,
        data: vectors,
        coefficients: turned(queries.subarray(start * dimensions, end * dimensions), dimensions),
        scale: new Float32Array(columnCount).fill(1),
        excludedRows: excludedRows.subarray(start, end),
      },
      output,
    })
    columns.set(top.rows, start * k)
    scores.set(top.scores, start * k)
  }
  return { columns, scores }
}

/** Shape (dimensions x rows). */
function turned(matrix: Float32Array, dimensions: number): Float32Array {
  const rows = matrix.length / dimensions
  const result = new Float32Array(matrix.length)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < dimensions; k++) result[k * rows + row] = matrix[row * dimensions + k]
  }
  return result
}
