/** The largest entries of the rows of a product: on every kernel and executor, beside the dense product in float64. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  atOnce,
  type Coordinates,
  drive,
  Executor,
  levelVectors,
  type Network,
  product,
  productCost,
  type ProductAnswer,
  seededRandom,
  solveInThread,
  transpose,
} from '../../src/advanced.ts'
import { bipartite, prepare } from '../graphs.ts'
import { denseOf, product as denseProduct, scaled, transposed, type Dense } from '../oracle/linear-algebra.ts'
import { nearest } from '../oracle/recommenders.ts'
import { KERNELS } from './kernel-stage.ts'

type Asked = Parameters<typeof product>[0]

const solved = (network: Network, asked: Asked, kernel: (typeof KERNELS)[number] = 'wasm-simd'): ProductAnswer =>
  drive(product(asked), solveInThread(network, { kernel }))

/** What every kernel answers. */
function agreed(network: Network, asked: Asked): ProductAnswer {
  const [one, other] = KERNELS.map((kernel) => solved(network, asked, kernel))
  expect(other).toEqual(one)
  return one
}

const floats = (length: number, value: (at: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, at) => value(at))
const ones = (length: number): Float32Array => floats(length, () => 1)

const plain = ({ shape }: Network, neighbours: number): Asked => ({
  ...{ name: 'test', neighbours, middle: ones(shape.rowCount) },
  ...{ left: ones(shape.columnCount), right: ones(shape.columnCount) },
})

/** Diagonals of powers of two and small integers as weights: float64 adds them without rounding, so the oracle has the same ties. */
function exact(network: Network, neighbours: number, seed = 1): Asked {
  const random = seededRandom(seed)
  const draw = (length: number): Float32Array => floats(length, () => [0.5, 1, 2, 0][random.below(4)])
  const { rowCount, columnCount } = network.shape
  return { name: 'test', neighbours, middle: draw(rowCount), left: draw(columnCount), right: draw(columnCount) }
}

const prepared = (dense: Dense, weighted: boolean): Network => {
  const cells = dense.flatMap((row, u) => row.flatMap((value, i) => (value === 0 ? [] : [{ u, i, value }])))
  return prepare({
    ...{ rowCount: dense.length, columnCount: dense[0].length },
    ...{ row: Int32Array.from(cells, ({ u }) => u), column: Int32Array.from(cells, ({ i }) => i) },
    data: weighted ? Float32Array.from(cells, ({ value }) => value) : null,
  } satisfies Coordinates)
}

/** S of the oracle, before anything is left out. */
function whole(w: Dense, { left, middle, right, shrink = 0 }: Asked, v = w): Dense {
  const sums = denseProduct(
    transposed(v),
    scaled(
      middle,
      w,
      w[0].map(() => 1),
    ),
  )
  return scaled(left, sums, right).map((row, i) => row.map((value, j) => value / (1 + shrink * left[i] * right[j])))
}

const tables = fc
  .record({
    users: fc.integer({ min: 1, max: 12 }),
    items: fc.integer({ min: 1, max: 90 }),
    weighted: fc.boolean(),
    signed: fc.boolean(),
    filled: fc.constantFrom(0, 0.1, 0.5, 1),
    neighbours: fc.constantFrom(1, 2, 3, 7, 40, 1e9),
    seed: fc.nat(),
  })
  .map(({ users, items, weighted, signed, filled, neighbours, seed }) => {
    const random = seededRandom(seed)
    const weight = (): number => (weighted ? (1 + random.below(3)) * (signed && random.next() < 0.4 ? -1 : 1) : 1)
    const dense = Array.from({ length: users }, () =>
      Array.from({ length: items }, () => (random.next() < filled ? weight() : 0)),
    )
    return { dense, weighted, neighbours, seed }
  })

