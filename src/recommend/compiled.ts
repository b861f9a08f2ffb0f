/** A recommender compiled to one sparse matrix: serves on the calling thread, without the graph. `compile` makes it. */
import { checkArgument } from '../support/arguments.ts'
import type { DataFingerprint } from '../data/data-fingerprint.ts'
import { checkInteractions, type Interactions } from '../data/interactions.ts'
import type { SignalRules } from '../data/signal-rules.ts'
import { timedRows } from '../data/timed-rows.ts'
import { weighRows } from '../data/signal-weights.ts'
import { showEdge } from '../graph/check.ts'
import { buildCsr } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { scaleWeights } from '../matrix/weight-scale.ts'
import { refuseNegative } from '../network/open.ts'
import { pairsWithSignals } from '../network/signal-pairs.ts'
import { decodeSaved } from '../plan/file-limits.ts'
import { RivuletError, show } from '../support/errors.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import { isString } from '../support/options.ts'
import { counted, INSPECT } from '../support/printed.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import { choice, resolve, type Given } from '../support/spec.ts'
import { atOnce } from '../support/drive.ts'
import { encodeSaved } from '../support/sections.ts'
import { COMPILED_FORMAT, type CompiledFacts, type CompiledParts } from './compiled-format.ts'
import { bytesOfHead, scoreOf } from './compiled-head.ts'
import { coldScoreOf, knownValues } from './compiled-relations.ts'
import { renewParts } from './compiled-recency.ts'
import { explanationOf, type Explanation } from './explain.ts'
import { excludedOf } from './methods/model.ts'
import { methodOf, type MethodName, type MethodOptions } from './methods/methods.ts'
import { bytesOf, unpacked } from './packed-rows.ts'
import type { Popularity } from './methods/popularity.ts'
import { fillUp, popularityPrior, type Selection } from './prior.ts'
import { takeLists } from './profile-parts.ts'
import { readPerson, type Person } from './person.ts'
import { readProfile, type Profile, type ProfileSource } from './profile.ts'
import { orderOptions, placeFactor, placesOf, requireOrder, type OrderOptions } from './profile-order.ts'
import { listAt, type Rankings, type Recommendation } from './rankings.ts'
import { recencyOptions, type RecencyOptions } from './recency.ts'
import { refuseSignals, selectionOf, selectionOptions, usersOptions, type SelectionOptions } from './request.ts'
import { rounds, userRows } from './rounds.ts'
import { RowScorer, type ProfileRows } from './row-scorer.ts'

export const unknownItemOptions = {
  /** What happens to unknown items in profiles: 'error' throws, 'drop' leaves them out. Default 'error'. */
  unknownItems: choice<'error' | 'drop'>('error', ['error', 'drop']),
}

/** Handling of items that the recommender does not have. */
export interface UnknownItemOptions extends Given<typeof unknownItemOptions> {}

/** Options of a list from a compiled recommender. With `exclude: 'none'` an item of the profile is scored by the profile's other items. */
export interface CompiledListOptions extends SelectionOptions, OrderOptions, UnknownItemOptions {}

/** Options of explanations by a compiled recommender. */
export interface CompiledExplainOptions extends OrderOptions, UnknownItemOptions {}

export const compiledExplainOptions = { ...orderOptions, ...unknownItemOptions }

export const compiledRecencyOptions = { ...recencyOptions, ...unknownItemOptions }

/** Options of recency on another day. */
export interface CompiledRecencyOptions extends RecencyOptions, UnknownItemOptions {}

/** Options of lists for the users of a table. */
export interface CompiledTableOptions extends CompiledListOptions, Given<typeof usersOptions> {}

export const compiledListOptions = { ...selectionOptions, ...compiledExplainOptions }

/**
 * A linear recommender as a sparse matrix of items by items: the scores of a profile are one sparse product and, with a head, products of vectors.
 *
 * @example
 * ```ts
 * import { compile, fromRows } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'bread']].map(([user, item]) => ({ user, item }))
 * const compiled = compile(fromRows(rows, { user: 'user', item: 'item' }))
 * console.log(compiled.recommendFor(['tea'], { k: 1 })[0].item) // milk
 * ```
 */
