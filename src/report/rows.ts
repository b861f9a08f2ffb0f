/** Results as data: rows for `console.table` and JSON, columns for Arrow and Parquet. */
import type { Clusters } from '../cluster/options.ts'
import type { Interactions } from '../data/interactions.ts'
import type { Embedding } from '../embed/embedding.ts'
import type { Labelling } from '../label/labelling.ts'
import type { Label } from '../label/seeds.ts'
import type { PageRanks } from '../label/personalized-pagerank.ts'
import type { RatingPrediction, RatingPredictions } from '../ratings/predict-ratings.ts'
import type { RankedItems, Recommendation } from '../recommend/rankings.ts'
import type { ScoredPair } from '../recommend/score.ts'
import type { SimilarUser } from '../recommend/similar-users.ts'
import { RivuletError, show } from '../support/errors.ts'
import { cellsOf, type NodeCells } from '../support/printed.ts'
import { idsOf, type KeyIndex } from '../support/key-index.ts'

/** Lists by user, or by item. */
export type ListsByKey = ReadonlyMap<string, readonly Recommendation[]>

/** Labels, scores, clusters or vectors of nodes, as methods return them. */
export type ValuesByNode = ReadonlyMap<string, Label | number | Float32Array>

/** An entry of a list, or of pairs. */
export type ListEntry = Recommendation | SimilarUser | ScoredPair | RatingPrediction

/** Results that can be converted to rows. */
export type Tabular =
  | ListsByKey
  | ValuesByNode
  | readonly ListEntry[]
  | Clusters
  | Embedding
  | RankedItems
  | Labelling
  | PageRanks
  | RatingPredictions
  | Interactions

/** A column: numbers, flags of 0 and 1, or ids and names. */
export type DataColumn = Int32Array | Float32Array | Float64Array | Uint8Array | readonly (string | number)[]

/** Columns of one length by name. */
export type DataColumns = Readonly<Record<string, DataColumn>>

/** A row of plain values. */
export type DataRow = Readonly<Record<string, string | number | boolean>>

/** The ids of lists, as they were given: numbers if all were numbers. */
export interface IdSource {
  readonly users: KeyIndex
  readonly items: KeyIndex
}

/** Columns of 0 and 1, which are false and true in rows. */
const FLAGS = new Set(['prior', 'reached'])

/**
 * A result as columns: typed arrays of numbers (flags as 0 and 1), arrays of ids and names.
 *
 * Lists have `user`, `rank` (from 1), `item`, `score` and `prior`; labels `node`, `label`, `confidence` and `reached`; PageRank `node` and `score`; predicted ratings `user`, `item`,
 * `rating`, `expectedError` and `reached`; tables `user`, `item` and their other columns; Maps of nodes `node` and `label`, `score`, `cluster`, or `v1`, `v2` ... of vectors. Ids are numbers if all ids
 * of that side were given as numbers.
 *
 * @param ids the source table of a list or a Map; without it their ids are text. Other results have their own ids
 * @throws {RivuletError} INVALID_DATA for values without rows
 * @example
 * ```ts
 * import { fromRows, recommend } from 'rivulet'
 * import { toColumns } from 'rivulet/advanced'
 *
 * const rows = [[1, 70], [1, 71], [2, 71]].map(([user, item]) => ({ user, item }))
 * const table = fromRows(rows, { user: 'user', item: 'item' })
 * const { user, item } = toColumns(recommend(table, { k: 1 }), table)
 * console.log(user, item) // [ 2 ] [ 70 ]
 * ```
 */
export const toColumns = (result: Tabular, ids?: IdSource): DataColumns => columnsOf('toColumns', result, ids)

function columnsOf(who: string, result: Tabular, ids: IdSource | undefined): DataColumns {
  if (result instanceof Map) return columnsOfMap(who, result, ids)
  if (Array.isArray(result)) {
    requireEntries(who, result)
    return columnsOfList(result, ids)
  }
  const found = KINDS.find(([names]) => names.every((name) => Object.hasOwn(Object(result) as object, name)))
  if (found !== undefined) return found[1](result as never)
  throw rowless(who, show(result))
}

