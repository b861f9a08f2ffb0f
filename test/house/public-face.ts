/** What the doors hand out, read by the compiler: every name with its signature, and the types that a signature names but a door does not. */
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './sources.ts'

/** The doors, and those of a browser, which have the same types. */
export const DOORS = [
  'src/index.ts',
  'src/advanced.ts',
  'src/browser.ts',
  'src/browser-advanced.ts',
  'src/sql.ts',
] as const

/** Where the report of a door is kept; `npm run api` writes them. */
export const REPORTS = {
  'src/index.ts': 'test/house/api/rivulet.txt',
  'src/advanced.ts': 'test/house/api/rivulet-advanced.txt',
  'src/sql.ts': 'test/house/api/rivulet-sql.txt',
} as const

const IN_FULL = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope

/** What an executor runs of a method; no reader of the front door meets it. */
const HOOKS = new Set(['on', 'task', 'embed'])

/** Declares the options of functions; what comes of them are the interfaces that the doors hand out. */
const isMachinery = (path: string): boolean => path.endsWith('/src/support/spec.ts')

export class PublicFace {
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker

  /** @param doors paths from the root */
  constructor(doors: readonly string[] = DOORS) {
    const read = (path: string): string | undefined => ts.sys.readFile(path)
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), read) as { readonly config: unknown }
    const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root)
    const files = doors.map((door) => join(root, door))
    this.#program = ts.createProgram(files, options)
    this.#checker = this.#program.getTypeChecker()
  }

  /** One line a name, in alphabetical order. */
  report(door: string): string {
    return this.#own(door)
      .map((symbol) => `${inOrder(this.#line(symbol).replace(/\s+/g, ' '))}\n`)
      .join('')
  }

  /** Values and types of a door. */
  count(door: string): { readonly values: number; readonly types: number } {
    const symbols = this.#own(door)
    const values = symbols.filter((symbol) => !isTypeOnly(symbol) && isValue(this.#target(symbol))).length
    return { values, types: symbols.length - values }
  }

  /** Types of the library that stand in a signature of the door and cannot be imported from it, each with a name that it stands under. */
  missing(door: string): string[] {
    const symbols = this.#own(door)
    const known = new Set(this.#exportsOf(door).map((symbol) => this.#target(symbol)))
    const missing = new Map<string, string>()
    for (const symbol of symbols) {
      const walk = new Walk(this.#checker, (found) => {
        if (!known.has(found) && !missing.has(found.name)) missing.set(found.name, symbol.name)
      })
      walk.symbol(this.#target(symbol))
    }
    return [...missing].map(([name, user]) => `${name} of ${user}`).sort()
  }

  /** The workshop and the door to databases have the types of the front door too; they are told there. */
  #own(door: string): ts.Symbol[] {
    const front = new Set(
      /(advanced|sql)\.ts$/.test(door) ? this.#exportsOf('src/browser.ts').map((one) => this.#target(one)) : [],
    )
    return this.#exportsOf(door).filter((symbol) => !front.has(this.#target(symbol)))
  }

  #exportsOf(door: string): ts.Symbol[] {
    const file = this.#program.getSourceFile(join(root, door))
    const symbol = file && this.#checker.getSymbolAtLocation(file)
    if (symbol === undefined) throw new Error(`no door '${door}'`)
    return this.#checker.getExportsOfModule(symbol).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol
  }

  #line(exported: ts.Symbol): string {
    const symbol = this.#target(exported)
    const { name } = exported
    const checker = this.#checker
    const textOf = (type: ts.Type): string => checker.typeToString(type, undefined, IN_FULL)
    if (symbol.flags & ts.SymbolFlags.Class) {
      const type = checker.getTypeOfSymbol(symbol)
      const made = constructorsOf(type).map((one) => `new ${checker.signatureToString(one, undefined, IN_FULL)}`)
      const members = this.#members(checker.getDeclaredTypeOfSymbol(symbol))
      const statics = this.#members(type).filter((member) => !member.startsWith('prototype'))
      return `class ${name} { ${[...made, ...statics.map((one) => `static ${one}`), ...members].join('; ')} }`
    }
    if (symbol.flags & ts.SymbolFlags.Interface) {
      return `interface ${name} { ${this.#members(checker.getDeclaredTypeOfSymbol(symbol)).join('; ')} }`
    }
    if (symbol.flags & ts.SymbolFlags.TypeAlias) {
      const type = checker.getDeclaredTypeOfSymbol(symbol)
      return `type ${name} = ${checker.typeToString(type, undefined, IN_FULL | ts.TypeFormatFlags.InTypeAlias)}`
    }
    const type = checker.getTypeOfSymbol(symbol)
    const calls = type.getCallSignatures().map((one) => checker.signatureToString(one, undefined, IN_FULL))
    if (calls.length === 0) return `const ${name}: ${textOf(type)}`
    const own = this.#members(type)
    return `function ${name}${calls.join(' & ')}${own.length === 0 ? '' : ` { ${own.join('; ')} }`}`
  }

  #members(type: ts.Type): string[] {
    const properties = this.#checker.getPropertiesOfType(type).filter(isPublic)
    return properties.map((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : ''
      const text = this.#checker.typeToString(this.#checker.getTypeOfSymbol(property), undefined, IN_FULL)
      return `${property.name.replace(/^__@(\w+)@\d+$/, '[Symbol.$1]')}${optional}: ${text}`
    })
  }
}

