import type { SparseRows } from '../../matrix/csr.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type TopLists } from '../../request/sweep.ts'
import { PAUSE, type Sliced } from '../../support/pause.ts'
import { profileItems, profileWeights, type Contributions, type Model, type Profiles, type Query } from './model.ts'
import type { Profile } from '../profile.ts'
import { TopList } from '../top-list.ts'

/** A linear map from one profile to scores, computed on the spot. */
export interface Scorer {
  /** Gives `offer` every item that scores above zero, once, in any order; other items may be given too. */
  score(items: ArrayLike<number>, weights: Float32Array, offer: (item: number, score: number) => void): Sliced<void>
  /** What each item of the profile adds to the score of `item`, shape (profile). */
  parts(profile: Profile, item: number): Sliced<Float64Array>
}

/**
 * A model that scores profiles itself, one after the other, where others have blocks of them spread on the matrix.
 *
 * @param known where known users' profiles are read, users x items
 */
export function scoredModel(known: SparseRows, scorer: Scorer): Model {
  return {
    rank: (profiles, query): Algorithm<TopLists> => rank(known, scorer, profiles, query),
    *contributions(profile, item): Algorithm<Contributions> {
      return { items: profile.items, parts: yield* scorer.parts(profile, item) }
    },
  }
}

function* rank(
  known: SparseRows,
  scorer: Scorer,
  profiles: Profiles,
  { k, allowed, excludeSeeds }: Query,
): Sliced<TopLists> {
  const count = columnCount(profiles)
  const lists = { k, rows: new Int32Array(count * k).fill(-1), scores: new Float32Array(count * k).fill(-Infinity) }
  const open = allowed.slice()
  const best = new TopList(k)
  const offer = (item: number, score: number): void => {
    if (score > 0 && open[item] === 1) best.offer(item, Math.fround(score))
  }
  for (let profile = 0; profile < count; profile++) {
    const items = profileItems(profiles, profile, known)
    const weights = profileWeights(profiles, profile, known)
    if (excludeSeeds) for (const item of items) open[item] = 0
    yield* scorer.score(items, weights, offer)
    if (excludeSeeds) for (const item of items) open[item] = allowed[item]
    best.moveTo(lists.rows, lists.scores, profile * k)
    yield PAUSE
  }
  return lists
}