export class CompiledRecommender implements CompiledFacts {
  readonly method: MethodName
  readonly options: MethodOptions
  readonly weighted: boolean
  readonly signals: SignalRules | null
  readonly entriesPerItem: number
  readonly fingerprint: DataFingerprint
  /** Ids of the items, by the row numbers of `rank`. */
  readonly items: KeyIndex
  /** Bytes of the matrix and the head. */
  readonly bytes: number
  /** Number of eigenvectors kept exactly; 0 for none. */
  readonly head: number
  /** Items by their share of all interactions, the most popular first, to fill lists. */
  readonly popularity: Popularity
  /** Names of its relations, whose values may describe a profile. */
  readonly relations: readonly string[]
  #parts: CompiledParts
  readonly #signed: boolean
  #scorer: RowScorer | null = null

  constructor(parts: CompiledParts) {
    const { method, options, weighted, signals, entriesPerItem, fingerprint } = parts.facts
    this.method = method
    this.options = options
    this.weighted = weighted
    this.signals = signals
    this.entriesPerItem = entriesPerItem
    this.fingerprint = fingerprint
    this.items = parts.items
    this.bytes = bytesOf(parts.rows) + bytesOfHead(parts.head)
    this.head = parts.head?.count ?? 0
    this.popularity = parts.popularity
    this.relations = parts.relations?.parts.map(({ name }) => name) ?? []
    this.#parts = parts
    this.#signed = methodOf('CompiledRecommender', method).signed
  }

  /** From the bytes of `encode`. @throws {RivuletError} READ_FAILED for other or damaged bytes, or those of another version. */
  static decode(bytes: Uint8Array, who = 'CompiledRecommender.decode'): CompiledRecommender {
    checkArgument('CompiledRecommender.decode', 'who', who, isString)
    return new CompiledRecommender(decodeSaved(who, COMPILED_FORMAT, bytes))
  }

