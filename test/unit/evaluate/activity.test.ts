import { describe, expect, it } from 'vitest'
import {
  bucketsByDecile,
  bucketsByEdges,
  DEFAULT_ACTIVITY_EDGES,
  isAscendingEdges,
  sparsestTenth,
} from '../../../src/evaluate/activity.ts'

const shape = (buckets: ReturnType<typeof bucketsByEdges>) =>
  buckets.map(({ from, to, members }) => [from, to, [...members]])

describe('bucketsByEdges', () => {
  it('puts each user between two edges and leaves empty buckets out', () => {
    expect(shape(bucketsByEdges(Int32Array.of(4, 0, 5, 60, 9, 1), DEFAULT_ACTIVITY_EDGES))).toEqual([
      [0, 0, [1]],
      [1, 4, [0, 5]],
      [5, 9, [2, 4]],
      [50, null, [3]],
    ])
  })

  it('leaves out users below the first edge', () => {
    expect(shape(bucketsByEdges(Int32Array.of(1, 3), [2]))).toEqual([[2, null, [1]]])
  })
})

describe('bucketsByDecile', () => {
  it('makes ten equal buckets when all users differ', () => {
    const buckets = bucketsByDecile(Int32Array.from({ length: 30 }, (_, user) => 29 - user))
    expect(buckets.map(({ from, to, members }) => [from, to, members.length])).toEqual(
      Array.from({ length: 10 }, (_, decile) => [3 * decile, 3 * decile + 2, 3]),
    )
  })

  it('keeps users of equal activity together', () => {
    expect(shape(bucketsByDecile(Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 7, 9)))).toEqual([
      [1, 1, [0, 1, 2, 3, 4, 5, 6, 7]],
      [7, 7, [8]],
      [9, 9, [9]],
    ])
  })

  it('moves a cut that falls among equals up to the next activity, however few users that has', () => {
    const activity = Int32Array.from({ length: 20 }, (_, user) => (user < 3 ? 1 : user < 4 ? 2 : 3))
    expect(bucketsByDecile(activity).map(({ from, members }) => [from, members.length])).toEqual([
      [1, 3],
      [2, 1],
      [3, 16],
    ])
  })

  it('serves fewer than ten users, and one kind of user', () => {
    expect(shape(bucketsByDecile(Int32Array.of(5)))).toEqual([[5, 5, [0]]])
    expect(shape(bucketsByDecile(Int32Array.of(2, 2, 2)))).toEqual([[2, 2, [0, 1, 2]]])
    expect(bucketsByDecile(Int32Array.of())).toEqual([])
  })

  it('loses nobody', () => {
    const activity = Int32Array.from({ length: 1000 }, (_, user) => Math.floor(user ** 1.5 / 997) % 37)
    const members = bucketsByDecile(activity).flatMap((bucket) => [...bucket.members])
    expect(members.sort((a, b) => a - b)).toEqual([...activity.keys()])
  })
})

describe('isAscendingEdges', () => {
  it.each([[[0]], [[0, 1, 5]], [[3, 9]]])('accepts %j', (edges) => {
    expect(isAscendingEdges(edges)).toBeNull()
  })

  it.each([[[]], [[1, 1]], [[5, 2]], [[-1]], [[1.5]], [[NaN]], ['1,2'], [7]])('refuses %j', (edges) => {
    expect(isAscendingEdges(edges)).toMatch(/ascending integers/)
  })
})

describe('sparsestTenth', () => {
  it('takes everybody up to the 10th percentile, ties included', () => {
    expect(shape([sparsestTenth(Int32Array.from({ length: 30 }, (_, user) => 29 - user))])).toEqual([
      [0, 2, [27, 28, 29]],
    ])
    expect(shape([sparsestTenth(Int32Array.of(3, 9, 1, 3, 9, 9, 9, 9, 9, 9, 9))])).toEqual([[1, 3, [0, 2, 3]]])
    expect(shape([sparsestTenth(Int32Array.of(5))])).toEqual([[5, 5, [0]]])
  })

  it('is the first of the deciles', () => {
    const activity = Int32Array.from({ length: 997 }, (_, user) => 3 + (Math.floor(user ** 1.5 / 997) % 37))
    expect(sparsestTenth(activity)).toEqual(bucketsByDecile(activity)[0])
  })
})
