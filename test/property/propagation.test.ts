import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Coordinates } from '../../src/matrix/build.ts'
import type { Normalization } from '../../src/matrix/normalize.ts'
import { seededRandom } from '../../src/support/random.ts'
import {
  bipartite,
  denseSeeds,
  prepare,
  prepareSquare,
  problemOn,
  spreading,
  square,
  sweeps,
  solve,
} from '../graphs.ts'
import type { Network } from '../../src/network/network.ts'

const ALPHA = 0.8

const bipartiteGraphs = fc
  .record({
    users: fc.integer({ min: 2, max: 14 }),
    items: fc.integer({ min: 2, max: 12 }),
    extra: fc.nat(80),
    weighted: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ extra, ...size }) => bipartite({ ...size, pairs: size.users + size.items + extra }))

const squareGraphs = fc
  .record({ nodes: fc.integer({ min: 3, max: 16 }), extra: fc.nat(40), weighted: fc.boolean(), seed: fc.nat() })
  .map(({ extra, ...size }) => square({ ...size, edges: size.nodes + extra }))

const graphs = fc.oneof(
  bipartiteGraphs.map((coordinates) => ({ coordinates, isSquare: false })),
  squareGraphs.map((coordinates) => ({ coordinates, isSquare: true })),
)

const prepared = ({ coordinates, isSquare }: { coordinates: Coordinates; isSquare: boolean }): Network =>
  isSquare ? prepareSquare(coordinates) : prepare(coordinates)

const seedVector = (length: number, seed: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length }, () => Math.fround(random.next() < 0.5 ? 0 : random.next()))
}

/** F of every seed vector s: z = T z + out o s, F = z / out. `steps` sweeps of Chebyshev, the same for all. */
function spread(
  matrix: Network,
  vectors: readonly number[][],
  { normalization = 'symmetric', steps = 12 }: { normalization?: Normalization; steps?: number } = {},
): number[][] {
  const { out } = spreading(matrix, ALPHA, normalization)
  const seeds = denseSeeds(vectors.map((vector) => vector.map((value, i) => value * out[i])))
  const problem = problemOn(matrix, {
    alpha: ALPHA,
    normalization,
    schedule: sweeps(steps, ALPHA, matrix.shape.square),
    seeds,
    output: { kind: 'scores' },
  })
  const { columnScores } = solve(matrix, problem)
  return vectors.map((_, column) => Array.from(columnScores!).filter((_, at) => at % vectors.length === column))
}

const expectNear = (actual: readonly number[], expected: readonly number[], relative = 2e-5): void => {
  const size = Math.max(1, ...expected.map(Math.abs))
  expected.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(relative * size))
}

describe('spreading', () => {
  it('is linear in the seeds', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.float({ min: -3, max: 3, noNaN: true }), (graph, seed, factor) => {
        const matrix = prepared(graph)
        const [x, y] = [seedVector(matrix.shape.columnCount, seed), seedVector(matrix.shape.columnCount, seed + 1)]
        const [ofX, ofY, ofSum] = spread(matrix, [x, y, x.map((value, i) => value + factor * y[i])])
        expectNear(
          ofSum,
          ofX.map((value, i) => value + factor * ofY[i]),
          1e-4,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('by powers of two is exact, because float32 is', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (graph, seed) => {
        const matrix = prepared(graph)
        const x = seedVector(matrix.shape.columnCount, seed)
        const [once, fourfold] = spread(matrix, [x, x.map((value) => 4 * value)])
        expect(fourfold).toEqual(once.map((value) => 4 * value))
      }),
      { numRuns: 40 },
    )
  })

  it('does not depend on how users and items are numbered', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), ({ coordinates, isSquare }, seed) => {
        const { rowCount, columnCount, row, column } = coordinates
        const random = seededRandom(seed)
        const shuffled = (length: number): Int32Array => random.shuffle(Int32Array.from({ length }, (_, i) => i))
        const newColumn = shuffled(columnCount)
        const newRow = isSquare ? newColumn : shuffled(rowCount)
        const renumbered = { ...coordinates, row: row.map((r) => newRow[r]), column: column.map((c) => newColumn[c]) }
        const seeds = seedVector(columnCount, seed)
        const moved = seeds.slice()
        seeds.forEach((value, i) => (moved[newColumn[i]] = value))
        const [scores] = spread(prepared({ coordinates, isSquare }), [seeds])
        const [movedScores] = spread(prepared({ coordinates: renumbered, isSquare }), [moved])
        expectNear(
          scores.map((_, i) => movedScores[newColumn[i]]),
          scores,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is symmetric under symmetric normalisation: what i gives j, j gives i', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const matrix = prepared(graph)
        const { columnCount } = matrix.shape
        const basis = Array.from({ length: columnCount }, (_, i) =>
          Array.from({ length: columnCount }, (_, j) => (i === j ? 1 : 0)),
        )
        const scores = spread(matrix, basis)
        expectNear(
          scores.flatMap((column, i) => column.map((_, j) => scores[j][i])),
          scores.flat(),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('under column normalisation keeps the mass: scores add up to seeds / (1 - damping)', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (graph, seed) => {
        const matrix = prepared(graph)
        const seeds = seedVector(matrix.shape.columnCount, seed)
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
        const [scores] = spread(matrix, [seeds], { normalization: 'column', steps: 90 })
        const damping = graph.isSquare ? ALPHA : ALPHA * ALPHA
        expect(sum(scores)).toBeCloseTo(sum(seeds) / (1 - damping), 3)
      }),
      { numRuns: 40 },
    )
  })

  it('under row normalisation keeps a constant: everybody the average of equals', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const matrix = prepared(graph)
        const damping = graph.isSquare ? ALPHA : ALPHA * ALPHA
        const ones = Array<number>(matrix.shape.columnCount).fill(1 - damping)
        const [scores] = spread(matrix, [ones], { normalization: 'row', steps: 90 })
        expectNear(
          scores,
          scores.map(() => 1),
          1e-4,
        )
      }),
      { numRuns: 40 },
    )
  })
})
