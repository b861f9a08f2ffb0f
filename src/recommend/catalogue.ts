import { RivuletError } from '../support/errors.ts'
import { requireRow, type KeyIndex } from '../support/key-index.ts'
import { checkOption, isIterable } from '../support/options.ts'
import type { Network } from '../propagate/network.ts'
import type { Algorithm } from '../run/drive.ts'
import type { TopLists } from '../run/problem.ts'
import { methodOf, type ResolvedMethodOptions } from './methods.ts'
import type { Contributions, Model, Profile, Profiles } from './model.ts'
import { popularityOf, type Popularity } from './popularity-model.ts'
import type { ListRequest, RecommenderRequest } from './request.ts'

/** One recommended item. */
export interface Recommendation {
  readonly item: string
  /** The method's own score; comparable within one method and profile. For a prior entry: the item's share of all interactions. */
  readonly score: number
  /** Present when nothing of the profile reached this item: it stands here because it is popular. */
  readonly prior?: true
}

/** Something somebody did: an item and how much it counts (default 1). */
export interface ProfileEntry {
  readonly item: string
  readonly value?: number | undefined
}

/** Ranked item rows of many users at once, without a string: `k` entries each, -1 where there are fewer. */
export interface Rankings {
  /** User rows, shape (users). */
  readonly users: Int32Array
  readonly k: number
  /** Item rows, shape (users x k), row-major. */
  readonly items: Int32Array
  /** Shape (users x k); entries from `priorFrom` on are shares of all interactions. */
  readonly scores: Float32Array
  /** Entries of each user before the popularity prior takes over, shape (users). */
  readonly priorFrom: Int32Array
}

/** A bipartite network as a catalogue that can be asked: models are made once per method and options, then kept. */
export class Catalogue {
  readonly users: KeyIndex
  readonly items: KeyIndex
  readonly #network: Network
  readonly #popularity: Popularity
  #latest: { readonly key: string; readonly model: Model } | null = null

  /** @throws {RivuletError} UNSUPPORTED_GRAPH when the network has no users and items. */
  constructor(who: string, network: Network) {
    if (network.sides === null) {
      throw new RivuletError('UNSUPPORTED_GRAPH', {
        who,
        expected: "a bipartite graph: every node with attribute kind 'user' or 'item'",
        got: 'a graph without the two kinds',
        todo: "Set the node attribute 'kind', or use labelSpreading or personalizedPageRank, which take any graph.",
      })
    }
    this.users = network.sides.users
    this.items = network.sides.items
    this.#network = network
    this.#popularity = popularityOf(network.prepared.degrees.columns)
  }

  /** Ranks items for known users. Users without interactions, and lists that the method cannot fill, get popular items. */
  *rankUsers(users: Int32Array, request: ListRequest): Algorithm<Rankings> {
    const profiles = { kind: 'rows', rows: users, scale: new Float32Array(0) } as const
    const lists = yield* this.#model(request).rank(profiles, request.query)
    const { indptr, indices } = this.#network.prepared.matrix
    return this.#fill(users, lists, request, (user) => indices.subarray(indptr[user], indptr[user + 1]))
  }

  /** Ranks items for somebody who is described by items alone. */
  *rankProfile(profile: Profile, request: ListRequest): Algorithm<Rankings> {
    const lists = yield* this.#model(request).rank(sparse(profile), request.query)
    return this.#fill(Int32Array.of(0), lists, request, () => profile.items)
  }

  /** What each item of a user adds to an item's score. */
  contributions(user: number, item: number, request: RecommenderRequest): Algorithm<Contributions> {
    return this.#model(request).contributions(this.profileOf(user), item)
  }

  profileOf(user: number): Profile {
    const { indptr, indices, data } = this.#network.prepared.matrix
    const [from, to] = [indptr[user], indptr[user + 1]]
    return {
      items: Int32Array.from(indices.subarray(from, to)),
      weights: data?.slice(from, to) ?? new Float32Array(to - from).fill(1),
    }
  }