const rowless = (who: string, got: string): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who,
    expected: 'lists, ranked items, labels, PageRank, clusters, vectors, predicted ratings or a table of interactions',
    got,
    todo: 'Pass the result of recommend, of another method, of its .detailed, or of a reader.',
  })

/** @throws {RivuletError} INVALID_DATA */
function requireEntries(who: string, list: readonly unknown[]): asserts list is readonly ListEntry[] {
  const isEntry = (entry: unknown): boolean =>
    ['user', 'item'].some((name) =>
      ['string', 'number'].includes(typeof (Object(entry) as Record<string, unknown>)[name]),
    )
  const odd = list.find((entry) => !isEntry(entry))
  if (odd !== undefined || list.includes(undefined)) throw rowless(who, `an array with ${show(odd)}`)
}

function columnsOfMap(who: string, map: ReadonlyMap<string, unknown>, ids: IdSource | undefined): DataColumns {
  const cells = cellsOf(map)
  if (cells !== undefined) return columnsOfNodes(map, cells, ids)
  for (const list of map.values()) {
    if (!Array.isArray(list)) throw rowless(who, `a Map with ${show(list)}`)
    requireEntries(who, list)
  }
  return columnsOfLists(map as ListsByKey, ids)
}

function columnsOfNodes(map: ReadonlyMap<string, unknown>, cells: NodeCells, ids: IdSource | undefined): DataColumns {
  const keys = [...map.keys()]
  const sides = ids === undefined ? [] : [ids.users, ids.items]
  const isNumber = (key: string): boolean => sides.some((side) => side.numeric === true && side.rowOf(key) >= 0)
  const node = sides.length > 0 && keys.every(isNumber) ? keys.map(Number) : keys
  const values = [...map.values()]
  if (cells === 'label') return { node, label: values as (string | number)[] }
  if (cells === 'cluster') return { node, cluster: Int32Array.from(values as number[]) }
  if (cells === 'score') return { node, score: Float32Array.from(values as number[]) }
  const vectors = values as Float32Array[]
  return { node, ...vectorColumns(vectors[0]?.length ?? 0, vectors.length, (row, at) => vectors[row][at]) }
}

/**
 * A result as rows of plain values, for `console.table` and JSON, with the names of `toColumns`.
 *
 * @throws {RivuletError} as `toColumns`
 */
export function toRows(result: Tabular, ids?: IdSource): DataRow[] {
  const columns = Object.entries(columnsOf('toRows', result, ids))
  return Array.from({ length: columns[0]?.[1].length ?? 0 }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, FLAGS.has(name) ? column[row] === 1 : column[row]])),
  )
}

function columnsOfLists(lists: ListsByKey, ids: IdSource | undefined): DataColumns {
  const entries = [...lists.values()].flat()
  const key: string[] = []
  for (const [user, list] of lists) for (let at = 0; at < list.length; at++) key.push(user)
  const rank = Int32Array.from([...lists.values()].flatMap((list) => list.map((_, at) => at + 1)))
  return { user: typed(key, ids?.users), rank, ...columnsOfEntries(entries, ids) }
}

/** Columns of entries of one kind: those of a list, with their ranks, or pairs. */
function columnsOfList(list: readonly ListEntry[], ids: IdSource | undefined): DataColumns {
  const has = (name: string): boolean => list.some((entry) => Object.hasOwn(entry, name))
  const cells = <T>(name: string): T[] => list.map((entry) => (entry as unknown as Readonly<Record<string, T>>)[name])
  const numbers = ['score', 'rating', 'expectedError'].filter(has)
  return {
    ...((!has('user') || !has('item')) && { rank: Int32Array.from(list, (_, at) => at + 1) }),
    ...(has('user') && { user: typed(cells('user'), ids?.users) }),
    ...(has('item') && { item: typed(cells('item'), ids?.items) }),
    ...Object.fromEntries(numbers.map((name) => [name, Float64Array.from(cells<number>(name))])),
    ...(has('item') &&
      !has('user') && { prior: Uint8Array.from(cells<boolean | undefined>('prior'), (is) => (is ? 1 : 0)) }),
    ...(has('reached') && { reached: Uint8Array.from(cells<boolean>('reached'), Number) }),
  }
}

