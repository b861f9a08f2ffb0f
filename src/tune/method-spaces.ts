import { METHOD_NAMES, methodOf, type MethodName } from '../recommend/methods/methods.ts'
import { spaceOf } from '../support/spec.ts'
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

const LIMITS: Partial<Record<MethodName, Omit<MethodSpace, 'space'>>> = { ease: { mostRows: 6000, mostTrials: 8 } }

const spaceOfMethod = (name: MethodName): SearchSpace =>
  name === 'graph-filter' ? RECIPE_SPACE : spaceOf(methodOf('tune', name).options)

/** Wide enough that no method has its best value at an end on the public sets: as the methods declare their options. */
export const METHOD_SPACES = Object.fromEntries(
  METHOD_NAMES.map((name) => [name, { space: spaceOfMethod(name), ...LIMITS[name] }]),
) as Readonly<Record<MethodName, MethodSpace>>
