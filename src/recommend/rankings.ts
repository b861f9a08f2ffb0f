/** Results of recommenders: ranked rows of many users, and lists with ids. */
import { printable } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { counted, firstOf, shown, type Shown } from '../support/printed.ts'

/** One recommended item. */
export interface Recommendation {
  readonly item: string
  /** The method's own score; comparable within one method and profile. For a prior entry: the share of interactions that the prior gives the item. */
  readonly score: number
  /** Present if the profile does not reach this item: it is listed because it is popular, in the clusters that fit the profile if there are any. */
  readonly prior?: true
}

/** Ranked item rows of many users, without strings: `k` entries each, -1 where there are fewer. */
export interface Rankings {
  /** User rows, shape (users); -1 - n for the n-th of `strangers`. */
  readonly users: Int32Array
  /** Ids of unknown users, whose lists come from the prior. */
  readonly strangers?: readonly string[]
  readonly k: number
  /** Item rows, shape (users x k), row-major. */
  readonly items: Int32Array
  /** Shape (users x k); entries from `priorFrom` on are shares of interactions. */
  readonly scores: Float32Array
  /** Number of entries of each user before those of the prior, shape (users). */
  readonly priorFrom: Int32Array
}

/** Rankings with the keys of their rows. */
export interface RankedItems extends Rankings {
  readonly userKeys: KeyIndex
  readonly itemKeys: KeyIndex
  /** Notes on how the source was interpreted, and what was left out. */
  readonly notes: readonly string[]
}

/** Lists by user or item that print themselves: the first ones on a console, all of them as JSON. */
export function asLists(lists: Map<string, Recommendation[]>): Map<string, Recommendation[]> {
  shown<ReadonlyMap<string, readonly Recommendation[]>>(lists, LISTS)
  return lists
}

const MOST_ENTRIES = 2

const LISTS: Shown<ReadonlyMap<string, readonly Recommendation[]>> = {
  line(lists) {
    const first = lists.size === 0 ? '' : `: ${firstOf(linesOf(lists), MOST_ENTRIES)}`
    return printable(`Lists { ${counted(lists.size, 'list')}${first} }`)
  },
  document: (lists) => Array.from(lists, ([key, items]) => ({ key, items })),
}

function* linesOf(lists: ReadonlyMap<string, readonly Recommendation[]>): Generator<string> {
  for (const [key, list] of lists) yield `${key} -> [${firstOf(list.map(({ item }) => item))}]`
}

/** Rankings with their keys that print their sizes. */
export const asRankedItems = (ranked: RankedItems): RankedItems => shown(ranked, RANKED)

const RANKED: Shown<RankedItems> = {
  line: ({ users, k, itemKeys }) =>
    `RankedItems { ${counted(users.length, 'list')} of up to ${k} of ${counted(itemKeys.size, 'item')} }`,
  document: ({ users, k, itemKeys, notes }) => ({ lists: users.length, k, items: itemKeys.size, notes }),
}

/** The user at one place of the rankings. */
export const userAt = ({ users, strangers = [] }: Rankings, place: number, keys: KeyIndex): string =>
  users[place] < 0 ? strangers[-1 - users[place]] : keys.keyOf(users[place])

/** The list at one place of the rankings, with ids. */
export function listAt(
  { k, items: rows, scores, priorFrom }: Rankings,
  place: number,
  items: KeyIndex,
): Recommendation[] {
  const list: Recommendation[] = []
  for (let at = place * k; at < (place + 1) * k && rows[at] >= 0; at++) {
    const [item, score] = [items.keyOf(rows[at]), scores[at]]
    // Written out, because copying an object takes four times the memory.
    list.push(at - place * k < priorFrom[place] ? { item, score } : { item, score, prior: true })
  }
  return list
}

/** The rankings of several rounds as one. */
export function joinRankings(parts: readonly Rankings[]): Rankings {
  if (parts.length === 1) return parts[0]
  const k = parts[0]?.k ?? 0
  const count = parts.reduce((sum, { users }) => sum + users.length, 0)
  const strangers = parts[0]?.strangers
  const whole = {
    users: new Int32Array(count),
    ...(strangers && { strangers }),
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
