/** Options, each declared once: what it may be, what it is where it is not given, and, from the comment above it, what it means. */

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

/** One option. Whatever is said of an option elsewhere (its types, its default, the message of a wrong one) comes from here. */
export interface Option<Value, Needed extends boolean = boolean> {
  readonly check: Check
  readonly needed: Needed
  /** What to do where one that is needed is not given. */
  readonly todo?: string
  /** Its value where it is not given. */
  readonly fallback: Value
  /** The values of an option that has few. */
  readonly choices?: readonly unknown[]
  /** Where `tune` looks for its best value. */
  readonly range?: SearchRange
  /** What else may be given, by the value of one that opens further options. */
  readonly opens?: Readonly<Record<string, Spec>>
  /** Advice for an option that belongs to another choice or function, by name. */
  readonly meantBy?: Readonly<Record<string, string>>
}

/** What one option may be: one of a list of values, or a number from a range, both ends included. Plain JSON. */
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

/** What a caller may give. The comments above the options of the spec are its comments. */
export type Given<S extends Spec> = {
  readonly [K in keyof Pick<S, Exclude<keyof S, NeededKeys<S>>>]?: ValueOf<S[K]> | undefined
} & { readonly [K in keyof Pick<S, NeededKeys<S>>]: ValueOf<S[K]> }

/** What a caller may give to one of several functions. An option that several take has all their comments. */
export type GivenToAny<S extends Spec> = {
  readonly [K in keyof Pick<All<S>, keyof All<S>>]?: ValueIn<S, K> | undefined
}

type All<S> = (S extends unknown ? (spec: S) => void : never) extends (spec: infer Every) => void ? Every : never
type ValueIn<S, K extends PropertyKey> = S extends Readonly<Record<K, Option<infer Value>>> ? Value : never

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

/** Says where `tune` looks for the best value of an option. */
export const searched = <O extends Option<unknown>>(declared: O, range: SearchRange): O => ({ ...declared, range })

/** One that is decided when options are resolved: what the machine has free, say. */
export const computed = <Value>(fallback: () => Value, check: Check): Option<Value, false> => ({
  get fallback() {
    return fallback()
  },
  check,
  needed: false,
})

/** One that has no value where it is not given. */
export const optional = <Value>(check: Check): Option<Value | undefined, false> =>
  option<Value | undefined>(undefined, check)

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
export const choice = <const Value>(fallback: Value, given: readonly Value[]): Option<Value, false> => ({
  ...option(fallback, oneOf(...given)),
  choices: given,
})

/** One of a few values, each of which opens options of its own. */
export const opening = <const Name extends string>(
  fallback: NoInfer<Name>,
  opens: Readonly<Record<Name, Spec>>,
): Option<Name, false> => ({ ...choice<Name>(fallback, Object.keys(opens) as Name[]), opens })

export const flag = (fallback: boolean): Option<boolean, false> => option(fallback, isBoolean)

export const text = (fallback: string): Option<string, false> => option(fallback, isString)

/**
 * Fills defaults in and checks every option once, at the door, those that a choice opens too. `undefined` means "not given".
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

/** A spec with what its choices open. @throws {RivuletError} INVALID_OPTION for a choice that there is not, UNKNOWN_OPTION for what another one opens */
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

/** @throws {RivuletError} INVALID_OPTION where an option that is needed has no value. */
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

/** Where `tune` looks for the best values of options. */
export function spaceOf(spec: Spec): Readonly<Record<string, SearchRange>> {
  const ranges = Object.entries(spec).map(([name, { range }]) => [name, range] as const)
  return Object.fromEntries(ranges.filter(([, range]) => range !== undefined)) as Record<string, SearchRange>
}
