import { atOnce } from '../support/drive.ts'
import { RivuletError } from '../support/errors.ts'
import { bucketsByDecile, bucketsByEdges, sparsestTenth, type ActivityBucket, type ActivityScores } from './activity.ts'
import { usersWithItems, type AlignedSplit, type ItemSets } from './aligned-split.ts'
import type { Evaluation } from './evaluation.ts'
import { fingerprintOf } from './fingerprint.ts'
import { scoresByItemAge, type ItemAgeScores } from './item-age.ts'
import { scoreLists, type ListScores, type RankedRows } from './score-lists.ts'

/** Options of an evaluation, resolved: see `EvaluateRankingsOptions` for their meaning. */
export interface SummaryChoices {
  /** Cut-offs, ascending. */
  readonly ks: readonly number[]
  readonly by: 'activity' | 'activity-deciles' | undefined
  readonly buckets: readonly number[]
  readonly unknownItems: 'miss' | 'drop'
  readonly seenPairs: 'keep' | 'drop'
  /** Age of each item at the cutoff; `null` if training has no times. */
  readonly ages: Float64Array | null
}

/**
 * Scores the lists and takes the means.
 *
 * @throws {RivuletError} EMPTY_DATA when no list belongs to a user with held-out items
 */
export function summariseLists(
  who: string,
  rankings: RankedRows,
  split: AlignedSplit,
  choices: SummaryChoices,
): Evaluation {
  const heldOut = heldOutOf(split, choices)
  const { indptr } = split.train
  const activityOf = (user: number): number => indptr[user + 1] - indptr[user]
  const scoresOf = (isMeant: (user: number) => boolean): ListScores =>
    scoreLists(rankings, heldOut.sets, choices.ks, split.items.size, isMeant)
  const trained = scoresOf((user) => activityOf(user) > 0)
  const cold = scoresOf((user) => activityOf(user) === 0)
  // If no listed user is in training, the means are over the cold users.
  const [scores, apart] = trained.users.length > 0 ? [trained, cold] : [cold, trained]
  const evaluatedUsers = scores.users.length
  const coldUsers = apart.users.length
  if (evaluatedUsers === 0) throw nobodyToEvaluate(who, rankings.users.length)
  const activity = scores.users.map(activityOf)
  const everyone = everyoneOf(scores)
  const askedUsers = usersWithItems(heldOut.sets).filter((user) => user < split.users.known).length
  return {
    split: atOnce(fingerprintOf(split)),
    audit: {
      evaluatedUsers,
      coldUsers,
      unrankedUsers: askedUsers - evaluatedUsers - coldUsers,
      untestedUsers: rankings.users.length - evaluatedUsers - coldUsers,
      unknownUsers: heldOut.unknownUsers,
      unknownItems: heldOut.unknownItems,
      unknownItemPairs: heldOut.unknownItemPairs,
      seenPairs: heldOut.seenPairs,
    },
    metrics: { ...meansOf(scores, everyone), ...catalogueMetrics(scores, split, choices.ks) },
    byActivity: choices.by === undefined ? [] : bucketsOf(activity, choices).map((bucket) => meansIn(scores, bucket)),
    byItemAge: byItemAge(rankings, heldOut.sets, { ages: choices.ages, users: scores.users, ks: choices.ks }),
    coldUsers: coldUsers === 0 ? null : meansIn(apart, { from: 0, to: 0, members: everyoneOf(apart) }),
    sparsestTenth: split.train.items.length === 0 ? null : meansIn(scores, sparsestTenth(activity)),
    perUser: { users: scores.users, metrics: scores.metrics },
  }
}

function byItemAge(
  rankings: RankedRows,
  heldOut: ItemSets,
  {
    ages,
    ...whose
  }: { readonly ages: Float64Array | null; readonly users: Int32Array; readonly ks: readonly number[] },
): ItemAgeScores[] {
  return ages === null ? [] : scoresByItemAge(rankings, heldOut, { ages, ...whose })
}

const everyoneOf = ({ users }: ListScores): Int32Array => users.map((_, position) => position)

function meansOf(scores: ListScores, members: Int32Array): Record<string, number> {
  const means = Object.entries(scores.metrics).map(([name, values]) => {
    let sum = 0
    for (const position of members) sum += values[position]
    return [name, sum / members.length] as const
  })
  return Object.fromEntries(means)
}

function bucketsOf(activity: Int32Array, { by, buckets }: SummaryChoices): ActivityBucket[] {
  return by === 'activity' ? bucketsByEdges(activity, buckets) : bucketsByDecile(activity)
}

function meansIn(scores: ListScores, { from, to, members }: ActivityBucket): ActivityScores {
  return { from, to, users: members.length, metrics: meansOf(scores, members) }
}

function catalogueMetrics(
  { exposures }: ListScores,
  split: AlignedSplit,
  ks: readonly number[],
): Record<string, number> {
  const metrics: Record<string, number> = {}
  const { users, popularity } = popularityOf(split)
  ks.forEach((k, cut) => {
    // Items that only occur in the test are not part of the catalogue.
    const exposure = exposures[cut].subarray(0, split.items.known)
    metrics[`coverage@${k}`] = coverage(exposure)
    if (users > 0) metrics[`novelty@${k}`] = novelty(exposure, popularity, users)
    metrics[`gini@${k}`] = gini(exposure)
  })
  return metrics
}

