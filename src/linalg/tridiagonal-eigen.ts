/**
 * All eigenvalues and eigenvectors of a symmetric tridiagonal matrix: divide and conquer.
 *
 *   T = diag(T1, T2) + rho v v';   diag(T1, T2) = Q' D Q;   D + rho z z' = S' diag(values) S, z = Q v;   vectors = S Q
 *
 * The two halves are solved in the same way. Entries of z that are rounding are deflated, and so is one of two entries where D has the same value twice, after a
 * rotation into the other: their vectors are final. Cuppen 1981, 10.1007/BF01396757; Gu and Eisenstat 1995, 10.1137/S0895479892241287.
 * Cost: at most about size^3 multiplications; memory: twice the vectors.
 */
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { addRows } from './add-rows.ts'
import { implicitQl } from './implicit-ql.ts'
import { rankOneEigen } from './secular.ts'

/** Halves of at most this size are solved by QL. */
const SMALL = 24
/** Multiples of the machine's precision that count as rounding. */
const ROUNDING = 8

/** Eigenvalues in no order, and eigenvectors of length one. */
export interface TridiagonalEigen {
  /** Shape (size). */
  readonly values: Float64Array
  /** Shape (size x size), row-major: row j belongs to values[j]. */
  readonly vectors: Float64Array
}

/** @param beside beside[k] joins k and k + 1; one shorter than `diagonal`, or with one more that is not read */
export const tridiagonalEigen = (diagonal: Float64Array, beside: Float64Array): Sliced<TridiagonalEigen> =>
  solve(diagonal, beside, new Slices())

function* solve(diagonal: Float64Array, beside: Float64Array, slices: Slices): Sliced<TridiagonalEigen> {
  const size = diagonal.length
  if (slices.full(4 * Math.min(size, SMALL) ** 3)) yield PAUSE
  if (size <= SMALL) return solveSmall(diagonal, beside)
  const middle = size >> 1
  const weight = Math.abs(beside[middle - 1])
  const sign = beside[middle - 1] < 0 ? -1 : 1
  const [upper, lower] = [diagonal.slice(0, middle), diagonal.slice(middle)]
  upper[middle - 1] -= weight
  lower[0] -= weight
  const first = yield* solve(upper, beside.subarray(0, middle), slices)
  const second = yield* solve(lower, beside.subarray(middle, size), slices)
  return yield* join(first, second, weight, sign, slices)
}

function solveSmall(diagonal: Float64Array, beside: Float64Array): TridiagonalEigen {
  const size = diagonal.length
  const values = diagonal.slice()
  const joints = new Float64Array(size)
  joints.set(beside.subarray(0, size - 1))
  const vectors = new Float64Array(size * size)
  for (let at = 0; at < size; at++) vectors[at * size + at] = 1
  implicitQl(values, joints, vectors, size)
  return { values, vectors }
}

/** Rows of Q, with the range of each that is not 0. */
interface Basis {
  readonly size: number
  /** Rows come from two halves: the first are 0 from here on, the others before. */
  readonly middle: number
  /** Shape (size x size), row-major. */
  readonly rows: Float64Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** D, shape (size). */
  readonly values: Float64Array
  /** z, shape (size). */
  readonly change: Float64Array
}

function* join(
  first: TridiagonalEigen,
  second: TridiagonalEigen,
  weight: number,
  sign: number,
  slices: Slices,
): Sliced<TridiagonalEigen> {
  const basis = basisOf(first, second, sign)
  const kept = deflate(basis, weight)
  if (kept.length === 0) return { values: basis.values, vectors: basis.rows }
  const poles = Float64Array.from(kept, (row) => basis.values[row])
  const change = Float64Array.from(kept, (row) => basis.change[row])
  const eigen = yield* rankOneEigen({ poles, change, weight }, slices)
  const vectors = basis.rows.slice()
  yield* combine(basis, kept, eigen.vectors, vectors, slices)
  kept.forEach((row, at) => (basis.values[row] = eigen.values[at]))
  return { values: basis.values, vectors }
}

