/** Writes `options.md`: the options of every function, their meanings from the comments above them, their defaults as they are declared. */
import { readFileSync, writeFileSync } from 'node:fs'
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
  readonly title: string
  readonly options: Spec
  readonly rows: readonly OptionRow[]
}

export const PAGE = fileURLToPath(new URL('options.md', import.meta.url))

const HEAD = `# Options

Made from the declarations in \`src/\` by \`npm run reference\`. An option may be left out or \`undefined\`; an unknown one is an error that names the nearest. What the functions give: [functions](functions.md).
`

/** So many options in common are not said twice. */
const WORTH_NAMING = 4

/** The whole page, formatted. */
export async function optionsPage(): Promise<string> {
  const sections = optionSections()
  const text = [HEAD, ...sections.map((section, at) => sectionText(section, sections.slice(0, at)))].join('\n')
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' })
}

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
      return { title: `${prefix}\`${symbol.name}\``, options, rows: rowsOf(symbol, options) }
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
  const page = await optionsPage()
  if (page !== readFileSync(PAGE, { encoding: 'utf8', flag: 'a+' })) writeFileSync(PAGE, page)
}
