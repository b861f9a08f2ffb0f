import { describe, expect, it } from 'vitest'
import type { Coordinates } from '../../../src/matrix/build.ts'
import {
  singularVectors,
  type SingularVectors,
  type SingularVectorsOptions,
} from '../../../src/solve/singular-vectors.ts'
import { drive } from '../../../src/support/drive.ts'
import { Executor } from '../../../src/run/executor.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import {
  denseOf,
  multiply,
  norm,
  plus,
  product,
  scaled,
  symmetricEigenvalues,
  transposed,
  type Dense,
} from '../../oracle/linear-algebra.ts'
import type { PreparedNetwork } from '../../../src/network/prepared.ts'

type Exponents = Pick<SingularVectorsOptions, 'userExponent' | 'itemExponent'>

function find(
  prepared: PreparedNetwork,
  options: SingularVectorsOptions,
  kernel: 'wasm-simd' | 'typescript' = 'wasm-simd',
): SingularVectors {
  return drive(singularVectors('test', prepared, options), solveInThread(prepared, { memoryLimitBytes: 1e9, kernel }))
}

/** X of the definition, dense. */
function normalised(
  { rows: matrix, degrees }: PreparedNetwork,
  { userExponent = 0.5, itemExponent = 0.5 }: Exponents,
): Dense {
  const power = (side: Float64Array, exponent: number): number[] =>
    Array.from(side, (degree) => (degree > 0 ? degree ** -exponent : 0))
  return scaled(power(degrees.rows, userExponent), denseOf(matrix), power(degrees.columns, itemExponent))
}

function oracleValues(x: Dense): number[] {
  return symmetricEigenvalues(product(transposed(x), x))
    .reverse()
    .map((value) => Math.sqrt(Math.max(0, value)))
}

const column = (vectors: Float32Array, columns: number, c: number): number[] =>
  Array.from({ length: vectors.length / columns }, (_, row) => vectors[row * columns + c])

/** Both vectors have length one, X v = s u, X'u = s v, and the largest entry of v is positive. */
function expectTriplets(x: Dense, { values, left, right }: SingularVectors, within: number): void {
  const [down, across] = [left, right].map((side) => Array.from(values, (_, c) => column(side, values.length, c)))
  values.forEach((value, c) => {
    expect(norm(plus(multiply(x, across[c]), down[c], -value))).toBeLessThan(within)
    expect(norm(plus(multiply(transposed(x), down[c]), across[c], -value))).toBeLessThan(within)
    const largest = across[c].reduce((most, entry) => (Math.abs(entry) > Math.abs(most) ? entry : most), 0)
    expect(largest).toBeGreaterThan(0)
  })
  for (const side of [down, across]) {
    product(side, transposed(side)).forEach((row, i) =>
      row.forEach((entry, j) => expect(entry).toBeCloseTo(i === j ? 1 : 0, 4)),
    )
  }
}

function signed(coordinates: Coordinates): Coordinates {
  const random = seededRandom(8)
  return { ...coordinates, data: Float32Array.from(coordinates.row, () => random.next() - 0.4) }
}

const SMALL = bipartite({ users: 70, items: 50, pairs: 500 })
const WIDE = bipartite({ users: 30, items: 90, pairs: 600, weighted: true })

const CASES: Record<string, [Coordinates, SingularVectorsOptions]> = {
  'a pattern': [SMALL, { k: 6 }],
  'fewer users than items, weighted, other exponents': [WIDE, { k: 5, userExponent: 0.3, itemExponent: 0.4 }],
  'without normalisation': [WIDE, { k: 5, userExponent: 0, itemExponent: 0 }],
  'weights below zero': [signed(SMALL), { k: 6 }],
  'a block as wide as the matrix': [SMALL, { k: 40 }],
  'fewer directions than vectors, all of value one': [
    {
      rowCount: 3,
      columnCount: 4,
      row: Int32Array.of(0, 1, 2, 1),
      column: Int32Array.of(0, 1, 2, 3),
      data: Float32Array.of(1, 1, 0.5, 1),
    },
    { k: 3 },
  ],
  'larger than one window': [bipartite({ users: 400, items: 60, pairs: 6000 }), { k: 4 }],
}

