import { requireSides } from '../embed/embedding.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import type { ColumnLists, TopLists } from '../request/sweep.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Sliced } from '../support/pause.ts'
import { requireUnsigned } from '../network/open.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import { clusterPrior, type UserClusters } from './cluster-prior.ts'
import { averageShares, bytesOfShares, describeShares } from './average-shares.ts'
import { KeptModels } from './kept-models.ts'
import type { AskedLists, Expected } from './methods/expected.ts'
import { methodOf } from './methods/methods.ts'
import { ItemVectors, type ModelCall } from './methods/item-vectors.ts'
import type { Contributions, Model, Query } from './methods/model.ts'
import { asksForAverage, DEFAULT_RECIPE, refuseAverage, sharesOf, type AverageShares } from './methods/recipe.ts'
import { popularityOf, type Popularity } from './methods/popularity.ts'
import { sparseProfiles, takeLists } from './profile-parts.ts'
import { fillUp, openLists, popularityPrior, type Prior } from './prior.ts'
import type { Profile } from './profile.ts'
import { PLACE_BYTES, placeFactor, placesOf, PLACING_BYTES, requireOrder } from './profile-order.ts'
import { findWeights, hasOpenWeights, type FoundWeights } from './relation-weights.ts'
import { itemRecency, type ItemRecency } from './recency.ts'
import type { Rankings } from './rankings.ts'
import type { ListRequest, RecommenderRequest } from './request.ts'
import type { NamedNetwork, TableSides } from '../network/network.ts'
import { interactionsOf, refuseRelations } from '../network/relations.ts'

const EMBED_THEM = 'Leave it out, or use it without relations: vectors that were made with relations hold them already.'
const UNSIGNED =
  "Choose 'graph-filter' or 'label-spreading', which take weights below 0, or give such signals no weight."

/** The recent items by one rule and moment, and their popularity. */
interface RecentItems {
  readonly key: string
  readonly found: ItemRecency
  popularity: Popularity | null
  /** `undefined` until they are estimated. */
  shares: AverageShares | null | undefined
}

