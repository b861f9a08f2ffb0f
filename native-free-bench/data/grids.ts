import type { MethodName, MethodOptions } from '../../src/index.ts'

/** The values at which a method's options are tried; what is not named keeps its default. The library itself draws from ranges, see `tune`. */
export interface Grid {
  readonly values: { readonly [Name in keyof MethodOptions]: readonly MethodOptions[Name][] }
  /** Tried only where its dense matrix has at most so many rows, see `easeSize`: every value of `lambda` costs their cube. */
  readonly mostRows?: number
}

/** How the suite `tune` tunes the baselines, and all but those of Gowalla and Yelp2018 in the recipes were tuned: wide enough that none has its best value at an end on the public sets, coarse enough for minutes. */
export const GRIDS: Readonly<Partial<Record<MethodName, Grid>>> = {
  popularity: { values: {} },
  'item-knn': {
    values: {
      neighbours: [10, 20, 50, 100, 200, 400, 800],
      shrink: [0, 5, 20, 50, 100, 300],
      neighboursOf: ['profile', 'target'],
    },
  },
  p3alpha: { values: { alpha: [0.6, 0.8, 1, 1.2, 1.5], neighbours: [50, 100, 200, 400, 800] } },
  rp3beta: {
    values: {
      alpha: [0.5, 0.7, 0.9, 1.1],
      itemAlpha: [null, 0.3, 0.5, 0.7],
      beta: [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
      neighbours: [null, 200, 800],
    },
  },
  'label-spreading': { values: { alpha: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] } },
  ease: { values: { lambda: [10, 30, 100, 250, 500, 1000, 2000, 5000] }, mostRows: 6000 },
}
