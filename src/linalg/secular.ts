/**
 * The roots of the secular equation, and the eigenvectors of a diagonal matrix that is changed by one of rank one.
 *
 *   f(x) = 1 + rho sum_j z_j^2 / (d_j - x) = 0;   D + rho z z' = S' diag(x) S
 *
 * d ascending and apart, rho > 0, no z_j zero: root i lies between d_i and d_i+1, the last one below d_last + rho z'z. Each is sought as its distance
 * from the nearer pole, by rational interpolation within a bracket (Li 1993, LAPACK working note 89), and z is then changed a little so that the roots
 * are exact and the vectors orthogonal (Gu and Eisenstat 1995, 10.1137/S0895479892241287).
 * Cost: about eight sums over j a root, and three passes over size^2 numbers.
 */
import { PAUSE, type Sliced, type Slices } from '../support/pause.ts'

/** Interpolations of one root; beyond, its bracket is halved. */
const MOST_INTERPOLATIONS = 12
const MOST_STEPS = 120
/** Cost of a root per pole, in simple operations; its sums have divisions. */
const ROOT = 64

/** A diagonal matrix and its change. */
export interface RankOneChange {
  /** d, shape (size), strictly ascending. */
  readonly poles: Float64Array
  /** z, shape (size). */
  readonly change: Float64Array
  /** rho > 0. */
  readonly weight: number
}

/** Eigenvalues, ascending, and in row i of `vectors` (size x size) the eigenvector of values[i], of length one. */
export interface RankOneEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/** @param slices counts the operations done before, and these */
export function* rankOneEigen(given: RankOneChange, slices: Slices): Sliced<RankOneEigen> {
  const { poles } = given
  const size = poles.length
  const values = new Float64Array(size)
  const distances = new Float64Array(size * size)
  for (let root = 0; root < size; root++) {
    values[root] = solve(given, root, distances.subarray(root * size, (root + 1) * size))
    if (slices.full(ROOT * size)) yield PAUSE
  }
  intoVectors(distances, exactChange(given, distances), size)
  return { values, vectors: distances }
}

/** One root; fills in d_j - x for all j. */
function solve({ poles, change, weight }: RankOneChange, root: number, distances: Float64Array): number {
  const size = poles.length
  const last = root === size - 1
  const width = last ? weight * change.reduce((sum, z) => sum + z * z, 0) : poles[root + 1] - poles[root]
  // The sign of f at the middle tells which pole is nearer.
  let pole = root
  for (let j = 0; j < size; j++) distances[j] = poles[j] - poles[root] - width / 2
  if (!last && sums(change, weight, root, distances).value < 0) pole = root + 1
  let [low, high] = pole === root ? [0, last ? width : width / 2] : [-width / 2, 0]
  let offset = pole === root ? (last ? width / 2 : width / 4) : -width / 4
  for (let step = 0; step < MOST_STEPS; step++) {
    for (let j = 0; j < size; j++) distances[j] = poles[j] - poles[pole] - offset
    const at = sums(change, weight, root, distances)
    if (Math.abs(at.value) <= Number.EPSILON * size * at.size) break
    if (at.value < 0) low = offset
    else high = offset
    const next = offset + interpolate(at, distances, root, last)
    const inside = step < MOST_INTERPOLATIONS && next > low && next < high
    const moved = inside ? next : (low + high) / 2
    if (moved === offset) break
    offset = moved
  }
  for (let j = 0; j < size; j++) distances[j] = poles[j] - poles[pole] - offset
  return poles[pole] + offset
}

/** f, and its derivative in two parts, by the poles on either side. */
interface Sums {
  readonly value: number
  /** Sum of the magnitudes of the terms of `value`. */
  readonly size: number
  readonly slopeLeft: number
  readonly slopeRight: number
}

function sums(change: Float64Array, weight: number, root: number, distances: Float64Array): Sums {
  let [left, right, slopeLeft, slopeRight] = [0, 0, 0, 0]
  for (let j = 0; j <= root; j++) {
    const ratio = change[j] / distances[j]
    left += change[j] * ratio
    slopeLeft += ratio * ratio
  }
  for (let j = root + 1; j < change.length; j++) {
    const ratio = change[j] / distances[j]
    right += change[j] * ratio
    slopeRight += ratio * ratio
  }
  return {
    value: 1 + weight * (left + right),
    size: 1 + weight * (Math.abs(left) + Math.abs(right)),
    slopeLeft: weight * slopeLeft,
    slopeRight: weight * slopeRight,
  }
}

/** The step to the root of c + p / (d_root - x) + q / (d_root+1 - x) that has the value and slopes of f; of c + p / (d_root - x) for the last. */
function interpolate(
  { value, slopeLeft, slopeRight }: Sums,
  distances: Float64Array,
  root: number,
  last: boolean,
): number {
  const left = distances[root]
  if (last) {
    const constant = value - slopeLeft * left
    return left + (slopeLeft * left * left) / constant
  }
  const right = distances[root + 1]
  const a = (left + right) * value - left * right * (slopeLeft + slopeRight)
  const b = left * right * value
  const c = value - left * slopeLeft - right * slopeRight
  const discriminant = Math.sqrt(Math.max(0, a * a - 4 * b * c))
  return a <= 0 ? (a - discriminant) / (2 * c) : (2 * b) / (a + discriminant)
}

/** The z of which the computed roots are the exact ones. */
function exactChange({ poles, change, weight }: RankOneChange, distances: Float64Array): Float64Array {
  const size = poles.length
  const products = new Float64Array(size)
  for (let j = 0; j < size; j++) products[j] = -distances[j * size + j] / weight
  for (let i = 0; i < size; i++) {
    for (let j = 0, at = i * size; j < size; j++, at++)
      if (i !== j) products[j] *= distances[at] / (poles[j] - poles[i])
  }
  return products.map((square, j) => Math.sign(change[j]) * Math.sqrt(Math.abs(square)))
}

/** Distances become z_j / (d_j - x), rows of length one. */
function intoVectors(distances: Float64Array, change: Float64Array, size: number): void {
  for (let start = 0; start < distances.length; start += size) {
    let square = 0
    for (let j = 0; j < size; j++) {
      const entry = change[j] / distances[start + j]
      distances[start + j] = entry
      square += entry * entry
    }
    const length = Math.sqrt(square)
    for (let j = 0; j < size; j++) distances[start + j] /= length
  }
}
