import { describe, expect, it } from 'vitest'
import {
  type Algorithm,
  atOnce,
  type CsrMatrix,
  degreesOf,
  drive,
  METHOD_NAMES,
  type NamedNetwork,
  type Network,
  openNetwork,
  prepareNetwork,
  type RowWindow,
  solveInThread,
  SparseRows,
  transpose,
} from '../../src/advanced.ts'
import {
  clusterItems,
  clusterUsers,
  contrastiveEmbedding,
  inferLabels,
  labelPropagation,
  labelSpreading,
  personalizedPageRank,
  poissonLearning,
  selfTraining,
  type Source,
  spectralEmbedding,
} from '../../src/index.ts'
import { Catalogue } from '../../src/recommend/catalogue.ts'
import { resolveList } from '../../src/recommend/request.ts'
import { bipartite, square } from '../graphs.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../networks.ts'
import { denseOf } from '../oracle/linear-algebra.ts'

/** Some rows of a matrix, copied: nothing of it lies beside the others. */
class CopiedWindow implements RowWindow {
  readonly rowStart: number
  readonly rowEnd: number
  readonly entryStart: number
  readonly indices: Uint32Array
  readonly data: Float32Array | null
  readonly #starts: number[]

  constructor({ indptr, indices, data }: CsrMatrix, rowStart: number, rowEnd: number) {
    this.rowStart = rowStart
    this.rowEnd = rowEnd
    this.entryStart = indptr[rowStart]
    this.indices = indices.slice(indptr[rowStart], indptr[rowEnd])
    this.data = data && data.slice(indptr[rowStart], indptr[rowEnd])
    this.#starts = Array.from(indptr.subarray(rowStart, rowEnd + 1), (start) => start - indptr[rowStart])
  }

  start(row: number): number {
    return this.#starts[row - this.rowStart]
  }

  end(row: number): number {
    return this.#starts[row - this.rowStart + 1]
  }
}

/** The rows of a matrix in windows that own their memories. */
class ScatteredRows extends SparseRows {
  readonly rowCount: number
  readonly columnCount: number
  readonly nnz: number
  readonly windows: readonly RowWindow[]

  constructor(matrix: CsrMatrix, count: number) {
    super()
    this.rowCount = matrix.rowCount
    this.columnCount = matrix.columnCount
    this.nnz = matrix.nnz
    const cut = (window: number): number => Math.floor((matrix.rowCount * window) / count)
    this.windows = Array.from({ length: count }, (_, at) => new CopiedWindow(matrix, cut(at), cut(at + 1)))
  }

  windowOf(row: number): RowWindow {
    return this.windows.find(({ rowStart, rowEnd }) => rowStart <= row && row < rowEnd)!
  }
}

const scattered = <N extends Network>(network: N, count: number): N => ({
  ...network,
  rows: new ScatteredRows(atOnce(network.rows.whole()), count),
})

const MATRICES = {
  'a pattern': prepareNetwork('test', bipartite({ users: 40, items: 25, pairs: 160 }), false, 1e9),
  'a weighted one': prepareNetwork('test', bipartite({ users: 40, items: 25, pairs: 160, weighted: true }), false, 1e9),
  'a square one': prepareNetwork('test', square({ nodes: 50, edges: 120, weighted: true }), true, 1e9),
}

const WINDOWS = [1, 3, 20, 60]

describe.each(Object.entries(MATRICES))('the rows of %s', (_, { rows: matrix }) => {
  const dense = denseOf(matrix)
  const layouts = [
    ['one matrix', matrix],
    ...WINDOWS.map((count) => [`${count} windows`, new ScatteredRows(matrix, count)]),
  ]

  describe.each(layouts as [string, SparseRows][])('as %s', (__, rows) => {
    it('have their sizes, and each row its entries in order', () => {
      expect([rows.rowCount, rows.columnCount, rows.nnz]).toEqual([matrix.rowCount, matrix.columnCount, matrix.nnz])
      let entry = 0
      dense.forEach((values, row) => {
        const columns = values.flatMap((value, column) => (value === 0 ? [] : [column]))
        const weights = columns.map((column) => values[column])
        expect([...rows.columnsOf(row)]).toEqual(columns)
        expect([...rows.weightsOf(row)]).toEqual(weights)
        expect([rows.lengthOf(row), rows.firstEntryOf(row)]).toEqual([columns.length, entry])
        expect([...rows.entriesOf(row)]).toEqual(columns.map((___, at) => entry + at))
        expect([...rows.positiveEntriesOf(row)]).toEqual([...rows.entriesOf(row)])
        columns.forEach((column, at) => {
          expect([rows.columnAt(entry + at), rows.weightAt(entry + at)]).toEqual([column, weights[at]])
        })
        entry += columns.length
      })
    })

    it('lie in windows that make up all of them, visited once and in order', () => {
      const met: number[] = []
      atOnce(
        rows.inSlices((window, from, to) => {
          expect([window.rowStart <= from, to <= window.rowEnd]).toEqual([true, true])
          for (let row = from; row < to; row++) met.push(row)
        }, 300_000),
      )
      expect(met).toEqual(Array.from({ length: rows.rowCount }, (___, row) => row))
      for (const row of met) {
        const { rowStart, rowEnd } = rows.windowOf(row)
        expect(rowStart <= row && row < rowEnd).toBe(true)
      }
    })

    it('have the degrees, the transpose and the whole of the matrix', () => {
      expect(degreesOf(rows)).toEqual(degreesOf(matrix))
      expect(denseOf(transpose(rows))).toEqual(denseOf(transpose(matrix)))
      expect(denseOf(atOnce(rows.whole()))).toEqual(dense)
    })
  })
})

