/**
 * Lists whose entries differ, by maximal marginal relevance, and how much they differ.
 *
 *   next entry = argmax over candidates i of (1 - d) relevance_i - d max over entries j of cos(i, j),   diversity of a list = mean over its pairs of 1 - cos(i, j)
 *
 * d the option `diversity`; relevance the scores of a list, its best 1 and its last 0; cos(i, j) = |U_i and U_j| / sqrt(|U_i| |U_j|), U the users of an item. Carbonell and Goldstein 1998,
 * 10.1145/290941.291025, whose lambda is 1 - d, and whose scores are not scaled; the mean is that of Smyth and McClave 2001, 10.1007/3-540-44593-5_25. Cost: about the users of a list's
 * candidates for each entry.
 */
import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import type { sourceOptions, SourceOptions } from '../method/source-options.ts'
import { transposeInSlices } from '../matrix/turn.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { integer, number, type Defaults, type Given, type Resolved } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { asLists, type Recommendation } from './rankings.ts'

export const diversifyOptions = {
  /** How much entries should differ from those above them, in [0, 1]: 0 keeps the order, 1 ignores the scores after the first entry. Default 0.3. */
  diversity: number(0.3, 0, 1),
  /** Most entries of a list; integer >= 1. Pass longer lists, five times as long for example: entries are chosen from them. Default 10. */
  k: integer(10, 1),
}

/** Options of `diversify`. */
export interface DiversifyOptions extends Given<typeof diversifyOptions> {}

export const listDiversityOptions = {
  /** Number of entries compared, from the top of a list; integer >= 2. Default 10. */
  k: integer(10, 2),
}

/** Options of `intraListDiversity`. */
export interface ListDiversityOptions extends Given<typeof listDiversityOptions> {}

/** Lists by user or item, as returned by `recommend` and `similarItems`. */
export type ItemLists = ReadonlyMap<string, readonly Recommendation[]>

/** Diversity of lists. */
export interface ListDiversity {
  /** Mean over lists, in [0, 1]: 0 if the same users have all items of a list, 1 if no user has two of them. */
  readonly diversity: number
  /** The diversity of each list with at least two entries, by its key. */
  readonly byList: ReadonlyMap<string, number>
}

const NOBODY = new Int32Array(0)

/**
 * Reranks lists so that their entries differ: relevant, but unlike the entries above. Entries that are listed because they are popular (`prior`) stay behind all others.
 *
 * Entries keep their scores, which no longer descend.
 *
 * @param source the source of the lists, or another table of interactions
 * @throws {RivuletError} INVALID_DATA for values that are not lists, or lists without an item of the source; errors of the source, INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { fromRows, recommend } from 'rivulet'
 * import { diversify } from 'rivulet/advanced'
 *
 * const rows = [['ann', 'tea'], ['bob', 'tea'], ['bob', 'milk'], ['bob', 'oat milk'], ['cid', 'milk'], ['cid', 'oat milk'], ['cid', 'tea'], ['eve', 'tea'], ['eve', 'bread']]
 * const table = fromRows(rows.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * const lists = recommend(table, { users: ['ann'], k: 10 })
 * console.log(lists.get('ann')?.map(({ item }) => item).join()) // milk,oat milk,bread
 * console.log(diversify(table, lists, { diversity: 0.6, k: 2 }).get('ann')?.map(({ item }) => item).join()) // milk,bread
 * ```
 */
export const diversify: SourceFunction<
  [lists: ItemLists],
  DiversifyOptions,
  Map<string, Recommendation[]>,
  DiversifyOptions & SourceOptions,
  Defaults<typeof diversifyOptions & typeof sourceOptions>
> = defineFunction({
  name: 'diversify',
  needsSides: true,
  options: diversifyOptions,
  arity: 1,
  *on(network, { diversity, k }: Resolved<typeof diversifyOptions>, [lists]: readonly [ItemLists]) {
    return yield* compare('diversify', network, lists, function* (likeness) {
      const slices = new Slices()
      const ranked = new Map<string, Recommendation[]>()
      for (const [key, list] of lists) {
        const own = list.filter(({ prior }) => prior === undefined)
        const chosen = likeness.choose(own, k, diversity)
        const rest = list.slice(own.length).filter(({ prior }) => prior)
        ranked.set(key, [...chosen, ...rest].slice(0, k))
        if (slices.full(likeness.takeWork())) yield PAUSE
      }
      return asLists(ranked)
    })
  },
})

/**
 * Diversity of lists: the mean over the pairs of a list of 1 - cosine of their users, over lists with at least two entries.
 *
 * @param source the training data of the lists
 * @throws {RivuletError} INVALID_DATA for values that are not lists, or lists without an item of the source; EMPTY_DATA if no list has two entries; as `diversify`
 */
export const intraListDiversity: SourceFunction<
  [lists: ItemLists],
  ListDiversityOptions,
  ListDiversity,
  ListDiversityOptions & SourceOptions,
  Defaults<typeof listDiversityOptions & typeof sourceOptions>
> = defineFunction({
  name: 'intraListDiversity',
  needsSides: true,
  options: listDiversityOptions,
  arity: 1,
  *on(network, { k }: Resolved<typeof listDiversityOptions>, [lists]: readonly [ItemLists]) {
    return yield* compare('intraListDiversity', network, lists, function* (likeness) {
      const slices = new Slices()
      const byList = new Map<string, number>()
      for (const [key, list] of lists) {
        if (list.length > 1) byList.set(key, 1 - likeness.meanOfPairs(list.slice(0, k)))
        if (slices.full(likeness.takeWork())) yield PAUSE
      }
      if (byList.size === 0) throw nothingToCompare()
      return { diversity: Array.from(byList.values()).reduce((sum, one) => sum + one, 0) / byList.size, byList }
    })
  },
})

