/** Flags of commands, each declared once: its form, its help and how its value is read. Those of options that the library declares come from there. */
import { Option, type Command } from 'commander'
import { METHOD_OPTIONS, OPTIONS, type Option as Declared, type Spec } from '../advanced.ts'
import type { MethodOptions, RivuletError } from '../index.ts'
import { readNeighbours, readNumber } from './argument-values.ts'
import { FLAG_TEXTS } from './flag-texts.generated.ts'

/** A flag that gives a command a value. */
export interface Flag<Value> {
  /** The form of its value: '<n>'; '' for a switch. */
  readonly form: string
  /** May end in '(default: ...)'. */
  readonly help: string
  /** The help of its opposite, `--no-...`; if `help` is '', only the opposite exists. */
  readonly opposite?: string
  readonly choices?: readonly string[]
  /** Default value. */
  readonly fallback?: Value
  readonly needed?: boolean
  readonly hidden?: boolean
  /** The functions or methods whose option it is. */
  readonly of?: readonly string[]
  /** Parses the value; `before` is the value of the same flag so far. */
  read?(text: string, before?: Value): Value
}

/** The flags of a command by the names of their values: `minScore` is `--min-score`. */
export type Flags = Readonly<Record<string, Flag<unknown>>>

type ValueOf<F> = F extends Flag<infer Value> ? Value : never

/** The values of flags. */
export type Given<F extends Flags> = { readonly [K in keyof F]: ValueOf<F[K]> }

type Maybe<Value> = Flag<Value | undefined>

/** A switch. */
export const on = (help: string): Maybe<true> => ({ form: '', help })

/** A flag and its opposite. */
export const onOff = (help: string, opposite: string): Maybe<boolean> => ({ form: '', help, opposite })

export const text = (form: string, help: string): Maybe<string> => ({ form, help })

export const value = <Value>(
  form: string,
  help: string,
  read: (text: string, before?: Value) => Value,
): Maybe<Value> => ({ form, help, read })

export const choice = <const Value extends string>(
  form: string,
  help: string,
  choices: readonly Value[],
): Maybe<Value> => ({ form, help, choices })

export const needed = <Value>(flag: Maybe<Value>): Flag<Value> => ({ ...(flag as Flag<Value>), needed: true })

export const withFallback = <Value>(flag: Maybe<Value>, fallback: Value): Flag<Value> => ({
  ...(flag as Flag<Value>),
  fallback,
})

type Functions = typeof OPTIONS
type OptionOf<Who extends keyof Functions, Name> = Name extends keyof Functions[Who]
  ? Functions[Who][Name] extends Declared<infer Value>
    ? Value
    : never
  : never

/** The flags of some options of a function. */
export function libraryFlags<Who extends keyof Functions, Name extends keyof Functions[Who] & string>(
  who: Who,
  names: readonly Name[],
): { readonly [K in Name]: Maybe<OptionOf<Who, K>> } {
  const options: Spec = OPTIONS[who]
  const flags = names.map((name) => [name, libraryFlag(name, options[name], [who], helpOf(who, name))])
  return Object.fromEntries(flags) as ReturnType<typeof libraryFlags<Who, Name>>
}

/** Commander has no null: keeping all neighbours is written 'all'. */
interface MethodFlagValues extends Omit<MethodOptions, 'neighbours' | 'recipe' | 'embedding'> {
  readonly neighbours?: number | 'all'
}

/** Options that are documents or files, with separate flags. */
const OF_ANOTHER_FORM = ['recipe', 'embedding']

/** The flags of the recommenders' own options. */
export function methodFlags(): { readonly [K in keyof MethodFlagValues]-?: Maybe<MethodFlagValues[K]> } {
  const methods = Object.entries<Spec>(METHOD_OPTIONS)
  const names = [...new Set(methods.flatMap(([, options]) => Object.keys(options)))]
  const flags = names
    .filter((name) => !OF_ANOTHER_FORM.includes(name))
    .map((name) => {
      const owners = methods.filter(([, options]) => Object.hasOwn(options, name))
      const told = owners.map(([method]) => method)
      const help = told.map((method) => `${method}: ${helpOf(method, name)}`).join('; ')
      return [name, libraryFlag(name, owners[0][1][name], told, help)]
    })
  return Object.fromEntries(flags) as ReturnType<typeof methodFlags>
}

