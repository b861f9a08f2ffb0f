import { seededRandom } from '../../src/advanced.ts'
import type { Rankings } from '../../src/index.ts'
import type { TrainAndTest } from '../data/splits.ts'

const NEGATIVES = 99
const CUT = 10
/** Users asked about at once, all among the candidates of all of them: the order of a user's own is the same. */
const ROUND = 16

/** Ranks all items that are allowed for some users. */
export type Ranker = (
  users: readonly string[] | undefined,
  options: { readonly k: number; readonly allow?: readonly string[] },
) => Promise<Rankings>

/** Means over users, of one held-out item among sampled ones: not to be compared with figures of full rankings. */
export interface SampledScores {
  readonly hitRate: number
  readonly ndcg: number
}

/**
 * HR@10 and NDCG@10 of each user's held-out item among 99 random items that she had nothing to do with, as many papers measure. Seeded; a held-out item
 * that training does not know is a miss.
 */
export async function rankAmongSampled({ train, test }: TrainAndTest, rank: Ranker): Promise<SampledScores> {
  const negatives = sampleNegatives(train, test)
  let [hits, gain] = [0, 0]
  for (let start = 0; start < test.length; start += ROUND) {
    const rows = Array.from({ length: Math.min(ROUND, test.length - start) }, (_, at) => start + at)
    const candidates = rows.map((row) => {
      const target = train.items.rowOf(test.items.keyOf(test.item[row]))
      return target < 0 ? negatives[row] : [target, ...negatives[row]]
    })
    const allow = [...new Set(candidates.flat())]
    const users = rows.map((row) => test.users.keyOf(test.user[row]))
    const { items, k } = await rank(users, { k: allow.length, allow: allow.map((item) => train.items.keyOf(item)) })
    rows.forEach((row, place) => {
      const target = train.items.rowOf(test.items.keyOf(test.item[row]))
      const own = new Set(candidates[place])
      const above = [...items.subarray(place * k, (place + 1) * k)].filter((item) => own.has(item)).indexOf(target)
      if (above < 0 || above >= CUT) return
      hits++
      gain += 1 / Math.log2(above + 2)
    })
  }
  return { hitRate: hits / test.length, ndcg: gain / test.length }
}

function sampleNegatives(train: TrainAndTest['train'], test: TrainAndTest['test']): number[][] {
  const random = seededRandom(1)
  const had = Array.from({ length: train.users.size }, () => new Set<number>())
  train.user.forEach((user, row) => had[user].add(train.item[row]))
  return Array.from(test.user, (user, row) => {
    const taken = new Set(had[train.users.rowOf(test.users.keyOf(user))])
    taken.add(train.items.rowOf(test.items.keyOf(test.item[row])))
    const drawn: number[] = []
    while (drawn.length < NEGATIVES) {
      const item = random.below(train.items.size)
      if (taken.has(item)) continue
      taken.add(item)
      drawn.push(item)
    }
    return drawn
  })
}
