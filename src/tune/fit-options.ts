import type { Interactions } from '../data/interactions.ts'
import { checkInteractions } from '../data/interactions.ts'
import { METHOD_NAMES, type MethodName } from '../recommend/methods/methods.ts'
import { finiteNumber, integerAtLeast, numberBetween, resolveOptions, type Check } from '../support/options.ts'

/** Options of `fit`. */
export interface FitOptions {
  /** Length of the lists that are judged; integer >= 1. Default 20. */
  readonly k?: number | undefined
  /** Choices of exponents that are tried, integer >= 1; each costs one pass over the validation users. Default 40. */
  readonly trials?: number | undefined
  /** Start nothing new after so many milliseconds. What is found then depends on the machine. Default: no limit. */
  readonly budgetMs?: number | undefined
  /** Most users that are validated on, integer >= 1. Default 1,500. */
  readonly validationUsers?: number | undefined
  /** Share of every user's items that is held out to choose by, in (0, 1): best the share that the final test holds out. Default 0.2. */
  readonly heldOutShare?: number | undefined
  /** What to choose by instead: rows that the source does not hold, drawn as the final test is; those that it holds are left out and counted. Default: none, a share is held out. */
  readonly validation?: Interactions | undefined
  /** Baselines that are tuned beside it. Default all but 'graph-filter'; ease on small catalogues only, walks only without weights below 0. */
  readonly baselines?: readonly MethodName[] | undefined
  /** Choices of options that are tried of a baseline, the poor ones on few users; integer >= 1. Default 24; ease, one number only, has at most 8. */
  readonly baselineTrials?: number | undefined
  /** Seed of the hold-out, the sample and the search. Default 1. */
  readonly seed?: number | undefined
}

/** The options, checked, with `validation` null where a share is held out. */
export type ResolvedFitOptions = {
  readonly [Key in Exclude<keyof FitOptions, 'validation'>]-?: Exclude<FitOptions[Key], undefined>
} & { readonly validation: Interactions | null }

const BASELINES: readonly MethodName[] = METHOD_NAMES.filter((name) => name !== 'graph-filter')

const DEFAULTS = {
  k: 20,
  trials: 40,
  budgetMs: Infinity,
  validationUsers: 1500,
  heldOutShare: 0.2,
  validation: null,
  baselines: BASELINES,
  baselineTrials: 24,
  seed: 1,
}

const isListOfBaselines: Check = (value) =>
  Array.isArray(value) && value.every((name) => BASELINES.includes(name as MethodName))
    ? null
    : `a list of methods among ${BASELINES.join(', ')}`

const CHECKS = {
  k: integerAtLeast(1),
  trials: integerAtLeast(1),
  budgetMs: numberBetween(0, Infinity),
  validationUsers: integerAtLeast(1),
  heldOutShare: numberBetween(0, 1, '()'),
  validation: (value: unknown): null => {
    checkInteractions("fit, option 'validation'", value as Interactions)
    return null
  },
  baselines: isListOfBaselines,
  baselineTrials: integerAtLeast(1),
  seed: finiteNumber,
}

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, INVALID_DATA for a validation that is no table. */
export function resolveFit(
  options: FitOptions | undefined,
  extra: Readonly<Record<string, Check>> = {},
): ResolvedFitOptions {
  return resolveOptions('fit', options as ResolvedFitOptions | undefined, DEFAULTS, { ...CHECKS, ...extra })
}
