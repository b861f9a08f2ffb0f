/**
 * Rating inference from few labels and much unlabelled evidence.
 *
 *   rating = mean + bias of the user + bias of the item + residuals of the user and of the item, spread over a graph
 *
 * The graph is that of labels and evidence together, so unrated pairs also tell which items and which users are similar; process.ts has the formula,
 * graph-features.ts the coordinates, error.ts the expected error. Whether evidence helps is measured on held-out labels. Relations give coordinates to
 * users and items without interactions: related-features.ts.
 */
import { assignEdges } from '../graph/assign.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import type { AbstractGraph } from '../graph/check.ts'
import { requireGraph } from '../graph/check.ts'
import { asMapped, attributesRead, mapGraph } from '../graph/mapping.ts'
import { withKinds } from '../graph/relations.ts'
import { interactionsInSlices, tableOfGraph } from '../graph/to-interactions.ts'
import type { Interactions } from '../data/interactions.ts'
import { withinMachine } from '../plan/machine.ts'
import { readAs, relatedTable, type Source } from '../network/open.ts'
import { requireWeights } from '../network/relations.ts'
import { drive } from '../support/drive.ts'
import { answerInThread } from '../run/in-thread.ts'
import { defaultsOf } from '../support/spec.ts'
import { show } from '../support/errors.ts'
import type { Id, KeyIndex } from '../support/key-index.ts'
import { counted, shown, type Shown } from '../support/printed.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import type { Sliced } from '../support/pause.ts'
import { checkOption } from '../support/options.ts'
import { balanceRatings, type RatingBalance } from './balance.ts'
import { matrixOf, pairsWithout, readRatings } from './data.ts'
import type { AskedPairs } from './error.ts'
import type { Detached } from '../request/request.ts'
import { RatingFit } from './fit.ts'
import {
  ratingOptions,
  ratingScale,
  resolveRatings,
  type PredictRatingsOptions,
  type RatingOptions,
} from './options.ts'

/** One predicted rating. */
export interface RatingPrediction {
  readonly user: string
  readonly item: string
  /** On the scale of the labels. */
  readonly rating: number
  /** Expected error (root mean square), in units of the ratings. */
  readonly expectedError: number
  /** Whether a label is connected to the user or the item; `false`: this is the mean of all labels. */
  readonly reached: boolean
}

/** Predictions as columns, with details of the fit. */
export interface RatingPredictions {
  readonly users: KeyIndex
  readonly items: KeyIndex
  /** User and item row of each pair, shape (pairs). */
  readonly user: Int32Array
  readonly item: Int32Array
  /** On the scale of the labels, shape (pairs). */
  readonly rating: Float32Array
  /** Expected error of each (root mean square), in units of the ratings, shape (pairs). */
  readonly expectedError: Float32Array
  /** 1 where a label is connected to the user or the item, shape (pairs). */
  readonly reached: Uint8Array
  /** The signal with the ratings, their number and mean, and the scale of the predictions. */
  readonly labels: {
    readonly signal: string
    readonly count: number
    readonly mean: number
    readonly scale: readonly [number, number]
  }
  /** The weight of evidence and the reason for it; `decision` is 'supervised' if the weight is 0. */
  readonly balance: RatingBalance
  /** Steps of conjugate gradients, the final residual relative to the right-hand side, and whether it is below the tolerance. */
  readonly iterations: number
  readonly residual: number
  readonly converged: boolean
  /** Notes on what was inferred about the source, and on rows or pairs that were left out. */
  readonly notes: readonly string[]
}

const WHO = 'predictRatings'

/** The algorithm on a table, for any executor. */
export function* ratingsOn(source: Source, given?: PredictRatingsOptions): Detached<RatingPredictions> {
  const resolved = resolveRatings(WHO, given)
  const options = { ...resolved, memoryLimitBytes: withinMachine(resolved.memoryLimitBytes) }
  const { table: known, read } = yield* relatedTable(WHO, readAs(WHO, source, options).source, options.relations ?? {})
  const { users, items, held } = read
  requireWeights(WHO, held)
  const table = { ...known, users, items }
  const data = yield* readRatings(WHO, table, options.signals, held)
  const ratings = yield* matrixOf(data.labels)
  const nameOf = (row: number): string =>
    `user ${show(users.keyOf(data.labels.user[row]))}, item ${show(items.keyOf(data.labels.item[row]))}`
  const scale = ratingScale(WHO, options.scale, data.labels.value ?? ratings.data, nameOf)
  const ids = new UnknownIds(options.unknown)
  const pairs =
    options.pairs === 'unlabelled' ? yield* pairsWithout(ratings, data.evidence) : askedPairs(table, options.pairs, ids)
  const { balance, memoryBytes } = yield* balanceRatings(WHO, data, scale, options)
  const before = { earlierBytes: memoryBytes }
  const fit = yield* RatingFit.at(WHO, ratings, data, balance.lambda, options, before)
  const { model, iterations, residual, converged } = fit.solution
  const predictions = {
    users,
    items,
    user: pairs.user,
    item: pairs.item,
    rating: yield* fit.predict(pairs, scale),
    expectedError: (yield* fit.errors(pairs, scale)).map((error) => error * balance.errorFactor),
    reached: fit.reached(pairs),
    labels: { signal: data.label, count: ratings.nnz, mean: model.mean, scale },
    balance,
    iterations,
    residual,
    converged,
    notes: [...(table.notes ?? []), ...read.notes, ...ids.notes],
  }
  return shown<RatingPredictions>(predictions, PREDICTIONS)
}

