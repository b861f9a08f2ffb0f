/** Declarations of options: each once, with its check, its default and, in the comment above it, its meaning. */

import { RivuletError } from './errors.ts'
import {
  checkOption,
  integerAtLeast,
  isBoolean,
  isString,
  numberBetween,
  oneOf,
  refusedOption,
  requireOptions,
  unknownOption,
  type Check,
} from './options.ts'

/** One option. Everything else about an option (its types, its default, the message for a wrong value) is derived from this. */
export interface Option<Value, Needed extends boolean = boolean> {
  readonly check: Check
  readonly needed: Needed
  /** Advice if a required option is missing. */
  readonly todo?: string
  /** Default value. */
  readonly fallback: Value
  /** The allowed values, if they are few. */
  readonly choices?: readonly unknown[]
  /** Range in which `tune` searches. */
  readonly range?: SearchRange
  /** Further options, by the value of this one. */
  readonly opens?: Readonly<Record<string, Spec>>
  /** Advice for an option that belongs to another choice or function, by name. */
  readonly meantBy?: Readonly<Record<string, string>>
}

/** The search range of an option: a list of values, or numbers in a range, both ends included. Plain JSON. */
export type SearchRange =
  | readonly unknown[]
  | { readonly uniform: NumberRange }
  /** Evenly on a logarithmic scale; the low end above 0. */
  | { readonly logUniform: NumberRange }
  | { readonly integer: NumberRange }
  /** The low end >= 1. */
  | { readonly logInteger: NumberRange }

export type NumberRange = readonly [low: number, high: number]

export type Spec = Readonly<Record<string, Option<unknown>>>

type ValueOf<Declared> = Declared extends Option<infer Value> ? Value : never
type NeededKeys<S extends Spec> = { [K in keyof S]: S[K] extends Option<unknown, true> ? K : never }[keyof S]

/** The options that a caller may give, with the comments of the spec. */
export type Given<S extends Spec> = {
  readonly [K in keyof Pick<S, Exclude<keyof S, NeededKeys<S>>>]?: ValueOf<S[K]> | undefined
} & { readonly [K in keyof Pick<S, NeededKeys<S>>]: ValueOf<S[K]> }

/** The options that a caller may give to one of several functions. An option of several of them has all their comments. */
export type GivenToAny<S extends Spec> = {
  readonly [K in keyof Pick<All<S>, keyof All<S>>]?: ValueIn<S, K> | undefined
}

type All<S> = (S extends unknown ? (spec: S) => void : never) extends (spec: infer Every) => void ? Every : never
type ValueIn<S, K extends PropertyKey> = S extends Readonly<Record<K, Option<infer Value>>> ? Value : never

/** Every option with a value. */
export type Resolved<S extends Spec> = { readonly [K in keyof S]: ValueOf<S[K]> }

/** The optional options with their defaults. */
export type Defaults<S extends Spec> = Resolved<Pick<S, Exclude<keyof S, NeededKeys<S>>>>

/** An option with a given check. */
export const option = <Value>(fallback: Value, check: Check): Option<Value, false> => ({
  fallback,
  check,
  needed: false,
})

/** Sets the range in which `tune` searches an option. */
export const searched = <O extends Option<unknown>>(declared: O, range: SearchRange): O => ({ ...declared, range })

/** An option whose default is computed when options are resolved, for example from the free memory. */
export const computed = <Value>(fallback: () => Value, check: Check): Option<Value, false> => ({
  get fallback() {
    return fallback()
  },
  check,
  needed: false,
})

/** An option without a default. */
export const optional = <Value>(check: Check): Option<Value | undefined, false> =>
  option<Value | undefined>(undefined, check)

/** A required option. */
export const needed = <Value>(check: Check, todo: string): Option<Value, true> => ({
  fallback: undefined as Value,
  check,
  needed: true,
  todo,
})

/** A number in a range, whose brackets say whether its ends are included. */
export const number = (
  fallback: number,
  low: number,
  high: number,
  ends?: '[]' | '[)' | '(]' | '()',
): Option<number, false> => option(fallback, numberBetween(low, high, ends))

