/** The inverse of a regularised Gram matrix: on every kernel and executor, of both sides. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drive, Executor, inverse, type Network, solveInThread } from '../../src/advanced.ts'
import { bipartite, prepare } from '../graphs.ts'
import { denseOf, product, transposed, type Dense } from '../oracle/linear-algebra.ts'
import { easeMatrix } from '../oracle/recommenders.ts'
import { KERNELS } from './kernel-stage.ts'

const RIDGE = 2
const SIDES = ['rows', 'columns'] as const
type Side = (typeof SIDES)[number]

/** What every kernel answers. */
function agreed(network: Network, side: Side): Float64Array {
  const [one, other] = KERNELS.map((kernel) =>
    drive(inverse({ name: 'test', side, ridge: RIDGE, wanted: 'inverse' }), solveInThread(network, { kernel })),
  )
  expect(Buffer.from(other.buffer).equals(Buffer.from(one.buffer))).toBe(true)
  return one
}

function gramOf(w: Dense, side: Side): Dense {
  const gram = side === 'rows' ? product(w, transposed(w)) : product(transposed(w), w)
  gram.forEach((row, at) => (row[at] += RIDGE))
  return gram
}

/** How far a product is from the identity. */
function largestError(gram: Dense, found: Float64Array): number {
  const size = gram.length
  let largest = 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? -1 : 0
      for (let k = 0; k < size; k++) sum += gram[i][k] * found[k * size + j]
      largest = Math.max(largest, Math.abs(sum))
    }
  }
  return largest
}

describe('the inverse of a regularised Gram matrix', () => {
  it('is one, both triangles, for any size and either side', () => {
    const sizes = fc.record({
      ...{ users: fc.integer({ min: 1, max: 70 }), items: fc.integer({ min: 1, max: 70 }), seed: fc.nat() },
      ...{ weighted: fc.boolean(), side: fc.constantFrom(...SIDES) },
    })
    fc.assert(
      fc.property(sizes, ({ users, items, weighted, side, seed }) => {
        const network = prepare(bipartite({ users, items, weighted, pairs: 2 * (users + items), seed }))
        const found = agreed(network, side)
        const gram = gramOf(denseOf(network.rows), side)
        expect(largestError(gram, found)).toBeLessThan(1e-11)
        for (let i = 0; i < gram.length; i++) {
          for (let j = 0; j < i; j++) expect(found[j * gram.length + i]).toBe(found[i * gram.length + j])
        }
      }),
      { numRuns: 25 },
    )
  })

  it('of several row windows is the same, and stays exact where the network falls into parts', () => {
    const { row, column, ...sizes } = bipartite({ users: 300, items: 12, pairs: 9000 })
    const together = row.map((user, at) => user - (user % 3) + (column[at] % 3))
    const network = prepare({ ...sizes, row: together, column })
    expect(network.stored.windows.length).toBeGreaterThan(1)
    const found = agreed(network, 'columns')
    expect(largestError(gramOf(denseOf(network.rows), 'columns'), found)).toBeLessThan(1e-11)
    found.forEach((value, at) => expect(Math.floor(at / 12) % 3 === at % 3 || Math.abs(value) === 0).toBe(true))
  })

  it('is the ridge regression of every column on the others, when that is wanted', () => {
    const network = prepare(bipartite({ users: 20, items: 12, pairs: 90, weighted: true }))
    const asked = inverse({ name: 'test', side: 'columns', ridge: RIDGE, wanted: 'regression' })
    const found = drive(asked, solveInThread(network))
    easeMatrix(denseOf(network.rows), RIDGE).forEach((row, i) =>
      row.forEach((value, j) => expect(found[i * 12 + j]).toBeCloseTo(value, 5)),
    )
  })
})

describe('an executor', () => {
  const network = prepare(bipartite({ users: 260, items: 300, pairs: 4000, weighted: true }))
  const asked = { name: 'test', side: 'columns', ridge: RIDGE, wanted: 'inverse' } as const
  const expected = drive(inverse(asked), solveInThread(network, { kernel: 'wasm-simd' }))
  const options = { kernel: 'auto', partition: 'auto', memoryLimitBytes: 1e9, deadlineMs: 30_000 } as const

  it.each([
    [1, 'wasm-simd'],
    [2, 'wasm-simd'],
    [3, 'typescript'],
  ] as const)('of %i thread(s) has the same bits, kernel %s', async (threads, kernel) => {
    const executor = new Executor('test', network, { ...options, kernel, threads })
    const answer = await executor.run(inverse(asked))
    expect(Buffer.from(answer.buffer).equals(Buffer.from(expected.buffer))).toBe(true)
    expect(executor.plan).toMatchObject({ kind: 'inverse', threads, size: 300, blocks: 10 })
    await executor.close()
  })

  it('ends with the reason when it is cancelled, before and in the middle, and goes on', async () => {
    const large = prepare(bipartite({ users: 1500, items: 1600, pairs: 20_000 }))
    const executor = new Executor('test', large, { ...options, threads: 2 })
    const reason = new Error('enough')
    for (const delayMs of [0, 1, 20]) {
      const abort = new AbortController()
      const running = executor.run(inverse(asked), { signal: abort.signal })
      setTimeout(() => abort.abort(reason), delayMs)
      await expect(running).rejects.toBe(reason)
    }
    const rows = { ...asked, side: 'rows' } as const
    const [there, here] = [await executor.run(inverse(rows)), drive(inverse(rows), solveInThread(large))]
    expect(Buffer.from(there.buffer).equals(Buffer.from(here.buffer))).toBe(true)
    await executor.close()
  })

  it('refuses what does not fit before anything is allocated, in bytes', () => {
    const before = network.stored.arena.bytes
    const run = (): unknown => drive(inverse(asked), solveInThread(network, { memoryLimitBytes: 1_000_000 }))
    expect(run).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        message: expect.stringContaining('for a dense matrix of 300 x 300 items') as string,
      }) as Error,
    )
    expect(network.stored.arena.bytes).toBe(before)
  })
})
