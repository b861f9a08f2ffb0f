import { describe, expect, it } from 'vitest'
import { spectralEmbedding, type SpectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { Engine } from '../../../src/engine.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'
import { product, symmetricEigenvalues, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const network = randomNetwork({ users: 40, others: 25, edges: 260, weighted: true, seed: 3 })
const table = tableOfNetwork(network)

/** The weights of a table, and its degrees. */
function denseTable(weighted: boolean): { w: Dense; users: number[]; items: number[] } {
  const w = Array.from({ length: table.users.size }, () => Array<number>(table.items.size).fill(0))
  for (let row = 0; row < table.length; row++) w[table.user[row]][table.item[row]] = weighted ? table.value![row] : 1
  const sum = (row: number[]): number => row.reduce((total, value) => total + value, 0)
  return { w, users: w.map(sum), items: transposed(w).map(sum) }
}

const rows = ({ data, shape }: SpectralEmbedding['userVectors']): Dense =>
  Array.from({ length: shape[0] }, (_, row) => Array.from(data.subarray(row * shape[1], (row + 1) * shape[1])))

describe('spectralEmbedding', () => {
  it('multiplies out to the best approximation of the normalised matrix', () => {
    const { w, users, items } = denseTable(true)
    const x = w.map((row, u) => row.map((value, i) => (value === 0 ? 0 : value / Math.sqrt(users[u] * items[i]))))
    const run = spectralEmbedding.detailed(table, { dimensions: 6, weighted: true, tolerance: 1e-5 })
    const scores = product(rows(run.userVectors), transposed(rows(run.itemVectors)))
    const missed = x.flatMap((row, u) => row.map((value, i) => (value - scores[u][i]) ** 2)).reduce((a, b) => a + b)
    // Eckart and Young: what is missed are the squares of the other singular values.
    const squares = symmetricEigenvalues(product(transposed(x), x)).reverse()
    expect(missed).toBeCloseTo(
      squares.slice(6).reduce((a, b) => a + b),
      4,
    )
    run.values.forEach((value, at) => expect(value).toBeCloseTo(Math.sqrt(squares[at]), 5))
  })

  it('is the minimum of the spectral contrastive loss', () => {
    const { w, users, items } = denseTable(false)
    const total = users.reduce((a, b) => a + b)
    const run = spectralEmbedding.detailed(table, { dimensions: 4, tolerance: 1e-6, maxIterations: 60 })
    const byDegree = (vectors: Dense, degrees: number[]): Dense =>
      vectors.map((row, at) => row.map((value) => (degrees[at] > 0 ? value * Math.sqrt(total / degrees[at]) : 0)))
    const loss = (x: Dense, y: Dense): number =>
      product(x, transposed(y))
        .flatMap((row, u) =>
          row.map((score, i) => (-2 * w[u][i] * score) / total + (users[u] * items[i] * score ** 2) / total ** 2),
        )
        .reduce((a, b) => a + b)
    const [x, y] = [byDegree(rows(run.userVectors), users), byDegree(rows(run.itemVectors), items)]
    const best = loss(x, y)
    expect(best).toBeCloseTo(-run.values.reduce((sum, value) => sum + value ** 2, 0), 4)
    const random = seededRandom(1)
    const jolt = (vectors: Dense, by: number): Dense =>
      vectors.map((row) => row.map((value) => value + by * (random.next() - 0.5)))
    for (const by of [0.1, 0.3, 1]) expect(loss(jolt(x, by), jolt(y, by))).toBeGreaterThan(best)
  })

  it('splits the singular values as asked', () => {
    const [none, half, all] = [0, 0.5, 1].map((valueExponent) =>
      spectralEmbedding.detailed(table, { dimensions: 3, valueExponent }),
    )
    const last = half.values[2]
    for (const side of ['userVectors', 'itemVectors'] as const) {
      expect(half[side].get(4, 2)).toBeCloseTo(none[side].get(4, 2) * Math.sqrt(last), 6)
      expect(all[side].get(4, 2)).toBeCloseTo(none[side].get(4, 2) * last, 6)
    }
  })

  it('is a map, an assignment and a report of the same thing, from a table or a graph', () => {
    const run = spectralEmbedding.detailed(table, { dimensions: 5 })
    const map = spectralEmbedding(table, { dimensions: 5 })
    expect([...map.keys()]).toEqual(network.nodes)
    expect(map.get('u7')).toEqual(Float32Array.from(rows(run.userVectors)[7]))
    expect(map.get('i3')).toEqual(Float32Array.from(rows(run.itemVectors)[3]))
    const graph = graphOf(network)
    spectralEmbedding.assign(graph, { dimensions: 5, nodeEmbeddingAttribute: 'place' })
    expect(graph.getNodeAttribute('i3', 'place')).toEqual(rows(run.itemVectors)[3])
    expect(() => spectralEmbedding.assign(table as never)).toThrow('spectralEmbedding.assign: expected a graph')
  })

  it('is the same on the threads of an engine', async () => {
    const engine = await Engine.create(table, { threads: 2 })
    const { userVectors, values } = await engine.spectralEmbedding({ dimensions: 8 })
    const run = spectralEmbedding.detailed(table, { dimensions: 8 })
    expect(values).toEqual(run.values)
    expect(userVectors.data).toEqual(run.userVectors.data)
    await expect(engine.spectralEmbedding({ weighted: true })).rejects.toThrow("expected the engine's own")
    await engine.close()
  })

  it('gives users and items without interactions zeros, and fewer dimensions than asked with a note', () => {
    const tiny = tableOfNetwork({
      nodes: ['u0', 'u1', 'u2', 'i0', 'i1', 'i2'],
      edges: [
        { from: 0, to: 3, weight: 1 },
        { from: 0, to: 4, weight: 1 },
        { from: 1, to: 4, weight: 1 },
      ],
      users: 3,
      directed: false,
    })
    const run = spectralEmbedding.detailed(tiny)
    expect(run.dimensions).toBe(2)
    expect(run.notes).toEqual(['2 of 64 dimensions: the matrix has no larger rank'])
    expect(rows(run.userVectors)[2]).toEqual([0, 0])
    expect(rows(run.itemVectors)[2]).toEqual([0, 0])
    expect(spectralEmbedding.detailed(table, { dimensions: 3 }).notes).toEqual([])
  })

  it.each([
    [{ dimensions: 0 }, 'INVALID_OPTION'],
    [{ seed: -1 }, 'INVALID_OPTION'],
    [{ tolerance: 0 }, 'INVALID_OPTION'],
    [{ dimension: 3 }, 'UNKNOWN_OPTION'],
    [{ memoryLimitBytes: 1000 }, 'MEMORY_LIMIT'],
  ])('refuses %j', (options, code) => {
    expect(() => spectralEmbedding(table, options as never)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses a graph without users and items, and one without weights', () => {
    const ties = graphOf(randomNetwork({ others: 9, edges: 20 }))
    expect(() => spectralEmbedding(ties)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_GRAPH' }))
    const nothing = { ...table, value: table.value!.map(() => 0) }
    expect(() => spectralEmbedding(nothing, { weighted: true })).toThrow(
      expect.objectContaining({ code: 'EMPTY_DATA' }),
    )
  })
})