describe('the rows of a product', () => {
  it('are those of the dense product, cut, ties to the lower column; what is cut off is told', () => {
    fc.assert(
      fc.property(tables, ({ dense, weighted, neighbours, seed }) => {
        const network = prepared(dense, weighted)
        const asked = exact(network, neighbours, seed)
        const { lists, dropped } = agreed(network, asked)
        const all = whole(dense, asked)
        const kept = nearest(all, neighbours)
        expect(denseOf(lists)).toEqual(kept.map((row) => row.map((value) => value + 0)))
        const left = all.map((row, i) => row.filter((value, j) => j !== i && value > 0 && kept[i][j] === 0))
        expect([...dropped]).toEqual(left.map((row) => Math.max(0, ...row)))
        for (let row = 0; row < lists.rowCount; row++) {
          expect([...lists.columnsOf(row)]).toEqual([...lists.columnsOf(row)].sort((a, b) => a - b))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are near those of float64 for any diagonals, shrunk and with factors of their own', () => {
    const network = prepare(bipartite({ users: 60, items: 150, pairs: 900, weighted: true }))
    const { rowCount, columnCount, nnz } = network.shape
    const random = seededRandom(3)
    const draw = (length: number): Float32Array => floats(length, () => 0.1 + random.next())
    const [start, weights] = [transpose(network.rows).weighed(draw(nnz)), draw(nnz)]
    const asked = {
      ...{ name: 'test', neighbours: 1e9, shrink: 3, given: start, weights },
      ...{ middle: draw(rowCount), left: draw(columnCount), right: draw(columnCount) },
    }
    const { lists, dropped } = agreed(network, asked)
    const expected = nearest(whole(denseOf(network.rows.weighed(weights)), asked, transposed(denseOf(start))), 1e9)
    const found = denseOf(lists)
    const far = expected.flatMap((row, i) => row.filter((value, j) => Math.abs(found[i][j] - value) > 1e-7 * value))
    expect(far).toEqual([])
    expect(dropped.every((value) => value === 0)).toBe(true)
    // The plain factors, given in so many words, are the same request.
    const own = { ...asked, given: transpose(network.rows), weights: network.rows.data! }
    const { given: _given, weights: _weights, ...bare } = own
    expect(agreed(network, own)).toEqual(agreed(network, bare))
  })

  it('follow the items when these have other numbers, and are symmetric when nothing is cut', () => {
    const coordinates = bipartite({ users: 80, items: 70, pairs: 700, weighted: true })
    const order = Int32Array.from({ length: 70 }, (_, item) => (item * 27 + 5) % 70)
    const renumbered = prepare({ ...coordinates, column: coordinates.column.map((item) => order[item]) })
    const network = prepare(coordinates)
    const [one, other] = [network, renumbered].map((each) => denseOf(agreed(each, plain(each, 1e9)).lists))
    one.forEach((row, i) => row.forEach((value, j) => expect(other[order[i]][order[j]]).toBeCloseTo(value, 4)))
    one.forEach((row, i) => row.forEach((value, j) => expect(one[j][i]).toBe(value)))
    // What a cut keeps is as large as what it keeps elsewhere: ties alone are decided by numbers.
    const cut = [network, renumbered].map((each) => agreed(each, plain(each, 5)))
    cut[0].dropped.forEach((value, i) => expect(cut[1].dropped[order[i]]).toBeCloseTo(value, 4))
  })

  it('are twice as large for a middle twice as large', () => {
    const network = prepare(bipartite({ users: 50, items: 40, pairs: 500 }))
    const asked = exact(network, 6)
    const [{ lists, dropped }, twice] = [1, 2].map((times) =>
      agreed(network, { ...asked, middle: asked.middle.map((x) => times * x) }),
    )
    expect(twice.lists.indices).toEqual(lists.indices)
    expect(twice.lists.data).toEqual(lists.data!.map((value) => 2 * value))
    expect(twice.dropped).toEqual(dropped.map((value) => 2 * value))
  })

  it('of a catalogue of three items, of one, and of no pairs', () => {
    const three = prepared(
      [
        [1, 1, 0],
        [0, 1, 1],
        [1, 1, 0],
      ],
      false,
    )
    expect(denseOf(agreed(three, plain(three, 1)).lists)).toEqual([
      [0, 2, 0],
      [2, 0, 0],
      [0, 1, 0],
    ])
    expect([...agreed(three, plain(three, 1)).dropped]).toEqual([0, 1, 0])
    const one = prepared([[1], [1]], false)
    expect(agreed(one, plain(one, 4)).lists.nnz).toBe(0)
    const none = prepared(
      [
        [0, 0],
        [0, 0],
      ],
      false,
    )
    expect(agreed(none, plain(none, 4)).lists.nnz).toBe(0)
  })

  it('of ties in a wide catalogue are the lower columns, for every length of a list', () => {
    const network = prepare({
      ...{ rowCount: 1, columnCount: 70 * 130 },
      ...{ row: new Int32Array(70), column: Int32Array.from({ length: 70 }, (_, at) => 130 * at) },
    })
    for (const neighbours of [1, 31, 64, 68, 69]) {
      const { lists, dropped } = agreed(network, plain(network, neighbours))
      expect([...lists.columnsOf(69 * 130)]).toEqual(Array.from({ length: neighbours }, (_, at) => 130 * at))
      expect(dropped[0]).toBe(neighbours === 69 ? 0 : 1)
    }
  })

  it.each([
    [16, 1e9],
    [48, 30],
    [256, 7],
  ])(
    'less products of vectors of %i dimensions: the largest in size, within what whole numbers round',
    (dimensions, k) => {
      const network = prepare(bipartite({ users: 60, items: 150, pairs: 900, weighted: true }))
      const { columnCount } = network.shape
      const random = seededRandom(dimensions)
      // Lengths far apart, one of nothing, and one along a single dimension.
      const draw = (): Float32Array =>
        floats(columnCount * dimensions, (at) => {
          const row = Math.floor(at / dimensions)
          if (row === 3 || (row === 4 && at % dimensions > 0)) return 0
          return (random.next() - 0.5) * 10 ** ((row % 7) - 3)
        })
      const vector = (rows: Float32Array, row: number): Float32Array =>
        rows.subarray(row * dimensions, (row + 1) * dimensions)
      const [left, right] = [draw(), draw()]
      const [a, b] = [left, right].map((rows) =>
        atOnce(levelVectors(columnCount, dimensions, (row, into) => into.set(vector(rows, row)))),
      )
      const middle = floats(network.shape.rowCount, (row) => 1 + (row % 3))
      const asked = { ...plain(network, k), middle, less: { left: a, right: b, dimensions } }
      const { lists, dropped } = agreed(network, asked)
      const found = denseOf(lists)
      const sums = whole(denseOf(network.rows), asked)
      const met = whole(
        denseOf(network.rows).map((row) => row.map((value) => Number(value !== 0))),
        plain(network, 1),
      )
      const times = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, at) => sum + value * y[at], 0)
      for (let i = 0; i < columnCount; i++) {
        const others = sums[i].flatMap((sum, j) => {
          if (i === j || met[i][j] === 0) return []
          const [x, y] = [vector(left, i), vector(right, j)]
          const lengths = Math.sqrt(times(x, x) * times(y, y))
          // Half a unit of each number, where a vector is 32,600 long.
          const room = ((Math.sqrt(dimensions) + 1) / 32_600) * lengths + 1e-6 * (Math.abs(sum) + lengths)
          return [{ j, score: sum - times(x, y), room }]
        })
        for (const { j, score, room } of others) {
          if (found[i][j] !== 0) expect(Math.abs(found[i][j] - score)).toBeLessThanOrEqual(room)
          else expect(Math.abs(score)).toBeLessThanOrEqual(dropped[i] + room)
        }
        expect(lists.lengthOf(i)).toBeLessThanOrEqual(Math.min(k, others.length))
        if (others.length > k) expect(lists.lengthOf(i)).toBe(k)
      }
    },
  )

  it('refuses a network of one side, unless both factors are given', () => {
    const asked = { ...prepare(bipartite({ users: 3, items: 3, pairs: 5 })) }
    const network = { ...asked, shape: { ...asked.shape, square: true } }
    expect(() => solved(network, plain(network, 1))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_GRAPH' }) as Error,
    )
    expect(solved(network, { ...plain(network, 1), given: transpose(network.rows) })).toEqual(
      solved(asked, plain(asked, 1)),
    )
  })
})

describe('an executor', () => {
  // Enough multiplications to be shared, and several blocks.
  const network = prepare(bipartite({ users: 400, items: 900, pairs: 60_000, weighted: true }))
  const asked = exact(network, 25)
  const expected = solved(network, asked)
  const options = { kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, deadlineMs: 30_000 } as const

  it.each([
    [1, 'wasm-simd'],
    [2, 'wasm-simd'],
    [2, 'typescript'],
    [3, 'wasm-simd'],
  ] as const)('of %i thread(s) has the same bits, kernel %s', async (threads, kernel) => {
    const executor = new Executor('test', network, { ...options, kernel, threads })
    const told: number[] = []
    const answer = await executor.run(product(asked), { onProgress: ({ done, total }) => told.push(done / total) })
    expect(answer).toEqual(expected)
    expect(told.at(-1)).toBe(1)
    expect(executor.plan).toMatchObject({ kind: 'product', threads: Math.min(threads, 3), kernel })
    expect(executor.plan).toMatchObject({ product: { operations: productCost(network.rows) } })
    await executor.run(product({ ...asked, preliminary: true }), { onProgress: () => expect.unreachable() })
    await executor.close()
  })

  it('ends with the reason when it is cancelled: before, while it begins, and in the middle', async () => {
    const large = prepare(bipartite({ users: 60, items: 3000, pairs: 90_000 }))
    const executor = new Executor('test', large, { ...options, threads: 2 })
    const reason = new Error('enough')
    const run = (abort: AbortController, onProgress?: () => void): Promise<unknown> =>
      executor.run(product(plain(large, 10)), { signal: abort.signal, onProgress })
    const before = new AbortController()
    before.abort(reason)
    await expect(run(before)).rejects.toBe(reason)
    const atOnce = new AbortController()
    const begun = run(atOnce)
    atOnce.abort(reason)
    await expect(begun).rejects.toBe(reason)
    const within = new AbortController()
    await expect(run(within, () => within.abort(reason))).rejects.toBe(reason)
    // What was cancelled in the middle of a row leaves nothing to the next.
    const few = { ...plain(large, 3), middle: floats(60, (user) => (user < 20 ? 1 : 0)) }
    expect(await executor.run(product(few))).toEqual(solved(large, few))
    await executor.close()
  })
})
