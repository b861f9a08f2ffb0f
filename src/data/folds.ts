import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { finiteNumber } from '../support/options.ts'
import { integer, option, resolve, type Given } from '../support/spec.ts'
import { numberPairs, rowNumbers } from './counting-sort.ts'
import { checkInSlices, type Interactions } from './interactions.ts'
import { divide, drawn, emptySide, rowsOfPairs, TEST, type Split } from './split.ts'

export const foldOptions = {
  /** Number of folds; integer >= 2. Default 5. */
  folds: integer(5, 2),
  /** The same seed gives the same folds. Default 1. */
  seed: option(1, finiteNumber),
}

export interface SplitFoldsOptions extends Given<typeof foldOptions> {}

/**
 * Divides pairs into random folds: each split tests one fold and trains on the others. Every pair of a user with two or more is tested once, the pairs of a
 * user about equally often in each fold, so that some remain in training; the only pair of a user is always trained on. All rows of a pair stay together.
 *
 * @throws {RivuletError} EMPTY_DATA when a fold would test nothing, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export const splitFolds = (table: Interactions, options?: SplitFoldsOptions): Split[] => [
  ...foldByFold('splitFolds', table, options),
]

/** As `splitFolds`, with the caller's name; each split is made on demand, so that only one is in memory. */
export function foldByFold(who: string, table: Interactions, options?: SplitFoldsOptions): Iterable<Split> {
  const { folds, seed } = resolve(who, foldOptions, options)
  const { pairOf, foldOf } = atOnce(dealPairs(who, table, folds, seed))
  function* splits(): Generator<Split> {
    for (let fold = 0; fold < folds; fold++) {
      const tested = Uint8Array.from(foldOf, (one) => (one === fold ? TEST : 0))
      yield drawn(atOnce(divide(who, table, atOnce(rowsOfPairs(tested, pairOf)))))
    }
  }
  return splits()
}

interface Folds {
  /** The pair of each row. */
  readonly pairOf: Int32Array
  /** The fold that tests each pair; -1 for none. */
  readonly foldOf: Int32Array
}

function* dealPairs(who: string, table: Interactions, folds: number, seed: number): Sliced<Folds> {
  yield* checkInSlices(who, table)
  const { pairOf, owner } = yield* numberPairs(table)
  const counts = new Int32Array(table.users.size)
  for (const user of owner) counts[user]++
  const pairs = yield* rowNumbers(owner.length)
  yield* seededRandom(seed).shuffleInSlices(pairs)
  const foldOf = new Int32Array(owner.length).fill(-1)
  // Folds are assigned in turn, each user continuing after the one before, so that folds have about equal sizes.
  const nextOf = new Int32Array(table.users.size).fill(-1)
  let first = 0
  const deal = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const user = owner[pairs[at]]
      if (counts[user] < 2) continue
      if (nextOf[user] < 0) {
        nextOf[user] = first
        first = (first + counts[user]) % folds
      }
      foldOf[pairs[at]] = nextOf[user]
      nextOf[user] = (nextOf[user] + 1) % folds
    }
  }
  yield* inSlices(pairs.length, deal, SCATTERED)
  for (let fold = 0; fold < folds; fold++) if (!foldOf.includes(fold)) throw emptySide(who, 'test', table.length)
  return { pairOf, foldOf }
}
