import { fromColumns, type Interactions } from '../../src/index.ts'
import { seededRandom } from '../../src/advanced.ts'

export interface SmallClustersOptions {
  readonly users: number
  readonly items: number
  readonly clusters: number
  readonly seed: number
}

/** As wide as CiteULike (Wang and Blei, KDD 2011, 10.1145/2020408.2020480): some 37 items a user. */
export const LIKE_CITEULIKE: SmallClustersOptions = { users: 5551, items: 16980, clusters: 2400, seed: 1 }

/** Fields that clusters belong to. */
const FIELDS = 40
const FEWEST_ITEMS = 10
const MOST_ITEMS = 64
/** A user's clusters are of her field, otherwise any. */
const OWN_FIELD = 0.7
/** Draws of any item, one a cluster. */
const CHANCE = 0.35
/** Of those who read a cluster an item has at least and at most this share, by a power law. */
const [LEAST_SHARE, MOST_SHARE, TAIL] = [0.15, 0.9, 0.8]

/**
 * Users who read a few small clusters of items each, many clusters, and a few items by chance: structure of high frequency. A hundred eigenvectors say
 * little of it, a steep low-pass filters it out, and what is nearly a resolvent ranks best.
 */
export function smallClusters({ users, items, clusters, seed }: SmallClustersOptions): Interactions {
  const random = seededRandom(seed)
  const members = Array.from({ length: clusters }, (): number[] => [])
  const shares = Float64Array.from({ length: items }, () =>
    Math.min(MOST_SHARE, LEAST_SHARE * (1 - random.next()) ** -TAIL),
  )
  for (let item = 0; item < items; item++) {
    members[random.below(clusters)].push(item)
    if (random.next() < 0.5) members[random.below(clusters)].push(item)
  }
  const pairs: { user: number[]; item: number[] } = { user: [], item: [] }
  for (let user = 0; user < users; user++) {
    const wanted = FEWEST_ITEMS + random.below(MOST_ITEMS - FEWEST_ITEMS)
    const field = random.below(FIELDS)
    const own = new Set<number>()
    while (own.size < wanted) {
      const inField = field + FIELDS * random.below(Math.floor(clusters / FIELDS))
      const cluster = random.next() < OWN_FIELD ? inField : random.below(clusters)
      for (const item of members[cluster]) if (random.next() < shares[item]) own.add(item)
      if (random.next() < CHANCE) own.add(random.below(items))
    }
    for (const item of own) {
      pairs.user.push(user)
      pairs.item.push(item)
    }
  }
  return fromColumns(pairs)
}
