/**
 * Spreading operators as values: plain JSON that says how much of every frequency of the graph passes.
 *
 * An operator is a function f of x, an eigenvalue of P = X'X over the largest one: high are the broad tastes that many users share, near 0 is what is
 * particular to few and hard to tell from chance. f(P) spreads a user's items over the graph. Below the noise edge e a random graph of that size
 * and weight would have eigenvalues too (Marchenko and Pastur 1967), so `cut` and `lambda` are multiples of e: the same numbers then suit sparse and
 * dense graphs.
 */
import {
  integerAtLeast,
  finiteNumber,
  numberBetween,
  oneOf,
  resolveOptions,
  type Check,
} from '../../support/options.ts'
import type { Response } from '../../plan/filter.ts'

/** f(x) = x / (x + lambda e): ridge regression on the neighbours' neighbours, P (P + lambda)^-1. */
export interface Resolvent {
  readonly operator: 'resolvent'
  /** Ridge, as a multiple of the noise edge, > 0; the more, the smoother. Default 2. */
  readonly lambda: number
  /** Factor in the mix, any number. Default 1. */
  readonly weight: number
}

/** f(x) = x^n / (x^n + (cut e)^n): Butterworth's low-pass (Wireless Engineer 7, 1930); n = 1 is a resolvent, n to infinity keeps the eigenvalues above the cut. */
export interface LowPass {
  readonly operator: 'low-pass'
  /** Where half passes, as a multiple of the noise edge, > 0. Default 1.4. */
  readonly cut: number
  /** n, how steep, >= 1. Default 2.5. */
  readonly order: number
  /** Factor in the mix, any number. Default 1. */
  readonly weight: number
}

/** f(x) = x^((steps - 1) / 2): a random walk of an odd number of steps from the user, 3, 5, 7 ...; with a negative weight it sharpens. */
export interface Walk {
  readonly operator: 'walk'
  /** Odd integer >= 3. Default 3. */
  readonly steps: number
  /** Factor in the mix, any number. Default 1. */
  readonly weight: number
}

/** f(x) = (1 - alpha) / (1 - alpha^2 x): label spreading (Zhou et al., NeurIPS 2003) when both exponents of the recipe are 0.5. */
export interface Spreading {
  readonly operator: 'label-spreading'
  /** Share of the neighbours, in (0, 1). Default 0.7. */
  readonly alpha: number
  /** Factor in the mix, any number. Default 1. */
  readonly weight: number
}

/** What spreads: a function of the graph's frequencies. */
export type SpreadingOperator = Resolvent | LowPass | Walk | Spreading

/** Scores beside what is spread: the product of an item's vector with the sum of those of the profile's items. Needs option `embedding`. */
export interface EmbeddingProduct {
  readonly operator: 'embedding'
  /** Factor in the mix, any number; at 1 the heads of lists owe it as much as all that is spread. Default 1. */
  readonly weight: number
}

export type RecipeOperator = SpreadingOperator | EmbeddingProduct

interface Kind<Operator extends RecipeOperator> {
  readonly defaults: Operator
  readonly checks: { readonly [Key in keyof Operator]: Check }
  /** @param noise what `cut` and `lambda` are multiples of */
  response(operator: Operator, noise: number): Response
}

const oddAtLeastThree: Check = (value) =>
  integerAtLeast(3)(value) === null && (value as number) % 2 === 1 ? null : 'an odd integer >= 3'

const KINDS: {
  readonly [Name in RecipeOperator['operator']]: Kind<Extract<RecipeOperator, { operator: Name }>>
} = {
  resolvent: {
    defaults: { operator: 'resolvent', lambda: 2, weight: 1 },
    checks: { operator: oneOf('resolvent'), lambda: numberBetween(0, Infinity, '()'), weight: finiteNumber },
    response:
      ({ lambda }, noise) =>
      (x) =>
        x / (x + lambda * noise),
  },
  'low-pass': {
    defaults: { operator: 'low-pass', cut: 1.4, order: 2.5, weight: 1 },
    checks: {
      operator: oneOf('low-pass'),
      cut: numberBetween(0, Infinity, '()'),
      order: numberBetween(1, 1000),
      weight: finiteNumber,
    },
    response:
      ({ cut, order }, noise) =>
      (x) =>
        1 / (1 + ((cut * noise) / x) ** order),
  },
  walk: {
    defaults: { operator: 'walk', steps: 3, weight: 1 },
    checks: { operator: oneOf('walk'), steps: oddAtLeastThree, weight: finiteNumber },
    response:
      ({ steps }) =>
      (x) =>
        x ** ((steps - 1) / 2),
  },
  'label-spreading': {
    defaults: { operator: 'label-spreading', alpha: 0.7, weight: 1 },
    checks: { operator: oneOf('label-spreading'), alpha: numberBetween(0, 1, '()'), weight: finiteNumber },
    response:
      ({ alpha }) =>
      (x) =>
        (1 - alpha) / (1 - alpha * alpha * x),
  },
  embedding: {
    defaults: { operator: 'embedding', weight: 1 },
    checks: { operator: oneOf('embedding'), weight: finiteNumber },
    response: () => () => 0,
  },
}

export const OPERATOR_NAMES = Object.keys(KINDS) as RecipeOperator['operator'][]

/** What a constructor takes: any of the operator's numbers. */
type Settings<Operator extends RecipeOperator> = Partial<Omit<Operator, 'operator'>>

/** f(x) = x / (x + lambda e). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolvent = (settings?: Settings<Resolvent>): Resolvent =>
  readOperator('resolvent', { ...settings, operator: 'resolvent' }) as Resolvent

/** f(x) = x^order / (x^order + (cut e)^order). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const lowPass = (settings?: Settings<LowPass>): LowPass =>
  readOperator('lowPass', { ...settings, operator: 'low-pass' }) as LowPass

/** f(x) = x^((steps - 1) / 2). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const walk = (settings?: Settings<Walk>): Walk => readOperator('walk', { ...settings, operator: 'walk' }) as Walk

/** f(x) = (1 - alpha) / (1 - alpha^2 x). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const spreading = (settings?: Settings<Spreading>): Spreading =>
  readOperator('spreading', { ...settings, operator: 'label-spreading' }) as Spreading

/** The sum of the profile's vectors, times an item's. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const embeddingProduct = (settings?: Settings<EmbeddingProduct>): EmbeddingProduct =>
  readOperator('embeddingProduct', { ...settings, operator: 'embedding' }) as EmbeddingProduct

/** Checks an operator that came as JSON and fills its defaults in. */
export function readOperator(who: string, value: { readonly operator: RecipeOperator['operator'] }): RecipeOperator {
  const { defaults, checks } = KINDS[value.operator]
  return resolveOptions(who, value, defaults, checks as Record<string, Check> as never)
}

/** The operator's f, times its weight. */
export function responseOf(operator: RecipeOperator, noise: number): Response {
  const response = (KINDS[operator.operator] as Kind<RecipeOperator>).response(operator, noise)
  return (x) => operator.weight * response(x)
}
