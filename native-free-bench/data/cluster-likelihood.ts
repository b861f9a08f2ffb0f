import type { Clusters, Interactions } from '../../src/index.ts'

/**
 * How much likelier than by popularity a user's held-out items are by what her cluster takes, in nats an item: the mean over her held-out items of
 *
 *   log( (n_ci + mu g_i) / (n_c + mu) ) - log g_i
 *
 * n counts training pairs of cluster c, g_i = (n_i + 1) / (n + items) those of all; mu a quarter of the mean n_c. Users in no cluster gain 0.
 *
 * @returns a gain for each user with held-out items, by rows of `held`
 */
export function likelihoodGains(
  { members, clusters, count }: Clusters,
  train: Interactions,
  held: Interactions,
): Map<number, number> {
  const { items } = train
  const pairs = new Set(Array.from(train.user, (user, row) => user * items.size + train.item[row]))
  const all = new Float64Array(items.size).fill(1)
  const inside = Array.from({ length: count }, () => new Float64Array(items.size))
  const sums = new Float64Array(count)
  for (const pair of pairs) {
    const [user, item] = [Math.floor(pair / items.size), pair % items.size]
    all[item]++
    const cluster = clusters[members.rowOf(train.users.keyOf(user))]
    if (cluster < 0) continue
    inside[cluster][item]++
    sums[cluster]++
  }
  const total = pairs.size + items.size
  const smoothing = pairs.size / (4 * count)
  const gains = new Map<number, number[]>()
  held.user.forEach((user, row) => {
    const item = items.rowOf(held.items.keyOf(held.item[row]))
    const member = members.rowOf(held.users.keyOf(user))
    const cluster = member < 0 ? -1 : clusters[member]
    // An artist whom nobody is known to have heard is as unlikely everywhere.
    if (item < 0) return
    const share = all[item] / total
    const own = cluster < 0 ? share : (inside[cluster][item] + smoothing * share) / (sums[cluster] + smoothing)
    const list = gains.get(user) ?? []
    list.push(Math.log(own / share))
    gains.set(user, list)
  })
  return new Map([...gains].map(([user, list]) => [user, list.reduce((sum, one) => sum + one, 0) / list.length]))
}
