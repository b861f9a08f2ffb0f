/**
 * Item-based nearest neighbours: every item keeps its most similar items, a profile's score of an item is the sum of their similarities.
 *
 *   N_ij = left_i right_j sum_u W_ui middle_u W_uj, the `neighbours` largest of each row i without the diagonal;  scores = N' profile
 *
 * W (users x items), middle (users), left and right (items). Cosine (Sarwar et al. 2001, 10.1145/371920.372071), P3alpha and RP3beta
 * (Paudel et al. 2017, 10.1145/2955101) are choices of the three diagonals.
 * Cost: the sum of squared user degrees to build, items x neighbours x 8 bytes to keep; a list costs profile x neighbours.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import { transpose } from '../matrix/turn.ts'
import type { Algorithm } from '../run/drive.ts'
import type { TopLists } from '../run/problem.ts'
import type { Contributions, Model, Profiles, Query } from './model.ts'
import type { Profile } from './profile.ts'
import { TopList } from './top-list.ts'

/** The diagonals of a similarity and how many neighbours to keep. */
export interface NeighbourRecipe {
  readonly middle: Float32Array
  readonly left: Float32Array
  readonly right: Float32Array
  readonly neighbours: number
}

export function neighbourModel(matrix: CsrMatrix, recipe: NeighbourRecipe): Model {
  const similarity = nearestItems(matrix, recipe)
  return {
    // eslint-disable-next-line require-yield -- the same shape as models that propagate
    *rank(profiles, query): Algorithm<TopLists> {
      return rank(matrix, similarity, profiles, query)
    },
    // eslint-disable-next-line require-yield -- the same shape as models that propagate
    *contributions(profile, item): Algorithm<Contributions> {
      return contributions(similarity, profile, item)
    },
  }
}

/** Similar items of every item, as a matrix (items x items) with at most `neighbours` entries a row. */
export function nearestItems(matrix: CsrMatrix, { middle, left, right, neighbours }: NeighbourRecipe): CsrMatrix {
  const { columnCount: itemCount, indptr, indices, data } = matrix
  const byItem = transpose(matrix)
  const sums = new Float64Array(itemCount)
  const touched = new Int32Array(itemCount)
  // A sum says nothing about whether its item was met: weights may be zero.
  const metFor = new Int32Array(itemCount).fill(-1)
  const rowStarts = new Uint32Array(itemCount + 1)
  const kept: { items: Int32Array; scores: Float32Array }[] = []
  const best = new TopList(Math.min(neighbours, itemCount))
  for (let item = 0; item < itemCount; item++) {
    let touchedCount = 0
    for (let at = byItem.indptr[item]; at < byItem.indptr[item + 1]; at++) {
      const user = byItem.indices[at]
      const share = middle[user] * (byItem.data?.[at] ?? 1)
      for (let edge = indptr[user]; edge < indptr[user + 1]; edge++) {
        const other = indices[edge]
        if (metFor[other] !== item) {
          metFor[other] = item
          touched[touchedCount++] = other
        }
        sums[other] += data === null ? share : share * data[edge]
      }
    }
    best.clear()
    for (const other of touched.subarray(0, touchedCount).sort()) {
      if (other !== item) best.offer(other, Math.fround(left[item] * sums[other] * right[other]))
      sums[other] = 0
    }
    const entry = best.take()
    kept.push(entry)
    rowStarts[item + 1] = rowStarts[item] + entry.items.length
  }
  return joinRows(itemCount, rowStarts, kept)
}

function joinRows(
  itemCount: number,
  indptr: Uint32Array,
  kept: readonly { items: Int32Array; scores: Float32Array }[],
): CsrMatrix {
  const nnz = indptr[itemCount]
  const indices = new Uint32Array(nnz)
  const data = new Float32Array(nnz)
  kept.forEach(({ items, scores }, item) => {
    indices.set(items, indptr[item])
    data.set(scores, indptr[item])
  })
  return { rowCount: itemCount, columnCount: itemCount, nnz, indptr, indices, data }
}

function rank(matrix: CsrMatrix, similarity: CsrMatrix, profiles: Profiles, query: Query): TopLists {
  const { k, allowed, excludeSeeds } = query
  const count = profiles.kind === 'rows' ? profiles.rows.length : profiles.indptr.length - 1
  const lists = { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
  const scores = new Float64Array(similarity.rowCount)
  const best = new TopList(k)
  for (let profile = 0; profile < count; profile++) {
    const { items, weights } = profileOf(matrix, profiles, profile)
    scores.fill(0)
    items.forEach((item, at) => {
      for (let edge = similarity.indptr[item]; edge < similarity.indptr[item + 1]; edge++) {
        scores[similarity.indices[edge]] += weights[at] * (similarity.data?.[edge] ?? 1)
      }
    })
    if (excludeSeeds) for (const item of items) scores[item] = 0
    best.clear()
    for (let item = 0; item < scores.length; item++) {
      if (scores[item] > 0 && allowed[item] === 1) best.offer(item, Math.fround(scores[item]))
    }
    const entry = best.take()
    lists.rows.set(entry.items, profile * k)
    lists.scores.set(entry.scores, profile * k)
  }
  return lists
}

/** The items and weights of one profile. */
function profileOf(matrix: CsrMatrix, profiles: Profiles, profile: number): Profile {
  if (profiles.kind === 'sparse') {
    const [from, to] = [profiles.indptr[profile], profiles.indptr[profile + 1]]
    return { items: profiles.indices.subarray(from, to), weights: profiles.data.subarray(from, to) }
  }
  const row = profiles.rows[profile]
  const [from, to] = [matrix.indptr[row], matrix.indptr[row + 1]]
  return {
    items: Int32Array.from(matrix.indices.subarray(from, to)),
    weights: matrix.data?.subarray(from, to) ?? new Float32Array(to - from).fill(1),
  }
}

function contributions(similarity: CsrMatrix, profile: Profile, item: number): Contributions {
  const parts = Float64Array.from(profile.items, (from, at) => {
    for (let edge = similarity.indptr[from]; edge < similarity.indptr[from + 1]; edge++) {
      if (similarity.indices[edge] === item) return profile.weights[at] * (similarity.data?.[edge] ?? 1)
    }
    return 0
  })
  return { items: profile.items, parts }
}
