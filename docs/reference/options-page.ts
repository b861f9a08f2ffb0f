/** Writes what is said of options elsewhere, from their declarations and the comments above them: `options.md`, the help of the command line and its tables. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { METHOD_OPTIONS, OPTIONS, type Option, type Spec } from '../../src/advanced.ts'
import { FROM_FLAGS } from '../../src/cli/database.ts'
import { flagOf, type Flag, type Flags } from '../../src/cli/flags.ts'
import { COMMANDS } from '../../src/cli/program.ts'
import { LIST_FLAGS } from '../../src/cli/question.ts'
import { ENGINE_FLAGS, READING_FLAGS } from '../../src/cli/source.ts'

/** An option in words. */
export interface OptionRow {
  readonly name: string
  readonly meaning: string
  /** As the comment has it; '' where it says none. */
  readonly fallback: string
}

interface Section {
  /** Of the function or the method. */
  readonly name: string
  readonly title: string
  readonly options: Spec
  readonly rows: readonly OptionRow[]
}

const PAGE = fileURLToPath(new URL('options.md', import.meta.url))
const COMMAND_LINE = fileURLToPath(new URL('command-line.md', import.meta.url))
const TEXTS = fileURLToPath(new URL('../../src/cli/flag-texts.generated.ts', import.meta.url))

const HEAD = `# Options

Made from the declarations in \`src/\` by \`npm run reference\`. An option may be left out or \`undefined\`; an unknown one is an error that names the nearest. What the functions give: [functions](functions.md).
`

/** So many options in common are not said twice. */
const WORTH_NAMING = 4

