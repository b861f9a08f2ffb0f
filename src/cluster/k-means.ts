import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'

/** Clusters around directions. */
export interface DirectionClusters {
  /** Numbers from 0; shape (count of vectors). */
  readonly clusters: Int32Array
  /** Sum of 1 - cos(vector, its centre) after every round; never rises. */
  readonly objective: readonly number[]
}

/** After that many rounds, gains are in the last digits. */
const MOST_ROUNDS = 100

/**
 * Spherical k-means: clusters that minimise the sum of 1 - cos(vector, its centre) (Dhillon and Modha 2001, 10.1023/A:1007612920971), started by k-means++
 * (Arthur and Vassilvitskii, SODA 2007). No cluster stays empty. Cost: rounds x vectors x count x dimensions multiplications.
 *
 * @param vectors of length one, shape (vectors x dimensions)
 * @param count integer in [1, vectors]
 */
export const sphericalKMeans = (
  vectors: Float32Array,
  dimensions: number,
  count: number,
  seed: number,
): DirectionClusters => atOnce(kMeansInSlices(vectors, dimensions, count, seed))

/** As `sphericalKMeans`. */
export function* kMeansInSlices(
  vectors: Float32Array,
  dimensions: number,
  count: number,
  seed: number,
): Sliced<DirectionClusters> {
  const size = vectors.length / dimensions
  let centres = yield* firstCentres(vectors, dimensions, count, seededRandom(seed))
  const clusters = new Int32Array(size)
  const distances = new Float64Array(size).fill(Infinity)
  const objective: number[] = []
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const moved = yield* assignNearest(vectors, centres, dimensions, clusters, distances)
    if (moved === 0 && round > 0) break
    yield* fillEmpty(clusters, distances, count)
    centres = meanDirections(vectors, dimensions, clusters, count)
    for (let row = 0; row < size; row++) {
      distances[row] = distance(vectors, row, centres, clusters[row], dimensions)
    }
    objective.push(distances.reduce((sum, one) => sum + one, 0))
    yield PAUSE
  }
  return { clusters, objective }
}

/** 1 - cos, of vectors of length one. */
function distance(vectors: Float32Array, row: number, centres: Float64Array, centre: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += vectors[row * width + k] * centres[centre * width + k]
  return 1 - sum
}

/** Each next centre is a vector, drawn by its distance from those before. */
function* firstCentres(vectors: Float32Array, width: number, count: number, random: Random): Sliced<Float64Array> {
  const slices = new Slices()
  const size = vectors.length / width
  const centres = new Float64Array(count * width)
  const far = new Float64Array(size).fill(Infinity)
  let chosen = random.below(size)
  for (let centre = 0; centre < count; centre++) {
    centres.set(vectors.subarray(chosen * width, (chosen + 1) * width), centre * width)
    for (let row = 0; row < size; row++) {
      far[row] = Math.min(far[row], Math.max(0, distance(vectors, row, centres, centre, width)))
    }
    chosen = drawn(far, random)
    if (slices.full(size * (width + 8))) yield PAUSE
  }
  return centres
}

/** A random row, drawn by weight; uniform if all weights are 0. */
function drawn(weights: Float64Array, random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return random.below(weights.length)
  let left = total * random.next()
  const row = weights.findIndex((weight) => (left -= weight) < 0)
  return row < 0 ? weights.length - 1 : row
}

/** A vector moves only if it gets nearer to a centre, so that ties cannot cause cycles. @returns the number of moves */
function* assignNearest(
  vectors: Float32Array,
  centres: Float64Array,
  width: number,
  clusters: Int32Array,
  distances: Float64Array,
): Sliced<number> {
  const slices = new Slices()
  let moved = 0
  for (let row = 0; row < clusters.length; row++) {
    const before = clusters[row]
    for (let centre = 0; centre < centres.length / width; centre++) {
      const to = distance(vectors, row, centres, centre, width)
      if (to >= distances[row]) continue
      distances[row] = to
      clusters[row] = centre
    }
    if (clusters[row] !== before) moved++
    if (slices.full(centres.length)) yield PAUSE
  }
  return moved
}

/** An empty cluster takes the vector that is furthest from its centre, among clusters with more than one. */
function* fillEmpty(clusters: Int32Array, distances: Float64Array, count: number): Sliced<void> {
  const slices = new Slices()
  const sizes = new Int32Array(count)
  for (const cluster of clusters) sizes[cluster]++
  for (let empty = 0; empty < count; empty++) {
    if (sizes[empty] > 0) continue
    let furthest = -1
    clusters.forEach((cluster, row) => {
      if (sizes[cluster] > 1 && (furthest < 0 || distances[row] > distances[furthest])) furthest = row
    })
    sizes[clusters[furthest]]--
    sizes[empty]++
    clusters[furthest] = empty
    distances[furthest] = 0
    if (slices.full(4 * clusters.length)) yield PAUSE
  }
}

/** Sums of vectors divided by their lengths; a sum of 0 stays 0, with cosine 0 to all vectors. */
function meanDirections(vectors: Float32Array, width: number, clusters: Int32Array, count: number): Float64Array {
  const centres = new Float64Array(count * width)
  clusters.forEach((cluster, row) => {
    for (let k = 0; k < width; k++) centres[cluster * width + k] += vectors[row * width + k]
  })
  for (let start = 0; start < centres.length; start += width) {
    const centre = centres.subarray(start, start + width)
    const length = Math.sqrt(centre.reduce((sum, entry) => sum + entry * entry, 0))
    if (length > 0) centre.forEach((entry, k) => (centre[k] = entry / length))
  }
  return centres
}
