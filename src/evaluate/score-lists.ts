import type { ItemSets } from './aligned-split.ts'
import { RANKING_METRICS, RANKING_METRIC_NAMES } from './ranking.ts'

/** Ranked lists of item rows, concatenated. */
export interface RankedRows {
  /** User rows of the training table, each at most once; shape (lists). */
  readonly users: Int32Array
  /** Length of a list. */
  readonly k: number
  /** Item rows of the training table, best first; -1 ends a short list. Shape (lists * k). */
  readonly items: Int32Array
}

/** Metrics of every evaluated user, and how often each item was shown to them. */
export interface ListScores {
  /** Rows of the selected users that have both a list and held-out items, in the order of the rankings. */
  readonly users: Int32Array
  /** 'recall@20' and so on: the value for each user, shape (users). */
  readonly metrics: Readonly<Record<string, Float64Array>>
  /** For each cut-off in `ks`: the number of lists with each item within it, shape (items). */
  readonly exposures: readonly Int32Array[]
}

/**
 * Scores lists against held-out items. Time O(lists * k * metrics), memory O(users * metrics + items * ks).
 *
 * @param ks cut-offs, ascending
 * @param items number of items, training and test together
 * @param isMeant which users are scored
 */
export function scoreLists(
  rankings: RankedRows,
  heldOut: ItemSets,
  ks: readonly number[],
  items: number,
  isMeant: (user: number) => boolean = () => true,
): ListScores {
  const isTested = (user: number): boolean => heldOut.indptr[user + 1] > heldOut.indptr[user] && isMeant(user)
  const tested = rankings.users.map((_, list) => list).filter((list) => isTested(rankings.users[list]))
  const users = tested.map((list) => rankings.users[list])
  const columns = ks.flatMap((k) =>
    RANKING_METRIC_NAMES.map((name) => {
      return { name: `${name}@${k}`, k, metric: RANKING_METRICS[name], values: new Float64Array(users.length) }
    }),
  )
  const exposures = ks.map(() => new Int32Array(items))
  const hits = new Uint8Array(rankings.k)
  // The held-out items of the list at position p have stamp p + 1; a hit clears it, so a repeated item hits once.
  const stamps = new Int32Array(items)

  for (let position = 0; position < users.length; position++) {
    const start = heldOut.indptr[users[position]]
    const end = heldOut.indptr[users[position] + 1]
    for (let at = start; at < end; at++) stamps[heldOut.items[at]] = position + 1
    const list = rankings.items.subarray(tested[position] * rankings.k, (tested[position] + 1) * rankings.k)
    markHits(list, stamps, position + 1, hits)
    for (const { k, metric, values } of columns) values[position] = metric(hits, k, end - start)
    for (let cut = 0; cut < ks.length; cut++) expose(list, ks[cut], exposures[cut])
  }
  return { users, metrics: Object.fromEntries(columns.map(({ name, values }) => [name, values])), exposures }
}

function markHits(list: Int32Array, stamps: Int32Array, stamp: number, hits: Uint8Array): void {
  hits.fill(0)
  for (let rank = 0; rank < list.length && list[rank] >= 0; rank++) {
    if (stamps[list[rank]] !== stamp) continue
    hits[rank] = 1
    stamps[list[rank]] = 0
  }
}

function expose(list: Int32Array, k: number, exposure: Int32Array): void {
  for (let rank = 0; rank < k && list[rank] >= 0; rank++) exposure[list[rank]]++
}
