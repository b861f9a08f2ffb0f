import { describe, expect, it } from 'vitest'
import { dealBatches, batchRunsOf, type Profile } from '../../../src/embed/contrastive-batches.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { bipartite, prepare } from '../../graphs.ts'

const { rows: matrix } = prepare(bipartite({ users: 40, items: 25, pairs: 400 }))
const profiles: Profile[] = Array.from({ length: 40 }, (_, user) => ({
  user,
  pairs: Int32Array.from(
    { length: matrix.indptr[user + 1] - matrix.indptr[user] },
    (_, at) => matrix.indptr[user] + at,
  ),
}))
const deal = () => atOnce(dealBatches(profiles, 30, seededRandom(1)))

describe('the batches of an epoch', () => {
  it('hold every pair once, are full but for the last, and mix all of their places', () => {
    const batches = deal()
    const pairs = batches.flatMap((batch) => batch.profiles.flatMap((profile) => [...profile.pairs]))
    expect(pairs.sort((a, b) => a - b)).toEqual([...Array(matrix.nnz).keys()])
    expect(batches.slice(0, -1).every(({ places }) => places.length >= 30 && places.length < 38)).toBe(true)
    for (const { places } of batches) expect([...places].sort((a, b) => a - b)).toEqual([...places.keys()])
    expect(deal()).toEqual(batches)
  })

  it('take a few pairs of a user at a time, more of one who has very many', () => {
    const few = deal().flatMap((batch) => batch.profiles.map((profile) => profile.pairs.length))
    expect(Math.max(...few)).toBe(8)
    const heavy = { user: 0, pairs: Int32Array.from({ length: 100_000 }, (_, at) => at) }
    const parts = atOnce(dealBatches([heavy], 1000, seededRandom(1))).flatMap((batch) => batch.profiles)
    expect(parts.length).toBeLessThanOrEqual(512)
    expect(parts.reduce((sum, { pairs }) => sum + pairs.length, 0)).toBe(100_000)
  })

  it('lie end to end in runs: places lead to pairs, and back to users', () => {
    let learnt = 0
    for (const laying of batchRunsOf(matrix, deal())) {
      const { users, pairs, pairUsers, places, userPlaces, batchUsers, batchPairs } = atOnce(laying)
      for (let batch = 0; batch + 1 < batchUsers.length; batch++) {
        for (let slot = batchUsers[batch]; slot < batchUsers[batch + 1]; slot++) {
          const first = matrix.indptr[users[slot]]
          expect(userPlaces[slot + 1] - userPlaces[slot]).toBe(matrix.indptr[users[slot] + 1] - first)
          for (let at = userPlaces[slot]; at < userPlaces[slot + 1]; at++) {
            if (places[at] < 0) continue
            const place = batchPairs[batch] + places[at]
            expect(pairs[place]).toBe(first + at - userPlaces[slot])
            expect(batchUsers[batch] + pairUsers[place]).toBe(slot)
            learnt++
          }
        }
      }
    }
    expect(learnt).toBe(matrix.nnz)
  })
})
