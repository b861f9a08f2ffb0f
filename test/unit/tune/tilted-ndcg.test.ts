import { describe, expect, it } from 'vitest'
import { openNetwork } from '../../../src/network/open.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { holdOut } from '../../../src/tune/hold-out.ts'
import { tiltedNdcg } from '../../../src/tune/tilted-ndcg.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 30, others: 40, edges: 400, seed: 5 }))
const network = openNetwork('test', table, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
const held = atOnce(holdOut('test', network, 0.4, 1))
const users = Int32Array.from(held.indptr.keys()).filter((user) => held.indptr[user + 1] > held.indptr[user])
const heldOutOf = (place: number): Uint32Array =>
  held.indices.subarray(held.indptr[users[place]], held.indptr[users[place] + 1])
const popularity = (item: number): number => Math.max(1, held.network.degrees.columns[item])
const K = 5

describe('NDCG as if popular items were held out more often, or less', () => {
  it('is 1 for the list with the heaviest first, and 0 for a list that misses', () => {
    for (const [at, sign] of [1, -1].entries()) {
      const ideal = Array.from(users, (_, place) =>
        [...heldOutOf(place)].sort((a, b) => sign * (popularity(b) - popularity(a))),
      )
      const tilted = atOnce(tiltedNdcg(held, users, K, (place, rank) => ideal[place][rank] ?? -1))
      for (const value of tilted[at]) expect(value).toBeCloseTo(1, 12)
      for (const value of tilted[1 - at]) expect(value).toBeLessThanOrEqual(1 + 1e-12)
    }
    expect(atOnce(tiltedNdcg(held, users, K, () => -1))).toEqual([
      new Float64Array(users.length),
      new Float64Array(users.length),
    ])
  })

  it('weighs a single hit by the root of its popularity, or by one over it', () => {
    const place = users.findIndex((_, at) => heldOutOf(at).length > 2)
    const items = [...heldOutOf(place)]
    for (const hit of items) {
      const tilted = atOnce(tiltedNdcg(held, users, K, (at, rank) => (at === place && rank === 1 ? hit : -1)))
      for (const [at, power] of [0.5, -0.5].entries()) {
        const weights = items.map((item) => popularity(item) ** power).sort((a, b) => b - a)
        const ideal = weights.slice(0, K).reduce((sum, weight, rank) => sum + weight / Math.log2(rank + 2), 0)
        expect(tilted[at][place]).toBeCloseTo(popularity(hit) ** power / Math.log2(3) / ideal, 12)
      }
    }
  })
})