/** The compiler tells a union in the order in which it met its parts, which any change elsewhere may turn round. */
function inOrder(text: string): string {
  const simple = '(?:"[^"]*"|[\\w.]+)'
  const unions = new RegExp(`${simple}(?: \\| ${simple})+`, 'g')
  return text.replace(unions, (union) => union.split(' | ').sort().join(' | '))
}

const isTypeOnly = ({ declarations = [] }: ts.Symbol): boolean => declarations.some(ts.isTypeOnlyExportDeclaration)
const isValue = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Value) !== 0

/** Declared in src/; what Error, Map and their like have of their own is not ours to tell. */
function isPublic(symbol: ts.Symbol): boolean {
  const { declarations = [] } = symbol
  const isHidden = symbol.name.startsWith('#') || HOOKS.has(symbol.name) || declarations.some(isPrivate)
  return !isHidden && (declarations.length === 0 || declarations.some(isOurs))
}

const isPrivate = (node: ts.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0

const constructorsOf = (type: ts.Type): ts.Signature[] =>
  type.getConstructSignatures().filter(({ declaration }) => declaration === undefined || !isPrivate(declaration))

const isOurs = (node: ts.Node): boolean => !node.getSourceFile().fileName.includes('/node_modules/')

/** Follows a signature to the named types of the library in it, as it is written where it is, else as it was inferred. Does not look into them. */
class Walk {
  readonly #checker: ts.TypeChecker
  readonly #found: (symbol: ts.Symbol) => void
  readonly #seen = new Set<ts.Type>()

  constructor(checker: ts.TypeChecker, found: (symbol: ts.Symbol) => void) {
    this.#checker = checker
    this.#found = found
  }

  symbol(symbol: ts.Symbol): void {
    if (symbol.flags & ts.SymbolFlags.Class) {
      this.#members(this.#checker.getDeclaredTypeOfSymbol(symbol))
      this.#members(this.#checker.getTypeOfSymbol(symbol))
      for (const made of constructorsOf(this.#checker.getTypeOfSymbol(symbol))) this.#signature(made)
    } else if (symbol.flags & ts.SymbolFlags.Interface) {
      this.#members(this.#checker.getDeclaredTypeOfSymbol(symbol))
    } else if (symbol.flags & ts.SymbolFlags.TypeAlias) {
      for (const node of symbol.declarations ?? []) if (ts.isTypeAliasDeclaration(node)) this.#node(node.type)
    } else this.#declared(symbol)
  }

  #declared(symbol: ts.Symbol): void {
    const type = this.#checker.getTypeOfSymbol(symbol)
    const written = symbol.declarations?.map((node) => (node as ts.HasType).type).find((node) => node !== undefined)
    const isCalled = symbol.declarations?.some(ts.isFunctionLike) === true
    if (written !== undefined && !isCalled) this.#node(written)
    else this.#type(type)
  }

  #members(type: ts.Type): void {
    for (const property of this.#checker.getPropertiesOfType(type)) if (isPublic(property)) this.#declared(property)
    for (const call of type.getCallSignatures()) this.#signature(call)
  }

  #signature(signature: ts.Signature): void {
    const { declaration } = signature
    for (const parameter of signature.getParameters()) this.#declared(parameter)
    if (declaration?.type === undefined || ts.isTypePredicateNode(declaration.type))
      this.#type(signature.getReturnType())
    else this.#node(declaration.type)
  }

  #node(node: ts.Node): void {
    if (ts.isTypeReferenceNode(node)) this.#name(this.#checker.getSymbolAtLocation(node.typeName))
    if (ts.isTypeQueryNode(node) || ts.isExpressionWithTypeArguments(node)) return
    ts.forEachChild(node, (child) => this.#node(child))
  }

  #type(type: ts.Type): void {
    if (this.#seen.has(type)) return
    this.#seen.add(type)
    const named = type.aliasSymbol ?? type.symbol
    const isAnonymous = named === undefined || /^__(type|object|function)$/.test(named.name) || !isTypeName(named)
    for (const inner of type.aliasTypeArguments ?? []) this.#type(inner)
    if (type.isUnionOrIntersection() && type.aliasSymbol === undefined) type.types.forEach((one) => this.#type(one))
    else if (!isAnonymous) {
      this.#name(named)
      for (const inner of this.#checker.getTypeArguments(type as ts.TypeReference)) this.#type(inner)
    } else this.#members(type)
  }

  #name(given: ts.Symbol | undefined): void {
    if (given === undefined) return
    const symbol = given.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(given) : given
    const [node] = symbol.declarations ?? []
    if (node === undefined || !isOurs(node) || symbol.flags & ts.SymbolFlags.TypeParameter) return
    if (!isMachinery(node.getSourceFile().fileName)) this.#found(symbol)
  }
}

const isTypeName = ({ flags }: ts.Symbol): boolean =>
  (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Enum)) !== 0
