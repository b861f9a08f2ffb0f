/** Dense float64 linear algebra, as in a first-year book: slow, obvious, nothing shared with the code under test. */
import type { CsrMatrix } from '../../src/matrix/csr.ts'
import type { Coordinates } from '../../src/matrix/build.ts'

export type Vector = number[]
export type Dense = Vector[]

export const zeros = (rows: number, columns: number): Dense =>
  Array.from({ length: rows }, () => Array<number>(columns).fill(0))

export const identity = (size: number): Dense => zeros(size, size).map((row, i) => row.map((_, j) => (i === j ? 1 : 0)))

export const transposed = (a: Dense, columns = a[0].length): Dense =>
  Array.from({ length: columns }, (_, j) => a.map((row) => row[j]))

export const dot = (x: Vector, y: Vector): number => x.reduce((sum, value, i) => sum + value * y[i], 0)

export const norm = (x: Vector): number => Math.sqrt(dot(x, x))

export const multiply = (a: Dense, x: Vector): Vector => a.map((row) => dot(row, x))

export const product = (a: Dense, b: Dense): Dense => a.map((row) => transposed(b).map((column) => dot(row, column)))

export const plus = (x: Vector, y: Vector, times = 1): Vector => x.map((value, i) => value + times * y[i])

/** diag(left) A diag(right). */
export const scaled = (left: ArrayLike<number>, a: Dense, right: ArrayLike<number>): Dense =>
  a.map((row, i) => row.map((value, j) => left[i] * value * right[j]))

/** A x = b by Gaussian elimination with partial pivoting. */
export function solve(a: Dense, b: Vector): Vector {
  const rows = a.map((row, i) => [...row, b[i]])
  const size = rows.length
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot
    for (let row = pivot; row < size; row++) if (Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot])) best = row
    ;[rows[pivot], rows[best]] = [rows[best], rows[pivot]]
    for (let row = pivot + 1; row < size; row++) {
      const factor = rows[row][pivot] / rows[pivot][pivot]
      for (let column = pivot; column <= size; column++) rows[row][column] -= factor * rows[pivot][column]
    }
  }
  const x = Array<number>(size).fill(0)
  for (let row = size - 1; row >= 0; row--) {
    x[row] = (rows[row][size] - dot(rows[row].slice(0, size), x)) / rows[row][row]
  }
  return x
}

/** Eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations. */
export function symmetricEigenvalues(symmetric: Dense): Vector {
  const a = symmetric.map((row) => [...row])
  const size = a.length
  for (let round = 0; round < 60; round++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(a[p][q]) < 1e-15) continue
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const cos = 1 / Math.sqrt(t * t + 1)
        const sin = t * cos
        for (const row of a) [row[p], row[q]] = [cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]]
        for (let k = 0; k < size; k++)
          [a[p][k], a[q][k]] = [cos * a[p][k] - sin * a[q][k], sin * a[p][k] + cos * a[q][k]]
      }
    }
  }
  return a.map((row, i) => row[i]).sort((x, y) => x - y)
}

/** The stored weights of a sparse matrix as a table of numbers. */
export function denseOf({ rowCount, columnCount, indptr, indices, data }: CsrMatrix): Dense {
  const dense = zeros(rowCount, columnCount)
  for (let row = 0; row < rowCount; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++)
      dense[row][indices[edge]] += data === null ? 1 : data[edge]
  }
  return dense
}

/** Coordinates as a table of numbers: weights of duplicates add up, pairs of a pattern count once. */
export function denseOfCoordinates({ rowCount, columnCount, row, column, data }: Coordinates): Dense {
  const dense = zeros(rowCount, columnCount)
  row.forEach((r, at) => {
    if (data) dense[r][column[at]] += data[at]
    else dense[r][column[at]] = 1
  })
  return dense
}
