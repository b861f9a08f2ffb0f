import { rowNumbers } from '../data/counting-sort.ts'
import type { SparseRows } from '../matrix/csr.ts'
import type { Batches } from '../request/train.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Random } from '../support/random.ts'

/** A user and some of the user's stored entries. */
export interface Profile {
  readonly user: number
  readonly pairs: Int32Array
}

/** Pairs of a user within one batch: more of them share the work of summing the user's items, fewer mix the batches better. */
const TOGETHER = 8
/** Maximum batches per epoch with the same user. Each sums all of the user's items, so without a limit n items would cost n^2. */
const MOST_PARTS = 512
/** Number of runs per epoch: progress is reported after each, and one is repeated if a thread dies. */
const PARTS = 8

/** Operations per pair when batches are dealt or laid out. */
const PAIR_COST = 40

/** The pairs of one step. */
export interface Batch {
  readonly profiles: readonly Profile[]
  /** Destination of each of the profiles' pairs, in order, so that groups are mixed. */
  readonly places: Int32Array
}

/** Batches of at least `batchSize` pairs, the last one may have fewer: all pairs in random order, a few of the same user at a time. */
export function* dealBatches(profiles: readonly Profile[], batchSize: number, random: Random): Sliced<Batch[]> {
  const slices = new Slices()
  const parts: Profile[] = []
  for (const { user, pairs } of profiles) {
    const shuffled = random.shuffle(pairs.slice())
    const together = Math.max(TOGETHER, Math.ceil(pairs.length / MOST_PARTS))
    for (let at = 0; at < pairs.length; at += together)
      parts.push({ user, pairs: shuffled.subarray(at, at + together) })
    if (slices.full(PAIR_COST * pairs.length)) yield PAUSE
  }
  const order = yield* random.shuffleInSlices(yield* rowNumbers(parts.length))
  const batches: Batch[] = []
  for (let from = 0; from < order.length;) {
    let [to, size] = [from, 0]
    while (to < order.length && size < batchSize) size += parts[order[to++]].pairs.length
    const places = random.shuffle(Int32Array.from({ length: size }, (_, at) => at))
    batches.push({ profiles: Array.from(order.subarray(from, to), (part) => parts[part]), places })
    from = to
    if (slices.full(PAIR_COST * size)) yield PAUSE
  }
  return batches
}

/** The batches of an epoch laid end to end, in runs. Each generator may only start after the one before it has ended. */
export function batchRunsOf(rows: SparseRows, dealt: readonly Batch[]): Sliced<Batches>[] {
  const count = Math.ceil(dealt.length / PARTS)
  const placeOf = new Int32Array(rows.nnz).fill(-1)
  const runs: Sliced<Batches>[] = []
  for (let at = 0; at < dealt.length; at += count) runs.push(layEndToEnd(rows, dealt.slice(at, at + count), placeOf))
  return runs
}

/** @param placeOf -1 for every stored entry, before and after */
function* layEndToEnd(rows: SparseRows, dealt: readonly Batch[], placeOf: Int32Array): Sliced<Batches> {
  const slices = new Slices()
  const profiles = dealt.flatMap((batch) => batch.profiles)
  const batchUsers = startsOf(dealt.map((batch) => batch.profiles.length))
  const batchPairs = startsOf(dealt.map((batch) => batch.places.length))
  const userPlaces = startsOf(profiles.map(({ user }) => rows.lengthOf(user)))
  const places = new Int32Array(userPlaces[profiles.length])
  const pairs = new Int32Array(batchPairs[dealt.length])
  const pairUsers = new Int32Array(pairs.length)
  for (const [at, batch] of dealt.entries()) {
    let next = 0
    for (const [slot, { user, pairs: own }] of batch.profiles.entries()) {
      for (const pair of own) {
        const place = batch.places[next++]
        pairs[batchPairs[at] + place] = pair
        pairUsers[batchPairs[at] + place] = slot
        placeOf[pair] = place
      }
      const first = rows.firstEntryOf(user)
      places.set(placeOf.subarray(first, first + rows.lengthOf(user)), userPlaces[batchUsers[at] + slot])
      for (const pair of own) placeOf[pair] = -1
      if (slices.full(PAIR_COST * own.length + rows.lengthOf(user))) yield PAUSE
    }
  }
  return {
    users: Int32Array.from(profiles, ({ user }) => user),
    pairs,
    pairUsers,
    places,
    userPlaces,
    batchUsers,
    batchPairs,
  }
}

/** Start of each piece when pieces of these lengths are laid end to end, followed by the end of the last one. */
function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1)
  for (const [at, length] of lengths.entries()) starts[at + 1] = starts[at] + length
  return starts
}
