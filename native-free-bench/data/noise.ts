import { seededRandom } from '../../src/advanced.ts'
import { fromColumns, type Interactions } from '../../src/index.ts'
import type { TrainAndTest } from './splits.ts'

/**
 * Training with random pairs added: users and items drawn alike, pairs that are in training, in the test or drawn before drawn anew.
 *
 * @param share of the training pairs that comes on top, above 0
 */
export function withNoise({ train, test }: TrainAndTest, share: number, seed: number): Interactions {
  const { users, items } = train
  const taken = new Set(pairsIn(train, train))
  for (const pair of pairsIn(test, train)) taken.add(pair)
  const [user, item] = [Array.from(train.user), Array.from(train.item)]
  const random = seededRandom(seed)
  const wanted = user.length + Math.round(share * user.length)
  while (user.length < wanted) {
    const [one, other] = [random.below(users.size), random.below(items.size)]
    const pair = one * items.size + other
    if (taken.has(pair)) continue
    taken.add(pair)
    user.push(one)
    item.push(other)
  }
  return fromColumns({ user: Int32Array.from(user), item: Int32Array.from(item), users, items })
}

/** Pairs as numbers, by the rows of another table; those it has no user or item for are left out. */
function* pairsIn({ users, items, user, item }: Interactions, rows: Interactions): Generator<number> {
  const userRows = Array.from(users.keys(), (key) => rows.users.rowOf(key))
  const itemRows = Array.from(items.keys(), (key) => rows.items.rowOf(key))
  for (let row = 0; row < user.length; row++) {
    const [one, other] = [userRows[user[row]], itemRows[item[row]]]
    if (one >= 0 && other >= 0) yield one * rows.items.size + other
  }
}
