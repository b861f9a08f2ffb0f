import { describe, expect, it } from 'vitest'
import { identityMatrix, modularity, neighbourEdges } from '../../../src/cluster/graph.ts'
import { adjustedRandIndex, silhouette, stabilityOf } from '../../../src/cluster/quality.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'

const random = seededRandom(4)

/** Rows of length one. */
function directions(count: number, width: number): number[][] {
  return Array.from({ length: count }, () => {
    const row = Array.from({ length: width }, () => random.next() - 0.5)
    const length = Math.hypot(...row)
    return row.map((entry) => entry / length)
  })
}

const cosine = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, entry, k) => sum + entry * other[k], 0)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('adjustedRandIndex', () => {
  it('is what Hubert and Arabie count by hand', () => {
    // Pairs together: 2 in both, 4 in the first, 4 in the second, of 15: (2 - 16/15) / (4 - 16/15).
    expect(adjustedRandIndex([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 2])).toBeCloseTo((2 - 16 / 15) / (4 - 16 / 15), 12)
    expect(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12)
  })

  it('does not see numbers, and is about 0 by chance', () => {
    const one = Array.from({ length: 4000 }, () => random.below(5))
    expect(
      adjustedRandIndex(
        one,
        one.map((cluster) => 7 - cluster),
      ),
    ).toBe(1)
    expect(
      Math.abs(
        adjustedRandIndex(
          one,
          one.map(() => random.below(5)),
        ),
      ),
    ).toBeLessThan(0.01)
    expect(adjustedRandIndex([0, 0, 0], [1, 1, 1])).toBe(1)
    expect(adjustedRandIndex([0, 1, 2], [2, 1, 0])).toBe(1)
    expect(adjustedRandIndex([0], [0])).toBe(1)
  })
})

describe('stabilityOf', () => {
  it('is the mean over all pairs', () => {
    const runs = [
      [0, 0, 0, 1, 1, 2],
      [0, 0, 1, 1, 1, 2],
      [1, 1, 1, 0, 0, 2],
    ].map((run) => Int32Array.from(run))
    const other = adjustedRandIndex(runs[0], runs[1])
    expect(atOnce(stabilityOf(runs))).toBeCloseTo((2 * other + 1) / 3, 12)
    expect(atOnce(stabilityOf(runs.slice(0, 1)))).toBeNull()
  })
})

describe('silhouette', () => {
  it('is that of all pairs of distances', () => {
    const vectors = directions(40, 3)
    const clusters = vectors.map((_, at) => (at === 0 ? 3 : at % 3))
    const sizes = [0, 1, 2, 3].map((cluster) => clusters.filter((one) => one === cluster).length)
    const expected = vectors.map((vector, at) => {
      if (sizes[clusters[at]] === 1) return 0
      const to = (cluster: number): number =>
        mean(vectors.flatMap((other, of) => (clusters[of] === cluster && of !== at ? [1 - cosine(vector, other)] : [])))
      const a = to(clusters[at])
      const b = Math.min(...[0, 1, 2, 3].filter((cluster) => cluster !== clusters[at]).map(to))
      return (b - a) / Math.max(a, b)
    })
    const found = atOnce(
      silhouette(Float32Array.from(vectors.flat()), Int32Array.from(clusters), Int32Array.from(sizes)),
    )
    expect(found).toBeCloseTo(mean(expected), 5)
  })

  it('is 1 for clusters without width, and nothing for one cluster', () => {
    const vectors = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1)
    expect(atOnce(silhouette(vectors, Int32Array.of(0, 0, 1, 1), Int32Array.of(2, 2)))).toBe(1)
    expect(atOnce(silhouette(vectors, Int32Array.of(0, 0, 0, 0), Int32Array.of(4)))).toBeNull()
  })

  it('is 0 where all members are in one place', () => {
    const vectors = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0)
    expect(atOnce(silhouette(vectors, Int32Array.of(0, 0, 1, 1), Int32Array.of(2, 2)))).toBe(0)
  })
})

describe('neighbourEdges', () => {
  const neighboursOf = (vectors: readonly (readonly number[])[], k: number) => {
    const identity = atOnce(identityMatrix('test', vectors.length, 1e9))
    const flat = Float32Array.from(vectors.flat())
    const solve = solveInThread(identity, { memoryLimitBytes: 1e9, kernel: 'auto' })
    return drive(neighbourEdges('test', identity, flat, k), solve)
  }

  it('holds a pair once where either is among the nearest of the other', () => {
    const vectors = directions(50, 4)
    const k = 4
    const nearestOf = vectors.map((vector, at) =>
      vectors
        .map((other, of) => ({ of, score: of === at ? -Infinity : cosine(vector, other) }))
        .sort((one, other) => other.score - one.score)
        .slice(0, k)
        .map(({ of }) => of),
    )
    const expected = new Map<string, number>()
    nearestOf.forEach((list, at) => {
      for (const of of list) {
        const score = cosine(vectors[at], vectors[of])
        if (score > 1e-5) expected.set(`${Math.min(at, of)} ${Math.max(at, of)}`, score)
      }
    })
    const { source, target, weight } = neighboursOf(vectors, k)
    const found = Array.from(source, (one, at) => `${Math.min(one, target[at])} ${Math.max(one, target[at])}`)
    expect([...found].sort()).toEqual([...expected.keys()].sort())
    found.forEach((pair, at) => expect(weight[at]).toBeCloseTo(expected.get(pair) ?? NaN, 5))
  })

  it('joins nobody at a right angle or beyond, whatever k', () => {
    const { source, target } = neighboursOf(
      [
        [1, 0],
        [1, 0],
        [0, 1],
        [-1, 0],
      ],
      9,
    )
    expect([[...source], [...target]]).toEqual([[0], [1]])
  })
})

describe('modularity', () => {
  it('is that of two triangles on a bridge, by hand', () => {
    const pairs = [
      [0, 1],
      [1, 2],
      [0, 2],
      [3, 4],
      [4, 5],
      [3, 5],
      [2, 3],
    ]
    const edges = {
      nodeCount: 6,
      source: Int32Array.from(pairs, ([source]) => source),
      target: Int32Array.from(pairs, ([, target]) => target),
      weight: new Float32Array(7).fill(2),
    }
    expect(modularity(edges, Int32Array.of(0, 0, 0, 1, 1, 1))).toBeCloseTo(6 / 7 - 1 / 2, 12)
    expect(modularity(edges, new Int32Array(6))).toBeCloseTo(0, 12)
    expect(modularity({ ...edges, source: new Int32Array(0) }, new Int32Array(6))).toBe(0)
  })
})