const columnsOfEntries = (entries: readonly Recommendation[], ids: IdSource | undefined): DataColumns => ({
  item: typed(
    entries.map(({ item }) => item),
    ids?.items,
  ),
  score: Float64Array.from(entries, ({ score }) => score),
  prior: Uint8Array.from(entries, ({ prior }) => (prior ? 1 : 0)),
})

function columnsOfRankings({ users, strangers = [], k, items, scores, priorFrom, ...keys }: RankedItems): DataColumns {
  const places: number[] = []
  for (let at = 0; at < items.length; at++) if (items[at] >= 0) places.push(at)
  const listOf = places.map((at) => Math.floor(at / k))
  const idOf = idsOf(keys.userKeys)
  // Unknown users have the requested id.
  const user = listOf.map((list) => (users[list] < 0 ? strangers[-1 - users[list]] : idOf(users[list])))
  const itemOf = idsOf(keys.itemKeys)
  return {
    user: strangers.length === 0 ? user : user.map(String),
    rank: Int32Array.from(places, (at) => 1 + (at % k)),
    item: places.map((at) => itemOf(items[at])),
    score: Float32Array.from(places, (at) => scores[at]),
    prior: Uint8Array.from(places, (at, place) => (at % k >= priorFrom[listOf[place]] ? 1 : 0)),
  }
}

const columnsOfLabels = ({ nodes, labels, confidence, reached }: Labelling): DataColumns => ({
  node: allIds(nodes),
  label: labels,
  confidence,
  reached,
})

const columnsOfRanks = ({ nodes, scores }: PageRanks): DataColumns => ({ node: allIds(nodes), score: scores })

function columnsOfRatings({
  users,
  items,
  user,
  item,
  rating,
  expectedError,
  reached,
}: RatingPredictions): DataColumns {
  return { user: Array.from(user, idsOf(users)), item: Array.from(item, idsOf(items)), rating, expectedError, reached }
}

const columnsOfClusters = ({ members, clusters }: Clusters): DataColumns => ({
  node: allIds(members),
  cluster: clusters,
})

function columnsOfEmbedding({ nodes, dimensions, userVectors, itemVectors }: Embedding): DataColumns {
  const sides = [userVectors.data, itemVectors.data]
  return {
    node: allIds(nodes),
    ...vectorColumns(dimensions, nodes.size, (node, at) => {
      const users = sides[0].length / dimensions
      return node < users ? sides[0][node * dimensions + at] : sides[1][(node - users) * dimensions + at]
    }),
  }
}

/** Columns 'v1', 'v2' ...: one entry of all vectors each. */
const vectorColumns = (dimensions: number, count: number, entry: (node: number, at: number) => number): DataColumns =>
  Object.fromEntries(
    Array.from({ length: dimensions }, (_, at) => [
      `v${at + 1}`,
      Float32Array.from({ length: count }, (__, node) => entry(node, at)),
    ]),
  )

function columnsOfTable({ users, items, user, item, value, signal, signals, time }: Interactions): DataColumns {
  return {
    user: Array.from(user, idsOf(users)),
    item: Array.from(item, idsOf(items)),
    ...(value && { value }),
    ...(signal && { signal: Array.from(signal, (number) => signals[number]) }),
    ...(time && { time }),
  }
}

const allIds = (index: KeyIndex): (string | number)[] => {
  const idOf = idsOf(index)
  return Array.from({ length: index.size }, (_, row) => idOf(row))
}

/** Keys as ids of the type that was given. */
const typed = (keys: readonly string[], index: KeyIndex | undefined): readonly (string | number)[] =>
  index?.numeric ? keys.map(Number) : keys

/** How to convert each kind of result, recognised by properties that only it has. */
const KINDS: readonly (readonly [properties: readonly string[], columns: (result: never) => DataColumns])[] = [
  [['priorFrom', 'userKeys'], columnsOfRankings],
  [['rating', 'expectedError'], columnsOfRatings],
  [['labels', 'confidence'], columnsOfLabels],
  [['nodes', 'scores'], columnsOfRanks],
  [['user', 'item', 'signals'], columnsOfTable],
  [['members', 'clusters'], columnsOfClusters],
  [['userVectors', 'itemVectors'], columnsOfEmbedding],
]
