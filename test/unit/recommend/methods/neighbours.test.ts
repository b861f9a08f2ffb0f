import { describe, expect, it } from 'vitest'
import type { CsrMatrix } from '../../../../src/matrix/csr.ts'
import type { Network } from '../../../../src/network/network.ts'
import { neighbourModel, type NeighboursOf } from '../../../../src/recommend/methods/neighbours.ts'
import { product } from '../../../../src/request/request.ts'
import { solveInThread } from '../../../../src/run/in-thread.ts'
import { drive } from '../../../../src/support/drive.ts'
import { prepare } from '../../../graphs.ts'

const matrixOf = (pairs: readonly (readonly [user: number, item: number, weight: number])[]) =>
  prepare({
    rowCount: 5,
    columnCount: 3,
    row: Int32Array.from(pairs, ([user]) => user),
    column: Int32Array.from(pairs, ([, item]) => item),
    data: Float32Array.from(pairs, ([, , weight]) => weight),
  })

const ones = (length: number) => new Float32Array(length).fill(1)

const recipe = { name: 'test', middle: ones(5), left: ones(3), right: ones(3) }

const nearestItems = (network: Network, asked: Parameters<typeof product>[0]): CsrMatrix =>
  drive(product(asked), solveInThread(network)).lists

describe('the nearest items', () => {
  it('is not confused by many zero weights before the first that counts', () => {
    const zeros = [0, 1, 2, 3].flatMap((user) => [[user, 0, 0] as const, [user, 1, 0] as const])
    const matrix = matrixOf([...zeros, [4, 0, 1], [4, 2, 1]])
    const { indptr, indices, data } = nearestItems(matrix, { ...recipe, neighbours: 1 })
    expect([...indptr]).toEqual([0, 1, 1, 2])
    expect([...indices]).toEqual([2, 0])
    expect([...data!]).toEqual([1, 1])
  })

  it('never keeps an item as its own neighbour, nor more than there are', () => {
    const matrix = matrixOf([
      [0, 0, 2],
      [0, 1, 3],
      [1, 1, 1],
    ])
    const { indptr, indices, data } = nearestItems(matrix, { ...recipe, neighbours: 1_000_000_000 })
    expect([[...indptr], [...indices], [...data!]]).toEqual([
      [0, 1, 2, 2],
      [1, 0],
      [6, 6],
    ])
  })

  it('keeps the largest of each row, ties to the lower item, in the order of the items', () => {
    const matrix = prepare({ rowCount: 1, columnCount: 4, row: new Int32Array(4), column: Int32Array.of(0, 1, 2, 3) })
    const right = Float32Array.of(1, 3, 2, 3)
    const { indptr, indices, data } = nearestItems(matrix, {
      ...{ name: 'test', middle: ones(1), left: ones(4), right, neighbours: 2 },
    })
    expect([...indptr]).toEqual([0, 2, 4, 6, 8])
    expect([...indices]).toEqual([1, 3, 2, 3, 1, 3, 1, 2])
    expect([...data!]).toEqual([3, 3, 2, 3, 3, 3, 3, 2])
  })

  it('shrinks what few users support', () => {
    const matrix = matrixOf([
      [0, 0, 1],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
      [2, 2, 1],
      [2, 1, 1],
    ])
    const norms = Float32Array.of(Math.SQRT1_2, 1 / Math.sqrt(3), 1)
    const { data } = nearestItems(matrix, { ...recipe, left: norms, right: norms, neighbours: 9, shrink: 10 })
    const expected = [
      2 / (Math.sqrt(6) + 10),
      2 / (Math.sqrt(6) + 10),
      1 / (Math.sqrt(3) + 10),
      1 / (Math.sqrt(3) + 10),
    ]
    expected.forEach((value, at) => expect(data![at]).toBeCloseTo(value, 6))
  })
})

describe('neighbourModel', () => {
  it('counts what it keeps, once more where it is turned', () => {
    const kept = (neighboursOf: NeighboursOf): number => {
      const network = matrixOf([0, 1, 2].map((item) => [0, item, 1] as const))
      drive(neighbourModel(network, { ...recipe, neighbours: 2 }, neighboursOf), solveInThread(network))
      return network.budget.parts.model
    }
    expect([kept('profile'), kept('target')]).toEqual([8 * 6 + 4 * 3, 2 * (8 * 6 + 4 * 3)])
  })

  it("keeps the nearest of the profile's items, or of the items scored", () => {
    // Users in common: items 0 and 1 three, 1 and 2 one, none for 0 and 2. Item 1 is the nearest of both others, item 0 is its own.
    const matrix = matrixOf([
      ...[0, 1, 2].flatMap((user) => [[user, 0, 1] as const, [user, 1, 1] as const]),
      [3, 1, 1],
      [3, 2, 1],
    ])
    const listed = (neighboursOf: NeighboursOf, item: number): number[] => {
      const model = drive(neighbourModel(matrix, { ...recipe, neighbours: 1 }, neighboursOf), solveInThread(matrix))
      const profile = { indptr: Int32Array.of(0, 1), indices: Int32Array.of(item), data: Float32Array.of(1) }
      const query = { k: 3, excludeSeeds: true, allowed: new Uint8Array(3).fill(1) }
      const { rows } = drive(model.rank({ kind: 'sparse', ...profile }, query), () => {
        throw new TypeError('nothing to propagate')
      })
      return [...rows]
    }
    expect(listed('profile', 1)).toEqual([0, -1, -1])
    expect(listed('target', 1)).toEqual([0, 2, -1])
    expect(listed('profile', 2)).toEqual([1, -1, -1])
    expect(listed('target', 2)).toEqual([-1, -1, -1])
  })
})