const open = (source: Source, weighted: boolean, direction: 'both' | 'out' = 'both'): NamedNetwork =>
  openNetwork('test', source, { weighted, signals: null, direction, memoryLimitBytes: 1e9 })

const table = tableOfNetwork(randomNetwork({ users: 60, others: 40, edges: 420, weighted: true, seed: 4 }))
const arrows = graphOf(randomNetwork({ others: 50, edges: 160, weighted: true, directed: true, seed: 6 }))
const ties = graphOf(randomNetwork({ others: 50, edges: 120, weighted: true, seed: 7 }))

const seeds = [
  ['u0', 'a'],
  ['u30', 'b'],
  ['i3', 'a'],
  ['i33', 'b'],
] as const
const nodeSeeds = [
  ['i0', 'a'],
  ['i30', 'b'],
] as const

/** A request for the lists of all users, as `recommend` makes it. */
function* lists(network: NamedNetwork, options: Parameters<typeof resolveList>[1]) {
  const catalogue = Catalogue.of('test', network)
  return yield* catalogue.rankUsers(
    Int32Array.from({ length: catalogue.users.size }, (_, user) => user),
    resolveList('test', options, catalogue.items),
  )
}

type Run = (network: NamedNetwork) => Algorithm<unknown>

const METHODS: Record<string, Run> = {
  labelSpreading: (network) => labelSpreading.on(network, { seeds }),
  labelPropagation: (network) => labelPropagation.on(network, { seeds }),
  poissonLearning: (network) => poissonLearning.on(network, { seeds }),
  'poissonLearning, steps of MBO': (network) => poissonLearning.on(network, { seeds, mboSteps: 3 }),
  inferLabels: (network) => inferLabels.on(network, { seeds }),
  selfTraining: (network) => selfTraining.on(network, { seeds }),
  personalizedPageRank: (network) => personalizedPageRank.on(network, { seeds: ['u0', 'i3'] }),
  spectralEmbedding: (network) => spectralEmbedding.on(network, { dimensions: 4 }),
  contrastiveEmbedding: (network) =>
    contrastiveEmbedding.on(network, {
      dimensions: 4,
      epochs: 2,
      batchSize: 64,
      negatives: 8,
      validationFraction: 0.2,
    }),
  clusterUsers: (network) => clusterUsers.on(network, { dimensions: 4 }),
  clusterItems: (network) => clusterItems.on(network, { dimensions: 4, method: 'k-means', count: 3 }),
  ...Object.fromEntries(METHOD_NAMES.map((method) => [method, (network: NamedNetwork) => lists(network, { method })])),
  'rp3beta with neighbours': (network) => lists(network, { method: 'rp3beta', neighbours: 10 }),
}

/** The whole result as text, without functions. */
// A copy of the result has its columns in JSON, where the result itself has its sizes.
const run = (network: NamedNetwork, method: Run): string =>
  JSON.stringify({ ...(drive(method(network), solveInThread(network)) as object) })

describe('a method on rows in three windows', () => {
  const networks = { weighted: open(table, true), pattern: open(table, false) }

  describe.each(Object.entries(networks))('%s', (_, network) => {
    it.each(Object.entries(METHODS))('has the bits of one on one matrix: %s', (__, method) => {
      const whole = run(network, method)
      expect(whole.length).toBeGreaterThan(500)
      expect(run(scattered(network, 3), method)).toBe(whole)
    })
  })

  it.each([
    ['along arrows', open(arrows, true, 'out'), (network) => personalizedPageRank.on(network, { seeds: ['i0'] })],
    ['of one kind', open(ties, true), (network) => labelSpreading.on(network, { seeds: nodeSeeds })],
    ['with clamped seeds', open(ties, true), (network) => labelPropagation.on(network, { seeds: nodeSeeds })],
    ['by Poisson learning', open(ties, true), (network) => poissonLearning.on(network, { seeds: nodeSeeds })],
  ] as [string, NamedNetwork, Run][])('has them on a graph %s', (_, network, method) => {
    expect(run(scattered(network, 3), method)).toBe(run(network, method))
  })
})
