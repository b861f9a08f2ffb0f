import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** One way in which a file names another module. */
export interface Import {
  readonly specifier: string
  /** True when the import disappears at run time. */
  readonly typeOnly: boolean
  /** True for `import('...')` and `new URL('...', import.meta.url)`: loaded when asked for. */
  readonly lazy: boolean
}

export interface SourceFile {
  /** Path from src/, with forward slashes: 'kernel/products.ts'. */
  readonly path: string
  /** First folder, or the file's own name at the top: 'kernel', 'engine', 'index'. */
  readonly room: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** True when the file holds nothing but `export ... from`. */
  readonly onlyPassesOn: boolean
  /** Global names that are read, of those the laws speak about. */
  readonly globals: ReadonlySet<string>
}

/** Every file below a folder of the project, as paths from the root with forward slashes; none when there is no such folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** Every TypeScript source of src/; AssemblyScript is a language of its own and is left out. */
export const readSources = (): readonly SourceFile[] =>
  (sources ??= filesBelow('src')
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/kernel/wasm/assembly/'))
    .map((path) => parse(path.slice('src/'.length), readFileSync(join(root, path), 'utf8'))))

/** Read once a process. */
let sources: readonly SourceFile[] | null = null

/** The file under src/ that a relative import means, or null for a package or a `node:` module. */
export function resolveInSources(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null
}

/** 'graphology-types/x' -> 'graphology-types', '@scope/name/x' -> '@scope/name', 'node:fs/promises' -> 'node:fs'. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}

const watchedGlobals = new Set(['Atomics', 'process', 'Buffer', 'console', 'require', '__dirname'])

/** Reads one file's imports and globals. */
export function parse(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const globals = new Set<string>()
  const visit = (node: ts.Node): void => {
    const found = importOf(node)
    if (found !== null) imports.push(found)
    if (ts.isIdentifier(node) && watchedGlobals.has(node.text) && isFreeName(node)) globals.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  const room = path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '')
  const onlyPassesOn = tree.statements.every(
    (node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined,
  )
  return {
    path,
    room,
    text,
    onlyPassesOn,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    globals,
  }
}

function importOf(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node))
    return { specifier: textOf(node.moduleSpecifier), typeOnly: isTypeImport(node.importClause), lazy: false }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const names =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : []
    const typeOnly = node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly))
    return { specifier: textOf(node.moduleSpecifier), typeOnly, lazy: false }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { specifier: textOf(node.argument.literal), typeOnly: true, lazy: false }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { specifier: textOf(node.arguments[0]), typeOnly: false, lazy: true }
  return null
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const names = clause.namedBindings
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((name) => name.isTypeOnly)
  )
}

function isFreeName(node: ts.Identifier): boolean {
  const parent = node.parent
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node
  const isKey =
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertyDeclaration(parent)) &&
    parent.name === node
  return !isMember && !isKey
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)'
}
