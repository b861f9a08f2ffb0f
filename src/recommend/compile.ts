/** Compiling a linear recommender to a sparse matrix of items: row i holds the largest scores of the profile {i: 1}. */
import { fingerprintOfPairs } from '../embed/data-facts.ts'
import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import { relationsOption, type RelationOptions } from '../data/relation-options.ts'
import { type SourceOptions, sourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import { integerAtLeast } from '../support/options.ts'
import { integerBetween } from '../support/shape.ts'
import { optional, type Defaults, type Given, type Resolved } from '../support/spec.ts'
import { describeShares } from './average-shares.ts'
import { Catalogue } from './catalogue.ts'
import { compiledRelations, profilesOfValues, valueNodes, withValues, type ValueNodes } from './compile-relations.ts'
import { compileHead, costOfHead, headByDefault, recipeWithHead, type HeadKept } from './compile-head.ts'
import { CompiledRecommender } from './compiled.ts'
import { MOST_EIGENVECTORS } from './compiled-head.ts'
import type { CompiledParts } from './compiled-format.ts'
import type { Query } from './methods/model.ts'
import { asksForAverage, DEFAULT_RECIPE, refuseAverage, type Recipe } from './methods/recipe.ts'
import type { Popularity } from './methods/popularity.ts'
import type { SparseSeeds } from '../request/sweep.ts'
import { RowPacker, type PackedRows } from './packed-rows.ts'
import {
  recommenderOptions,
  requestOf,
  requireProfileMethod,
  type RecommenderOptions,
  type RecommenderRequest,
} from './request.ts'
import { inRounds } from './rounds.ts'

/** Advice on options that are refused: the former name of `entriesPerItem`, which some methods have, and weights of profiles, which do not affect a matrix of items. */
const MEANT = {
  profileHalfLife: 'Give it where the recommender is asked: compiled.rank(table, { profileHalfLife }).',
  neighbours: "Leave it out or choose that method: how many entries of an item are kept is 'entriesPerItem'.",
}

const ownOptions = {
  /** Maximum number of entries kept per item, the largest; integer >= 1. Default: 300 with a head, otherwise 200 or the method's own `neighbours` if larger. */
  entriesPerItem: { ...optional<number>(integerAtLeast(1)), meantBy: MEANT },
  /**
   * For 'graph-filter': number of eigenvectors of the graph to keep, so that only the remainder is truncated; integer in [0, 512], 0 for none. Default:
   * 128 to 256, the fewer the larger the graph, where a head and a walk make the rows of all items sooner than sweeps; 0 otherwise.
   */
  head: optional<number>(integerBetween(0, MOST_EIGENVECTORS)),
}

export const compileOptions = { ...recommenderOptions, ...ownOptions, ...sourceOptions }

/** Options of `compile`: a method with its options, and how much of it is kept. */
export type CompileOptions = RecommenderOptions & SourceOptions & Given<typeof ownOptions>

const WHO = 'compile'
const ENTRIES_PER_ITEM = 200
/** More than by default, because the remainder beside a head is less regular than whole rows. */
const ENTRIES_BESIDE_HEAD = 300

/**
 * Compiles a recommender to a `CompiledRecommender`, on the calling thread.
 *
 * With relations, items without interactions are reached through their attributes, whatever is cut, and profiles may be described by attributes.
 *
 * Without a `head` only scores above zero are kept: negative contributions of a method are left out. The loss of accuracy is small if
 * `entriesPerItem` is a few hundred; measure it as `evaluateRankings(compiled.rank(train), train, test)`.
 *
 * @param source a bipartite graphology graph or a table of interactions
 * @throws {RivuletError} INVALID_OPTION for popularity, which does not depend on profiles, for a `head` where it is not available or beside relations, and as
 *   `recommend`; MEMORY_LIMIT for the matrix too.
 */
export const compile: SourceFunction<
  [],
  CompileOptions,
  CompiledRecommender,
  CompileOptions & RelationOptions,
  Defaults<typeof compileOptions & typeof relationsOption>
> = defineFunction({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  options: compileOptions,
  beside: relationsOption,
  inRounds: compileInRounds,
})

function* compileInRounds(
  network: NamedNetwork,
  options: Resolved<typeof compileOptions>,
): Detached<CompiledRecommender> {
  const request = requestOf(WHO, options)
  requireProfileMethod(request)
  const catalogue = Catalogue.of(WHO, network)
  const { size } = catalogue.items
  const nodes = valueNodes(network)
  const most = options.entriesPerItem ?? Math.max(ENTRIES_PER_ITEM, request.methodOptions.neighbours ?? 0)
  const entriesOfRows = Math.min(most, size)
  const eigenvectors = options.head ?? headByDefault(catalogue, request, entriesOfRows < size)
  if (eigenvectors > 0) {
    const recipe = recipeWithHead(network, request)
    const entriesPerItem = Math.min(options.entriesPerItem ?? ENTRIES_BESIDE_HEAD, size)
    try {
      const parts = compileWithHead(catalogue, request, recipe, { eigenvectors, entriesPerItem })
      const costs = { ranking: 0, making: costOfHead(network, eigenvectors) }
      const asked = on(network, parts, { who: WHO, share: { from: 0, to: size, of: size, costs } })
      return yield* compiledOf(catalogue, request, entriesPerItem, { ...(yield* asked), relations: null })
    } catch (thrown) {
      // A default head is dropped if it does not fit into memory, or if the filter is not linear beyond it.
      const mayFail = options.head === undefined && thrown instanceof RivuletError
      if (!mayFail || (thrown.code !== 'MEMORY_LIMIT' && thrown.code !== 'INVALID_OPTION')) throw thrown
    }
  }
  const long = asForLongProfiles(request)
  const { rows, taken } = yield* rowsInRounds(catalogue, long, entriesOfRows, nodes)
  const relations = nodes && compiledRelations(network, nodes, taken)
  return yield* compiledOf(catalogue, long, entriesOfRows, { rows, head: null, relations })
}

function* compileWithHead(
  catalogue: Catalogue,
  request: RecommenderRequest,
  recipe: Recipe,
  kept: HeadKept,
): ReturnType<typeof compileHead> {
  return yield* compileHead(WHO, catalogue.network, recipe, kept, yield* catalogue.recentParts(request))
}

/** The list of each item as a row, then that of each value, computed in rounds. */
function* rowsInRounds(
  catalogue: Catalogue,
  request: RecommenderRequest,
  entriesPerItem: number,
  nodes: ValueNodes | null,
): Detached<{ readonly rows: PackedRows; readonly taken: Float32Array | null }> {
  const { network, items } = catalogue
  const { size } = items
  // The average user has an entry for every item: truncated rows have no room for it.
  if (entriesPerItem < size && asksForAverage(request.methodOptions.recipe ?? DEFAULT_RECIPE))
    throw refuseAverage(WHO, 'where rows are cut: keep a head, or all entries of an item')
  const query = {
    k: entriesPerItem,
    excludeSeeds: true,
    alone: entriesPerItem < size,
    allowed: nodes?.warm ?? new Uint8Array(size).fill(1),
    asked: size,
  }
  const packer = new RowPacker(WHO, nodes?.count ?? size, nodes !== null)
  let taken: Float32Array | null = null
  function* add(profiles: SparseSeeds, asked: Query): Algorithm<void> {
    const model = yield* catalogue.model(request)
    const { shares } = yield* catalogue.recentParts(request)
    const notes = query.alone && shares !== null ? [`rows that are cut leave out ${describeShares(shares)}`] : []
    const lists = yield* model.rank(profiles, { ...asked, notes })
    if (nodes === null) yield* packer.add(lists)
    else {
      const joined = yield* withValues(model, profiles, lists, nodes, { most: entriesPerItem, alone: query.alone })
      yield* packer.add(joined.lists)
      ;({ taken } = joined)
    }
    // Twice, because parts and result are in memory together when they are joined.
    const parts = { 'compiled entries': 2 * packer.bytes }
    network.budget.require({ who: WHO, what: 'the entries so far', parts, todo: "Lower 'entriesPerItem'." })
  }
  const all = Int32Array.from({ length: size }, (_, row) => row)
  const expected = catalogue.expected(request, { profiles: size, excludeSeeds: true })
  const addItems = (round: Int32Array): Algorithm<void> => add(profilesOfOne(round), query)
  for (const round of inRounds(WHO, network, all, entriesPerItem, addItems, expected)) yield* round
  if (nodes !== null) {
    const values = Int32Array.from({ length: nodes.count - size }, (_, at) => size + at)
    const addValues = (round: Int32Array): Algorithm<void> =>
      add(profilesOfValues(catalogue, nodes, round), { ...query, excludeSeeds: false })
    for (const round of inRounds(WHO, network, values, entriesPerItem, addValues)) yield* round
  }
  return { rows: yield* packer.finish(), taken }
}

function* compiledOf(
  catalogue: Catalogue,
  request: RecommenderRequest,
  entriesPerItem: number,
  made: Pick<CompiledParts, 'rows' | 'head' | 'relations'>,
): Detached<CompiledRecommender> {
  const { network, users, items } = catalogue
  const { method, methodOptions: options } = request
  const popular = yield* on(network, catalogue.popularity(request), { who: WHO })
  const fingerprint = yield* on(network, fingerprintOfPairs(WHO, network, { users, items }), { who: WHO })
  const { factors } = yield* on(network, catalogue.recency(request), { who: WHO })
  const facts = { method, options, ...network.weighing, entriesPerItem, fingerprint }
  const parts = { facts, items, ...made, popularity: amongItems(popular, items.size) }
  return new CompiledRecommender({ ...parts, factors: factors?.subarray(0, items.size) ?? null })
}

/** The items' part of a popularity that includes values. */
function amongItems({ items, shares }: Popularity, size: number): Popularity {
  const isItem = (item: number): boolean => item < size
  return items.length === size
    ? { items, shares }
    : { items: items.filter(isItem), shares: shares.filter((_, at) => isItem(items[at])) }
}

const profilesOfOne = (items: Int32Array): SparseSeeds => ({
  kind: 'sparse',
  indptr: Int32Array.from({ length: items.length + 1 }, (_, place) => place),
  indices: items,
  data: new Float32Array(items.length).fill(1),
})

/** Rows are parts of longer profiles, so they are computed with the filter of long profiles. */
function asForLongProfiles(request: RecommenderRequest): RecommenderRequest {
  const { recipe } = request.methodOptions
  if (recipe === undefined) return request
  return { ...request, methodOptions: { ...request.methodOptions, recipe: { ...recipe, shortProfiles: 0 } } }
}
