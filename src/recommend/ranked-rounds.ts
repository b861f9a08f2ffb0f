/** Lists for many users or profiles, computed in rounds; their memory is reserved in advance. */
import { requireRoom } from '../memory/limit.ts'
import { listBytes, MAP_ENTRY_BYTES, rankingBytes } from '../memory/outside-bytes.ts'
import type { NamedNetwork } from '../network/network.ts'
import { freeHeapBytes } from '../plan/machine.ts'
import type { Algorithm, Detached } from '../request/request.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices } from '../support/pause.ts'
import type { Resolved } from '../support/spec.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import { Catalogue } from './catalogue.ts'
import { methodOf } from './methods/methods.ts'
import type { Query } from './methods/model.ts'
import { readPerson, valuesOf, type Person } from './person.ts'
import type { Profile, ProfileSource } from './profile.ts'
import { joinRankings, listAt, type Rankings, type Recommendation } from './rankings.ts'
import {
  listRequestOf,
  refuseSignals,
  type ListRequest,
  type profileListOptions,
  type userListOptions,
} from './request.ts'
import { inRounds, userRows, type Rounds } from './rounds.ts'

/** The result of a call: all lists with ids, rows of numbers, or one list at a time. */
type Made = 'lists' | 'rows' | 'a list'

/** Ranks items for users. @throws {RivuletError} UNKNOWN_KEY, MEMORY_LIMIT, UNSUPPORTED_GRAPH */
export function* rankUsers(
  who: string,
  network: NamedNetwork,
  options: Resolved<typeof userListOptions>,
  made: Made,
  ids = new UnknownIds(options.unknown),
): Rounds<Rankings> {
  const catalogue = Catalogue.of(who, network)
  const strangers: string[] = []
  const rows = userRows(who, catalogue.users, options.users, ids, strangers)
  const request = aboutMany(catalogue, listRequestOf(who, catalogue.items, options, ids), rows.length, {
    notes: ids.notes,
  })
  const ask = (round: Int32Array): Algorithm<Rankings> =>
    strangers.length === 0
      ? catalogue.rankUsers(round, request)
      : rankWithStrangers(catalogue, round, request, strangers)
  yield* rankInRounds(catalogue, request, rows, made, ask)
}

/** An unknown user. */
const NOBODY: Profile = { items: new Int32Array(0), weights: new Float32Array(0) }

/** Ranks items for users, some of whom are not in the data: these get the list of a user without interactions. */
function* rankWithStrangers(
  catalogue: Catalogue,
  round: Int32Array,
  request: ListRequest,
  strangers: readonly string[],
): Algorithm<Rankings> {
  const { k } = request
  const known = round.filter((user) => user >= 0)
  // Unknown users have no interactions with signals.
  const prior = yield* catalogue.rankProfiles([NOBODY], { ...request, excludeSignals: null })
  const ranked = known.length === 0 ? prior : yield* catalogue.rankUsers(known, request)
  const [items, scores] = [new Int32Array(round.length * k), new Float32Array(round.length * k)]
  const priorFrom = new Int32Array(round.length)
  let next = 0
  round.forEach((user, place) => {
    const [from, at] = user < 0 ? [prior, 0] : [ranked, next++]
    items.set(from.items.subarray(at * k, (at + 1) * k), place * k)
    scores.set(from.scores.subarray(at * k, (at + 1) * k), place * k)
    priorFrom[place] = from.priorFrom[at]
  })
  return { users: round, strangers, k, items, scores, priorFrom }
}

