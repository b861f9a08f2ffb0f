/** The recommenders by name, with their options, defaults and the model they mean. */
import { fixedSchedule } from '../../plan/schedule.ts'
import type { PreparedMatrix } from '../../run/prepared.ts'
import { RivuletError, show } from '../../support/errors.ts'
import type { Sliced } from '../../support/pause.ts'
import { either, integerAtLeast, nearestOf, numberBetween, oneOf, type Check } from '../../support/options.ts'
import { powers } from '../../matrix/normalize.ts'
import { easeModel } from './ease.ts'
import { graphFilterModel } from './graph-filter.ts'
import { isEmbedding, type ItemVectors } from './item-vectors.ts'
import type { Model } from './model.ts'
import { takeNeighbours } from './model-room.ts'
import { neighbourModel, type NeighboursOf } from './neighbours.ts'
import { DEFAULT_RECIPE, readRecipe, type Recipe } from './recipe.ts'
import { popularityModel, popularityOf } from './popularity.ts'
import { scaledRidge } from './scaled-ridge.ts'
import { spreadingModel } from './spreading.ts'
import { walkModel } from './walk.ts'

/** Options of the methods; each method takes only its own. */
export interface MethodOptions {
  /** `graph-filter`: what is spread and how, as `mix` makes it; plain JSON. Default `DEFAULT_RECIPE`. */
  readonly recipe?: Recipe | undefined
  /** `label-spreading`: share of the neighbours, in (0, 1), default 0.7. `rp3beta`, `p3alpha`: exponent of the transition probabilities, >= 0, default 0.9 and 1. */
  readonly alpha?: number | undefined
  /** `rp3beta`, `p3alpha`: another exponent for the step that leaves an item, >= 0 (0: popular items count as much), or null for `alpha`. Default null. */
  readonly itemAlpha?: number | null | undefined
  /** `rp3beta`: exponent of the penalty on popular items, >= 0, default 0.3. */
  readonly beta?: number | undefined
  /** `item-knn`: similar items kept of each item, default 50. `rp3beta`, `p3alpha`: the same, or null to keep all and never build a matrix of items, default null and 200. */
  readonly neighbours?: number | null | undefined
  /**
   * `item-knn`: whose neighbours are kept. 'profile': an item of the profile counts for its nearest; 'target': an item is scored by its nearest,
   * which helps rare items. Default 'profile'.
   */
  readonly neighboursOf?: NeighboursOf | undefined
  /** `item-knn`: added to the product of the norms, so that similarities of few users count less, >= 0, default 0. */
  readonly shrink?: number | undefined
  /** `ease`: ridge, > 0, default 250; the more, the smaller and smoother the weights. */
  readonly lambda?: number | undefined
  /** `label-spreading`: residual bound of the fixed number of sweeps, in (0, 1], default 0.01. */
  readonly tolerance?: number | undefined
}

/** The same with every value filled in by the method's defaults. */
export type ResolvedMethodOptions = { readonly [K in keyof MethodOptions]-?: Exclude<MethodOptions[K], undefined> }

export type MethodName = 'graph-filter' | 'label-spreading' | 'rp3beta' | 'p3alpha' | 'item-knn' | 'ease' | 'popularity'

interface Method {
  readonly defaults: MethodOptions
  readonly checks: Readonly<Record<string, Check>>
  /** Whether weights and profile values below 0 have a meaning. */
  readonly signed: boolean
  /** @param vectors of option `embedding`, where the method takes it and it was given */
  model(prepared: PreparedMatrix, options: ResolvedMethodOptions, vectors: ItemVectors | null): Sliced<Model>
}

const exponent = numberBetween(0, 10)
const walkChecks = {
  alpha: exponent,
  itemAlpha: either(exponent, oneOf(null)),
  neighbours: either(integerAtLeast(1), oneOf(null)),
}