/** A bipartite network as a catalogue that answers requests: models are made once per method and options, then kept while there is room. */
export class Catalogue {
  static readonly #known = new WeakMap<NamedNetwork, Catalogue>()
  readonly users: KeyIndex
  readonly items: KeyIndex
  readonly network: NamedNetwork
  readonly #sides: TableSides
  readonly #models: KeptModels
  #latestPairs: { readonly key: string; readonly pairs: CsrMatrix } | null = null
  #recency: RecentItems | null = null
  #weights: { readonly key: string; readonly found: FoundWeights; readonly network: NamedNetwork } | null = null
  /** For each pair, how many of the user's items were taken later. */
  #places: Uint32Array | null = null
  #latestPrior: {
    readonly clusters: UserClusters
    readonly popularity: Popularity
    readonly prior: Prior
  } | null = null

  private constructor(network: NamedNetwork, sides: TableSides) {
    this.network = network
    this.users = sides.users
    this.items = sides.items
    this.#sides = sides
    this.#models = new KeptModels(network.budget)
  }

  /** The catalogue of a network, shared by all its requests. @throws {RivuletError} UNSUPPORTED_GRAPH when the network has no users and items. */
  static of(who: string, network: NamedNetwork): Catalogue {
    const catalogue = Catalogue.#known.get(network) ?? new Catalogue(network, requireSides(who, network))
    Catalogue.#known.set(network, catalogue)
    return catalogue
  }

  /** Ranks items for known users. Users without interactions, and lists that the method cannot fill, get popular items. */
  *rankUsers(users: Int32Array, request: ListRequest): Algorithm<Rankings> {
    const aged = request.profileHalfLife === null ? null : yield* this.#reader(request)
    const profiles =
      aged === null
        ? ({ kind: 'rows', rows: users, scale: new Float32Array(0) } as const)
        : sparseProfiles(Array.from(users, aged))
    const excluded = yield* this.#excluded(users, request)
    const asked = { ...request, query: { ...request.query, excluded } }
    const prior = yield* this.#prior(request)
    const model = yield* this.model(request)
    const lists = yield* model.rank(profiles, yield* this.#queryOf(asked))
    const lengthOf = (user: number): number => interactionsOf(this.network, user)
    const profileOf = aged ?? (yield* this.#profilesOf(request.who, openLists(users, lists, asked, lengthOf)))
    return yield* fillUp(prior, users, lists, asked, { lengthOf, profileOf })
  }

  /** Profiles of some users, wherever their rows are stored. */
  *#profilesOf(who: string, users: Int32Array): Algorithm<(user: number) => Profile> {
    const asked = Int32Array.from(new Set(users)).sort()
    const rows = yield* aboutEdges({ kind: 'rows', name: who, rows: asked })
    const placeOf = new Map(Array.from(asked, (user, place) => [user, place]))
    return (user) => {
      const place = placeOf.get(user) ?? 0
      return { items: Int32Array.from(rows.columnsOf(place)), weights: rows.weightsOf(place) }
    }
  }

  /** The items excluded from the lists of some users by signals. @throws {RivuletError} UNKNOWN_KEY, MEMORY_LIMIT */
  *#excluded(users: Int32Array, { who, excludeSignals: names }: ListRequest): Sliced<ColumnLists | undefined> {
    if (names === null) return undefined
    const key = JSON.stringify(names)
    if (this.#latestPairs?.key !== key) {
      this.#latestPairs = null
      this.network.budget.clear('excluded pairs')
      const pairs = yield* this.#sides.pairsWith(who, names)
      const parts = { 'excluded pairs': 4 * (pairs.nnz + pairs.rowCount) }
      const todo = "Raise memoryLimitBytes, or give exclude: 'seen'."
      this.network.budget.take({ who, what: `${pairs.nnz} pairs to leave out`, parts, todo })
      this.#latestPairs = { key, pairs }
    }
    const { pairs } = this.#latestPairs
    return takeLists(pairs, users)
  }

  /** Ranks items for each profile of items; the first is user 0. */
  *rankProfiles(profiles: readonly Profile[], request: ListRequest): Algorithm<Rankings> {
    const prior = yield* this.#prior(request)
    const model = yield* this.model(request)
    const asked = { ...request, query: ownLeftOut(yield* this.#queryOf(request), profiles) }
    const lists = yield* model.rank(sparseProfiles(profiles), asked.query)
    const places = Int32Array.from(profiles, (_, place) => place)
    const known = {
      lengthOf: (place: number) => ownOf(profiles[place]).length,
      profileOf: (place: number) => profiles[place],
    }
    return yield* fillUp(prior, places, lists, asked, known)
  }

  /** The query, with notes on times and order for plans. */
  *#queryOf(request: ListRequest): Sliced<Query> {
    const recency = yield* this.recency(request)
    const { shares } = yield* this.recentParts(request)
    const { profileHalfLife: places } = request
    const notes = [
      ...(request.query.notes ?? []),
      ...recency.notes,
      ...this.notes,
      ...(shares === null ? [] : [describeShares(shares)]),
      ...(places === null ? [] : [`profiles: half as much for an item every ${places} places before the last`]),
    ]
    return notes.length === 0 ? request.query : { ...request.query, notes }
  }

  /** The contribution of each item of a user to an item's score. */
  *contributions(user: number, item: number, request: RecommenderRequest): Algorithm<Contributions> {
    const profileOf = yield* this.#reader(request)
    const model = yield* this.model(request)
    return yield* model.contributions(profileOf(user), item)
  }

  /** Reads profiles with the weight of each item. @throws {RivuletError} INVALID_DATA if order counts and no times are known, MEMORY_LIMIT */
  *#reader({ who, profileHalfLife }: RecommenderRequest): Sliced<(user: number) => Profile> {
    const { rows } = this.network
    const places = profileHalfLife === null ? null : yield* this.#placesKnown(who)
    // Relations of users have no times.
    const { itemCount } = this.network.relations ?? { itemCount: rows.columnCount }
    const factorOf = (column: number, entry: number): number =>
      column < itemCount ? placeFactor(places?.[entry] ?? 0, profileHalfLife) : 1
    return (user) => {
      const first = rows.firstEntryOf(user)
      const columns = rows.columnsOf(user)
      return {
        items: Int32Array.from(columns),
        weights: rows.weightsOf(user).map((weight, at) => weight * factorOf(columns[at], first + at)),
      }
    }
  }

  *#placesKnown(who: string): Sliced<Uint32Array> {
    if (this.#places === null) {
      const { times, rows, budget } = this.network
      const timed = yield* requireOrder(who, times)
      const wish = {
        who,
        what: `the order of ${rows.nnz} pairs`,
        todo: "Raise memoryLimitBytes, or leave 'profileHalfLife' out.",
      }
      // Left by a cancelled call.
      budget.clear('order')
      budget.require({ ...wish, parts: { order: PLACING_BYTES * rows.nnz } })
      budget.take({ ...wish, parts: { order: PLACE_BYTES * rows.nnz } })
      this.#places = yield* placesOf(rows, timed)
    }
    return this.#places
  }

  /** The recency of items, computed once for each rule and moment. @throws {RivuletError} as `itemRecency`, MEMORY_LIMIT */
  *recency(request: RecommenderRequest): Sliced<ItemRecency> {
    return (yield* this.#recent(request)).found
  }

  *#recent({ who, recent }: RecommenderRequest): Sliced<RecentItems> {
    const key = JSON.stringify(recent)
    if (this.#recency?.key !== key) {
      const { budget, times } = this.network
      budget.clear('recency')
      if (times !== null && recent.recency !== null) {
        const parts = { recency: 32 * this.items.size }
        const todo = 'Raise memoryLimitBytes, drop items, or give recency: null.'
        budget.take({ who, what: `the recency of ${this.items.size} items`, parts, todo })
      }
      const found = this.#forAll(yield* itemRecency(who, times, recent))
      this.#recency = { key, found, popularity: null, shares: undefined }
    }
    return this.#recency
  }

  /** Without times, the factor is 1: for items without interactions, and for values of relations. */
  #forAll(found: ItemRecency): ItemRecency {
    const { factors } = found
    const { relations } = this.network
    if (factors === null || relations === undefined) return found
    const { columns } = relations.counted
    return { ...found, factors: Float32Array.from(columns, (degree, item) => (degree > 0 ? factors[item] : 1)) }
  }

  /**
   * The parts of scores that do not come from the rows: recency factors, and the share of the average user.
   *
   * @throws {RivuletError} as `recency`; INVALID_OPTION for a share beside weights below 0
   */
  *recentParts(request: RecommenderRequest): Sliced<Required<Pick<ModelCall, 'factors' | 'shares'>>> {
    const recent = yield* this.#recent(request)
    const { factors, past } = recent.found
    const { budget, times, signed } = this.network
    if (request.method !== 'graph-filter') return { factors, shares: null }
    const { recipe = DEFAULT_RECIPE } = request.methodOptions
    if (signed && asksForAverage(recipe)) throw refuseAverage(request.who, 'beside weights below 0')
    const asked = sharesOf(recipe, null)
    if (asked !== null) return { factors, shares: asked }
    if (signed || times === null || past === null) return { factors, shares: null }
    if (recent.shares === undefined) {
      const parts = { 'past rows': bytesOfShares(times) }
      const todo = 'Raise memoryLimitBytes, or give recency: null.'
      const release = budget.take({ who: request.who, what: 'finding the share of the average user', parts, todo })
      try {
        recent.shares = yield* averageShares(times, past)
      } finally {
        release()
      }
    }
    return { factors, shares: recent.shares }
  }

  /** Items by popularity: the prior of lists, unless clusters are given. @throws {RivuletError} MEMORY_LIMIT */
  *popularity(request: RecommenderRequest): Sliced<Popularity> {
    const recent = yield* this.#recent(request)
    if (recent.popularity === null) {
      const { budget } = this.network
      budget.clear('popularity')
      const parts = { popularity: 8 * this.items.size }
      const todo = 'Raise memoryLimitBytes or drop items.'
      budget.take({ who: request.who, what: `the popularity of ${this.items.size} items`, parts, todo })
      recent.popularity = yield* popularityOf(this.network, recent.found.factors)
    }
    return recent.popularity
  }

  /** @throws {RivuletError} INVALID_OPTION for clusters of other users. */
  *#prior(request: ListRequest): Sliced<Prior> {
    const { who, prior: clusters } = request
    const popularity = yield* this.popularity(request)
    if (clusters === 'popularity') return popularityPrior(popularity)
    if (this.#latestPrior?.clusters !== clusters || this.#latestPrior.popularity !== popularity) {
      const { factors } = yield* this.recency(request)
      const prior = yield* clusterPrior(who, this.network.rows, this.users, clusters, popularity, factors)
      this.#latestPrior = { clusters, popularity, prior }
    }
    return this.#latestPrior.prior
  }

  /** Cost of a number of lists, and of their model unless it exists; `null` if unknown. */
  expected(request: RecommenderRequest, asked: AskedLists): Expected | null {
    const { who, method, methodOptions, embedding } = request
    if (embedding !== null) return null
    const chosen = methodOf(who, method)
    if (this.network.signed && !chosen.signed) return null
    const made = this.#models.find(request)
    if (made?.expected !== undefined) return made.expected(asked)
    const expected = chosen.expected?.(this.network, methodOptions, asked) ?? null
    return made === null ? expected : expected && { ...expected, making: 0 }
  }

  /** Notes on the weights found for relations. */
  get notes(): readonly string[] {
    return this.#weights?.found.notes ?? []
  }

  /** The network with the weights of its relations; weights 'auto' are found once for each recipe. @throws {RivuletError} EMPTY_DATA, MEMORY_LIMIT */
  *#weighed({ who, method, methodOptions }: RecommenderRequest): Algorithm<NamedNetwork> {
    const { network } = this
    if (network.relations === undefined || method === 'popularity' || !hasOpenWeights(network)) return network
    const key = JSON.stringify(methodOptions)
    if (this.#weights?.key !== key) {
      const chosen = methodOf(who, method)
      function* rankUsers(weighed: NamedNetwork, users: Int32Array, k: number): Algorithm<TopLists> {
        const model = yield* chosen.model(weighed, { ...methodOptions, exact: true }, { who, vectors: null })
        const allowed = new Uint8Array(weighed.shape.columnCount).fill(1, 0, weighed.relations?.itemCount)
        const profiles = { kind: 'rows', rows: users, scale: new Float32Array(0) } as const
        return yield* model.rank(profiles, { k: Math.min(k, allowed.length), excludeSeeds: true, allowed })
      }
      const found = yield* findWeights(who, network, network.relations, rankUsers)
      this.#weights = { key, found, network: { ...network, relations: found.relations } }
    }
    return this.#weights.network
  }

  /** The model of a method and its options. @throws {RivuletError} INVALID_DATA for weights below 0 if the method does not support them, or an embedding of other data. */
  *model(request: RecommenderRequest): Algorithm<Model> {
    const made = this.#models.take(request)
    if (made !== null) return made
    const model = yield* this.newModel(request)
    this.#models.add(request, model)
    return model
  }

  /** As `model`, without the cache. */
  *newModel(request: RecommenderRequest): Algorithm<Model> {
    const { who, method, methodOptions, embedding } = request
    const chosen = methodOf(who, method)
    if (!chosen.related) refuseRelations(`${who}, method '${method}'`, this.network, "Use method 'graph-filter'.")
    if (embedding !== null) refuseRelations(`${who}, option 'embedding'`, this.network, EMBED_THEM)
    if (!chosen.signed) requireUnsigned(`${who}, method '${method}'`, this.network, UNSIGNED)
    const vectors = embedding && ItemVectors.of(who, this.network, this.items, embedding)
    const parts = yield* this.recentParts(request)
    const network = yield* this.#weighed(request)
    return yield* chosen.model(network, methodOptions, { who, vectors, ...parts })
  }
}

const ownOf = ({ items, own = items }: Profile): Int32Array => own

/** If profiles contain more than interactions, only interactions are excluded from lists. */
function ownLeftOut(query: Query, profiles: readonly Profile[]): Query {
  if (!query.excludeSeeds || profiles.every(({ own }) => own === undefined)) return query
  const lists = profiles.map((profile) => ({ items: ownOf(profile), weights: new Float32Array(ownOf(profile).length) }))
  const { indptr, indices } = sparseProfiles(lists)
  return { ...query, excludeSeeds: false, excluded: { indptr, indices } }
}
