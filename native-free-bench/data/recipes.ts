import type { RecommenderOptions } from '../../src/index.ts'
import { FITTED_RECIPES } from './fitted-recipes.ts'
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
  /** A method that is here to be beaten: no part of what was asked of this library. */
  readonly baseline?: true
  /** Whether the suite `sparse-users` has it too: the one that is no baseline against the best of those that are. */
  readonly sparseUsers?: true
}

/**
 * Every row. A new one is one line. Options that were chosen are constants: the suite `accuracy` measures them and searches nothing; the suite `tune`
 * repeats the searches.
 *
 * Tuned baselines are from a grid like that of the suite `tune`, on 2,000 users. Of Gowalla and Yelp2018 the validated ones are from a coarser
 * grid (`itemAlpha` as `alpha`, no `shrink`), those seen on the test from a search over all three exponents outside this repository.
 */
export const RECIPES: readonly Recipe[] = [
  {
    sets: 'every',
    label: 'popularity',
    options: { method: 'popularity', recency: null },
    chosen: 'default',
    baseline: true,
    sparseUsers: true,
  },
  {
    sets: 'every',
    label: 'item-knn',
    options: { method: 'item-knn' },
    chosen: 'default',
    baseline: true,
    sparseUsers: true,
  },
  ...tunedBaseline('item-knn, tuned', 'validation', {
    gowalla: { method: 'item-knn', neighbours: 500 },
    yelp2018: { method: 'item-knn', neighbours: 500 },
    lastfm: { method: 'item-knn', neighbours: 800, shrink: 5 },
    'ml-1m-implicit': { method: 'item-knn', neighbours: 10, shrink: 20 },
  }),
  ...tunedBaseline('item-knn, by the test', 'seen on the test', {
    gowalla: { method: 'item-knn', neighboursOf: 'target', neighbours: 200, shrink: 100 },
    yelp2018: { method: 'item-knn', neighboursOf: 'target', neighbours: 200, shrink: 20 },
    lastfm: { method: 'item-knn', neighboursOf: 'target', neighbours: 400, shrink: 5 },
    'ml-1m-implicit': { method: 'item-knn', neighboursOf: 'target', neighbours: 50 },
  }),
  { sets: 'every', label: 'p3alpha', options: { method: 'p3alpha' }, chosen: 'default', baseline: true },
  {
    sets: 'every',
    label: 'rp3beta',
    options: { method: 'rp3beta' },
    chosen: 'default',
    baseline: true,
    sparseUsers: true,
  },
  ...tunedBaseline('rp3beta, tuned', 'validation', {
    gowalla: { method: 'rp3beta', alpha: 0.7, beta: 0.2 },
    yelp2018: { method: 'rp3beta', alpha: 0.5, beta: 0.5 },
    lastfm: { method: 'rp3beta', alpha: 0.4, itemAlpha: 0.9, beta: 0.3 },
    'ml-1m-implicit': { method: 'rp3beta', alpha: 0.7, itemAlpha: 0.7, beta: 0.7 },
  }),
  ...tunedBaseline('rp3beta, by the test', 'seen on the test', {
    gowalla: { method: 'rp3beta', alpha: 0.8, itemAlpha: 0.5, beta: 0.35 },
    yelp2018: { method: 'rp3beta', alpha: 0.6, itemAlpha: 0.7, beta: 0.5 },
    lastfm: { method: 'rp3beta', alpha: 0.7, itemAlpha: 0.9, beta: 0.3 },
    'ml-1m-implicit': { method: 'rp3beta', alpha: 0.4, itemAlpha: 0.5, beta: 0.7 },
  }),
  // It inverts a dense matrix of all items or all users: the other sets are too large for it.
  {
    sets: ['lastfm', 'ml-1m-implicit'],
    label: 'ease',
    options: { method: 'ease' },
    chosen: 'default',
    baseline: true,
    sparseUsers: true,
  },
  ...tunedBaseline('ease, tuned', 'validation', {
    lastfm: { method: 'ease', lambda: 100 },
    'ml-1m-implicit': { method: 'ease', lambda: 500 },
  }),
  { sets: 'every', label: 'label-spreading', options: { method: 'label-spreading' }, chosen: 'default' },
  { sets: 'every', label: 'default', options: {}, chosen: 'default', sparseUsers: true },
  { sets: ['gowalla', 'yelp2018'], label: 'default, exact', options: { exact: true }, chosen: 'default' },
  ...fitted('fitted', 'validation'),
  ...fitted('by the test', 'test'),
]

/** The rows of a set, in the order of the list. */
export function recipesOf(set: SetName): Recipe[] {
  return RECIPES.filter(({ sets }) => sets === 'every' || sets.includes(set))
}

/** The recipes that were searched for, one row a set. */
function fitted(label: string, by: 'validation' | 'test'): Recipe[] {
  return Object.entries(FITTED_RECIPES).map(([set, recipes]) => ({
    sets: [set as SetName],
    label,
    // What is searched by the test is the polynomial, as papers search.
    options: { recipe: recipes[by], ...(by === 'test' && { exact: true }) },
    chosen: by === 'test' ? 'seen on the test' : 'validation',
  }))
}

/** One row a set, each with options of its own; a validated one is held against the default for sparse users too. */
function tunedBaseline(
  label: string,
  chosen: Chosen,
  optionsOf: Partial<Readonly<Record<SetName, RecommenderOptions>>>,
): Recipe[] {
  return Object.entries(optionsOf).map(([set, options]) => ({
    ...{ sets: [set as SetName], label, options, chosen, baseline: true },
    ...(chosen === 'validation' && { sparseUsers: true }),
  }))
}