function libraryFlag(
  name: string,
  { check, choices }: Declared<unknown>,
  of: readonly string[],
  help: string,
): Flag<unknown> {
  if (choices !== undefined) return { form: '<name>', help, of }
  const form = check(0.5) === null ? '<number>' : '<n>'
  const isCount = name === 'neighbours' && check(null) === null
  return isCount
    ? { form, help: help.replaceAll('null', "'all'"), of, read: readNeighbours }
    : { form, help, of, read: readNumber }
}

function helpOf(who: string, name: string): string {
  const [help, fallback] = (FLAG_TEXTS[who] ?? {})[name] ?? ['', '']
  return fallback === '' || fallback === 'null' ? help : `${help} (default: ${fallback})`
}

/** `minScore` is `--min-score`. */
export const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

export function addFlags(command: Command, flags: Flags): Command {
  for (const [name, flag] of Object.entries(flags)) {
    const { form, help, opposite, choices, fallback, needed = false, hidden = false, read } = flag
    const option = new Option(`${flagOf(name)} ${form}`.trimEnd(), help)
    if (choices !== undefined) option.choices(choices)
    if (read !== undefined) option.argParser(read)
    if (fallback !== undefined) option.default(fallback)
    if (opposite === undefined || help !== '') command.addOption(option.makeOptionMandatory(needed).hideHelp(hidden))
    if (opposite !== undefined) command.addOption(new Option(flagOf(name).replace('--', '--no-'), opposite))
  }
  return command
}

/** Removes options that were not given, because the method may not know their names. */
export const onlyGiven = <Options extends object>(options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options

/** The given values of some flags. */
export function chosen<F extends Flags>(
  given: { readonly [K in keyof F]?: ValueOf<F[K]> },
  flags: F,
): Partial<Given<F>> {
  return onlyGiven(Object.fromEntries(Object.keys(flags).map((name) => [name, given[name]]))) as Partial<Given<F>>
}

/** The message of an error in terms of the command line: flags in place of options that were given by flag, and of a proposed mapping of a graph. */
export function messageByFlag(error: RivuletError, command: Command): string {
  const has = (flag: string): boolean => command.options.some(({ long }) => long === flag)
  const { option } = error.details
  const said = has('--graph') ? withGraphFlag(error.message) : error.message
  const message = LEFT_OUT.reduce(
    (text, [code, flag, value]) => text.replace(code, has(flag) ? ` Or leave such $1 out: ${flag}${value}.` : ''),
    said,
  )
  if (typeof option !== 'string') return message
  const given = command.options.filter((one) => command.getOptionValueSource(one.attributeName()) === 'cli')
  const flag = given.find((one) => new RegExp(`^${one.attributeName()}(Bytes|Ms|Share)?$`).test(option))?.long
  return flag ? message.replaceAll(`option '${option}'`, flag).replaceAll(`'${option}'`, flag) : message
}

/** Advice to leave out refused rows or ids, the flag for it, and its value. */
const LEFT_OUT = [
  [/ Or leave such (rows) out: onBadRow: 'skip'\./, '--skip-bad-rows', ''],
  [/ Or leave such (ids) out: unknown(?:Items)?: 'drop'\./, '--unknown', ' drop'],
] as const

/**
 * `graph: { kind: 'type', item: 'movie' }` is `--graph kind=type,item=movie`, and `relations: { genre: { kind: 'genre' } }` is `--relation genre=FILE`.
 * A kind by a function stays code, unless it is the prefix of keys.
 */
function withGraphFlag(message: string): string {
  const said = message
    .replace("option 'graph'", '--graph')
    .replace('{ kind: (node, attributes) => ... }', 'kind=ATTRIBUTE')
    .replace(/relations: \{ ((?:.*?: \{ kind: .*? \}(?:, )?)+) \}/, (_code, relations: string) => {
      const flags = relations.matchAll(/'?([^' ]+)'?: \{ kind: '?(.*?)'? \}/g)
      return Array.from(flags, ([, name, kind]) => relationFlag(name, kind)).join(' ')
    })
  return said.replace(/graph: \{ (.*?) \}/, (code, fields: string) => {
    const byFlag = fields.replace(/\(node\) => node\.split\('([^-])'\)\[0\]/, '$1')
    if (byFlag.includes('=>')) return code
    return `--graph ${byFlag.replaceAll("'", '').replaceAll(': ', '=').replaceAll(', ', ',')}`
  })
}

const relationFlag = (name: string, kind: string): string =>
  `--relation ${name}=FILE${name === kind ? '' : `:kind=${kind}`}`
