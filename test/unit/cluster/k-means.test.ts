import { describe, expect, it } from 'vitest'
import { sphericalKMeans } from '../../../src/cluster/k-means.ts'
import { adjustedRandIndex } from '../../../src/cluster/quality.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** Directions around `count` axes; the larger `noise`, the further. */
function bundles(size: number, width: number, count: number, noise: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  const vectors = new Float32Array(size * width)
  for (let row = 0; row < size; row++) {
    const vector = vectors.subarray(row * width, (row + 1) * width)
    vector.forEach((_, k) => (vector[k] = noise * (random.next() - 0.5) + Number(k === row % count)))
    const length = Math.hypot(...vector)
    vector.forEach((entry, k) => (vector[k] = entry / length))
  }
  return vectors
}

describe('sphericalKMeans', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('never lets its objective rise, and leaves no cluster empty (seed %i)', (seed) => {
    const count = 2 + seed * 3
    const { clusters, objective } = sphericalKMeans(bundles(120, 5, 4, 3, seed), 5, count, seed)
    objective.slice(1).forEach((value, at) => expect(value).toBeLessThanOrEqual(objective[at] + 1e-9))
    expect(objective.length).toBeGreaterThan(1)
    expect(new Set(clusters).size).toBe(count)
  })

  it('says what the objective is', () => {
    const vectors = bundles(60, 4, 3, 2, 9)
    const { clusters, objective } = sphericalKMeans(vectors, 4, 3, 1)
    let expected = 0
    for (let cluster = 0; cluster < 3; cluster++) {
      const rows = [...clusters.keys()].filter((row) => clusters[row] === cluster)
      const sum = [0, 1, 2, 3].map((k) => rows.reduce((total, row) => total + vectors[row * 4 + k], 0))
      // The best centre is the direction of the sum: cosines add up to its length.
      expected += rows.length - Math.hypot(...sum)
    }
    expect(objective.at(-1)).toBeCloseTo(expected, 5)
  })

  it('finds bundles, the same for the same seed', () => {
    const vectors = bundles(200, 6, 5, 0.5, 2)
    const planted = Array.from({ length: 200 }, (_, row) => row % 5)
    const best = [1, 2, 3, 4, 5]
      .map((seed) => sphericalKMeans(vectors, 6, 5, seed))
      .sort((one, other) => (one.objective.at(-1) ?? 0) - (other.objective.at(-1) ?? 0))[0]
    expect(adjustedRandIndex(best.clusters, planted)).toBe(1)
    expect(sphericalKMeans(vectors, 6, 5, 3)).toEqual(sphericalKMeans(vectors, 6, 5, 3))
  })

  it('makes as many clusters as asked, also of vectors that are alike', () => {
    const alike = new Float32Array(12).map((_, at) => Number(at % 2 === 0))
    expect(new Set(sphericalKMeans(alike, 2, 6, 1).clusters).size).toBe(6)
    expect(new Set(sphericalKMeans(alike, 2, 1, 1).clusters).size).toBe(1)
  })
})
