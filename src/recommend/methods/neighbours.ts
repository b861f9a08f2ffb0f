/**
 * Item-based nearest neighbours: every item contributes to its most similar items, and the score of an item is the sum of the contributions of the profile's items.
 *
 *   N_ij = c_ij / (1 + shrink left_i right_j),   c_ij = left_i right_j sum_u W_ui middle_u W_uj,
 *   the `neighbours` largest of each row i without the diagonal;   scores = N' profile
 *
 * W (users x items), middle (users), left and right (items). Cosine (Sarwar et al. 2001, 10.1145/371920.372071), P3alpha (Cooper et al. 2014,
 * 10.1145/2567948.2579244) and RP3beta (Paudel et al. 2017, 10.1145/2955101) are choices of the three diagonals.
 * Cost: the sum of squared user degrees to build, on all threads; items x neighbours x 8 bytes to keep, and again in shared memory for the lists of many users;
 * a list costs profile x neighbours.
 */
import { scaledColumns } from '../../matrix/normalize.ts'
import { transposeInSlices } from '../../matrix/turn.ts'
import type { Network } from '../../network/network.ts'
import type { Product } from '../../request/product.ts'
import { product, type Algorithm } from '../../request/request.ts'
import type { Model } from './model.ts'
import { similarityModel } from './similarity.ts'

/** Whose neighbours are kept: those of the profile's items (Deshpande & Karypis 2004), or those of the scored items (Sarwar et al. 2001). */
export type NeighboursOf = 'profile' | 'target'

/**
 * @param factors of scores, shape (items): neighbours are selected by whole scores without them
 * @param neighboursOf 'profile': each item of a profile contributes to its nearest; 'target': each item is scored by its nearest (N' keeps the largest)
 */
export function* neighbourModel(
  network: Network,
  recipe: Omit<Product, 'kind' | 'preliminary'>,
  neighboursOf: NeighboursOf = 'profile',
  factors: Float32Array | null = null,
): Algorithm<Model> {
  const { lists } = yield* product({ ...recipe, preliminary: true })
  const what = `the neighbours of ${lists.rowCount} items`
  const parts = { model: (neighboursOf === 'target' ? 2 : 1) * (8 * lists.nnz + 4 * lists.rowCount) }
  network.budget.take({ who: recipe.name, what, parts, todo: "Raise memoryLimitBytes, or lower 'neighbours'." })
  const lent = neighboursOf === 'profile' ? lists : yield* transposeInSlices(lists)
  return similarityModel(recipe.name, network, factors === null ? lent : yield* scaledColumns(lent, factors))
}
