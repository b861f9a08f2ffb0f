import type { RecommenderOptions } from '../../src/index.ts'
import type { SetName } from './splits.ts'

/** How options came about. Only rows of one kind may be compared: what was seen on the test is too good by an unknown amount. */
export type Chosen = 'default' | 'validation' | 'seen on the test'

/** One row of the accuracy tables. */
export interface Recipe {
  /** 'every' set with the same options, or the sets these options were chosen for. */
  readonly sets: 'every' | readonly SetName[]
  /** Names the row; once a set. */
  readonly label: string
  /** As `engine.rank` takes them; JSON. */
  readonly options: RecommenderOptions
  readonly chosen: Chosen
  /** Its part in the suite `sparse-users`: ours is held against the best of the baselines. */
  readonly sparseUsers?: 'ours' | 'baseline'
}

/** Every row. A new one is one line. */
export const RECIPES: readonly Recipe[] = [
  {
    sets: 'every',
    label: 'popularity',
    options: { method: 'popularity' },
    chosen: 'default',
    sparseUsers: 'baseline',
  },
  { sets: 'every', label: 'item-knn', options: { method: 'item-knn' }, chosen: 'default', sparseUsers: 'baseline' },
  { sets: 'every', label: 'rp3beta', options: { method: 'rp3beta' }, chosen: 'default', sparseUsers: 'baseline' },
  { sets: 'every', label: 'default', options: {}, chosen: 'default', sparseUsers: 'ours' },
]

/** The rows of a set, in the order of the list. */
export function recipesOf(set: SetName): Recipe[] {
  return RECIPES.filter(({ sets }) => sets === 'every' || sets.includes(set))
}
