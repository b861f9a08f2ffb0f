import { describe, expect, it } from 'vitest'
import type { Interactions } from '../../src/index.ts'
import { foldsOf, loadRatedFolds } from '../../native-free-bench/data/rated-folds.ts'

const pairsOf = ({ users, items, user, item }: Interactions): string[] =>
  Array.from(user, (row, at) => `${users.keyOf(row)} ${items.keyOf(item[at])}`)

describe('folds of rated sets', () => {
  const ratings = {
    ...{ user: ['a', 'a', 'b', 'b'], item: ['x', 'y', 'x', 'z'] },
    ...{ value: [1, 2, 3, 4], fold: [1, 2, 1, 2] },
  }
  const seen = {
    ...{ user: ['a', 'a', 'b', 'c', 'a'], item: ['x', 'y', 'x', 'x', 'x'] },
    ...{ value: [1, 1, 1, 1, 1], fold: [0, 0, 0, 0, 0] },
  }

  it('hold pairs out of the ratings and of what was seen, however often they were', () => {
    const { train, test } = foldsOf(ratings, seen).fold(0)
    expect(pairsOf(test)).toEqual(['a x', 'b x'])
    expect(pairsOf(train)).toEqual(['a y', 'b z', 'a y', 'c x'])
  })

  it('leave them among what was seen where that is asked for', () => {
    const { transductive } = foldsOf(ratings, seen).fold(0)
    expect(transductive && pairsOf(transductive)).toEqual(['a y', 'b z', 'a x', 'a y', 'b x', 'c x', 'a x'])
    expect(foldsOf(ratings, null).fold(0).transductive).toBeNull()
  })

  it('share no pair between training and test, on the films of the repository', async () => {
    const folds = await loadRatedFolds('films')
    for (const at of folds?.names.keys() ?? []) {
      const { train, test } = folds!.fold(at)
      const known = new Set(pairsOf(train))
      expect(test.length).toBeGreaterThan(1000)
      expect(pairsOf(test).filter((pair) => known.has(pair))).toEqual([])
    }
  })
})