/** What is written, by file. */
export async function optionFiles(): Promise<Map<string, string>> {
  const sections = optionSections()
  const page = [HEAD, ...sections.map((section, at) => sectionText(section, sections.slice(0, at)))].join('\n')
  return new Map([
    [PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' })],
    [COMMAND_LINE, await format(commandLine(), { ...(await resolveConfig(PAGE)), parser: 'markdown' })],
    [TEXTS, await format(flagTexts(sections), { ...(await resolveConfig(TEXTS)), parser: 'typescript' })],
  ])
}

/** The help of flags of library options, and their defaults, by function and by method. */
function flagTexts(sections: readonly Section[]): string {
  const flags = COMMANDS.flatMap(({ flags }) => Object.entries(flags))
  const texts = sections.flatMap(({ name, rows }) => {
    const own = rows.filter((row) => flags.some(([flag, { of = [] }]) => flag === row.name && of.includes(name)))
    const told = own.map(
      (row) => [row.name, [helpOf(row.meaning), plain(row.fallback).replace(/^'([^']*)'$/, '$1')]] as const,
    )
    return told.length === 0 ? [] : [[name, Object.fromEntries(told)] as const]
  })
  return `/** Written by \`npm run reference\`: the help of flags, from the comments above the options. */
export const FLAG_TEXTS: Readonly<Record<string, Readonly<Record<string, readonly [help: string, fallback: string]>>>> =
  ${JSON.stringify(Object.fromEntries(texts))}\n`
}

/** Flags that several commands share, by the title of the section that has them. */
const SHARED: Readonly<Record<string, Flags>> = {
  'Method and machine': { ...LIST_FLAGS, ...ENGINE_FLAGS },
  Reading: READING_FLAGS,
  'Tables in databases': FROM_FLAGS,
}

/** The page of the command line with its tables as the flags are declared; the sentences around them are written by hand. */
function commandLine(): string {
  const sections = readFileSync(COMMAND_LINE, 'utf8').split(/^(?=## )/m)
  const shared = Object.values(SHARED).flatMap((flags) => Object.values(flags))
  return sections
    .map((section) => {
      const title = /^## (.*)/.exec(section)?.[1]
      if (title === undefined) return section.replace(/^(\|.*\n)+/m, () => `${commandTable()}\n`)
      const command = COMMANDS.find(({ name }) => title === `\`${name}\``)
      const flags = Object.entries(command?.flags ?? SHARED[title] ?? {})
      const own = command === undefined ? flags : flags.filter(([, flag]) => !shared.includes(flag))
      if (own.length === 0) return section
      const rows = own.flatMap(([name, flag]) => flagRows(flagOf(name), flag))
      const table = ['| option | meaning | default |', '| --- | --- | --- |', ...rows].join('\n')
      return section.replace(/^(\|.*\n)+/m, () => `${table}\n`)
    })
    .join('')
}

function commandTable(): string {
  const rows = COMMANDS.map(({ name, what, file: [form] = ['<file...>'] }) => {
    const argument = form.replace(/<|>|\.{3}/g, '').toUpperCase()
    return `| \`${name} ${argument}\` | ${cell(what)} |`
  })
  return ['| command | what |', '| --- | --- |', ...rows].join('\n')
}

function flagRows(long: string, { form, help, opposite, choices = [], fallback, hidden }: Flag<unknown>): string[] {
  if (hidden === true) return []
  // Several methods have defaults of their own: these stay where they are.
  const [, meaning, told = String(fallback ?? '')] = /^((?:(?! \(default: ).)*) \(default: ([^()]*)\)$/.exec(help) ?? [
    '',
    help,
  ]
  const all = choices.filter((choice) => !meaning.includes(choice)).map((choice) => `\`${choice}\``)
  const row = `| \`${[long, ...(form.toUpperCase().match(/[^<>]+/g) ?? [])].join(' ')}\` | ${cell([meaning, ...(all.length > 0 ? [all.join(', ')] : [])].join(': '))} | ${cell(told)} |`
  const negative = `| \`${long.replace('--', '--no-')}\` | ${opposite} | |`
  return [...(help === '' ? [] : [row]), ...(opposite === undefined ? [] : [negative])]
}

const LONGEST_HELP = 72

/** The first clause where the whole is long. A line of help begins with a small letter. */
function helpOf(meaning: string): string {
  const help = meaning.length > LONGEST_HELP ? meaning.split(/; |\. |: /)[0] : meaning
  return plain(/^[A-Z][a-z]/.test(help) ? help[0].toLowerCase() + help.slice(1) : help)
}

const plain = (text: string): string => text.replaceAll('`', '')

/** All options by function, then those of the recommenders by method. */
export function optionSections(): Section[] {
  const table = fileURLToPath(new URL('../../src/option-table.ts', import.meta.url))
  const program = ts.createProgram([table], {
    noLib: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(table)
  const exported = source && checker.getSymbolAtLocation(source)
  const propertiesOf = (name: string): ts.Symbol[] => {
    const symbol = exported && checker.tryGetMemberInModuleExports(name, exported)
    const target = symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
    return target === undefined ? [] : checker.getPropertiesOfType(checker.getTypeOfSymbol(target))
  }
  const rowsOf = (symbol: ts.Symbol, spec: Spec): OptionRow[] => {
    const type = checker.getTypeOfSymbol(symbol)
    return Object.keys(spec).map((name) => {
      const comment = checker.getPropertyOfType(type, name)?.getDocumentationComment(checker)
      const { meaning, fallback } = partsOf(ts.displayPartsToString(comment))
      return { name, meaning: [meaning, ...choicesOf(spec[name], meaning)].join(': '), fallback }
    })
  }
  const sectionsOf = (name: string, specs: Readonly<Record<string, Spec>>, prefix: string): Section[] =>
    propertiesOf(name).map((symbol) => {
      const options = specs[symbol.name]
      return { name: symbol.name, title: `${prefix}\`${symbol.name}\``, options, rows: rowsOf(symbol, options) }
    })
  return [...sectionsOf('OPTIONS', OPTIONS, ''), ...sectionsOf('METHOD_OPTIONS', METHOD_OPTIONS, 'Method ')]
}

/** The sentence of a comment that begins with 'Default' is the default. A method that is named first is the section's own. */
function partsOf(comment: string): Omit<OptionRow, 'name'> {
  const text = comment.replaceAll(/\s+/g, ' ').replace(/^`[\w-]+`: /, '')
  const [, before, fallback, after] = /^(.*?)\s*\bDefault:? (.*?)\.(?: (.*))?$/.exec(text) ?? [null, text, '', '']
  return { meaning: [before, after].filter(Boolean).join(' ').replace(/\.$/, ''), fallback }
}

/** The values of an option that has few, where its comment does not name them. */
function choicesOf({ choices = [] }: Option<unknown>, meaning: string): string[] {
  const shown = choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : String(choice)))
  return shown.length > 1 && !shown.every((choice) => meaning.includes(choice)) ? [shown.join(', ')] : []
}

function sectionText({ title, options, rows }: Section, earlier: readonly Section[]): string {
  const shared = (other: Section): string[] =>
    Object.keys(options).filter((name) => other.options[name] === options[name])
  const like = earlier.reduce<Section | null>(
    (best, other) => (shared(other).length > (best === null ? WORTH_NAMING - 1 : shared(best).length) ? other : best),
    null,
  )
  const known = like === null ? [] : shared(like)
  const own = rows.filter(({ name }) => !known.includes(name))
  const lines = [`## ${title}`, '']
  if (like !== null) {
    const left = Object.keys(like.options).filter((name) => !known.includes(name))
    const without = left.length === 0 ? '' : ` without ${left.map((name) => `\`${name}\``).join(', ')}`
    lines.push(`As [${like.title}](#${anchorOf(like.title)})${without}${own.length === 0 ? '.' : ', and:'}`, '')
  }
  if (rows.length === 0) lines.push('None.', '')
  if (own.length > 0) {
    lines.push('| option | meaning | default |', '| --- | --- | --- |')
    for (const { name, meaning, fallback } of own) lines.push(`| \`${name}\` | ${cell(meaning)} | ${cell(fallback)} |`)
    lines.push('')
  }
  return lines.join('\n')
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(/[`.]/g, '').replaceAll(' ', '-')

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/^>/, '\\>')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await optionFiles()) writeFileSync(path, text)
}