/** Calls a comparison of items, with the users of each item in memory while it runs. */
function* compare<Result>(
  who: string,
  network: NamedNetwork,
  lists: ItemLists,
  work: (likeness: Likeness) => Sliced<Result>,
): Algorithm<Result> {
  const { items } = Catalogue.of(who, network)
  requireLists(who, items, lists)
  const { rows, budget } = network
  const release = budget.take({
    who,
    what: `the users of ${rows.columnCount} items`,
    parts: { 'users of items': 8 * rows.nnz + 4 * (rows.columnCount + rows.rowCount) },
    todo: 'Raise memoryLimitBytes.',
  })
  try {
    return yield* work(new Likeness(items, yield* transposeInSlices(rows)))
  } finally {
    release()
  }
}

/** Cosines of items by their users. */
class Likeness {
  readonly #items: KeyIndex
  readonly #takers: CsrMatrix
  /** Number of the last comparison in which each user occurred, shape (users). */
  readonly #stamps: Int32Array
  #stamp = 0
  #work = 0

  constructor(items: KeyIndex, takers: CsrMatrix) {
    this.#items = items
    this.#takers = takers
    this.#stamps = new Int32Array(takers.columnCount)
  }

  /** Operations since the last call. */
  takeWork(): number {
    const work = this.#work
    this.#work = 1
    return work
  }

  choose(list: readonly Recommendation[], k: number, diversity: number): Recommendation[] {
    const takers = this.#takersOf(list)
    const scores = list.map(({ score }) => score)
    const [best, last] = scores.reduce(
      ([most, least], score) => [Math.max(most, score), Math.min(least, score)],
      [-Infinity, Infinity],
    )
    const relevance = scores.map((score) => (best > last ? (score - last) / (best - last) : 1))
    const nearest = new Float64Array(list.length)
    const open = new Set(list.keys())
    const chosen: Recommendation[] = []
    while (chosen.length < k && open.size > 0) {
      let [next, most] = [-1, -Infinity]
      for (const at of open) {
        const value = (1 - diversity) * relevance[at] - diversity * nearest[at]
        if (value > most) [next, most] = [at, value]
      }
      open.delete(next)
      chosen.push(list[next])
      if (diversity === 0) continue
      const cosine = this.#cosineWith(takers[next])
      for (const at of open) nearest[at] = Math.max(nearest[at], cosine(takers[at]))
    }
    return chosen
  }

  meanOfPairs(list: readonly Recommendation[]): number {
    const takers = this.#takersOf(list)
    let sum = 0
    takers.forEach((own, at) => {
      const cosine = this.#cosineWith(own)
      for (const other of takers.slice(0, at)) sum += cosine(other)
    })
    return (2 * sum) / (takers.length * (takers.length - 1))
  }

  /** Entries of other tables have similarity 0: no user has them. */
  #takersOf(list: readonly Recommendation[]): (Int32Array | Uint32Array)[] {
    return list.map(({ item }) => {
      const row = this.#items.rowOf(item)
      return row < 0 ? NOBODY : this.#takers.columnsOf(row)
    })
  }

  #cosineWith(own: Int32Array | Uint32Array): (others: Int32Array | Uint32Array) => number {
    const stamps = this.#stamps
    const stamp = ++this.#stamp
    for (const user of own) stamps[user] = stamp
    this.#work += own.length
    return (others) => {
      let both = 0
      for (let at = 0; at < others.length; at++) if (stamps[others[at]] === stamp) both++
      this.#work += others.length
      return both === 0 ? 0 : both / Math.sqrt(own.length * others.length)
    }
  }
}

/** @throws {RivuletError} INVALID_DATA */
function requireLists(who: string, items: KeyIndex, lists: unknown): asserts lists is ItemLists {
  const isEntry = (entry: unknown): boolean => {
    const { item, score } = Object(entry) as Partial<Record<keyof Recommendation, unknown>>
    return typeof item === 'string' && typeof score === 'number' && !Number.isNaN(score)
  }
  const refuse = (expected: string, got: string, todo: string): RivuletError =>
    new RivuletError('INVALID_DATA', { who: `${who}, lists`, expected, got, todo })
  const expected = 'a Map of lists with entries { item, score }'
  const todo = 'Pass the result of recommend or similarItems.'
  if (!(lists instanceof Map)) throw refuse(expected, show(lists), todo)
  let known = false
  for (const [key, list] of lists as Map<unknown, unknown>) {
    const stray = Array.isArray(list) ? list.find((entry) => !isEntry(entry)) : list
    if (!Array.isArray(list) || stray !== undefined)
      throw refuse(expected, `${show(stray)} in the list of ${show(key)}`, todo)
    known ||= list.some(({ item }: Recommendation) => items.rowOf(item) >= 0)
  }
  if (!known && lists.size > 0)
    throw refuse('items that the source knows', 'none of them', 'Give the table that the lists were made of.')
}

const nothingToCompare = (): RivuletError =>
  new RivuletError('EMPTY_DATA', {
    who: 'intraListDiversity, lists',
    expected: 'a list with at least two entries',
    got: 'none',
    todo: 'Ask for longer lists.',
  })