  /** A profile from item ids; an item named twice counts with the sum. @throws {RivuletError} UNKNOWN_KEY, INVALID_DATA for a weight that is negative or no number. */
  readProfile(who: string, entries: Iterable<ProfileEntry | string>): Profile {
    checkOption(who, 'profile', entries, isIterable)
    const weights = new Map<number, number>()
    for (const entry of entries) {
      const { item, value = 1 } = typeof entry === 'string' ? { item: entry } : entry
      const row = requireRow(who, 'an item', this.items, item)
      if (!(Number.isFinite(value) && value >= 0)) {
        throw new RivuletError(
          'INVALID_DATA',
          { who: `${who}, item '${item}'`, expected: 'a value >= 0', got: String(value), todo: 'Correct or drop it.' },
          { item, value },
        )
      }
      weights.set(row, (weights.get(row) ?? 0) + value)
    }
    const rows = [...weights.keys()].sort((a, b) => a - b)
    return { items: Int32Array.from(rows), weights: Float32Array.from(rows, (row) => weights.get(row) ?? 0) }
  }

  #model({ method, methodOptions }: RecommenderRequest): Model {
    const key = JSON.stringify([method, methodOptions])
    if (this.#latest?.key !== key) {
      const options = methodOptions as ResolvedMethodOptions
      this.#latest = { key, model: methodOf('recommend', method).model(this.#network.prepared, options) }
    }
    return this.#latest.model
  }

  /** Drops what scores too low; where nothing reached, goes on with popular items. */
  #fill(
    users: Int32Array,
    lists: TopLists,
    { k, minScore, query }: ListRequest,
    seenBy: (user: number) => Iterable<number>,
  ): Rankings {
    const { rows, scores } = lists
    const priorFrom = new Int32Array(users.length)
    users.forEach((user, place) => {
      const [start, end] = [place * k, (place + 1) * k]
      let at = start
      while (at < end && rows[at] >= 0 && scores[at] >= minScore) at++
      priorFrom[place] = at - start
      const cutByScore = at < end && rows[at] >= 0
      rows.fill(-1, at, end)
      if (at === end || cutByScore || minScore !== -Infinity) return
      const taken = new Set(rows.subarray(start, at))
      if (query.excludeSeeds) for (const item of seenBy(user)) taken.add(item)
      for (let next = 0; next < this.#popularity.items.length && at < end; next++) {
        const item = this.#popularity.items[next]
        if (taken.has(item) || query.allowed[item] === 0) continue
        rows[at] = item
        scores[at++] = this.#popularity.shares[next]
      }
    })
    return { users, k, items: rows, scores, priorFrom }
  }
}

function sparse({ items, weights }: Profile): Profiles {
  return { kind: 'sparse', indptr: Int32Array.of(0, items.length), indices: items, data: weights }
}

/** The list at one place of the rankings, with ids. */
export function listAt(
  { k, items: rows, scores, priorFrom }: Rankings,
  place: number,
  items: KeyIndex,
): Recommendation[] {
  const list: Recommendation[] = []
  for (let at = place * k; at < (place + 1) * k && rows[at] >= 0; at++) {
    const entry = { item: items.keyOf(rows[at]), score: scores[at] }
    list.push(at - place * k < priorFrom[place] ? entry : { ...entry, prior: true })
  }
  return list
}

/** The rankings of several rounds as one. */
export function joinRankings(parts: readonly Rankings[]): Rankings {
  const k = parts[0]?.k ?? 0
  const count = parts.reduce((sum, { users }) => sum + users.length, 0)
  const whole = {
    users: new Int32Array(count),
    k,
    items: new Int32Array(count * k),
    scores: new Float32Array(count * k),
    priorFrom: new Int32Array(count),
  }
  let at = 0
  for (const { users, items, scores, priorFrom } of parts) {
    whole.users.set(users, at)
    whole.priorFrom.set(priorFrom, at)
    whole.items.set(items, at * k)
    whole.scores.set(scores, at * k)
    at += users.length
  }
  return whole
}
