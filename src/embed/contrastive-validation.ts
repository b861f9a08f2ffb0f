/**
 * Validation on users that are not learnt from: a training is scored by how well it finds some of their items from the others.
 *
 * A user's vector is the sum of the items' vectors, so it exists for users outside the training; and a user whose degree is 0 takes no part in any product. So
 * the same matrix serves, with other degrees, and no sought item has influenced the training through these users. Users held out as a whole: Liang et al., WWW 2018,
 * 10.1145/3178876.3186150 (strong generalisation).
 */
import { ndcg, recall, hitsOf } from '../evaluate/ranking.ts'
import { whereInSlices } from '../data/take-rows.ts'
import { degreePower } from '../matrix/normalize.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import { SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { nearest } from './nearest.ts'
import { sumExponent, summands, unitRows } from './embedding.ts'
import type { Network } from '../network/network.ts'
import type { RowWindow } from '../matrix/csr.ts'

/** Share of a validation user's items that is sought. */
const SOUGHT_SHARE = 0.2
/** Length of the lists. */
const CUT = 20

/** Users to validate on, and the network without them. */
export interface HeldOutUsers {
  /** The same matrix, degrees as if these users had nothing. */
  readonly network: Network
  readonly profiles: readonly Profile[]
}

interface Profile {
  /** Items that the user's vector is made of. */
  readonly known: readonly { readonly item: number; readonly weight: number }[]
  /** Items to find. */
  readonly sought: ReadonlySet<number>
}

/**
 * Holds out a random share of the users with at least two items, at least one user.
 *
 * @throws {RivuletError} EMPTY_DATA when no user is left to validate on, or none to learn from.
 */
export function* holdUsersOut(who: string, network: Network, share: number, seed: number): Sliced<HeldOutUsers> {
  const { rows } = network
  const random = seededRandom(seed)
  const countLiked = (user: number): number => {
    const window = rows.windowOf(user)
    const { data } = window
    const [start, end] = [window.start(user), window.end(user)]
    if (data === null) return end - start
    let count = 0
    for (let at = start; at < end; at++) if (data[at] > 0) count++
    return count
  }
  const able = yield* whereInSlices(
    rows.rowCount,
    (user) => countLiked(user) > 1,
    SCATTERED + Math.ceil(rows.nnz / rows.rowCount),
  )
  const users = random.shuffle(able).slice(0, Math.max(1, Math.round(share * able.length)))
  if (users.length === able.length) {
    throw new RivuletError('EMPTY_DATA', {
      who: `${who}, option 'validationFraction'`,
      expected: 'users with at least two items for validation, and others for training',
      got: `${able.length} such users and a share of ${share}`,
      todo: 'Lower validationFraction, or leave it out.',
    })
  }
  const profiles = Array.from(users, (user): Profile => {
    const own = random.shuffle(rows.positiveEntriesOf(user))
    const sought = new Set(own.subarray(0, Math.max(1, Math.floor(SOUGHT_SHARE * own.length))))
    const known = rows.entriesOf(user).filter((entry) => !sought.has(entry))
    return {
      known: Array.from(known, (entry) => ({ item: rows.columnAt(entry), weight: rows.weightAt(entry) })),
      sought: new Set(Array.from(sought, (entry) => rows.columnAt(entry))),
    }
  })
  return { network: { ...network, degrees: yield* degreesWithout(network, users) }, profiles }
}

/** Means over users of recall and NDCG of the sought items, ranked among all items that are not known. @param vectors shape (items x dimensions) */
export function* validate(
  who: string,
  { network, profiles }: HeldOutUsers,
  vectors: Float32Array,
  dimensions: number,
  itemExponent: number,
): Algorithm<{ recall: number; ndcg: number }> {
  const { columnCount } = network.shape
  const scale = degreePower(network.degrees.columns, -sumExponent(itemExponent), 0)
  const items = summands(vectors, dimensions)
  const queries = new Float32Array(profiles.length * dimensions)
  profiles.forEach(({ known }, place) => {
    for (const { item, weight } of known) {
      const factor = scale[item] * weight
      for (let k = 0; k < dimensions; k++) queries[place * dimensions + k] += factor * items[item * dimensions + k]
    }
  })
  // Lists are longer by the known items, which are removed afterwards: excluding the user's row would exclude the sought items too.
  const most = profiles.reduce((longest, { known }) => Math.max(longest, known.length), 0)
  const k = Math.min(columnCount, CUT + most)
  const excludedRows = new Int32Array(profiles.length).fill(-1)
  const query = { vectors: unitRows(vectors, dimensions), dimensions, queries, k, excludedRows }
  const { columns } = yield* nearest(who, network, query)
  const sums = { recall: 0, ndcg: 0 }
  profiles.forEach(({ known, sought }, place) => {
    const own = new Set(known.map(({ item }) => item))
    const list = columns.subarray(place * k, (place + 1) * k).filter((item) => item >= 0 && !own.has(item))
    const hits = hitsOf(list.subarray(0, CUT), sought)
    sums.recall += recall(hits, CUT, sought.size)
    sums.ndcg += ndcg(hits, CUT, sought.size)
  })
  return { recall: sums.recall / profiles.length, ndcg: sums.ndcg / profiles.length }
}

/** Degrees without some users. They are summed again, because a difference would leave rounding errors on items without other users. */
function* degreesWithout({ rows: all, degrees }: Network, users: Int32Array): Sliced<Network['degrees']> {
  const rows = degrees.rows.slice()
  for (const user of users) rows[user] = 0
  const columns = new Float64Array(all.columnCount)
  const add = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let row = from; row < to; row++) {
      if (rows[row] === 0) continue
      for (let at = window.start(row), end = window.end(row); at < end; at++)
        columns[indices[at]] += data === null ? 1 : Math.abs(data[at])
    }
  }
  yield* all.inSlices(add, SCATTERED)
  return { rows, columns }
}
