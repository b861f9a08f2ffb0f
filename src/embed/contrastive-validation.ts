/**
 * Validation by users that nothing is learnt from: a training is judged by how well it finds some of their items by their others.
 *
 * A user's vector is the sum of her items', so that it exists without her having been there; and a user whose degree is 0 takes no part in any product. So
 * the same matrix serves, with other degrees, and nothing that is sought has touched what is learnt. Users held out whole: Liang et al., WWW 2018,
 * 10.1145/3178876.3186150 (strong generalisation).
 */
import { ndcg, recall, hitsOf } from '../evaluate/ranking.ts'
import { whereInSlices } from '../data/take-rows.ts'
import { degreePower } from '../matrix/normalize.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import { PAUSE, rowRanges, SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { nearest } from './nearest.ts'
import { unitRows } from './unit-rows.ts'
import { summands, sumExponent } from './user-sums.ts'
import type { Network } from '../network/network.ts'

/** Share of a validation user's items that is sought. */
const SOUGHT_SHARE = 0.2
/** Length of the lists. */
const CUT = 20

/** Users to validate on, and what is left without them. */
export interface HeldOutUsers {
  /** The same matrix, degrees as if these users had nothing. */
  readonly network: Network
  readonly profiles: readonly Profile[]
}

interface Profile {
  /** Stored entries that a user is known by. */
  readonly known: Int32Array
  /** Items that are to be found. */
  readonly sought: ReadonlySet<number>
}

/**
 * Holds out a share of the users who have two items or more, at random, at least one.
 *
 * @throws {RivuletError} EMPTY_DATA when no user is left to validate on, or none to learn from.
 */
export function* holdUsersOut(who: string, network: Network, share: number, seed: number): Sliced<HeldOutUsers> {
  const { rowCount, indptr, data } = network.matrix
  const random = seededRandom(seed)
  const likedBy = (user: number): Int32Array => edgesOf(indptr, user).filter((edge) => data === null || data[edge] > 0)
  const countLiked = (user: number): number => {
    let count = 0
    for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) if (data === null || data[edge] > 0) count++
    return count
  }
  const able = yield* whereInSlices(
    rowCount,
    (user) => countLiked(user) > 1,
    SCATTERED + Math.ceil(indptr[rowCount] / rowCount),
  )
  const users = random.shuffle(able).slice(0, Math.max(1, Math.round(share * able.length)))
  if (users.length === able.length) {
    throw new RivuletError('EMPTY_DATA', {
      who: `${who}, option 'validationFraction'`,
      expected: 'users with two items or more to validate on, and others to learn from',
      got: `${able.length} such users, and a share of ${share}`,
      todo: 'Lower validationFraction, or leave it out.',
    })
  }
  const profiles = Array.from(users, (user): Profile => {
    const own = random.shuffle(likedBy(user))
    const sought = new Set(own.subarray(0, Math.max(1, Math.floor(SOUGHT_SHARE * own.length))))
    return {
      known: edgesOf(indptr, user).filter((edge) => !sought.has(edge)),
      sought: new Set(Array.from(sought, (edge) => network.matrix.indices[edge])),
    }
  })
  return { network: { ...network, degrees: yield* degreesWithout(network, users) }, profiles }
}

/** Means over users of how well what is sought is found among all items that the user is not known by. @param vectors shape (items x dimensions) */
export function* validate(
  who: string,
  { network, profiles }: HeldOutUsers,
  vectors: Float32Array,
  dimensions: number,
  itemExponent: number,
): Algorithm<{ recall: number; ndcg: number }> {
  const { columnCount, indices, data } = network.matrix
  const scale = degreePower(network.degrees.columns, -sumExponent(itemExponent), 0)
  const items = summands(vectors, dimensions)
  const queries = new Float32Array(profiles.length * dimensions)
  profiles.forEach(({ known }, place) => {
    for (const edge of known) {
      const item = indices[edge]
      const factor = scale[item] * (data === null ? 1 : data[edge])
      for (let k = 0; k < dimensions; k++) queries[place * dimensions + k] += factor * items[item * dimensions + k]
    }
  })
  // What a user is known by fills her list first, and is left out of it here: her row's entries are not all to be kept out.
  const most = profiles.reduce((longest, { known }) => Math.max(longest, known.length), 0)
  const k = Math.min(columnCount, CUT + most)
  const excludedRows = new Int32Array(profiles.length).fill(-1)
  const query = { vectors: unitRows(vectors, dimensions), dimensions, queries, k, excludedRows }
  const { columns } = yield* nearest(who, network, query)
  const sums = { recall: 0, ndcg: 0 }
  profiles.forEach(({ known, sought }, place) => {
    const own = new Set(Array.from(known, (edge) => indices[edge]))
    const list = columns.subarray(place * k, (place + 1) * k).filter((item) => item >= 0 && !own.has(item))
    const hits = hitsOf(list.subarray(0, CUT), sought)
    sums.recall += recall(hits, CUT, sought.size)
    sums.ndcg += ndcg(hits, CUT, sought.size)
  })
  return { recall: sums.recall / profiles.length, ndcg: sums.ndcg / profiles.length }
}

const edgesOf = (indptr: Uint32Array, user: number): Int32Array =>
  Int32Array.from({ length: indptr[user + 1] - indptr[user] }, (_, at) => indptr[user] + at)

/** Summed again: a difference would leave crumbs on items that nobody else has. */
function* degreesWithout({ matrix, degrees }: Network, users: Int32Array): Sliced<Network['degrees']> {
  const { columnCount, indptr, indices, data } = matrix
  const rows = degrees.rows.slice()
  for (const user of users) rows[user] = 0
  const columns = new Float64Array(columnCount)
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (rows[row] === 0) continue
      for (let edge = indptr[row]; edge < indptr[row + 1]; edge++)
        columns[indices[edge]] += data === null ? 1 : Math.abs(data[edge])
    }
  }
  for (const [from, to] of rowRanges(indptr, SCATTERED)) {
    add(from, to)
    yield PAUSE
  }
  return { rows, columns }
}
