/** Options, each declared once: what it may be, what it is where it is not given, and, from the comment above it, what it means. */
import { RivuletError } from './errors.ts'
import { integerAtLeast, isBoolean, isString, numberBetween, oneOf, resolveOptions, type Check } from './options.ts'

/** One option. Whatever is said of an option elsewhere (its types, its default, the message of a wrong one) comes from here. */
export interface Option<Value, Needed extends boolean = boolean> {
  readonly check: Check
  readonly needed: Needed
  /** What to do where one that is needed is not given. */
  readonly todo?: string
  /** Its value where it is not given. */
  readonly fallback: Value
}

export type Spec = Readonly<Record<string, Option<unknown>>>

type ValueOf<Declared> = Declared extends Option<infer Value> ? Value : never
type NeededKeys<S extends Spec> = { [K in keyof S]: S[K] extends Option<unknown, true> ? K : never }[keyof S]

/** What a caller may give. The comments above the options of the spec are its comments. */
export type Given<S extends Spec> = {
  readonly [K in keyof Pick<S, Exclude<keyof S, NeededKeys<S>>>]?: ValueOf<S[K]> | undefined
} & { readonly [K in keyof Pick<S, NeededKeys<S>>]: ValueOf<S[K]> }

/** Every option with a value. */
export type Resolved<S extends Spec> = { readonly [K in keyof S]: ValueOf<S[K]> }

/** Those that need not be given, with the values that they then have. */
export type Defaults<S extends Spec> = Resolved<Pick<S, Exclude<keyof S, NeededKeys<S>>>>

/** Whatever a check of its own accepts. */
export const option = <Value>(fallback: Value, check: Check): Option<Value, false> => ({
  fallback,
  check,
  needed: false,
})

/** An option without which there is no question. */
export const needed = <Value>(check: Check, todo: string): Option<Value, true> => ({
  fallback: undefined as Value,
  check,
  needed: true,
  todo,
})

/** A number between two others; the brackets say whether it may be one of them. */
export const number = (
  fallback: number,
  low: number,
  high: number,
  ends?: '[]' | '[)' | '(]' | '()',
): Option<number, false> => option(fallback, numberBetween(low, high, ends))

export const integer = (fallback: number, low: number): Option<number, false> => option(fallback, integerAtLeast(low))

/** One of a few values. */
export const choice = <const Value>(fallback: Value, given: readonly Value[]): Option<Value, false> =>
  option(fallback, oneOf(...given))

export const flag = (fallback: boolean): Option<boolean, false> => option(fallback, isBoolean)

export const text = (fallback: string): Option<string, false> => option(fallback, isString)

/**
 * Fills defaults in and checks every option once, at the door.
 *
 * @throws {RivuletError} INVALID_OPTION for a value that is refused or missing, UNKNOWN_OPTION naming the nearest known option
 */
export function resolve<S extends Spec>(who: string, spec: S, given: Given<S> | undefined): Resolved<S> {
  const checks = Object.fromEntries(Object.entries(spec).map(([name, { check }]) => [name, check]))
  const resolved = resolveOptions<Resolved<S>>(who, given, defaultsOf(spec) as Resolved<S>, checks as never)
  for (const [name, declared] of Object.entries(spec))
    if (declared.needed) requireGiven(who, name, declared, resolved[name])
  return resolved
}

/** @throws {RivuletError} INVALID_OPTION where an option that is needed has no value. */
export function requireGiven(who: string, name: string, { check, todo = '' }: Option<unknown>, value: unknown): void {
  if (value !== undefined) return
  const expected = check(undefined) ?? 'a value'
  throw new RivuletError(
    'INVALID_OPTION',
    { who: `${who}, option '${name}'`, expected, got: 'none', todo },
    { option: name },
  )
}

/** What the options are that are not given. */
export function defaultsOf<S extends Spec>(spec: S): Defaults<S> {
  const optional = Object.entries(spec).filter(([, { needed: isNeeded }]) => !isNeeded)
  return Object.freeze(Object.fromEntries(optional.map(([name, { fallback }]) => [name, fallback]))) as Defaults<S>
}