  /** The whole recommender as bytes, checksums included; the same recommender gives the same bytes. */
  encode(): Uint8Array {
    return encodeSaved(COMPILED_FORMAT, { ...this.#parts, rows: this.#scorer?.rows() ?? this.#parts.rows })
  }

  /**
   * Contributions of each item to others: an item-item matrix in compressed sparse rows, columns ascending. With a head it is the remainder; with relations,
   * rows and columns of values follow the items.
   */
  matrix(): { readonly indptr: Uint32Array; readonly indices: Uint32Array; readonly data: Float32Array } {
    return unpacked(this.#scorer?.rows() ?? this.#parts.rows)
  }

  /**
   * Ranks items for any user, from items alone, or from `{ items, attributes }` with attributes of its relations.
   *
   * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, INVALID_DATA for a weight below 0 if the method does not support it, UNKNOWN_KEY.
   */
  recommendFor(profile: ProfileSource | Person, options?: CompiledListOptions): Recommendation[] {
    const who = 'recommendFor'
    const { unknownItems, profileHalfLife: halfLife, ...list } = resolve(who, compiledListOptions, options)
    const selection = selectionOf(who, this.items, list)
    refuseSignals(who, selection)
    const reading = { signed: this.#signed, ids: new UnknownIds(unknownItems, 'unknownItems'), halfLife }
    const known = knownValues(this.items.size, this.#parts.relations)
    const { items, weights } = readPerson(who, this.items, known, profile, reading)
    const rows = { indptr: [0, items.length], indices: items, data: weights }
    const asked = { profiles: rows, selection, excluded: null }
    return listAt(this.#rank(Int32Array.of(0), asked), 0, this.items)
  }

  /**
   * Ranks items for the users of a table by their interactions in it, as typed arrays: user rows of the table, item rows of `items`.
   *
   * Values and signals are weighted as when the recommender was made; rows with other signals are ignored.
   *
   * @throws {RivuletError} EMPTY_DATA, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY.
   */
  rank(table: Interactions, options?: CompiledTableOptions): Rankings {
    const { users, ...asked } = this.#open('rank', table, options)
    return this.#rank(users, asked)
  }

  /** The same as lists with ids, one after the other, in constant memory. */
  *recommendAll(
    table: Interactions,
    options?: CompiledTableOptions,
  ): Generator<{ readonly user: string; readonly items: Recommendation[] }> {
    const { users, ...asked } = this.#open('recommendAll', table, options)
    for (const round of rounds(users, asked.selection.k)) {
      const rankings = this.#rank(round, asked)
      for (let place = 0; place < round.length; place++) {
        yield { user: table.users.keyOf(round[place]), items: listAt(rankings, place, this.items) }
      }
    }
  }

  /**
   * The same recommender on another day, without the graph: recency and popularity are recomputed from a table up to that day.
   *
   * Pass all rows, including those that the recommender was compiled from. The truncation of entries and the completion of short profiles remain as they were; compile
   * again from time to time.
   *
   * @throws {RivuletError} INVALID_DATA for a table without times, unless recency is null; EMPTY_DATA, INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY.
   */
  withRecency(table: Interactions, options?: CompiledRecencyOptions): CompiledRecommender {
    const who = 'withRecency'
    const { unknownItems, recency, now = null } = resolve(who, compiledRecencyOptions, options)
    const rowOf = this.#rowsOf(who, table)
    const rows = this.#profilesOf(who, table, rowOf, unknownItems === 'drop')
    const all = atOnce(timedRows(table, this))
    const item = table.item.map((row) => Math.max(0, rowOf[row]))
    const counts = (row: number): boolean => rowOf[table.item[row]] >= 0 && all?.counts(row) === true
    const times = all && { ...all, item, counts, itemCount: this.items.size }
    const parts = { ...this.#parts, rows: this.#scorer?.rows() ?? this.#parts.rows }
    const day = { rows, times, signed: this.#signed }
    return new CompiledRecommender(atOnce(renewParts(who, parts, day, { recency, now })))
  }

  /** Contribution of each item of a profile to the score of `item`, exact up to rounding to single precision. */
  explain(profile: ProfileSource, item: Id, options?: CompiledExplainOptions): Omit<Explanation, 'user'> {
    const { unknownItems, profileHalfLife: halfLife } = resolve('explain', compiledExplainOptions, options)
    const reading = { signed: this.#signed, ids: new UnknownIds(unknownItems, 'unknownItems'), halfLife }
    const { items, weights } = readProfile('explain', this.items, profile, reading)
    const column = requireRow('explain', 'an item', this.items, item)
    const { parts: own } = this.#served()
    const { cold } = this.#parts.relations ?? {}
    const partOf = (row: number): number =>
      (row !== column && cold !== undefined ? coldScoreOf(own.rows, cold, row, column) : null) ??
      scoreOf(own, items.length, row, column)
    const parts = Float64Array.from(items, (row, at) => weights[at] * partOf(row))
    return { item: this.items.keyOf(column), ...explanationOf(items, parts, this.items) }
  }

  toJSON(): object {
    const { method, options, weighted, signals, entriesPerItem, items, bytes, head, relations } = this
    const named = relations.length > 0 ? { relations } : {}
    return { method, options, weighted, signals, entriesPerItem, items: items.size, bytes, head, ...named }
  }

  [INSPECT](): string {
    const { method, items, bytes } = this
    return `CompiledRecommender { ${method}, ${counted(items.size, 'item')}, ${counted(bytes, 'byte')} }`
  }

  #open(who: string, table: Interactions, options: CompiledTableOptions | undefined): Asked & { users: Int32Array } {
    const asked = resolve(who, { ...compiledListOptions, ...usersOptions }, options)
    const { users, unknownItems, profileHalfLife, ...list } = asked
    const selection = selectionOf(who, this.items, list)
    const rowOf = this.#rowsOf(who, table)
    const { excludeSignals: names } = selection
    const excluded = names && atOnce(pairsWithSignals(who, table, names, this.items.size, (item) => rowOf[item]))
    const whole = this.#profilesOf(who, table, rowOf, unknownItems === 'drop')
    const profiles = profileHalfLife === null ? whole : this.#agedProfiles(who, whole, table, rowOf, profileHalfLife)
    return { profiles, users: userRows(who, table.users, users), selection, excluded }
  }

  /** The row here of each item of a table, below 0 for unknown items. */
  #rowsOf(who: string, table: Interactions): Int32Array {
    return Int32Array.from(checkInteractions(who, table).items.keys(), (key) => this.items.rowOf(key))
  }

  /** The table as a matrix of its users by the items known here. */
  #profilesOf(who: string, table: Interactions, rowOf: Int32Array, dropUnknown: boolean): CsrMatrix {
    const { users, items } = table
    if (this.weighted && table.value === undefined) throw withoutValues(who)
    const { user, item, ...weights } = weighRows(who, table, this)
    const placeOf = (at: number): string => `user ${show(users.keyOf(user[at]))}, item ${show(items.keyOf(item[at]))}`
    const { data, scale = 1 } = weights.data ? scaleWeights(who, weights.data, placeOf) : {}
    const column = item.map((row) => rowOf[row])
    if (!dropUnknown) {
      const at = column.findIndex((known) => known < 0)
      if (at >= 0) requireRow(`${who}, user '${users.keyOf(user[at])}'`, 'an item', this.items, items.keyOf(item[at]))
    }
    const isKnown = (_: number, at: number): boolean => column[at] >= 0
    const profiles = buildCsr({
      rowCount: users.size,
      columnCount: this.items.size,
      row: user.filter(isKnown),
      column: column.filter(isKnown),
      data: data?.filter(isKnown),
    })
    if (!this.#signed) {
      const nameOf = (row: number, known: number): string => showEdge(users.keyOf(row), this.items.keyOf(known))
      refuseNegative(who, profiles, scale, nameOf, `Drop such rows: method '${this.method}' takes none below 0.`)
    }
    return profiles
  }

  #agedProfiles(who: string, profiles: CsrMatrix, table: Interactions, rowOf: Int32Array, halfLife: number): CsrMatrix {
    const times = atOnce(requireOrder(who, atOnce(timedRows(table, this))))
    const places = atOnce(placesOf(profiles, { ...times, item: times.item.map((row) => rowOf[row]) }))
    return profiles.weighed(
      Float32Array.from(places, (place, at) => (profiles.data?.[at] ?? 1) * placeFactor(place, halfLife)),
    )
  }

  /** Made at first use; it shares its arrays with this object. */
  #served(): RowScorer {
    if (this.#scorer === null) {
      const { rows, head, relations } = this.#parts
      this.#scorer = new RowScorer(rows, head, relations?.cold)
      this.#parts = { ...this.#parts, ...this.#scorer.parts }
    }
    return this.#scorer
  }

  #rank(users: Int32Array, { profiles, selection: given, excluded: pairs }: Asked): Rankings {
    const excluded = pairs === null ? undefined : takeLists(pairs, users)
    const selection = { ...given, query: { ...given.query, excluded } }
    const { k, query } = selection
    const { indptr, indices, data } = profiles
    const rows = new Int32Array(users.length * k).fill(-1)
    const scores = new Float32Array(users.length * k).fill(-Infinity)
    const scorer = this.#served()
    for (let place = 0; place < users.length; place++) {
      scorer.rank(profiles, users[place], query, rows, scores, place * k, excludedOf(excluded, place))
    }
    const profileOf = (user: number): Profile => {
      const places = Array.from({ length: indptr[user + 1] - indptr[user] }, (_, at) => indptr[user] + at)
      return {
        items: Int32Array.from(places, (place) => indices[place]),
        weights: Float32Array.from(places, (place) => data?.[place] ?? 1),
      }
    }
    // Attributes of a profile are not items.
    const lengthOf = (user: number): number => profileOf(user).items.filter((item) => item < this.items.size).length
    const known = { profileOf, lengthOf }
    return atOnce(fillUp(popularityPrior(this.#parts.popularity), users, { k, rows, scores }, selection, known))
  }
}

/** A checked request for the users of a table. */
interface Asked {
  readonly profiles: ProfileRows
  readonly selection: Selection
  /** Pairs excluded in addition to the profiles. */
  readonly excluded: CsrMatrix | null
}

function withoutValues(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: "a table with a 'value' column, which this recommender uses as weights",
    got: 'none',
    todo: "Name the value column when reading, or compile without 'weighted'.",
    details: { column: 'value' },
  })
}
