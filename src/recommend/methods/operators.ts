/**
 * Spreading operators as values: plain JSON that describes a frequency response on the graph.
 *
 * An operator is a function f of x, an eigenvalue of P = X'X over the largest one: large x are the broad tastes that many users share, x near 0 is
 * particular to few users and hard to tell from chance. f(P) spreads a user's items over the graph. Below the noise edge e, a random graph of that size
 * and weight would have eigenvalues too (Marchenko and Pastur 1967), so `cut` and `lambda` are multiples of e: the same numbers then suit sparse and
 * dense graphs.
 */
import { finiteNumber, integerAtLeast, type Check } from '../../support/options.ts'
import { choice, number, option, resolve, searched, type Option, type Resolved, type Spec } from '../../support/spec.ts'
import type { Response } from '../../plan/filter.ts'

const oddAtLeastThree: Check = (value) =>
  integerAtLeast(3)(value) === null && (value as number) % 2 === 1 ? null : 'an odd integer >= 3'

const named = <Name extends string>(name: Name): Option<Name, false> => choice(name, [name])

const weighed = {
  /** Factor in the mix, any number. Default 1. */
  weight: option(1, finiteNumber),
}

const resolventOptions = {
  operator: named('resolvent'),
  /** Ridge, as a multiple of the noise edge, > 0; the more, the smoother. Default 2. */
  lambda: number(2, 0, Infinity, '()'),
}

/** f(x) = x / (x + lambda e): ridge regression on the neighbours' neighbours, P (P + lambda)^-1. */
export interface Resolvent extends Resolved<typeof resolventOptions>, Resolved<typeof weighed> {}

export const lowPassOptions = {
  operator: named('low-pass'),
  /** Where half passes, as a multiple of the noise edge, > 0. Default 1.4. */
  cut: searched(number(1.4, 0, Infinity, '()'), { logUniform: [1 / 16, 16] }),
  /** n, how steep, in [1, 1000]. Default 2.5. */
  order: searched(number(2.5, 1, 1000), { logUniform: [1, 8] }),
}

/** f(x) = x^n / (x^n + (cut e)^n): Butterworth's low-pass (Wireless Engineer 7, 1930); n = 1 is a resolvent, n to infinity keeps the eigenvalues above the cut. */
export interface LowPass extends Resolved<typeof lowPassOptions>, Resolved<typeof weighed> {}

const walkOptions = {
  operator: named('walk'),
  /** Odd integer >= 3. Default 3. */
  steps: option(3, oddAtLeastThree),
}

/** f(x) = x^((steps - 1) / 2): a random walk of an odd number of steps from the user, 3, 5, 7 ...; with a negative weight it sharpens. */
export interface Walk extends Resolved<typeof walkOptions>, Resolved<typeof weighed> {}

const spreadingOptions = {
  operator: named('label-spreading'),
  /** Share of the neighbours, in (0, 1). Default 0.7. */
  alpha: number(0.7, 0, 1, '()'),
}

/** f(x) = (1 - alpha) / (1 - alpha^2 x): label spreading (Zhou et al., NeurIPS 2003) when both exponents of the recipe are 0.5. */
export interface Spreading extends Resolved<typeof spreadingOptions>, Resolved<typeof weighed> {}

/** An operator of spreading: a function of the graph's frequencies. */
export type SpreadingOperator = Resolvent | LowPass | Walk | Spreading

const embeddingOptions = {
  operator: named('embedding'),
}

/**
 * Scores in addition to spreading: the product of an item's vector with the sum of those of the profile's items. Needs option `embedding`. At weight 1 it
 * contributes as much to the heads of lists as all spreading.
 */
export interface EmbeddingProduct extends Resolved<typeof embeddingOptions>, Resolved<typeof weighed> {}

export type RecipeOperator = SpreadingOperator | EmbeddingProduct

interface Kind<S extends Spec = Spec> {
  readonly options: S
  /** @param noise the unit of `cut` and `lambda` */
  response(operator: Resolved<S>, noise: number): Response
}

const kind = <S extends Spec>(options: S, response: Kind<S>['response']): Kind => ({
  options: { ...options, ...weighed },
  response,
})

const KINDS: Readonly<Record<RecipeOperator['operator'], Kind>> = {
  resolvent: kind(
    resolventOptions,
    ({ lambda }, noise) =>
      (x) =>
        x / (x + lambda * noise),
  ),
  'low-pass': kind(
    lowPassOptions,
    ({ cut, order }, noise) =>
      (x) =>
        1 / (1 + ((cut * noise) / x) ** order),
  ),
  walk: kind(
    walkOptions,
    ({ steps }) =>
      (x) =>
        x ** ((steps - 1) / 2),
  ),
  'label-spreading': kind(
    spreadingOptions,
    ({ alpha }) =>
      (x) =>
        (1 - alpha) / (1 - alpha * alpha * x),
  ),
  embedding: kind(embeddingOptions, () => () => 0),
}

export const OPERATOR_NAMES = Object.keys(KINDS) as RecipeOperator['operator'][]

/** Arguments of a constructor: any of the operator's numbers. */
export type OperatorSettings<Operator extends RecipeOperator> = Partial<Omit<Operator, 'operator'>>

/** f(x) = x / (x + lambda e). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolvent = (settings?: OperatorSettings<Resolvent>): Resolvent =>
  readOperator('resolvent', { ...settings, operator: 'resolvent' }) as Resolvent

/** f(x) = x^order / (x^order + (cut e)^order). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const lowPass = (settings?: OperatorSettings<LowPass>): LowPass =>
  readOperator('lowPass', { ...settings, operator: 'low-pass' }) as LowPass

/** f(x) = x^((steps - 1) / 2). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const walk = (settings?: OperatorSettings<Walk>): Walk =>
  readOperator('walk', { ...settings, operator: 'walk' }) as Walk

/** f(x) = (1 - alpha) / (1 - alpha^2 x). @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const spreading = (settings?: OperatorSettings<Spreading>): Spreading =>
  readOperator('spreading', { ...settings, operator: 'label-spreading' }) as Spreading

/** The sum of the profile's vectors, times an item's. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const embeddingProduct = (settings?: OperatorSettings<EmbeddingProduct>): EmbeddingProduct =>
  readOperator('embeddingProduct', { ...settings, operator: 'embedding' }) as EmbeddingProduct

/** Checks an operator read from JSON and fills in its defaults. */
export function readOperator(who: string, value: { readonly operator: RecipeOperator['operator'] }): RecipeOperator {
  return resolve(who, KINDS[value.operator].options, value) as unknown as RecipeOperator
}

/** The operator's f, times its weight. */
export function responseOf(operator: RecipeOperator, noise: number): Response {
  const response = KINDS[operator.operator].response({ ...operator }, noise)
  return (x) => operator.weight * response(x)
}
