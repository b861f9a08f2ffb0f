/**
 * The amounts that profiles bring to values of items: genres, pairs.
 *
 * p(T) = p(0) + T q(T) as in `arrivals.ts`. The score of an item without interactions is what arrives by the last T:
 *
 *   finish_i scale_i sum over v of w_vi middle_v [W q(T) start r]_v
 *
 * Cost: one solve with a column per profile.
 */
import type { Network } from '../../network/network.ts'
import type { Filter } from '../../plan/filter.ts'
import { sweep, type Algorithm } from '../../request/request.ts'
import type { SparseSeeds } from '../../request/sweep.ts'
import type { BroughtToValues } from './model.ts'
import { lentTo, startSparse, type SpreadingRecipe } from './spreading.ts'

/** Amounts that profiles bring to all values of items. @param before q */
export function* broughtToValues(
  { rows: matrix, relations }: Network,
  { name, operator, start, finish, factors, average }: SpreadingRecipe,
  before: Filter,
  profiles: SparseSeeds,
): Algorithm<BroughtToValues> {
  const { scale, middle } = operator
  const userCount = relations?.userCount ?? matrix.rowCount
  const count = profiles.indptr.length - 1
  const columns = average === undefined ? count : count + 1
  const { rowScores } = yield* sweep({
    ...{ name, operator, schedule: before.schedule, preliminary: true },
    seeds: startSparse(average === undefined ? profiles : withOneMore(profiles, average.items), start),
    output: { kind: 'scores', finish: new Float32Array(scale.length), rowScale: middle ?? scale },
  })
  const lent = average && lentTo(profiles, average)
  const brought = new Float32Array((matrix.rowCount - userCount) * count)
  for (let at = 0; at < brought.length; at++) {
    const [value, place] = [Math.floor(at / count), at % count]
    const row = (userCount + value) * columns
    brought[at] =
      before.gain * (rowScores[row + place] + (lent === undefined ? 0 : lent[place] * rowScores[row + count]))
  }
  return { brought, taken: finish.map((factor, item) => factor * scale[item] * (factors?.[item] ?? 1)) }
}

/** @param dense an additional last column */
function withOneMore({ indptr, indices, data }: SparseSeeds, dense: Float32Array): SparseSeeds {
  const length = indices.length + dense.length
  const more = {
    indptr: new Int32Array(indptr.length + 1),
    indices: new Int32Array(length),
    data: new Float32Array(length),
  }
  more.indptr.set(indptr)
  more.indptr[indptr.length] = length
  more.indices.set(indices)
  more.data.set(data)
  more.data.set(dense, data.length)
  dense.forEach((_, item) => (more.indices[indices.length + item] = item))
  return { kind: 'sparse', ...more }
}
