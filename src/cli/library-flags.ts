/** Flags of options that the library declares: their names, forms, defaults and help come from there. */
import { Option, type Command } from 'commander'
import type { RivuletError } from '../index.ts'
import { METHOD_OPTIONS, OPTIONS, type Option as Declared, type Spec } from '../advanced.ts'
import { readNeighbours, readNumber } from './argument-values.ts'
import { FLAG_TEXTS } from './flag-texts.generated.ts'

/** Functions whose options are flags of commands. */
export type FlaggedName = keyof typeof FLAG_TEXTS & keyof typeof OPTIONS

/** `minScore` is `--min-score`. */
export const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Adds the flags of some options of a function. */
export function addLibraryFlags<Who extends FlaggedName>(
  command: Command,
  who: Who,
  names: readonly (keyof (typeof FLAG_TEXTS)[Who] & string)[],
): Command {
  const [options, texts]: [Spec, Texts] = [OPTIONS[who], FLAG_TEXTS[who]]
  for (const name of names) command.addOption(flag(name, options[name], withDefault(texts[name])))
  return command
}

/** Adds the flags of the recommenders' own options. */
export function addMethodFlags(command: Command): Command {
  const texts: Readonly<Record<string, Texts | undefined>> = FLAG_TEXTS
  const methods = Object.entries<Spec>(METHOD_OPTIONS).flatMap(([method, options]) => {
    const told = texts[method]
    return told === undefined ? [] : [{ method, options, told }]
  })
  for (const name of new Set(methods.flatMap(({ told }) => Object.keys(told)))) {
    const owners = methods.filter(({ told }) => Object.hasOwn(told, name))
    const help = owners.map(({ method, told }) => `${method}: ${withDefault(told[name])}`)
    command.addOption(flag(name, owners[0].options[name], help.join('; ')))
  }
  return command
}

/** Of an option its help, and its default in words. */
type Texts = Readonly<Record<string, readonly [help: string, fallback: string]>>

const withDefault = ([help, fallback]: Texts[string]): string =>
  fallback === '' || fallback === 'null' ? help : `${help} (default: ${fallback})`

function flag(name: string, { check, choices }: Declared<unknown>, help: string): Option {
  if (choices !== undefined) return new Option(`${flagOf(name)} <name>`, help)
  const form = check(0.5) === null ? '<number>' : '<n>'
  // Commander has no null: it is written 'all'.
  const isCount = name === 'neighbours' && check(null) === null
  return new Option(`${flagOf(name)} ${form}`, isCount ? help.replaceAll('null', "'all'") : help).argParser(
    isCount ? readNeighbours : readNumber,
  )
}

/** The message of an error with the flag in the place of the option, where the option came by one. */
export function messageByFlag({ message, details: { option } }: RivuletError, command: Command): string {
  if (typeof option !== 'string') return message
  const given = command.options.filter((one) => command.getOptionValueSource(one.attributeName()) === 'cli')
  const flag = given.find((one) => new RegExp(`^${one.attributeName()}(Bytes|Ms|Share)?$`).test(option))?.long
  return flag ? message.replaceAll(`option '${option}'`, flag).replaceAll(`'${option}'`, flag) : message
}
