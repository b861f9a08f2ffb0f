/** The recommenders by name, with their options, defaults and models. */
import type { Algorithm } from '../../request/request.ts'
import { fixedSchedule, type Schedule } from '../../plan/schedule.ts'
import type { StoredEmbedding } from '../../embed/data-facts.ts'
import { RivuletError, show } from '../../support/errors.ts'
import { either, integerAtLeast, nearestOf, numberBetween, oneOf, type Check } from '../../support/options.ts'
import {
  choice,
  flag,
  integer,
  number,
  option,
  optional,
  searched,
  type Given,
  type GivenToAny,
  type Resolved,
  type Spec,
} from '../../support/spec.ts'
import { powers } from '../../matrix/normalize.ts'
import { easeModel, easeSize } from './ease.ts'
import {
  expectedOfInverse,
  expectedOfNeighbours,
  expectedOfSweeps,
  type AskedLists,
  type Expected,
} from './expected.ts'
import { isEmbedding, type ModelCall } from './item-vectors.ts'
import type { Model } from './model.ts'
import { neighbourModel, type NeighboursOf } from './neighbours.ts'
import { DEFAULT_RECIPE, readRecipe, type Recipe } from './recipe.ts'
import { popularityModel, popularityOf } from './popularity.ts'
import { scaledRidge } from './scaled-ridge.ts'
import { expectedOfFilter, graphFilterModel } from './sweeps-or-head.ts'
import { spreadingModel } from './spreading.ts'
import { walkModel, type WalkOptions } from './walk.ts'
import type { Network } from '../../network/network.ts'
import { asSpread } from '../../solve/mixed-relations.ts'

/** Its own error is more precise than that of a check. */
const isRecipe: Check = (value, who = 'recipe') => {
  readRecipe(who, value)
  return null
}

const exponent = numberBetween(0, 10)
const isExponentOrNull = either(exponent, oneOf(null))
const isCountOrNull = either(integerAtLeast(1), oneOf(null))

const graphFilterOptions = {
  /** `graph-filter`: what is spread and how, as `mix` makes it; plain JSON. Default `DEFAULT_RECIPE`. */
  recipe: option<Recipe>(DEFAULT_RECIPE, isRecipe),
  /**
   * `graph-filter`: whether all lists are computed by the recipe's polynomial, in sweeps. Otherwise the lists of many users are approximated by a few eigenvectors and a
   * walk, which is much faster; the plan reports it. Default false.
   */
  exact: flag(false),
}

const embeddingOptions = {
  /**
   * `graph-filter`: the vectors of the recipe's operator 'embedding', computed from the same users, items and pairs. Default: none, and
   * a recipe without that operator.
   */
  embedding: optional<StoredEmbedding>(isEmbedding),
}

const labelSpreadingOptions = {
  /** `label-spreading`: share of the neighbours, in (0, 1). Default 0.7. */
  alpha: searched(number(0.7, 0, 1, '()'), { uniform: [0.2, 0.98] }),
  /** `label-spreading`: residual bound of the fixed number of sweeps, in (0, 1]. Default 0.01. */
  tolerance: number(0.01, 0, 1, '(]'),
}

const rp3betaOptions = {
  /** `rp3beta`: exponent of the transition probabilities, in [0, 10]. Default 0.9. */
  alpha: searched(option(0.9, exponent), { uniform: [0.4, 1.2] }),
  /** `rp3beta`: another exponent for the step that leaves an item, in [0, 10], or null for `alpha`; with 0 popular items count as much. Default null. */
  itemAlpha: searched(option<number | null>(null, isExponentOrNull), [null, 0, 0.3, 0.5, 0.7]),
  /** `rp3beta`: similar items kept of each item, integer >= 1, or null to keep all and never build a matrix of items. Default null. */
  neighbours: searched(option<number | null>(null, isCountOrNull), [null, 200, 800]),
  /** `rp3beta`: exponent of the penalty on popular items, in [0, 10]. Default 0.3. */
  beta: searched(option(0.3, exponent), { uniform: [0, 0.9] }),
}

const p3alphaOptions = {
  /** `p3alpha`: exponent of the transition probabilities, in [0, 10]. Default 1. */
  alpha: searched(option(1, exponent), { uniform: [0.5, 1.6] }),
  /** `p3alpha`: another exponent for the step that leaves an item, in [0, 10], or null for `alpha`. Default null. */
  itemAlpha: option<number | null>(null, isExponentOrNull),
  /** `p3alpha`: similar items kept of each item, integer >= 1, or null to keep all. Default 200. */
  neighbours: searched(option<number | null>(200, isCountOrNull), { logInteger: [50, 1000] }),
}

