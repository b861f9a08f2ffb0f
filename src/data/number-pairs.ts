import type { Interactions } from './interactions.ts'

/**
 * Numbers the distinct user-item pairs: the pair of each row, and the user of each pair. Pairs ascend by user, then by
 * first row, so a user's pairs are neighbours. Time and memory O(rows + keys).
 */
export function numberPairs({ user, item, users, items, length }: Interactions): {
  pairOf: Int32Array
  owner: Int32Array
} {
  const next = new Int32Array(users.size + 1)
  for (const row of user) next[row + 1]++
  for (let row = 0; row < users.size; row++) next[row + 1] += next[row]
  const byUser = new Int32Array(length)
  for (let row = 0; row < length; row++) byUser[next[user[row]]++] = row

  const pairOf = new Int32Array(length)
  const owner = new Int32Array(length)
  const pairOfItem = new Int32Array(items.size)
  const userOfItem = new Int32Array(items.size).fill(-1)
  let pairs = 0
  for (const row of byUser) {
    if (userOfItem[item[row]] !== user[row]) {
      userOfItem[item[row]] = user[row]
      pairOfItem[item[row]] = pairs
      owner[pairs++] = user[row]
    }
    pairOf[row] = pairOfItem[item[row]]
  }
  return { pairOf, owner: owner.slice(0, pairs) }
}
