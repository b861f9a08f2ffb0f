/** Lists for users whose rows are in a database: checks of requests, and compiled recommenders as item-item lists. */
import type { NamedNetwork, TableSides } from '../network/network.ts'
import { aboutEdges, rank, type Algorithm } from '../request/request.ts'
import { requireSides } from '../embed/embedding.ts'
import { listTable } from '../solve/rank-table.ts'
import { jsonOf, show } from '../support/errors.ts'
import { requireRow } from '../support/key-index.ts'
import { refusedOption } from '../support/options.ts'
import type { Resolved } from '../support/spec.ts'
import type { CompiledRecommender, compiledListOptions } from './compiled.ts'
import type { LentLists } from '../request/rank.ts'
import { fillUp, openLists, popularityPrior, type Selection } from './prior.ts'
import type { Profile } from './profile.ts'
import type { Rankings } from './rankings.ts'
import { selectionOf, type Exclusion, type RecommenderRequest, type usersOptions } from './request.ts'
import { inRounds, userRows, type Rounds } from './rounds.ts'

/** @throws {RivuletError} INVALID_OPTION for a method that is not a sum over the neighbours of items, because its rows are not here */
export function requireNeighbours({ who, method, methodOptions }: RecommenderRequest): void {
  const byNeighbours = ['item-knn', 'p3alpha', 'rp3beta'].includes(method)
  if (byNeighbours && methodOptions.neighbours !== null) return
  throw refusedOption(who, byNeighbours ? 'neighbours' : 'method', {
    expected: "'item-knn', 'p3alpha' or 'rp3beta' with a number of neighbours, which run in a database",
    got: byNeighbours ? `null, which keeps all neighbours of '${method}'` : show(method),
    todo: byNeighbours
      ? 'Give neighbours: 200.'
      : "Give method: 'rp3beta' and neighbours: 200; or compile this method where the data fit, with head: 0, and give the result as 'model'.",
  })
}

/** @throws {RivuletError} INVALID_OPTION for data that is not read from a table: signals, and the profiles that clusters are fitted to */
export function requireOfPairs(
  who: string,
  { exclude, prior }: { readonly exclude: Exclusion; readonly prior?: unknown },
): void {
  if (typeof exclude !== 'string') {
    throw refusedOption(who, 'exclude', {
      expected: "'seen' or 'none': a table in a database is read without signals",
      got: show(exclude),
      todo: 'Connect to a view without the rows to exclude, or read the table into memory.',
    })
  }
  if (prior !== undefined && prior !== 'popularity') {
    throw refusedOption(who, 'prior', {
      expected: "'popularity': clusters need the profiles in memory, and they are in the database",
      got: 'clusters',
      todo: 'Leave it out, or read the table into memory.',
    })
  }
}

type Options = Resolved<typeof compiledListOptions & typeof usersOptions>

/** Ranks users of a network by a compiled recommender, whose rows are the item-item lists. @throws {RivuletError} INVALID_OPTION, UNKNOWN_KEY, INVALID_DATA */
export function* rankByCompiled(
  who: string,
  network: NamedNetwork,
  compiled: CompiledRecommender,
  options: Options,
): Rounds<Rankings> {
  const sides = requireSides(who, network)
  requireRowsAlone(who, compiled, network, options)
  const model = lentOf(who, sides, compiled, options.unknownItems === 'drop')
  const selection = selectionOf(who, compiled.items, options)
  const users = userRows(who, sides.users, options.users)
  const allowed = Uint8Array.from(model.own, (row) => (row < 0 ? 0 : selection.query.allowed[row]))
  const asked = { ...model, allowed }
  const ask = (round: Int32Array): Algorithm<Rankings> => rankRound(who, network, compiled, asked, selection, round)
  yield* inRounds(who, network, users, selection.k, ask)
}

/** Items by the numbers of the network, followed by those that only the recommender has. */
interface LentModel {
  readonly lists: LentLists
  readonly count: number
  /** The number of each in the recommender; -1 for none. */
  readonly own: Int32Array
}