const itemKnnOptions = {
  /** `item-knn`: similar items kept of each item, integer >= 1. Default 50. */
  neighbours: searched(integer(50, 1), { logInteger: [10, 1000] }),
  /**
   * `item-knn`: whose neighbours are kept. 'profile': an item of the profile counts for its nearest; 'target': an item is scored by its nearest,
   * which helps rare items. Default 'profile'.
   */
  neighboursOf: searched(choice<NeighboursOf>('profile', ['profile', 'target']), ['target', 'profile']),
  /** `item-knn`: added to the product of the norms, so that similarities of few users count less, >= 0. Default 0. */
  shrink: searched(number(0, 0, Infinity, '[)'), [0, 2, 5, 10, 20, 50, 100, 200]),
}

const easeOptions = {
  /** `ease`: ridge, > 0; the more, the smaller and smoother the weights. Default 250. */
  lambda: searched(number(250, 0, Infinity, '()'), { logUniform: [10, 5000] }),
}

export const METHOD_OPTIONS = {
  'graph-filter': { ...graphFilterOptions, ...embeddingOptions },
  'label-spreading': labelSpreadingOptions,
  rp3beta: rp3betaOptions,
  p3alpha: p3alphaOptions,
  'item-knn': itemKnnOptions,
  ease: easeOptions,
  popularity: {},
}

type JsonOptions =
  | typeof graphFilterOptions
  | typeof labelSpreadingOptions
  | typeof rp3betaOptions
  | typeof p3alphaOptions
  | typeof itemKnnOptions
  | typeof easeOptions

/** Options of all methods, for code that does not know the method: each method takes only its own, see `MethodChoice`. */
export interface MethodOptions extends GivenToAny<JsonOptions> {}

/** Options of methods that are not JSON. */
export interface EmbeddingOptions extends Given<typeof embeddingOptions> {}

export type MethodName = keyof typeof METHOD_OPTIONS

/** A method by its name, with its own options and no others: `{ method: 'ease', lambda: 100 }`. Without a name it is 'graph-filter'. */
export type MethodChoice<Name extends MethodName = MethodName> = {
  readonly [One in Name]: NamedMethod<One> & OwnMethodOptions<One>
}[Name]

/** The options of a method, without its name. */
export type OwnMethodOptions<Name extends MethodName> = Given<(typeof METHOD_OPTIONS)[Name]>

/** Options of other methods are not allowed unless the method is named. */
export type OptionsOfOthers = {
  readonly [K in Exclude<keyof MethodOptions, keyof OwnMethodOptions<'graph-filter'>>]?: undefined
}

/** The name of a method, optional for 'graph-filter'. */
export type NamedMethod<Name extends MethodName> = Name extends 'graph-filter'
  ? {
      /** The recommender; each has options of its own. Default 'graph-filter'. */
      readonly method?: Name | undefined
    } & OptionsOfOthers
  : {
      /** The recommender; each has options of its own. */
      readonly method: Name
    }

interface Method<S extends Spec = Spec> {
  /** Whether the method supports weights and profile values below 0. */
  readonly signed: boolean
  /** Whether relations are spread, or have no effect. Default false: they are refused. */
  readonly related?: true
  model(network: Network, options: Resolved<S>, call: ModelCall): Algorithm<Model>
  /** Cost of lists, and of the model before them; `null` if unknown. */
  expected?(network: Network, options: Resolved<S>, asked: AskedLists): Expected | null
}

