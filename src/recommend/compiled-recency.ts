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
  const { factors } = yield* itemRecency(who, times, request)
  const columns = yield* columnDegreesInSlices(rows)
  const degrees = { rows: new Float64Array(0), columns }
  const popularity = yield* popularityOf({ rows, degrees, signed }, factors)
  const ratios = Float64Array.from(columns, (_, item) => (factors?.[item] ?? 1) / (parts.factors?.[item] ?? 1))
  return {
    ...parts,
    rows: yield* scaledPacked(parts.rows, ratios),
    head: parts.head && (yield* scaledHead(parts.head, ratios)),
    popularity,
    factors,
  }
}
