import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { nearestItems } from '../../../src/recommend/neighbour-model.ts'

const matrixOf = (pairs: readonly (readonly [user: number, item: number, weight: number])[]) =>
  buildCsr({
    rowCount: 5,
    columnCount: 3,
    row: Int32Array.from(pairs, ([user]) => user),
    column: Int32Array.from(pairs, ([, item]) => item),
    data: Float32Array.from(pairs, ([, , weight]) => weight),
  })

const ones = (length: number) => new Float32Array(length).fill(1)

const recipe = { middle: ones(5), left: ones(3), right: ones(3) }

describe('nearestItems', () => {
  it('is not confused by many zero weights before the first that counts', () => {
    const zeros = [0, 1, 2, 3].flatMap((user) => [[user, 0, 0] as const, [user, 1, 0] as const])
    const matrix = matrixOf([...zeros, [4, 0, 1], [4, 2, 1]])
    const { indptr, indices, data } = nearestItems(matrix, { ...recipe, neighbours: 1 })
    expect([...indptr]).toEqual([0, 1, 2, 3])
    expect([...indices]).toEqual([2, 0, 0])
    expect([...data!]).toEqual([1, 0, 1])
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
})