const METHODS: { readonly [Name in MethodName]: Method<(typeof METHOD_OPTIONS)[Name]> } = {
  /** A polynomial of the graph, mixed from spreading operators, and the vectors of an embedding: see `Recipe`. */
  'graph-filter': {
    signed: true,
    related: true,
    // eslint-disable-next-line require-yield -- the same shape as models that take long
    *model(network, { recipe, exact }, call) {
      return graphFilterModel(asSpread(network), readRecipe('recipe', recipe), exact, call)
    },
    expected: (network, { recipe, exact }, asked) =>
      expectedOfFilter(network, readRecipe('recipe', recipe), exact, asked),
  },

  /**
   * Zhou et al., NeurIPS 2003, with the user's items as seeds: (I - alpha^2 S' S)^-1 on the items, S = D_u^-1/2 W D_i^-1/2.
   * It makes as many sweeps as the bound needs; after that the ranking no longer changes.
   */
  'label-spreading': {
    signed: true,
    // eslint-disable-next-line require-yield -- the same shape as models that take long
    *model({ degrees }, { alpha, tolerance }, { factors }) {
      return spreadingModel({
        name: 'recommend',
        operator: {
          middle: powers(degrees.rows, -1),
          scale: powers(degrees.columns, -1, alpha * alpha),
          weight: powers(degrees.columns, 0.5),
        },
        schedule: spreadingSchedule(alpha, tolerance),
        start: powers(degrees.columns, -0.5, 1 - alpha),
        finish: powers(degrees.columns, 0.5),
        factors,
      })
    },
    expected: (network, { alpha, tolerance }, asked) =>
      expectedOfSweeps(network, spreadingSchedule(alpha, tolerance).steps.length, asked),
  },

  /** Three steps of a random walk with a discount of item popularity: Paudel et al., TiiS 2017, 10.1145/2955101. */
  rp3beta: {
    signed: false,
    model: (network, options, { who, factors }) =>
      walkModel(
        `${who}, method 'rp3beta'`,
        network,
        { ...options, itemAlpha: options.itemAlpha ?? options.alpha },
        factors,
      ),
    expected: expectedOfWalk,
  },

  /** Three steps of a random walk: Cooper et al., WWW 2014, 10.1145/2567948.2579244. */
  p3alpha: {
    signed: false,
    model: (network, { alpha, itemAlpha, neighbours }, { who, factors }) =>
      walkModel(
        `${who}, method 'p3alpha'`,
        network,
        { alpha, itemAlpha: itemAlpha ?? alpha, beta: 0, neighbours },
        factors,
      ),
    expected: expectedOfWalk,
  },

  /** Cosine between the items' columns: Sarwar et al., WWW 2001, 10.1145/371920.372071. */
  'item-knn': {
    signed: true,
    *model(network, { neighbours, neighboursOf, shrink: unscaled }, { who, factors }) {
      const { degrees, scale } = network
      const squares = squaredNorms(network)
      const norms = powers(squares, -0.5)
      const largest = squares.reduce((most, sum) => Math.max(most, sum), 0)
      const shrink = scaledRidge(who, 'shrink', unscaled, scale, largest)
      const name = `${who}, method 'item-knn'`
      const recipe = { name, middle: powers(degrees.rows, 0), left: norms, right: norms, neighbours, shrink }
      return yield* neighbourModel(network, recipe, neighboursOf, factors)
    },
    expected: (network, { neighbours }, asked) => expectedOfNeighbours(network, neighbours, asked),
  },

  /** Ridge regression of every item on the others: Steck, WWW 2019, 10.1145/3308558.3313710. */
  ease: {
    signed: true,
    model: (network, { lambda }, { who, factors }) => easeModel(who, network, lambda, factors),
    expected: (network, _, asked) => expectedOfInverse(network, easeSize(network.rows), asked),
  },

  popularity: {
    signed: true,
    related: true,
    *model(network, _, { factors }) {
      return popularityModel(network.rows, yield* popularityOf(network, factors))
    },
  },
}

const spreadingSchedule = (alpha: number, tolerance: number): Schedule =>
  fixedSchedule({ spectrum: [0, alpha * alpha], tolerance, maxIterations: 1000, solver: 'auto' })

/** Walks with neighbours, or all of them in one sweep; there are no measurements for exponents that change weights. */
function expectedOfWalk(
  network: Network,
  { alpha, itemAlpha, neighbours }: Pick<WalkOptions, 'alpha' | 'neighbours'> & { readonly itemAlpha: number | null },
  asked: AskedLists,
): Expected | null {
  if (neighbours !== null) return expectedOfNeighbours(network, neighbours, asked)
  const isOneSweep = !network.shape.weighted || (alpha === 1 && (itemAlpha ?? alpha) === 1)
  return isOneSweep ? expectedOfSweeps(network, 1, asked) : null
}

export const METHOD_NAMES = Object.keys(METHOD_OPTIONS) as MethodName[]

/** The method of that name. @throws {RivuletError} INVALID_OPTION naming the nearest. */
export function methodOf(who: string, name: string): Method & { readonly options: Spec } {
  if (Object.hasOwn(METHODS, name))
    return { ...(METHODS[name as MethodName] as Method), options: METHOD_OPTIONS[name as MethodName] }
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'method'`,
    expected: `one of ${METHOD_NAMES.join(', ')}`,
    got: show(name),
    todo: `Did you mean '${String(nearestOf(String(name), METHOD_NAMES))}'?`,
    details: { option: 'method', value: name },
  })
}

function squaredNorms({ rows, shape, degrees, squares }: Network): Float64Array {
  if (!shape.weighted) return degrees.columns
  if (squares !== undefined) return squares
  const norms = new Float64Array(rows.columnCount)
  for (const { indices, data } of rows.windows) {
    data?.forEach((weight, at) => (norms[indices[at]] += weight * weight))
  }
  return norms
}