/** Ranks items for profiles of items. @param further of the query. @throws {RivuletError} as `rankUsers`, INVALID_DATA */
export function* rankProfiles(
  who: string,
  network: NamedNetwork,
  options: Resolved<typeof profileListOptions>,
  sources: readonly (ProfileSource | Person)[],
  made: Made,
  further: Pick<Query, 'alone'> = {},
  ids = new UnknownIds(options.unknown),
): Rounds<Rankings> {
  const catalogue = Catalogue.of(who, network)
  const { items } = catalogue
  const read = listRequestOf(who, items, options, ids)
  refuseSignals(who, read)
  const { signed } = methodOf(who, read.method)
  const reading = { signed, ids, scale: network.scale, halfLife: read.profileHalfLife }
  const known = valuesOf(catalogue)
  const profiles = sources.map((source) => readPerson(who, items, known, source, reading))
  const request = aboutMany(catalogue, read, sources.length, { ...further, notes: ids.notes })
  const places = Int32Array.from(profiles, (_, place) => place)
  const profilesAt = (round: Int32Array) => Array.from(round, (place) => profiles[place])
  yield* rankInRounds(catalogue, request, places, made, (round) => catalogue.rankProfiles(profilesAt(round), request))
}

/** Adds the total number of profiles, which a round alone does not show. Columns of users' attributes are never listed. */
function aboutMany(
  { network }: Catalogue,
  request: ListRequest,
  asked: number,
  further: Pick<Query, 'alone' | 'notes'>,
): ListRequest {
  const allowed = new Uint8Array(network.shape.columnCount)
  allowed.set(request.query.allowed)
  return { ...request, query: { ...request.query, ...further, allowed, asked } }
}

function* rankInRounds(
  catalogue: Catalogue,
  request: ListRequest,
  rows: Int32Array,
  made: Made,
  ask: (round: Int32Array) => Algorithm<Rankings>,
): Rounds<Rankings> {
  const release = takeLists(catalogue, rows.length, request, made)
  try {
    const expected = catalogue.expected(request, { profiles: rows.length, excludeSeeds: request.query.excludeSeeds })
    yield* inRounds(request.who, catalogue.network, rows, request.k, ask, expected)
  } finally {
    release()
  }
}

const TODO =
  "Raise memoryLimitBytes, lower 'k', or ask for fewer users at a time: recommendAll holds one list, rank none with ids."

/**
 * Reserves memory for the lists of a call until the returned function is called.
 *
 * @throws {RivuletError} MEMORY_LIMIT if they do not fit, or if lists with ids do not fit into the heap.
 */
function takeLists(
  { network: { budget }, items }: Catalogue,
  users: number,
  { who, k, query }: ListRequest,
  made: Made,
): () => void {
  const what = `lists of ${k} entries for ${users} users`
  const atOnce = made === 'lists' ? users : Math.min(1, users)
  // Rows are in memory twice while rounds are joined.
  const lists = made === 'rows' ? 2 * rankingBytes(users, k) : listBytes(atOnce, k, items) + atOnce * MAP_ENTRY_BYTES
  if (made !== 'rows') {
    requireRoom(who, what, { shared: 0, outside: { lists } }, freeHeapBytes(), TODO, 'the heap, --max-old-space-size')
  }
  // Allowed, open and unmasked items: a few bytes per item.
  return budget.take({ who, what, parts: { lists, 'list masks': 2 * query.allowed.length }, todo: TODO })
}

/** All rounds as one. */
export function* joinRounds(rounds: Rounds<Rankings>): Detached<Rankings> {
  const parts: Rankings[] = []
  for (const round of rounds) parts.push(yield* round)
  return joinRankings(parts)
}

/** Operations per entry with its key. */
const ENTRY_COST = 50

/** Yields every list with its ids, in the order of the request. */
export function* eachList(
  rounds: Rounds<Rankings>,
  items: KeyIndex,
  take: (list: Recommendation[], place: number, rankings: Rankings) => void,
): Detached<void> {
  const slices = new Slices()
  for (const round of rounds) {
    const rankings = yield* round
    for (let place = 0; place < rankings.users.length; place++) {
      take(listAt(rankings, place, items), place, rankings)
      if (slices.full(ENTRY_COST * rankings.k)) yield PAUSE
    }
  }
}
