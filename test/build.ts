/** Builds the sources for the threads and processes that tests and benchmarks start: without a loader they start in a third of the time. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { filesBelow, root } from './house/sources.ts'

/** Mirrors the root. */
const BUILD = join(root, '.test-dist')

/** This file: what it built before it changed is old, too. */
const BUILDER = join(root, 'test', 'build.ts')

/** What a thread or a process may be started with. */
const FOLDERS = ['src', 'test', 'native-free-bench', 'docs']

/** What a source was built into: `built('src/cli/main.ts')`. */
export const built = (path: string): string => join(BUILD, path.replace(/\.(c?)ts$/, '.$1js'))

/** Builds what has changed. vitest calls it before the first file of a project that names it as its `globalSetup`. */
export default function build(): void {
  for (const path of FOLDERS.flatMap(filesBelow).filter(isBuilt)) {
    const source = join(root, path)
    if (changedAt(built(path)) > Math.max(changedAt(source), changedAt(BUILDER))) continue
    const module = path.endsWith('.cts') ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext
    const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: { ...compilerOptions, module },
      fileName: source,
    })
    // Only the sources find all that they need in the build: data and programs in other languages lie beside what is not built.
    const place = JSON.stringify(pathToFileURL(source).href)
    const text = path.startsWith('src/') ? outputText : outputText.replaceAll('import.meta.url', place)
    mkdirSync(dirname(built(path)), { recursive: true })
    // Another run of the tests never sees half a file.
    writeFileSync(`${built(path)}-${process.pid}`, text)
    renameSync(`${built(path)}-${process.pid}`, built(path))
  }
  // The command says its version.
  copyFileSync(join(root, 'package.json'), join(BUILD, 'package.json'))
}

const isBuilt = (path: string): boolean =>
  /\.c?ts$/.test(path) && !/\.test(-d)?\.ts$/.test(path) && !path.startsWith('src/kernel/wasm/assembly/')

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}