export const integer = (fallback: number, low: number): Option<number, false> => option(fallback, integerAtLeast(low))

/** One of a few values. */
export const choice = <const Value>(fallback: Value, given: readonly Value[]): Option<Value, false> => ({
  ...option(fallback, oneOf(...given)),
  choices: given,
})

/** One of a few values, each with further options. */
export const opening = <const Name extends string>(
  fallback: NoInfer<Name>,
  opens: Readonly<Record<Name, Spec>>,
): Option<Name, false> => ({ ...choice<Name>(fallback, Object.keys(opens) as Name[]), opens })

export const flag = (fallback: boolean): Option<boolean, false> => option(fallback, isBoolean)

export const text = (fallback: string): Option<string, false> => option(fallback, isString)

/**
 * Fills in defaults and checks every option once, at the door, including those that a choice opens. `undefined` means "not given".
 *
 * @param who the public function that the caller called
 * @throws {RivuletError} INVALID_OPTION for a value that is refused or missing, UNKNOWN_OPTION naming the nearest known option
 */
export function resolve<S extends Spec>(who: string, own: S, given: unknown): Resolved<S> {
  const spec = withOpened(who, own, given)
  requireOptions(who, given, Object.keys(spec))
  const resolved: Record<string, unknown> = { ...defaultsOf(spec) }
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!Object.hasOwn(spec, name)) throw unknownOption(who, name, Object.keys(spec), meantBy(spec, name))
    if (value === undefined) continue
    checkOption(who, name, value, spec[name].check)
    resolved[name] = value
  }
  for (const [name, declared] of Object.entries(spec))
    if (declared.needed) requireGiven(who, name, declared, resolved[name])
  return resolved as Resolved<S>
}

/** Advice for an option that belongs elsewhere, if there is any. */
const meantBy = (spec: Spec, name: string): string | undefined =>
  Object.values(spec).find((declared) => declared.meantBy?.[name])?.meantBy?.[name]

/** A spec with the options that its choices open. @throws {RivuletError} INVALID_OPTION for an unknown choice, UNKNOWN_OPTION for an option of another choice */
function withOpened(who: string, spec: Spec, given: unknown): Spec {
  const asked = Object(given) as Readonly<Record<string, unknown>>
  let whole = spec
  for (const [name, { opens, check, fallback }] of Object.entries(spec)) {
    if (opens === undefined) continue
    const { [name]: value = fallback } = asked
    checkOption(who, name, value, check, Object.keys(opens))
    whole = { ...whole, ...opens[value as string] }
    for (const key of Object.keys(asked).filter((one) => !Object.hasOwn(whole, one))) {
      const owners = Object.keys(opens).filter((choice) => Object.hasOwn(opens[choice], key))
      if (owners.length === 0) continue
      throw new RivuletError('UNKNOWN_OPTION', {
        who,
        expected: `options of ${name} '${String(value)}'`,
        // It would otherwise be taken for a misspelling.
        got: `'${key}', an option of ${owners.join(', ')}`,
        todo: meantBy(spec, key) ?? `Leave it out or choose that ${name}.`,
        details: { option: key, [name]: value },
      })
    }
  }
  return whole
}

/** @throws {RivuletError} INVALID_OPTION if a required option has no value. */
export function requireGiven(who: string, name: string, { check, todo = '' }: Option<unknown>, value: unknown): void {
  if (value !== undefined) return
  const expected = check(undefined) ?? 'a value'
  throw refusedOption(who, name, { expected, got: 'none', todo })
}

/** Defaults of the options. */
export function defaultsOf<S extends Spec>(spec: S): Defaults<S> {
  const fallbacks = Object.entries(spec).map(([name, { fallback }]) => [name, fallback] as const)
  return Object.freeze(Object.fromEntries(fallbacks.filter(([, fallback]) => fallback !== undefined))) as Defaults<S>
}

/** The search space of options. */
export function spaceOf(spec: Spec): Readonly<Record<string, SearchRange>> {
  const ranges = Object.entries(spec).map(([name, { range }]) => [name, range] as const)
  return Object.fromEntries(ranges.filter(([, range]) => range !== undefined)) as Record<string, SearchRange>
}
