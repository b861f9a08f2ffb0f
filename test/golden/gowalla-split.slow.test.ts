import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Interactions } from '../../src/data/interactions.ts'
import { evaluateRankings } from '../../src/evaluate/evaluate.ts'
import { GrowingKeyIndex } from '../../src/support/key-index.ts'

const folder = join(process.env.RIVULET_DATA ?? '../shared/data', 'gowalla')
const missing = !existsSync(folder)

describe.skipIf(missing)(
  `Gowalla, LightGCN split${missing ? ' (skipped: no public data; set RIVULET_DATA)' : ''}`,
  () => {
    it('popularity, evaluated over separately numbered files', () => {
      const train = readAdjacency('train.txt.gz')
      const test = readAdjacency('test.txt.gz')
      const evaluation = evaluateRankings(popularityLists(train, 20), train, test, { by: 'activity' })
      expect(evaluation.split).toEqual({
        users: 29_858,
        items: 40_981,
        train: 810_128,
        test: 217_242,
        hash: '6e7fb47ebe175824',
      })
      expect(evaluation.audit).toEqual({
        evaluatedUsers: 29_858,
        coldUsers: 0,
        unrankedUsers: 0,
        untestedUsers: 0,
        unknownUsers: 0,
        unknownItems: 0,
        unknownItemPairs: 0,
        seenPairs: 0,
      })
      expect(evaluation.metrics['recall@20']).toBeCloseTo(0.0416, 4)
      expect(evaluation.metrics['ndcg@20']).toBeCloseTo(0.0317, 4)
      expect(evaluation.byActivity.map(({ from, to, users }) => [from, to, users])).toEqual([
        [5, 9, 5788],
        [10, 19, 11_823],
        [20, 49, 8914],
        [50, null, 3333],
      ])
    })
  },
)

function readAdjacency(name: string): Interactions {
  const users = new GrowingKeyIndex()
  const items = new GrowingKeyIndex()
  const user: number[] = []
  const item: number[] = []
  for (const line of gunzipSync(readFileSync(join(folder, name)))
    .toString()
    .split('\n')) {
    const [userKey, ...itemKeys] = line.trim().split(/\s+/)
    for (const key of itemKeys) {
      user.push(users.add(userKey))
      item.push(items.add(key))
    }
  }
  return {
    users,
    items,
    user: Int32Array.from(user),
    item: Int32Array.from(item),
    signals: ['visit'],
    length: user.length,
  }
}

/** The most popular items that a user has not seen; ties to the item first read. */
function popularityLists(train: Interactions, k: number): { users: Int32Array; k: number; items: Int32Array } {
  const popularity = new Int32Array(train.items.size)
  for (const item of train.item) popularity[item]++
  const order = [...popularity.keys()].sort((a, b) => popularity[b] - popularity[a] || a - b)
  const seen = Array.from({ length: train.users.size }, () => new Set<number>())
  train.user.forEach((user, row) => seen[user].add(train.item[row]))
  const lists = seen.flatMap((items) => {
    const list: number[] = []
    for (let at = 0; list.length < k; at++) if (!items.has(order[at])) list.push(order[at])
    return list
  })
  return { users: Int32Array.from(seen, (_, user) => user), k, items: Int32Array.from(lists) }
}
