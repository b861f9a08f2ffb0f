/** The recommenders by name, with their options, defaults and the model they mean. */
import { fixedSchedule } from '../plan/schedule.ts'
import { degreePower } from '../matrix/normalize.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import { RivuletError, show } from '../support/errors.ts'
import { either, integerAtLeast, nearestOf, numberBetween, oneOf, type Check } from '../support/options.ts'
import type { Model } from './model.ts'
import { neighbourModel } from './neighbour-model.ts'
import { popularityModel, popularityOf } from './popularity-model.ts'
import { spreadingModel } from './spreading-model.ts'

/** Options of the methods; each method takes only its own. */
export interface MethodOptions {
  /** `label-spreading`: share of the neighbours, in (0, 1), default 0.7. `rp3beta`: exponent of the transition probabilities, >= 0, default 0.9. */
  readonly alpha?: number | undefined
  /** `rp3beta`: exponent of the penalty on popular items, >= 0, default 0.3. */
  readonly beta?: number | undefined
  /** `item-knn`: similar items kept of each item, default 50. `rp3beta`: the same, or null to keep all and never build a matrix of items, default null. */
  readonly neighbours?: number | null | undefined
  /** `label-spreading`: residual bound of the fixed number of sweeps, in (0, 1], default 0.01. */
  readonly tolerance?: number | undefined
}

/** The same with every value filled in by the method's defaults. */
export type ResolvedMethodOptions = { readonly [K in keyof MethodOptions]-?: Exclude<MethodOptions[K], undefined> }

export type MethodName = 'label-spreading' | 'rp3beta' | 'item-knn' | 'popularity'

interface Method {
  readonly defaults: MethodOptions
  readonly checks: Readonly<Record<string, Check>>
  model(prepared: PreparedMatrix, options: ResolvedMethodOptions): Model
}

const exponent = numberBetween(0, 10)

const METHODS: Readonly<Record<MethodName, Method>> = {
  /**
   * Zhou et al., NeurIPS 2003, with the user's items as seeds: (I - alpha^2 S' S)^-1 on the items, S = D_u^-1/2 W D_i^-1/2.
   * Sweeps are as many as the bound needs; ranking changes no more after that.
   */
  'label-spreading': {
    defaults: { alpha: 0.7, tolerance: 0.01 },
    checks: { alpha: numberBetween(0, 1, '()'), tolerance: numberBetween(0, 1, '(]') },
    model({ degrees }, { alpha, tolerance }) {
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
    defaults: { alpha: 0.9, beta: 0.3, neighbours: null },
    checks: { alpha: exponent, beta: exponent, neighbours: either(integerAtLeast(1), oneOf(null)) },
    model({ degrees, matrix }, { alpha, beta, neighbours }) {
      const middle = powers(degrees.rows, -alpha)
      const start = powers(degrees.columns, -alpha)
      const finish = powers(degrees.columns, -beta)
      if (neighbours !== null) return neighbourModel(matrix, { middle, left: start, right: finish, neighbours })
      const operator = { middle, scale: powers(degrees.columns, 0), weight: powers(degrees.columns, 0) }
      const schedule = { solver: 'filter', steps: [{ a: 1, b: 0, c: 0, d: 0 }], stopBelow: 0 } as const
      return spreadingModel({ name: 'recommend', operator, schedule, start, finish })
    },
  },

  /** Cosine between the items' columns: Sarwar et al., WWW 2001, 10.1145/371920.372071. */
  'item-knn': {
    defaults: { neighbours: 50 },
    checks: { neighbours: integerAtLeast(1) },
    model({ degrees, matrix }, { neighbours }) {
      const norms = powers(squaredNorms(matrix.columnCount, matrix.indices, matrix.data, degrees.columns), -0.5)
      return neighbourModel(matrix, {
        middle: powers(degrees.rows, 0),
        left: norms,
        right: norms,
        neighbours: neighbours ?? matrix.columnCount,
      })
    },
  },

  popularity: {
    defaults: {},
    checks: {},
    model: ({ degrees, matrix }) => popularityModel(matrix, popularityOf(degrees.columns)),
  },
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

/** factor degree^exponent, and 0 where the degree is 0; shape of `degrees`. */
function powers(degrees: Float64Array, exponentOf: number, factor = 1): Float32Array {
  return new Float32Array(degreePower(degrees, exponentOf, 0).map((power) => factor * power))
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
