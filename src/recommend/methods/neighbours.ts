/**
 * Item-based nearest neighbours: every item lends to its most similar items, and a profile's score of an item is what its items lend it.
 *
 *   N_ij = c_ij / (1 + shrink left_i right_j),   c_ij = left_i right_j sum_u W_ui middle_u W_uj,
 *   the `neighbours` largest of each row i without the diagonal;   scores = N' profile
 *
 * W (users x items), middle (users), left and right (items). Cosine (Sarwar et al. 2001, 10.1145/371920.372071), P3alpha (Cooper et al. 2014,
 * 10.1145/2567948.2579244) and RP3beta (Paudel et al. 2017, 10.1145/2955101) are choices of the three diagonals.
 * Cost: the sum of squared user degrees to build, items x neighbours x 8 bytes to keep; a list costs profile x neighbours.
 */
import { CsrMatrix, type SparseRows, type RowWindow } from '../../matrix/csr.ts'
import { transposeInSlices } from '../../matrix/turn.ts'
import { PAUSE, Slices, type Sliced } from '../../support/pause.ts'
import type { Model } from './model.ts'
import { selectLargest } from '../select-largest.ts'
import { similarityModel } from './similarity.ts'

/** Whose neighbours are kept: those of the profile's items (Deshpande & Karypis 2004), or those of the items scored (Sarwar et al. 2001). */
export type NeighboursOf = 'profile' | 'target'

/** The diagonals of a similarity and how many neighbours to keep. */
export interface NeighbourRecipe {
  readonly middle: Float32Array
  readonly left: Float32Array
  readonly right: Float32Array
  /** Most entries of a row; integer >= 1. */
  readonly neighbours: number
  /** Holds back what few users support; >= 0, in units of 1 / (left right). Default 0. */
  readonly shrink?: number
}

/** @param neighboursOf 'profile': each item of a profile lends to its nearest; 'target': each item borrows from its nearest (N' keeps the largest) */
export function* neighbourModel(rows: SparseRows, recipe: NeighbourRecipe, neighboursOf: NeighboursOf): Sliced<Model> {
  const similarity = yield* nearestItems(rows, recipe)
  return similarityModel(rows, neighboursOf === 'profile' ? similarity : yield* transposeInSlices(similarity))
}

/**
 * Similar items of every item, as a matrix (items x items) with at most `neighbours` positive entries a row.
 *
 * @param given stands for W_ui where it differs from the matrix that stands for W_uj, shape (items x users)
 */
export function* nearestItems(
  users: SparseRows,
  recipe: NeighbourRecipe,
  given: CsrMatrix | null = null,
): Sliced<CsrMatrix> {
  const byItem = given ?? (yield* transposeInSlices(users))
  const slices = new Slices()
  const { columnCount: itemCount } = users
  const met: Met = { count: 0, items: new Int32Array(itemCount), scores: new Float32Array(itemCount) }
  const sums = new Float64Array(itemCount)
  const rowStarts = new Uint32Array(itemCount + 1)
  const rows: Row[] = []
  for (let item = 0; item < itemCount; item++) {
    met.count = 0
    for (let at = byItem.indptr[item]; at < byItem.indptr[item + 1]; at++) {
      const user = byItem.indices[at]
      addUser(users.windowOf(user), user, recipe.middle[user] * (byItem.data === null ? 1 : byItem.data[at]), sums, met)
      if (slices.full(users.lengthOf(user))) yield PAUSE
    }
    scoreOthers(item, recipe, sums, met)
    const { count, items, scores } = met
    const most = Math.min(count, recipe.neighbours)
    if (most < count) selectLargest(items, scores, count, most)
    const row = inOrder(items, scores, most, sums)
    rowStarts[item + 1] = rowStarts[item] + most
    rows.push(row)
    // Choosing and sorting takes several looks at each.
    if (slices.full(8 * count)) yield PAUSE
  }
  return joinRows(rowStarts, rows)
}

/** The first `count` entries are the items met; their scores follow later. */
interface Met {
  count: number
  readonly items: Int32Array
  readonly scores: Float32Array
}

/** Adds a user's items, `share` times their weights, to the sums, and notes those that were not met before. */
function addUser(window: RowWindow, user: number, share: number, sums: Float64Array, met: Met): void {
  const { indices, data } = window
  const { items } = met
  let count = met.count
  for (let edge = window.start(user), end = window.end(user); edge < end; edge++) {
    const part = data === null ? share : share * data[edge]
    const other = indices[edge]
    const before = sums[other]
    if (before === 0) items[count++] = other
    // A sum of zero would have its item noted again and again.
    sums[other] = before + part || Number.MIN_VALUE
  }
  met.count = count
}

/** Turns sums into scores, and keeps the others whose score is positive. */
function scoreOthers(item: number, { left, right, shrink = 0 }: NeighbourRecipe, sums: Float64Array, met: Met): void {
  const { items, scores } = met
  const own = left[item]
  let count = 0
  for (let at = 0; at < met.count; at++) {
    const other = items[at]
    const score = (own * sums[other] * right[other]) / (1 + shrink * own * right[other])
    sums[other] = 0
    scores[count] = score
    items[count] = other
    if (other !== item && scores[count] > 0) count++
  }
  met.count = count
}

interface Row {
  readonly items: Uint32Array
  readonly scores: Float32Array
}

/** A copy of the first `count` entries, by item. `scratch` (items) is zero before and after. */
function inOrder(items: Int32Array, scores: Float32Array, count: number, scratch: Float64Array): Row {
  for (let at = 0; at < count; at++) scratch[items[at]] = scores[at]
  const row = { items: new Uint32Array(items.subarray(0, count)).sort(), scores: new Float32Array(count) }
  for (let at = 0; at < count; at++) {
    row.scores[at] = scratch[row.items[at]]
    scratch[row.items[at]] = 0
  }
  return row
}

function joinRows(indptr: Uint32Array, rows: readonly Row[]): CsrMatrix {
  const nnz = indptr[rows.length]
  const indices = new Uint32Array(nnz)
  const data = new Float32Array(nnz)
  rows.forEach(({ items, scores }, row) => {
    indices.set(items, indptr[row])
    data.set(scores, indptr[row])
  })
  return new CsrMatrix(rows.length, { indptr, indices, data })
}
