/**
 * The part of a score that arrives at an item through its values of relations: a genre, a pair.
 *
 *   p(T) = p(0) + T q(T),   T = sum of T_r over rows r,   T_r = scale o (W_r' middle_r W_r)
 *
 * p(T) as in `spreading.ts`. The last product with T comes to the item from the users who took it and from its rows of values, and its score is the sum of their
 * contributions, which is exact, as it is for the items of a profile. A row v contributes finish_i [T_v q(T) start r]_i, r the completed profile; of the contributions
 * of all rows of an item, item j of the profile has sent start_j [T_v q(T)]_ij, which is one solve from the item because T diag(scale) is symmetric.
 * Cost: one pass over the values of items, and one solve of two columns.
 */
import type { Network } from '../../network/network.ts'
import type { Filter } from '../../plan/filter.ts'
import { sweep, type Algorithm } from '../../request/request.ts'
import type { Operator } from '../../request/sweep.ts'
import { sparseProfiles } from '../profile-parts.ts'
import type { Profile } from '../profile.ts'
import type { Arrived } from './model.ts'

/** The rows of values of an item. */
export interface HeldRows {
  readonly rows: Int32Array
  /** Weight of the item in each. */
  readonly weights: Float32Array
  readonly matrix: Network['rows']
}

/** `null` for an item without values. */
export function heldRows({ rows: matrix, relations }: Network, item: number): HeldRows | null {
  const found: [row: number, weight: number][] = []
  for (let row = relations?.userCount ?? matrix.rowCount; row < matrix.rowCount; row++) {
    const at = matrix.columnsOf(row).indexOf(item)
    if (at >= 0) found.push([row, matrix.weightsOf(row)[at]])
  }
  if (found.length === 0) return null
  return { rows: Int32Array.from(found, ([row]) => row), weights: Float32Array.from(found, ([, one]) => one), matrix }
}

/** The diagonals of a spreading recipe. */
interface Diagonals {
  readonly name: string
  readonly operator: Operator
  readonly start: Float32Array
  readonly finish: Float32Array
}

/** Arriving amounts, and the items that sent them. */
interface Arrivals extends Arrived {
  /** start_j [T_v q(T)]_ij summed over v, shape (items). */
  readonly sent: Float64Array
}

/** @param before q. @param completed a profile with its share of the average user, as the solve starts: times `start` */
export function* arrivals(
  { name, operator, start, finish }: Diagonals,
  before: Filter,
  completed: Profile,
  item: number,
  { rows, weights, matrix }: HeldRows,
): Algorithm<Arrivals> {
  const { scale } = operator
  const middle = operator.middle ?? scale
  const held = { columns: [] as number[], weights: [] as number[] }
  rows.forEach((row, at) => {
    const [columns, own] = [matrix.columnsOf(row), matrix.weightsOf(row)]
    columns.forEach((column, entry) => {
      held.columns.push(column)
      held.weights.push(scale[item] * scale[column] * middle[row] * weights[at] * own[entry])
    })
  })
  const both = [completed, { items: Int32Array.from(held.columns), weights: Float32Array.from(held.weights) }]
  const { columnScores } = yield* sweep({
    ...{ name, operator, schedule: before.schedule, preliminary: true },
    seeds: sparseProfiles(both),
    output: { kind: 'scores', finish: new Float32Array(start.length).fill(1), rowScale: null },
  })
  const parts = Float64Array.from(rows, (row, at) => {
    const own = matrix.weightsOf(row)
    const sum = matrix.columnsOf(row).reduce((total, column, entry) => total + own[entry] * columnScores[2 * column], 0)
    return before.gain * finish[item] * scale[item] * weights[at] * middle[row] * sum
  })
  const sent = Float64Array.from(start, (factor, j) =>
    scale[j] > 0 ? (before.gain * factor * columnScores[2 * j + 1]) / scale[j] : 0,
  )
  return { rows, parts, sent }
}