function lentOf(who: string, { items }: TableSides, compiled: CompiledRecommender, drop: boolean): LentModel {
  const known = Int32Array.from(items.keys(), (key) => compiled.items.rowOf(key))
  const unknown = known.findIndex((row) => row < 0)
  if (unknown >= 0 && !drop) requireRow(who, 'an item', compiled.items, items.keyOf(unknown))
  const places = new Int32Array(compiled.items.size).fill(-1)
  known.forEach((row, place) => {
    if (row >= 0) places[row] = place
  })
  const own = Array.from(known)
  places.forEach((place, row) => {
    if (place >= 0) return
    places[row] = own.length
    own.push(row)
  })
  const { indptr: from, indices, data } = compiled.matrix()
  const indptr = new Uint32Array(own.length + 1)
  own.forEach((row, place) => (indptr[place + 1] = indptr[place] + (row < 0 ? 0 : from[row + 1] - from[row])))
  const lists = { indptr, indices: new Uint32Array(indices.length), data: new Float32Array(indices.length) }
  own.forEach((row, place) => {
    if (row < 0) return
    lists.indices.set(
      indices.subarray(from[row], from[row + 1]).map((item) => places[item]),
      indptr[place],
    )
    lists.data.set(data.subarray(from[row], from[row + 1]), indptr[place])
  })
  return { lists, count: own.length, own: Int32Array.from(own) }
}

function* rankRound(
  who: string,
  network: NamedNetwork,
  compiled: CompiledRecommender,
  { lists, count, own, allowed }: LentModel & { readonly allowed: Uint8Array },
  selection: Selection,
  users: Int32Array,
): Algorithm<Rankings> {
  const { k, query } = selection
  const found = yield* rank({
    ...{ name: who, table: listTable(count, lists), k, allowed, excludeSeeds: query.excludeSeeds },
    profiles: { kind: 'rows', rows: users, scale: new Float32Array(0) },
    ...{ filters: [{ walk: 1, head: new Float32Array(0) }], filterOf: new Uint8Array(users.length) },
  })
  const answer = { ...found, rows: found.rows.map((place) => (place < 0 ? -1 : own[place])) }
  const lengthOf = (user: number): number => network.rows.lengthOf(user)
  const asked = Int32Array.from(new Set(openLists(users, answer, selection, lengthOf))).sort()
  const rows = yield* aboutEdges({ kind: 'rows', name: who, rows: asked })
  const placeOf = new Map(Array.from(asked, (user, place) => [user, place]))
  const profileOf = (user: number): Profile => {
    const place = placeOf.get(user) ?? 0
    const [items, weights] = [rows.columnsOf(place), rows.weightsOf(place)]
    const isKnown = (_: unknown, at: number): boolean => own[items[at]] >= 0
    return { items: Int32Array.from(items.filter(isKnown), (item) => own[item]), weights: weights.filter(isKnown) }
  }
  return yield* fillUp(popularityPrior(compiled.popularity), users, answer, selection, { lengthOf, profileOf })
}

function requireRowsAlone(
  who: string,
  compiled: CompiledRecommender,
  { weighing }: NamedNetwork,
  options: Options,
): void {
  if (compiled.head > 0) {
    throw refusedOption(who, 'model', {
      expected: 'a compiled recommender without a head: a database can only join lists of items',
      got: `one with ${compiled.head} eigenvectors`,
      todo: 'Compile with head: 0.',
    })
  }
  if (compiled.relations.length > 0) {
    throw refusedOption(who, 'model', {
      expected: 'a compiled recommender without relations: a database can only join lists of items',
      got: `one with ${compiled.relations.map(show).join(', ')}`,
      todo: 'Compile without them.',
    })
  }
  const { weighted, signals } = compiled
  if (jsonOf({ weighted, signals }) !== jsonOf(weighing)) {
    throw refusedOption(who, 'model', {
      expected: `a recommender with the same weights as here: ${String(jsonOf(weighing))}`,
      got: String(jsonOf({ weighted, signals })),
      todo: "Pass the recommender's 'weighted' and 'signals' to SqlEngine.connect.",
    })
  }
  if (options.profileHalfLife !== null) {
    throw refusedOption(who, 'profileHalfLife', {
      expected: 'no value: the table was read without times',
      got: show(options.profileHalfLife),
      todo: 'Leave it out.',
    })
  }
}
