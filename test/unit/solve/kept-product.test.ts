import { describe, expect, it } from 'vitest'
import { KeptProduct } from '../../../src/solve/kept-product.ts'
import type { Algorithm } from '../../../src/request/request.ts'
import { drive } from '../../../src/support/drive.ts'
import { Executor } from '../../../src/run/executor.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'
import { denseOf, multiply, norm, plus, product, scaled, transposed, type Dense } from '../../oracle/linear-algebra.ts'

const SIZE = 21
const prepared = prepare(bipartite({ users: 300, items: 60, pairs: 4000 }))
const x = scaled(
  Array.from(prepared.degrees.rows, (degree) => (degree > 0 ? degree ** -0.5 : 0)),
  denseOf(prepared.rows),
  Array.from(prepared.degrees.columns, (degree) => (degree > 0 ? degree ** -0.5 : 0)),
)
const p = product(transposed(x), x)

const solve = solveInThread(prepared, { memoryLimitBytes: 1e9, kernel: 'auto' })
const run = <Result>(algorithm: Algorithm<Result>): Result => drive(algorithm, solve)

function begun(): KeptProduct {
  const kept = new KeptProduct('test', prepared, { userExponent: 0.5, itemExponent: 0.5 })
  run(kept.start(SIZE, 3))
  return kept
}

const table = (values: ArrayLike<number>, columns: number): Dense =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, c) => values[row * columns + c]),
  )

/** Y as it lies in memory. */
const blockOf = (kept: KeptProduct): Dense => table(run(kept.sides({ coefficients: null, count: SIZE })).right, SIZE)

function expectNear(found: Dense, expected: Dense): void {
  expect(found).toHaveLength(expected.length)
  found.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[i][j], 5)))
}

/** More than one block of columns, coefficients for a part of them. */
const random = seededRandom(9)
const count = 18
const coefficients = Float32Array.from({ length: SIZE * count }, () => random.next() - 0.5)

describe('KeptProduct', () => {
  it('starts with P times random vectors, which the seed decides', () => {
    const [one, again, other] = [
      begun(),
      begun(),
      new KeptProduct('test', prepared, { userExponent: 0.5, itemExponent: 0.5 }),
    ]
    const first = blockOf(one)
    expect(blockOf(again)).toEqual(first)
    run(other.start(SIZE, 4))
    expect(blockOf(other)).not.toEqual(first)
    // Random vectors are independent, and so are P times those.
    const gram = product(transposed(first), first)
    gram.forEach((row, i) =>
      row.forEach((value, j) => i !== j && expect(value ** 2).toBeLessThan(gram[i][i] * gram[j][j])),
    )
  })

  it('leaves Y as it is until what was made of it is accepted', () => {
    const kept = begun()
    const y = blockOf(kept)
    const steps = [
      { a: 2, b: -1, c: 0, d: 0 },
      { a: 4, b: -2, c: -1, d: 0 },
    ]
    run(kept.apply(steps, { coefficients, count }))
    expect(blockOf(kept)).toEqual(y)
    kept.accept()
    const selected = product(y, table(coefficients, count))
    const spread = product(p, selected)
    const once = selected.map((row, i) => row.map((value, c) => 2 * spread[i][c] - value))
    const image = product(p, once)
    const twice = once.map((row, i) => row.map((value, c) => 4 * image[i][c] - 2 * value - selected[i][c]))
    const found = table(run(kept.sides({ coefficients: null, count })).right, count)
    expectNear(found, twice)
  })

  it('finds the products of Y with itself and with P Y', () => {
    const kept = begun()
    const y = blockOf(kept)
    const lower = (right: Dense): Dense =>
      product(transposed(y), right).map((row, i) => row.map((value, j) => (j > i ? 0 : value)))
    expectNear(table(run(kept.gram()), SIZE), lower(y))
    expectNear(table(run(kept.project()), SIZE), lower(product(p, y)))
  })

  it('measures how far P is from multiplying vectors by values, in the first of several steps', () => {
    const kept = begun()
    const selected = transposed(product(blockOf(kept), table(coefficients, count)))
    const values = Float64Array.from({ length: count }, (_, c) => c / count)
    const steps = [
      { a: 5, b: -1, c: 0, d: 0 },
      { a: 10, b: -2, c: -1, d: 0 },
    ]
    run(kept.measure(steps, { coefficients, count, values })).forEach((missed, c) =>
      expect(missed).toBeCloseTo(norm(plus(multiply(p, selected[c]), selected[c], -values[c])), 5),
    )
  })

  it('multiplies by X for the other side', () => {
    const kept = begun()
    const selected = product(blockOf(kept), table(coefficients, count))
    const { right, left } = run(kept.sides({ coefficients, count }))
    expectNear(table(right, count), selected)
    expectNear(table(left, count), product(x, selected))
  })

  it.each(['columns', 'rows'] as const)('does all of it to the same bits on three threads by %s', async (partition) => {
    function* everything(): Algorithm<unknown> {
      const kept = new KeptProduct('test', prepared, { userExponent: 0.5, itemExponent: 0.5 })
      yield* kept.start(SIZE, 3)
      const values = new Float64Array(count).fill(0.5)
      const random = { from: 17, seed: 8 }
      const missed = yield* kept.measure([{ a: 3, b: -1, c: 0, d: 0 }], { coefficients, count, values, random })
      const beside = yield* kept.sides({ coefficients, count })
      return [missed, beside, yield* kept.gram(), yield* kept.project()]
    }
    const options = { threads: 3, partition, memoryLimitBytes: 1e9, kernel: 'auto', deadlineMs: 20_000 } as const
    const executor = new Executor('test', prepared, options)
    expect(await executor.run(everything())).toEqual(run(everything()))
    await executor.close()
  })
})
