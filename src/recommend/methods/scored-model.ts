/**
 * Models that score a profile by the lists of its items: few profiles one by one on the calling thread, many by a request, which distributes them to threads.
 * Both sum the same numbers in the same order, in float64, so that the lists are the same.
 */
import { requestPays } from '../../plan/pooled-lists.ts'
import type { Network } from '../../network/network.ts'
import type { LentLists } from '../../request/rank.ts'
import { rank, type Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { listTable } from '../../solve/rank-table.ts'
import { RivuletError } from '../../support/errors.ts'
import { PAUSE, type Sliced } from '../../support/pause.ts'
import {
  excludedOf,
  profileItems,
  profileWeights,
  type Contributions,
  type Model,
  type Profiles,
  type Query,
} from './model.ts'
import type { Profile } from '../profile.ts'
import { TopList } from '../top-list.ts'

/** A linear map from one profile to scores, computed on the calling thread. */
export interface Scorer {
  /** Calls `offer` with every item that scores above zero, once, in any order; other items may be included. */
  score(items: ArrayLike<number>, weights: Float32Array, offer: (item: number, score: number) => void): Sliced<void>
  /** Contribution of each item of the profile to the score of `item`, shape (profile). */
  parts(profile: Profile, item: number): Sliced<Float64Array>
  /** The lists of the map, if it consists of lists: many profiles are scored by them. */
  readonly lists?: LentLists
}

/**
 * A model that scores profiles itself, while others spread blocks of profiles on the matrix.
 *
 * @param who the caller, for messages
 */
export function scoredModel(who: string, network: Network, scorer: Scorer): Model {
  const rankMany = scorer.lists && manyByLists(who, network, scorer.lists)
  return {
    *rank(profiles, query): Algorithm<TopLists> {
      const lists = rankMany && (yield* rankMany(profiles, query))
      return lists ?? (yield* rankEach(network, scorer, profiles, query))
    },
    *contributions(profile, item): Algorithm<Contributions> {
      return { items: profile.items, parts: yield* scorer.parts(profile, item) }
    },
  }
}

/** Returns `null` for few profiles, or if the lists do not fit into shared memory. */
function manyByLists(who: string, { shape, rows }: Network, lists: LentLists) {
  const table = listTable(shape.columnCount, lists)
  let hasRoom = true
  return function* (
    profiles: Profiles,
    { k, allowed, excludeSeeds, excluded, asked }: Query,
  ): Algorithm<TopLists | null> {
    const count = columnCount(profiles)
    const all = asked ?? count
    const seedCount = profiles.kind === 'rows' ? null : (profiles.indices.length * all) / count
    const work = { profiles: all, seedCount, listEntries: lists.data.length, items: table.items }
    // Rows stored elsewhere are ranked there; given profiles are ranked here.
    const isAsked = rows.areHere ? hasRoom && requestPays(shape, work) : profiles.kind === 'rows'
    if (!isAsked) return null
    const filters = { filters: [{ walk: 1, head: new Float32Array(0) }], filterOf: new Uint8Array(count) }
    try {
      return yield* rank({ name: who, table, profiles, ...filters, k, allowed, excludeSeeds, excluded })
    } catch (thrown) {
      if (!(thrown instanceof RivuletError && thrown.code === 'MEMORY_LIMIT')) throw thrown
      hasRoom = false
      return null
    }
  }
}

function* rankEach(
  { rows: known }: Network,
  scorer: Scorer,
  profiles: Profiles,
  { k, allowed, excludeSeeds, excluded }: Query,
): Sliced<TopLists> {
  const count = columnCount(profiles)
  const lists = { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
  const open = allowed.slice()
  const best = new TopList(k)
  const offer = (item: number, sum: number): void => {
    const score = Math.fround(sum)
    if (score > 0 && open[item] === 1) best.offer(item, score)
  }
  for (let profile = 0; profile < count; profile++) {
    const items = profileItems(profiles, profile, known)
    const weights = profileWeights(profiles, profile, known)
    const out = [excludeSeeds ? items : [], excludedOf(excluded, profile)]
    for (const list of out) for (const item of list) open[item] = 0
    yield* scorer.score(items, weights, offer)
    for (const list of out) for (const item of list) open[item] = allowed[item]
    best.moveTo(lists.rows, lists.scores, profile * k)
    yield PAUSE
  }
  return lists
}