/** Number of training users, and how many of them had each item. */
function popularityOf({ items, train }: AlignedSplit): { users: number; popularity: Int32Array } {
  const popularity = new Int32Array(items.size)
  for (const item of train.items) popularity[item]++
  return { users: usersWithItems(train).length, popularity }
}

function nobodyToEvaluate(who: string, lists: number): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: 'at least one user with both a list and held-out items',
    got: `none among ${lists} lists`,
    todo: 'Check that training data, test data and lists use the same user ids.',
    details: { lists },
  })
}

/**
 * Metrics of the catalogue: how much of it the lists show, how evenly, and how popular it is.
 *
 * Symbols: `exposure[i]` is the number of lists that hold item i (shape: items); `popularity[i]` the number of distinct users
 * who had item i in training (shape: items); U the number of users in training.
 */

/** Share of the catalogue that appears in at least one list, in [0, 1]; 0 for an empty catalogue. */
export function coverage(exposure: ArrayLike<number>): number {
  let shown = 0
  for (let item = 0; item < exposure.length; item++) {
    if (exposure[item] > 0) shown++
  }
  return exposure.length === 0 ? 0 : shown / exposure.length
}

/**
 * Mean self-information of a recommended item in bits: -log2 p(i) with p(i) = popularity[i] / U, each item counted as often as it is
 * listed (Zhou et al. 2010, 10.1073/pnas.1000488107). In [0, log2 U]; higher means less well known.
 *
 * An item without any training user is counted as if it had one, so that the mean stays finite. 0 when nothing is recommended.
 */
export function novelty(exposure: ArrayLike<number>, popularity: ArrayLike<number>, users: number): number {
  let bits = 0
  let listed = 0
  for (let item = 0; item < exposure.length; item++) {
    if (exposure[item] === 0) continue
    bits += exposure[item] * Math.log2(users / Math.max(1, popularity[item] ?? 0))
    listed += exposure[item]
  }
  return listed === 0 ? 0 : bits / listed
}

/**
 * Gini coefficient of exposure over the whole catalogue, never-shown items included:
 * sum_j (2 j - n - 1) x_(j) / (n sum x), x_(1) <= ... <= x_(n).
 *
 * 0 when every item is shown equally often (or nothing is shown), (n - 1) / n when one item takes everything.
 */
export function gini(exposure: ArrayLike<number>): number {
  const sorted = Float64Array.from(exposure).sort()
  const n = sorted.length
  let total = 0
  let weighted = 0
  for (let j = 0; j < n; j++) {
    total += sorted[j]
    weighted += (2 * (j + 1) - n - 1) * sorted[j]
  }
  return total === 0 ? 0 : weighted / (n * total)
}

/** The held-out items that lists are scored against, and numbers of special cases among them. */
export interface HeldOut {
  /** After the choices below. */
  readonly sets: ItemSets
  /** Users that only occur in the test. */
  readonly unknownUsers: number
  /** Items in the test that have no training pair. */
  readonly unknownItems: number
  /** Pairs of such an item, before anything is dropped. */
  readonly unknownItemPairs: number
  /** Pairs that are in training too, before anything is dropped. */
  readonly seenPairs: number
}

/** Applies the options for unknown items and seen pairs of the test, and counts them. Time O(pairs). */
export function heldOutOf(
  { users, items, train, test }: AlignedSplit,
  choices: { readonly unknownItems: 'miss' | 'drop'; readonly seenPairs: 'keep' | 'drop' },
): HeldOut {
  const indptr = new Int32Array(users.size + 1)
  const kept = new Int32Array(test.items.length)
  const seenBy = new Int32Array(items.size).fill(-1)
  const isUnknown = unknownItemsOf(items, train)
  const unknownItems = new Set<number>()
  let length = 0
  let unknownItemPairs = 0
  let seenPairs = 0
  for (let user = 0; user < users.size; user++) {
    for (let at = train.indptr[user]; at < train.indptr[user + 1]; at++) seenBy[train.items[at]] = user
    for (let at = test.indptr[user]; at < test.indptr[user + 1]; at++) {
      const item = test.items[at]
      const unknown = isUnknown[item] === 1
      const seen = seenBy[item] === user
      if (unknown) {
        unknownItemPairs++
        unknownItems.add(item)
      }
      if (seen) seenPairs++
      if ((unknown && choices.unknownItems === 'drop') || (seen && choices.seenPairs === 'drop')) continue
      kept[length++] = item
    }
    indptr[user + 1] = length
  }
  return {
    sets: { indptr, items: kept.subarray(0, length) },
    unknownUsers: users.size - users.known,
    unknownItems: unknownItems.size,
    unknownItemPairs,
    seenPairs,
  }
}

/** 1 for items without a training pair; without training rows, for items outside the catalogue. */
function unknownItemsOf(items: AlignedSplit['items'], train: ItemSets): Uint8Array {
  const unknown = new Uint8Array(items.size).fill(1)
  if (train.items.length === 0) return unknown.fill(0, 0, items.known)
  for (const item of train.items) unknown[item] = 0
  return unknown
}
