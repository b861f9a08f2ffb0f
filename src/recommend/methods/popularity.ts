/**
 * Popularity: every profile gets the items with the most interactions. The baseline for every other method, and the prior for
 * unknown users.
 */
import type { Algorithm } from '../../request/request.ts'
import type { SparseRows } from '../../matrix/csr.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { inSlices, PAUSE, ranges, SCATTERED, Slices, type Sliced } from '../../support/pause.ts'
import { excludedOf, profileItems, type Contributions, type Model } from './model.ts'
import { ENTRY_COST, TopList } from '../top-list.ts'
import type { Network } from '../../network/network.ts'

/** Items by the sum of their weights (the number of interactions if all weights are 1), most popular first, with each item's share of all |weights|. */
export interface Popularity {
  readonly items: Int32Array
  readonly shares: Float32Array
}

/**
 * Negative weights count against an item: an item with more negative than positive weight has a share below 0 and is ranked last.
 *
 * @param factors of popularity, shape (items); `null` for none
 */
export function* popularityOf(
  { rows, degrees: { columns }, signed }: Popular,
  factors: Float32Array | null = null,
): Sliced<Popularity> {
  const best = new TopList(columns.length)
  const plain = signed ? yield* columnSums(rows) : columns
  const sums = factors === null ? plain : plain.map((sum, item) => sum * factors[item])
  const sizes = factors === null ? columns : columns.map((degree, item) => degree * factors[item])
  const total = sizes.reduce((sum, size) => sum + size, 0)
  for (const [from, to] of ranges(0, sums.length, ENTRY_COST)) {
    for (let item = from; item < to; item++) best.offer(item, Math.fround(total > 0 ? sums[item] / total : 0))
    yield PAUSE
  }
  const { items, scores } = yield* best.takeInSlices()
  return { items, shares: scores }
}

type Popular = Pick<Network, 'rows' | 'degrees' | 'signed'>

function* columnSums({ columnCount, windows }: SparseRows): Sliced<Float64Array> {
  const sums = new Float64Array(columnCount)
  for (const { indices, data } of windows) {
    const add = (from: number, to: number): void => {
      for (let at = from; at < to; at++) sums[indices[at]] += data === null ? 1 : data[at]
    }
    yield* inSlices(indices.length, add, SCATTERED)
  }
  return sums
}

export function popularityModel(known: SparseRows, popularity: Popularity): Model {
  return {
    *rank(profiles, { k, allowed, excludeSeeds, excluded }): Algorithm<TopLists> {
      const slices = new Slices()
      const count = columnCount(profiles)
      const lists = { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
      for (let profile = 0; profile < count; profile++) {
        const items = profileItems(profiles, profile, known)
        const out = new Set(excludeSeeds ? items : [])
        for (const item of excludedOf(excluded, profile)) out.add(item)
        let at = profile * k
        for (let place = 0; place < popularity.items.length && at < (profile + 1) * k; place++) {
          const item = popularity.items[place]
          if (out.has(item) || allowed[item] === 0) continue
          lists.rows[at] = item
          lists.scores[at++] = popularity.shares[place]
        }
        // Only seen and disallowed items are skipped.
        if (slices.full(items.length + out.size + k)) yield PAUSE
      }
      return lists
    },
    // eslint-disable-next-line require-yield -- the same shape as models that propagate
    *contributions(profile): Algorithm<Contributions> {
      return { items: profile.items, parts: new Float64Array(profile.items.length) }
    },
  }
}