const PREDICTIONS: Shown<RatingPredictions> = {
  line: ({ rating, labels, iterations, converged }) =>
    `RatingPredictions { ${counted(rating.length, 'pair')} from ${counted(labels.count, 'rating')}, ` +
    `${counted(iterations, 'iteration')}${converged ? '' : ', not converged'} }`,
  document: ({ rating, labels, balance, iterations, residual, converged, notes }) => ({
    ...{ pairs: rating.length, labels, balance, iterations, residual, converged, notes },
  }),
}

/** Predicts ratings, with the call styles of graphology. */
export interface RatingPredictor {
  /** One entry per requested pair, in their order. */
  (source: Source, options?: PredictRatingsOptions): RatingPrediction[]
  /** Writes predictions onto the edges of pairs without a rating. */
  assign(graph: AbstractGraph, options?: Omit<PredictRatingsOptions, 'pairs'>): void
  /** Columns, with the choice of the balance and the report of the solver. */
  detailed(source: Source, options?: PredictRatingsOptions): RatingPredictions
  readonly defaults: RatingOptions
}

/**
 * Predicts ratings of pairs of user and item, each with its expected error.
 *
 * @param source a bipartite graphology graph or a table of interactions with a signal that has the ratings
 * @throws {RivuletError} EMPTY_DATA without ratings, UNKNOWN_KEY for a pair of an unknown user or item, INVALID_DATA for a rating outside `scale`,
 *   INVALID_OPTION, UNKNOWN_OPTION, UNSUPPORTED_GRAPH, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { fromRows, predictRatings } from 'rivulet'
 *
 * const rated = [['ann', 'tea', 5], ['ann', 'milk', 4], ['bob', 'milk', 2], ['bob', 'beer', 5], ['cleo', 'tea', 4]]
 * const table = fromRows(rated.map(([user, item, stars]) => ({ user, item, stars })), { user: 'user', item: 'item', value: 'stars' })
 * const [{ rating, expectedError }] = predictRatings(table, { pairs: [['cleo', 'milk']], signals: { interaction: { role: 'label' } } })
 * console.log(rating > 2 && rating < 5, expectedError > 0) // true true
 * ```
 */
export const predictRatings: RatingPredictor = Object.assign(
  (source: Source, options?: PredictRatingsOptions): RatingPrediction[] => [
    ...ratingEntries(detailed(source, options)),
  ],
  { assign, detailed, defaults: defaultsOf(ratingOptions) },
)

function detailed(source: Source, options?: PredictRatingsOptions): RatingPredictions {
  return drive(ratingsOn(source, options), answerInThread)
}

function assign(graph: AbstractGraph, given?: Omit<PredictRatingsOptions, 'pairs'>): void {
  const { edgeRatingAttribute, edgeErrorAttribute, relations } = resolveRatings(WHO, given)
  const { graph: mapping, ...options } = given ?? {}
  requireOwnAttributes(WHO, 'edge', { edgeRatingAttribute, edgeErrorAttribute }, attributesRead(mapping, 'edge'))
  const mapped = withKinds(mapGraph(requireGraph(WHO, graph), mapping, `${WHO}, option 'graph'`), relations)
  const table = tableOfGraph(`${WHO}.assign`, mapped)
  const asked = { ...options, pairs: 'unlabelled' } as const
  const { user, item, rating, expectedError } = detailed(relations === undefined ? table : mapped, asked)
  const pairKey = (u: number, i: number): number => u * table.items.size + i
  const places = new Map(Array.from(user, (row, at) => [pairKey(row, item[at]), at]))
  const writeTo = (attribute: string, values: Float32Array): void =>
    assignEdges(graph, table, attribute, (row, column) => {
      const place = places.get(pairKey(row, column))
      return place === undefined ? undefined : values[place]
    })
  writeTo(edgeRatingAttribute, rating)
  if (edgeErrorAttribute !== null) writeTo(edgeErrorAttribute, expectedError)
}

/** The table of a source. */
export function* tableInSlices(source: Source, who = 'toInteractions'): Sliced<Interactions> {
  const mapped = asMapped(source)
  return mapped === null ? (source as Interactions) : yield* interactionsInSlices(who, mapped)
}

/** Columns as entries, one at a time. */
export function* ratingEntries(predictions: RatingPredictions): Generator<RatingPrediction, void, undefined> {
  const { users, items, user, item, rating, expectedError, reached } = predictions
  for (let at = 0; at < rating.length; at++) {
    yield {
      user: users.keyOf(user[at]),
      item: items.keyOf(item[at]),
      rating: rating[at],
      expectedError: expectedError[at],
      reached: reached[at] === 1,
    }
  }
}

function askedPairs({ users, items }: Interactions, pairs: Iterable<readonly [Id, Id]>, ids: UnknownIds): AskedPairs {
  const named = [...pairs]
  const odd = named.find((pair: unknown) => !Array.isArray(pair) || pair.length !== 2)
  if (odd !== undefined) checkOption(WHO, 'pairs', odd, () => 'pairs [user, item]')
  const who = `${WHO}, option 'pairs'`
  const known = named
    .map(([user, item]) => [ids.rowOf(who, 'a user', users, user), ids.rowOf(who, 'an item', items, item)] as const)
    .filter(([user, item]) => user >= 0 && item >= 0)
  return { user: Int32Array.from(known, ([user]) => user), item: Int32Array.from(known, ([, item]) => item) }
}