describe.each(Object.entries(CASES))('singularVectors: %s', (_, [coordinates, options]) => {
  const prepared = prepare(coordinates)
  const x = normalised(prepared, options)
  const expected = oracleValues(x)
  const found = find(prepared, { ...options, tolerance: 1e-5 })

  it('finds the values of a dense decomposition', () => {
    expect(found.values).toHaveLength(options.k)
    found.values.forEach((value, at) => expect(value / expected[at]).toBeCloseTo(1, 4))
    expect(found.converged).toBe(true)
  })

  it('finds triplets', () => expectTriplets(x, found, 2e-3 * expected[0]))

  it('reports the residuals it stopped at', () => {
    found.residuals.forEach((residual) => expect(residual).toBeLessThan(1e-5))
  })
})

describe('singularVectors on awkward matrices', () => {
  it('gives rows and columns without weight vectors of zeros', () => {
    const holes = { ...SMALL, rowCount: SMALL.rowCount + 3, columnCount: SMALL.columnCount + 2 }
    const { values, left, right } = find(prepare(holes), { k: 4 })
    expect(values).toHaveLength(4)
    expect(left.subarray(-3 * 4)).toEqual(new Float32Array(12))
    expect(right.subarray(-2 * 4)).toEqual(new Float32Array(8))
    expect(left.every(Number.isFinite)).toBe(true)
  })

  it('gives as many values as the rank when fewer than k', () => {
    const users = 20
    const row = Int32Array.from({ length: users * 4 }, (_, at) => Math.floor(at / 4))
    const col = row.map((user, at) => (user % 3) * 4 + (at % 4))
    const prepared = prepare({ rowCount: users, columnCount: 12, row, column: col, data: null })
    const found = find(prepared, { k: 8 })
    expect(Array.from(found.values, (value) => Number(value.toFixed(5)))).toEqual([1, 1, 1])
    expect(found.converged).toBe(true)
    expectTriplets(normalised(prepared, {}), found, 1e-4)
  })

  it('counts the value one once for every component', () => {
    const parts = [0, 1, 2].map((part) => bipartite({ users: 20, items: 15, pairs: 90, seed: part + 1 }))
    const join = (pick: (part: Coordinates) => ArrayLike<number>, step: number): Int32Array =>
      Int32Array.from(parts.flatMap((part, at) => Array.from(pick(part), (index) => index + at * step)))
    const row = join((part) => part.row, 20)
    const col = join((part) => part.column, 15)
    const { values } = find(prepare({ rowCount: 60, columnCount: 45, row, column: col, data: null }), { k: 4 })
    expect(Array.from(values.subarray(0, 3), (value) => Number(value.toFixed(4)))).toEqual([1, 1, 1])
    expect(values[3]).toBeLessThan(0.99)
  })

  it('finds nothing where there are no edges', () => {
    const nothing = { rowCount: 3, columnCount: 4, row: new Int32Array(0), column: new Int32Array(0), data: null }
    expect(find(prepare(nothing), { k: 2 })).toEqual({
      values: new Float64Array(0),
      left: new Float32Array(0),
      right: new Float32Array(0),
      residuals: new Float64Array(0),
      iterations: 1,
      converged: true,
    })
  })

  it('says so when the rounds do not suffice', () => {
    const found = find(prepare(SMALL), { k: 3, tolerance: 1e-12, maxIterations: 2 })
    expect(found.converged).toBe(false)
    expect(found.iterations).toBe(2)
    expect(found.values).toHaveLength(3)
  })
})

describe('singularVectors again', () => {
  const prepared = prepare(bipartite({ users: 300, items: 200, pairs: 3000 }))
  const expected = find(prepared, { k: 20 })

  it('has the same bits with either kernel and any number of threads', async () => {
    expect(find(prepared, { k: 20 }, 'typescript')).toEqual(expected)
    for (const partition of ['columns', 'rows'] as const) {
      const options = { threads: 3, partition, memoryLimitBytes: 1e9, kernel: 'auto', deadlineMs: 20_000 } as const
      const executor = new Executor('test', prepared, options)
      expect(await executor.run(singularVectors('test', prepared, { k: 20 }))).toEqual(expected)
      await executor.close()
    }
  })

  it('starts elsewhere with another seed and ends at the same vectors', () => {
    const other = find(prepared, { k: 20, seed: 7, tolerance: 1e-5 })
    const same = find(prepared, { k: 20, tolerance: 1e-5 })
    expect(other.right).not.toEqual(same.right)
    for (let at = 0; at < 200 * 20; at += 20) expect(other.right[at]).toBeCloseTo(same.right[at], 4)
  })
})
