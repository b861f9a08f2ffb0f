/** Writes what is said of options elsewhere, from their declarations and the comments above them: `options.md`, and the help of the command line. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { METHOD_OPTIONS, OPTIONS, type Option, type Spec } from '../../src/advanced.ts'

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
    [TEXTS, await format(flagTexts(sections), { ...(await resolveConfig(TEXTS)), parser: 'typescript' })],
  ])
}

/** Options that are flags of commands, by function; those of the methods all are, but for what has a flag of another form. */
const FLAGGED: Readonly<Record<string, readonly string[]>> = {
  recommend: ['exclude', 'minScore', 'k', 'priorUpTo'],
  predictRatings: ['seed'],
  spectralEmbedding: ['dimensions', 'seed'],
  clusterUsers: ['method', 'count', 'resolution', 'neighbours', 'dimensions', 'runs', 'seed'],
}
const OF_ANOTHER_FORM = ['recipe', 'embedding']

/** The help of flags, and their defaults. */
function flagTexts(sections: readonly Section[]): string {
  const texts = sections.flatMap(({ name, title, rows }) => {
    const isFlag = title.startsWith('Method')
      ? (option: string) => !OF_ANOTHER_FORM.includes(option)
      : (option: string) => FLAGGED[name]?.includes(option) ?? false
    const own = rows.filter((row) => isFlag(row.name))
    const told = own.map(
      (row) => [row.name, [helpOf(row.meaning), plain(row.fallback).replace(/^'([^']*)'$/, '$1')]] as const,
    )
    return told.length === 0 ? [] : [[name, Object.fromEntries(told)] as const]
  })
  return `/** Written by \`npm run reference\`: the help of flags, from the comments above the options. */\nexport const FLAG_TEXTS = ${JSON.stringify(Object.fromEntries(texts))} as const\n`
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