const METHODS: Readonly<Record<MethodName, Method>> = {
  /** A polynomial of the graph, mixed of spreading operators, and the vectors of an embedding: see `Recipe`. */
  'graph-filter': {
    defaults: { recipe: DEFAULT_RECIPE },
    checks: { recipe: isRecipe, embedding: isEmbedding },
    signed: true,
    // eslint-disable-next-line require-yield -- the same shape as models that take long
    *model(prepared, { recipe }, vectors) {
      return graphFilterModel(prepared, readRecipe('recipe', recipe), vectors)
    },
  },

  /**
   * Zhou et al., NeurIPS 2003, with the user's items as seeds: (I - alpha^2 S' S)^-1 on the items, S = D_u^-1/2 W D_i^-1/2.
   * Sweeps are as many as the bound needs; ranking changes no more after that.
   */
  'label-spreading': {
    defaults: { alpha: 0.7, tolerance: 0.01 },
    checks: { alpha: numberBetween(0, 1, '()'), tolerance: numberBetween(0, 1, '(]') },
    signed: true,
    // eslint-disable-next-line require-yield -- the same shape as models that take long
    *model({ degrees }, { alpha, tolerance }) {
      return spreadingModel({
        name: 'recommend',
        operator: {
          middle: powers(degrees.rows, -1),
          scale: powers(degrees.columns, -1, alpha * alpha),
          weight: powers(degrees.columns, 0.5),
        },
        schedule: fixedSchedule({ spectrum: [0, alpha * alpha], tolerance, maxIterations: 1000, solver: 'auto' }),
        start: powers(degrees.columns, -0.5, 1 - alpha),
        finish: powers(degrees.columns, 0.5),
      })
    },
  },

  /** Three steps of a random walk, item popularity discounted: Paudel et al., TiiS 2017, 10.1145/2955101. */
  rp3beta: {
    defaults: { alpha: 0.9, itemAlpha: null, beta: 0.3, neighbours: null },
    checks: { ...walkChecks, beta: exponent },
    signed: false,
    model: (prepared, options) => walkModel(prepared, { ...options, itemAlpha: options.itemAlpha ?? options.alpha }),
  },

  /** Three steps of a random walk: Cooper et al., WWW 2014, 10.1145/2567948.2579244. */
  p3alpha: {
    defaults: { alpha: 1, itemAlpha: null, neighbours: 200 },
    checks: walkChecks,
    signed: false,
    model: (prepared, { alpha, itemAlpha, neighbours }) =>
      walkModel(prepared, { alpha, itemAlpha: itemAlpha ?? alpha, beta: 0, neighbours }),
  },

  /** Cosine between the items' columns: Sarwar et al., WWW 2001, 10.1145/371920.372071. */
  'item-knn': {
    defaults: { neighbours: 50, neighboursOf: 'profile', shrink: 0 },
    checks: {
      neighbours: integerAtLeast(1),
      neighboursOf: oneOf('profile', 'target'),
      shrink: numberBetween(0, Infinity, '[)'),
    },
    signed: true,
    *model(prepared, { neighbours, neighboursOf, shrink: unscaled }) {
      const { degrees, matrix, scale } = prepared
      const squares = squaredNorms(matrix.columnCount, matrix.indices, matrix.data, degrees.columns)
      const norms = powers(squares, -0.5)
      const largest = squares.reduce((most, sum) => Math.max(most, sum), 0)
      const shrink = scaledRidge('shrink', unscaled, scale, largest)
      const middle = powers(degrees.rows, 0)
      const most = neighbours ?? matrix.columnCount
      takeNeighbours('item-knn', prepared, most)
      return yield* neighbourModel(
        matrix,
        { middle, left: norms, right: norms, neighbours: most, shrink },
        neighboursOf,
      )
    },
  },

  /** Ridge regression of every item on the others: Steck, WWW 2019, 10.1145/3308558.3313710. */
  ease: {
    defaults: { lambda: 250 },
    checks: { lambda: numberBetween(0, Infinity, '()') },
    signed: true,
    model: (prepared, { lambda }) => easeModel(prepared, lambda),
  },

  popularity: {
    defaults: {},
    checks: {},
    signed: true,
    *model(prepared) {
      return popularityModel(prepared.matrix, yield* popularityOf(prepared))
    },
  },
}

/** Says itself what is wrong, better than a check could. */
function isRecipe(value: unknown): null {
  readRecipe('recipe', value)
  return null
}

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[]

/** The method of that name. @throws {RivuletError} INVALID_OPTION naming the nearest. */
export function methodOf(who: string, name: string): Method {
  if (Object.hasOwn(METHODS, name)) return METHODS[name as MethodName]
  throw new RivuletError(
    'INVALID_OPTION',
    {
      who: `${who}, option 'method'`,
      expected: `one of ${METHOD_NAMES.join(', ')}`,
      got: show(name),
      todo: `Did you mean '${String(nearestOf(name, METHOD_NAMES))}'?`,
    },
    { option: 'method', value: name },
  )
}

function squaredNorms(
  count: number,
  indices: Uint32Array,
  data: Float32Array | null,
  degrees: Float64Array,
): Float64Array {
  if (data === null) return degrees
  const norms = new Float64Array(count)
  data.forEach((weight, edge) => (norms[indices[edge]] += weight * weight))
  return norms
}
