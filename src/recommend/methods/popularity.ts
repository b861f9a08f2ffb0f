/**
 * Popularity: every profile gets the items with the most interactions. The baseline that everything else must beat, and the prior of
 * users about whom nothing is known.
 */
import type { Algorithm } from '../../request/request.ts'
import type { CsrMatrix } from '../../matrix/csr.ts'
import type { TopLists } from '../../request/sweep.ts'
import { PAUSE, ranges, Slices, type Sliced } from '../../support/pause.ts'
import type { Contributions, Model } from './model.ts'
import { ENTRY_COST, TopList } from '../top-list.ts'
import type { Network } from '../../network/network.ts'

/** Items by the sum of their weights (the number of interactions where all weigh 1), most popular first, with each item's share of all |weights|. */
export interface Popularity {
  readonly items: Int32Array
  readonly shares: Float32Array
}

/** What speaks against an item counts against it: one that more is said against than for it has a share below 0, and comes last. */
export function* popularityOf({ matrix, degrees: { columns }, signed }: Popular): Sliced<Popularity> {
  const total = columns.reduce((sum, degree) => sum + degree, 0)
  const best = new TopList(columns.length)
  const sums = signed ? yield* columnSums(matrix) : columns
  for (const [from, to] of ranges(0, sums.length, ENTRY_COST)) {
    for (let item = from; item < to; item++) best.offer(item, Math.fround(total > 0 ? sums[item] / total : 0))
    yield PAUSE
  }
  const { items, scores } = yield* best.takeInSlices()
  return { items, shares: scores }
}

type Popular = Pick<Network, 'matrix' | 'degrees' | 'signed'>

function* columnSums({ columnCount, nnz, indices, data }: CsrMatrix): Sliced<Float64Array> {
  const sums = new Float64Array(columnCount)
  for (const [from, to] of ranges(0, nnz)) {
    for (let edge = from; edge < to; edge++) sums[indices[edge]] += data === null ? 1 : data[edge]
    yield PAUSE
  }
  return sums
}

export function popularityModel(matrix: CsrMatrix, popularity: Popularity): Model {
  return {
    *rank(profiles, { k, allowed, excludeSeeds }): Algorithm<TopLists> {
      const slices = new Slices()
      const count = profiles.kind === 'rows' ? profiles.rows.length : profiles.indptr.length - 1
      const lists = { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
      for (let profile = 0; profile < count; profile++) {
        const [from, to] =
          profiles.kind === 'rows'
            ? rowRange(matrix, profiles.rows[profile])
            : profiles.indptr.subarray(profile, profile + 2)
        const seen = new Set(
          excludeSeeds ? (profiles.kind === 'rows' ? matrix.indices : profiles.indices).subarray(from, to) : [],
        )
        let at = profile * k
        for (let place = 0; place < popularity.items.length && at < (profile + 1) * k; place++) {
          const item = popularity.items[place]
          if (seen.has(item) || allowed[item] === 0) continue
          lists.rows[at] = item
          lists.scores[at++] = popularity.shares[place]
        }
        // Only what was seen or is not allowed is passed over.
        if (slices.full(to - from + k)) yield PAUSE
      }
      return lists
    },
    // eslint-disable-next-line require-yield -- the same shape as models that propagate
    *contributions(profile): Algorithm<Contributions> {
      return { items: profile.items, parts: new Float64Array(profile.items.length) }
    },
  }
}

function rowRange({ indptr }: CsrMatrix, row: number): [from: number, to: number] {
  return [indptr[row], indptr[row + 1]]
}
