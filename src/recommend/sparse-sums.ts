import type { SparseRows } from '../matrix/csr.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** A weighted sum of rows of a sparse matrix that remembers its nonzero columns. */
export class SparseSums {
  readonly #rows: SparseRows
  readonly #sums: Float64Array
  readonly #touched: Int32Array
  #touchedCount = 0

  constructor(rows: SparseRows) {
    this.#rows = rows
    this.#sums = new Float64Array(rows.columnCount)
    this.#touched = new Int32Array(rows.columnCount)
  }

  add(row: number, weight: number): void {
    const window = this.#rows.windowOf(row)
    const { indices, data } = window
    const [sums, touched] = [this.#sums, this.#touched]
    let count = this.#touchedCount
    for (let edge = window.start(row), end = window.end(row); edge < end; edge++) {
      const column = indices[edge]
      const before = sums[column]
      if (before === 0) touched[count++] = column
      sums[column] = before + (data === null ? weight : weight * data[edge])
    }
    this.#touchedCount = count
  }

  /** Sets this to a weighted sum of rows. */
  *fill(rows: ArrayLike<number>, weights: ArrayLike<number>): Sliced<void> {
    const slices = new Slices()
    this.clear()
    for (let at = 0; at < rows.length; at++) {
      this.add(rows[at], weights[at])
      if (slices.full(this.entriesOf(rows[at]))) yield PAUSE
    }
  }

  /** Number of entries of a row of the matrix. */
  entriesOf(row: number): number {
    return this.#rows.lengthOf(row)
  }

  /** Sets all to zero, because a cancelled call leaves entries behind. */
  clear(): void {
    if (this.#touchedCount > 0) this.drain(() => undefined)
  }

  /** Sets another sum to that of the rows that are the columns of this one, weighted by it; this one is zero afterwards. */
  *drainInto(other: SparseSums): Sliced<void> {
    const [rows, weights]: number[][] = [[], []]
    this.drain((column, sum) => {
      rows.push(column)
      weights.push(sum)
    })
    yield* other.fill(rows, weights)
  }

  /** Visits the nonzero columns and sets them to zero. */
  drain(visit: (column: number, sum: number) => void): void {
    const sums = this.#sums
    // A column is noted whenever its sum is zero, possibly more often than there is room for; and visiting all columns is faster than visiting most of them.
    const all = this.#touchedCount > sums.length / 2
    const count = all ? sums.length : this.#touchedCount
    for (let at = 0; at < count; at++) {
      const column = all ? at : this.#touched[at]
      if (sums[column] === 0) continue
      visit(column, sums[column])
      sums[column] = 0
    }
    this.#touchedCount = 0
  }
}
