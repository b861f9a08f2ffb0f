/**
 * Weights of relations, found by held-out users: HELD_OUT of each one's interactions are removed from the network, and lists with the relation are compared with lists without.
 *
 * Relations are tested one after the other, each together with those found before it. Users are drawn in two halves, and each half is scored with the best weight of the
 * other half, so that the gain is not biased by the choice. If its 95 % interval lies above 0, the weight is the best one for all users, otherwise 0. Cost: lists
 * by sweeps for at most USERS users, 1 + 6 times for each relation.
 */
import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import { RANKING_METRICS } from '../evaluate/ranking.ts'
import type { NamedNetwork, NetworkRelations, RelationPart } from '../network/network.ts'
import { interactionsOf, withoutEntries } from '../network/relations.ts'
import { on, type Algorithm } from '../request/request.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { TopLists } from '../request/sweep.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'

/** Candidate weights. */
const WEIGHTS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5] as const
/** The remaining weight stays with interactions. */
const MOST_TOGETHER = 0.9
const USERS = 1000
const HELD_OUT = 0.2
const K = 20
const SEED = 1986

/** The best items of some users by a network. */
export type RankUsers = (network: NamedNetwork, users: Int32Array, k: number) => Algorithm<TopLists>

/** Result for one relation. */
interface Found {
  readonly weight: number
  readonly gain: PairedBootstrap
}

/** A network's relations with weights for those that had none, and notes on them. */
export interface FoundWeights {
  readonly relations: NetworkRelations
  readonly notes: readonly string[]
}

/** Whether any weight is 'auto'. */
export const hasOpenWeights = ({ relations }: Pick<NamedNetwork, 'relations'>): boolean =>
  relations?.parts.some(({ isOpen }) => isOpen) ?? false

/**
 * @param rankUsers returns the best items of users of the network without the held-out pairs, with these weights
 * @throws {RivuletError} EMPTY_DATA if no user can be held out, MEMORY_LIMIT
 */
export function* findWeights(
  who: string,
  network: NamedNetwork,
  relations: NetworkRelations,
  rankUsers: RankUsers,
): Algorithm<FoundWeights> {
  const held = yield* holdOut(who, network, relations)
  const parts = relations.parts.map((part) => (part.isOpen ? { ...part, weight: 0 } : part))
  const scoresWith = (some: readonly RelationPart[]): Algorithm<Float64Array> => scores(held, rankUsers, some)
  const notes: string[] = []
  let before = yield* scoresWith(parts)
  for (const [at, part] of parts.entries()) {
    if (!part.isOpen) continue
    const room = MOST_TOGETHER - parts.reduce((sum, { weight }) => sum + weight, 0)
    const tried: { readonly weight: number; readonly scores: Float64Array }[] = []
    for (const weight of WEIGHTS.filter((one) => one <= room)) {
      const some = parts.with(at, { ...part, weight })
      tried.push({ weight, scores: yield* scoresWith(some) })
    }
    const { weight, gain } = yield* choose(before, tried)
    notes.push(noteOf(part.name, { weight, gain }))
    parts[at] = { ...part, weight, isOpen: false }
    before = tried.find((one) => one.weight === weight)?.scores ?? before
  }
  return { relations: { ...relations, parts }, notes }
}

function* choose(
  before: Float64Array,
  tried: readonly { readonly weight: number; readonly scores: Float64Array }[],
): Sliced<Found> {
  const sumOf = (scores: Float64Array, isIn: (user: number) => boolean): number =>
    scores.reduce((sum, score, user) => (isIn(user) ? sum + score : sum), 0)
  const bestFor = (isIn: (user: number) => boolean) =>
    tried.reduce((best, one) => (sumOf(one.scores, isIn) > sumOf(best.scores, isIn) ? one : best), {
      weight: 0,
      scores: before,
    })
  const halves = [0, 1].map((half) => bestFor((user) => user % 2 !== half))
  const chosen = before.map((_, user) => halves[user % 2].scores[user])
  const gain = yield* bootstrapInSlices(chosen, before, { seed: SEED })
  return { gain, weight: gain.low > 0 ? bestFor(() => true).weight : 0 }
}

function noteOf(name: string, { weight, gain: { difference, low, high, users } }: Found): string {
  const [gained, from, to] = [difference, low, high].map((one) => one.toFixed(4))
  const of = `NDCG@${K} of ${users} held-out users`
  const found =
    weight > 0
      ? `weight ${weight}, which raises ${of} by`
      : `left out: no weight raises ${of} beyond chance, the best by`
  return `relation ${show(name)}: ${found} ${gained} (${from} to ${to})`
}

/** A network without some interactions of some users, and the removed pairs. */
interface HeldOut {
  readonly network: NamedNetwork
  readonly relations: NetworkRelations
  /** In the order in which they were drawn. */
  readonly users: Int32Array
  /** The held-out items of each user. */
  readonly items: readonly ReadonlySet<number>[]
}

function* holdOut(who: string, network: NamedNetwork, relations: NetworkRelations): Algorithm<HeldOut> {
  const random = seededRandom(SEED)
  const { rows } = network
  const likes = (user: number): Int32Array =>
    rows.positiveEntriesOf(user).filter((entry) => rows.columnAt(entry) < relations.itemCount)
  const all = Int32Array.from({ length: relations.userCount }, (_, user) => user)
  const several = random.shuffle(all.filter((user) => interactionsOf(network, user) > 1))
  const [users, items, left]: [number[], Set<number>[], Set<number>] = [[], [], new Set()]
  for (const user of several.slice(0, USERS)) {
    const own = random.shuffle(likes(user))
    const wanted = Math.min(own.length - 1, Math.floor(HELD_OUT * own.length + random.next()))
    if (wanted < 1) continue
    users.push(user)
    items.push(new Set(Array.from(own.slice(0, wanted), (entry) => rows.columnAt(entry))))
    for (const entry of own.slice(0, wanted)) left.add(entry)
  }
  if (users.length < 2) throw nobody(who)
  const without = yield* withoutEntries(who, { ...network, relations }, left)
  return { network: without, relations: without.relations, users: Int32Array.from(users), items }
}

/** NDCG of each user's list. */
function* scores(
  { network, relations, users, items }: HeldOut,
  rankUsers: RankUsers,
  parts: readonly RelationPart[],
): Algorithm<Float64Array> {
  const lists = yield* on(network, rankUsers({ ...network, relations: { ...relations, parts } }, users, K))
  const slices = new Slices()
  const found = new Float64Array(users.length)
  for (let place = 0; place < users.length; place++) {
    const hits = Uint8Array.from(lists.rows.subarray(place * lists.k, (place + 1) * lists.k), (item) =>
      items[place].has(item) ? 1 : 0,
    )
    found[place] = RANKING_METRICS.ndcg(hits, K, items[place].size)
    if (slices.full(K)) yield PAUSE
  }
  return found
}

const nobody = (who: string): RivuletError =>
  new RivuletError('EMPTY_DATA', {
    who: `${who}, relations`,
    expected: "users with several items, of which weight 'auto' holds some out",
    got: 'too few',
    todo: 'Give each relation a number.',
    details: { option: 'relations' },
  })
