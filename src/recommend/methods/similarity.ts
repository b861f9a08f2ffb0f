/**
 * Recommendation by a sparse matrix of items: the score of an item is the weighted sum of the contributions of the profile's items.
 *
 *   scores = N' profile
 *
 * N (items x items), row i the contributions of item i. Cost of a list: the entries of the rows of the profile's items.
 */
import type { CsrMatrix } from '../../matrix/csr.ts'
import type { Network } from '../../network/network.ts'
import { lentLists } from '../../solve/rank-table.ts'
import type { Model } from './model.ts'
import { scoredModel } from './scored-model.ts'
import { SparseSums } from '../sparse-sums.ts'

/** @param similarity N; weights may be negative */
export function similarityModel(who: string, network: Network, similarity: CsrMatrix): Model {
  const { indptr, indices, data } = similarity
  const sums = new SparseSums(similarity)
  return scoredModel(who, network, {
    lists: lentLists(similarity),
    *score(items, weights, offer) {
      yield* sums.fill(items, weights)
      sums.drain(offer)
    },
    // eslint-disable-next-line require-yield -- the same shape as scorers that take long
    *parts({ items, weights }, item) {
      return Float64Array.from(items, (from, at) => {
        const place = indices.subarray(indptr[from], indptr[from + 1]).indexOf(item)
        return place < 0 ? 0 : weights[at] * (data === null ? 1 : data[indptr[from] + place])
      })
    },
  })
}
