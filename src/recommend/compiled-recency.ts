/**
 * A compiled recommender on another day. Scores are times a factor of each item alone (`recency.ts`), so that another day's take the place of the old ones without
 * the graph:
 *
 *   M' = M diag(new / old),   V' = diag(new / old) V,   start' = start old / new
 *
 * What was cut off of the rows was chosen by the old factors, and what short profiles are lent by the old past.
 */
import { withoutColumn } from '../data/interactions.ts'
import type { TimedRows } from '../data/timed-rows.ts'
import { columnDegreesInSlices, type CsrMatrix } from '../matrix/csr.ts'
import type { Sliced } from '../support/pause.ts'
import { scaledHead } from './compiled-head.ts'
import { scaledCold } from './compiled-relations.ts'
import type { CompiledParts } from './compiled-format.ts'
import { popularityOf } from './methods/popularity.ts'
import { scaledPacked } from './packed-rows.ts'
import { itemRecency, type RecencyRequest } from './recency.ts'

/** What was taken until another day, and when, by the items of a compiled recommender. */
export interface OtherDay {
  /** Users by items. */
  readonly rows: CsrMatrix
  /** `null` where no time is known. */
  readonly times: TimedRows | null
  readonly signed: boolean
}

/** @throws {RivuletError} INVALID_DATA where no time is known; as `itemRecency` */
export function* renewParts(
  who: string,
  parts: CompiledParts,
  { rows, times, signed }: OtherDay,
  request: RecencyRequest,
): Sliced<CompiledParts> {
  if (times === null && request.recency !== null)
    throw withoutColumn(
      who,
      'time',
      'Name the time column when reading, or give recency: null.',
      ', which recency needs',
    )
  const columns = yield* columnDegreesInSlices(rows)
  const found = (yield* itemRecency(who, times, request)).factors
  // What no time is known of is neither recent nor old, beside relations.
  const factors =
    parts.relations === null ? found : (found?.map((factor, item) => (columns[item] > 0 ? factor : 1)) ?? null)
  const degrees = { rows: new Float64Array(0), columns }
  const popularity = yield* popularityOf({ rows, degrees, signed }, factors)
  // Values stand behind the items, and are neither recent nor old.
  const ratioOf = (item: number): number =>
    item < columns.length ? (factors?.[item] ?? 1) / (parts.factors?.[item] ?? 1) : 1
  const ratios = Float64Array.from({ length: parts.rows.itemCount }, (_, item) => ratioOf(item))
  return {
    ...parts,
    rows: yield* scaledPacked(parts.rows, ratios),
    head: parts.head && (yield* scaledHead(parts.head, ratios)),
    popularity,
    factors,
    relations: parts.relations && { ...parts.relations, cold: scaledCold(parts.relations.cold, ratios) },
  }
}
