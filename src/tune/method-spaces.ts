import type { MethodName } from '../recommend/methods/methods.ts'
import { RECIPE_SPACE } from './recipe-space.ts'
import type { SearchSpace } from './search-space.ts'

/** What is searched of a recommender when nothing else is asked for. */
export interface MethodSpace {
  readonly space: SearchSpace
  /** As a baseline of `fit` only where its dense matrix has at most so many rows, see `easeSize`: every trial costs their cube. */
  readonly mostRows?: number
  /** As a baseline. */
  readonly mostTrials?: number
}

/** Wide enough that no method has its best value at an end on the public sets. */
export const METHOD_SPACES: Readonly<Record<MethodName, MethodSpace>> = {
  'graph-filter': { space: RECIPE_SPACE },
  popularity: { space: {} },
  'item-knn': {
    space: {
      neighboursOf: ['target', 'profile'],
      neighbours: { logInteger: [10, 1000] },
      shrink: [0, 2, 5, 10, 20, 50, 100, 200],
    },
  },
  p3alpha: { space: { alpha: { uniform: [0.5, 1.6] }, neighbours: { logInteger: [50, 1000] } } },
  rp3beta: {
    space: {
      alpha: { uniform: [0.4, 1.2] },
      itemAlpha: [null, 0, 0.3, 0.5, 0.7],
      beta: { uniform: [0, 0.9] },
      neighbours: [null, 200, 800],
    },
  },
  'label-spreading': { space: { alpha: { uniform: [0.2, 0.98] } } },
  ease: { space: { lambda: { logUniform: [10, 5000] } }, mostRows: 6000, mostTrials: 8 },
}