function basisOf(first: TridiagonalEigen, second: TridiagonalEigen, sign: number): Basis {
  const [middle, size] = [first.values.length, first.values.length + second.values.length]
  const [rows, change, values] = [new Float64Array(size * size), new Float64Array(size), new Float64Array(size)]
  const [starts, ends] = [new Int32Array(size), new Int32Array(size).fill(size)]
  values.set(first.values)
  values.set(second.values, middle)
  for (let row = 0; row < size; row++) {
    const upper = row < middle
    const width = upper ? middle : size - middle
    const from = (upper ? row : row - middle) * width
    const part = (upper ? first : second).vectors.subarray(from, from + width)
    rows.set(part, row * size + (upper ? 0 : middle))
    change[row] = upper ? part[width - 1] : sign * part[0]
    if (upper) ends[row] = middle
    else starts[row] = middle
  }
  return { size, middle, rows, starts, ends, values, change }
}

/** @returns the rows that the change of rank one affects, their values ascending and distinct; the others are final */
function deflate(basis: Basis, weight: number): number[] {
  const { values, change } = basis
  const order = Array.from(values.keys()).sort((x, y) => values[x] - values[y] || x - y)
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), weight)
  const rounding = ROUNDING * Number.EPSILON * largest
  const kept: number[] = []
  for (const row of order) {
    if (weight * Math.abs(change[row]) <= rounding) continue
    const before = kept.at(-1)
    if (before !== undefined) {
      const length = Math.sqrt(change[before] * change[before] + change[row] * change[row])
      const [cos, sin] = [change[row] / length, change[before] / length]
      if (Math.abs((values[row] - values[before]) * cos * sin) <= rounding) {
        rotate(basis, before, row, cos, sin)
        change[row] = length
        kept.pop()
      }
    }
    kept.push(row)
  }
  return kept
}

/** Rotates two rows of equal values so that the change affects only the second. */
function rotate(
  { size, rows, starts, ends, values, change }: Basis,
  x: number,
  y: number,
  cos: number,
  sin: number,
): void {
  const [start, end] = [Math.min(starts[x], starts[y]), Math.max(ends[x], ends[y])]
  for (let at = start; at < end; at++) {
    const [one, other] = [rows[x * size + at], rows[y * size + at]]
    rows[x * size + at] = cos * one - sin * other
    rows[y * size + at] = sin * one + cos * other
  }
  const [low, high] = [values[x], values[y]]
  values[x] = low * cos * cos + high * sin * sin
  values[y] = low * sin * sin + high * cos * cos
  change[x] = 0
  for (const row of [x, y]) {
    starts[row] = start
    ends[row] = end
  }
}

/** Kept row i of `vectors` <- sum of coefficients[i][j] times kept row j of the basis. */
function* combine(
  basis: Basis,
  kept: readonly number[],
  coefficients: Float64Array,
  vectors: Float64Array,
  slices: Slices,
): Sliced<void> {
  const { size, rows } = basis
  const groups = groupsOf(basis, kept)
  const target = new Float64Array(size)
  const factors = new Float64Array(kept.length)
  for (let i = 0; i < kept.length; i++) {
    target.fill(0)
    for (const { places, offsets, start, end } of groups) {
      for (let at = 0; at < places.length; at++) factors[at] = coefficients[i * kept.length + places[at]]
      addRows(target, rows, offsets, factors, places.length, start, end)
    }
    vectors.set(target, kept[i] * size)
    if (slices.full(kept.length * size)) yield PAUSE
  }
}

/** Rows of a basis that are 0 in the same places. */
interface Group {
  /** Places among the kept rows. */
  readonly places: Int32Array
  readonly offsets: Int32Array
  readonly start: number
  readonly end: number
}

function groupsOf({ size, middle, starts, ends }: Basis, kept: readonly number[]): Group[] {
  const parts = [
    { start: 0, end: middle },
    { start: middle, end: size },
    { start: 0, end: size },
  ]
  return parts.map(({ start, end }) => {
    const places = Int32Array.from(kept.keys()).filter((at) => starts[kept[at]] === start && ends[kept[at]] === end)
    return { places, offsets: places.map((at) => kept[at] * size), start, end }
  })
}
