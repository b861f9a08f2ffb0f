/**
 * A compiled recommender at another time. Each score contains a factor of its item alone (`recency.ts`), so factors of another day can replace the old ones without
 * the graph:
 *
 *   M' = M diag(new / old),   V' = diag(new / old) V,   start' = start old / new
 *
 * The truncation of rows, and the completion of short profiles, remain those of the old factors.
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

/** Interactions until another day, with their times, by the items of a compiled recommender. */
export interface OtherDay {
  /** Users by items. */
  readonly rows: CsrMatrix
  /** `null` if no times are known. */
  readonly times: TimedRows | null
  readonly signed: boolean
}

/** @throws {RivuletError} INVALID_DATA if no times are known; as `itemRecency` */
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
  // Beside relations, items without known times have the factor 1.
  const factors =
    parts.relations === null ? found : (found?.map((factor, item) => (columns[item] > 0 ? factor : 1)) ?? null)
  const degrees = { rows: new Float64Array(0), columns }
  const popularity = yield* popularityOf({ rows, degrees, signed }, factors)
  // Values follow the items and have no recency.
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
