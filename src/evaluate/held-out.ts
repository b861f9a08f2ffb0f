import type { AlignedSplit, ItemSets } from './aligned-split.ts'

/** The held-out items that lists are scored against, and what is peculiar about them. */
export interface HeldOut {
  /** After the choices below. */
  readonly sets: ItemSets
  /** Users that only the test knows. */
  readonly unknownUsers: number
  /** Items that only the test knows. */
  readonly unknownItems: number
  /** Pairs of such an item, before anything is dropped. */
  readonly unknownItemPairs: number
  /** Pairs that are in training too, before anything is dropped. */
  readonly seenPairs: number
}

/** Applies the two choices about doubtful test pairs and counts them. Time O(pairs). */
export function heldOutOf(
  { users, items, train, test }: AlignedSplit,
  choices: { readonly unknownItems: 'miss' | 'drop'; readonly seenPairs: 'keep' | 'drop' },
): HeldOut {
  const indptr = new Int32Array(users.size + 1)
  const kept = new Int32Array(test.items.length)
  const seenBy = new Int32Array(items.size).fill(-1)
  let length = 0
  let unknownItemPairs = 0
  let seenPairs = 0
  for (let user = 0; user < users.size; user++) {
    for (let at = train.indptr[user]; at < train.indptr[user + 1]; at++) seenBy[train.items[at]] = user
    for (let at = test.indptr[user]; at < test.indptr[user + 1]; at++) {
      const item = test.items[at]
      const unknown = item >= items.known
      const seen = seenBy[item] === user
      if (unknown) unknownItemPairs++
      if (seen) seenPairs++
      if ((unknown && choices.unknownItems === 'drop') || (seen && choices.seenPairs === 'drop')) continue
      kept[length++] = item
    }
    indptr[user + 1] = length
  }
  return {
    sets: { indptr, items: kept.subarray(0, length) },
    unknownUsers: users.size - users.known,
    unknownItems: items.size - items.known,
    unknownItemPairs,
    seenPairs,
  }
}
