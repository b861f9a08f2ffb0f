/** Builds the sources for the threads and processes that tests start: without a loader they start in a third of the time. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { filesBelow, root } from './house/sources.ts'

/** Mirrors the root: src/, and what of test/ a thread or a process may be started with. */
const BUILD = join(root, '.test-dist')

/** Of the benchmarks, what a process is started with: a loader would take more memory than what is measured. */
const MEASURED = [
  ...['native-free-bench/suites/memory-run.ts', 'native-free-bench/data/extreme-tables.ts'],
  ...['native-free-bench/suites/rank-series-run.ts', 'native-free-bench/data/power-law.ts'],
]

/** What a source was built into: `built('src/cli/main.ts')`. */
export const built = (path: string): string => join(BUILD, path.replace(/\.(c?)ts$/, '.$1js'))

/** Builds what has changed. vitest calls it before the first file of a project that names it as its `globalSetup`. */
export default function build(): void {
  for (const path of [...filesBelow('src'), ...filesBelow('test'), ...MEASURED].filter(isBuilt)) {
    const source = join(root, path)
    if (changedAt(built(path)) > changedAt(source)) continue
    const module = path.endsWith('.cts') ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext
    const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: { ...compilerOptions, module },
      fileName: source,
    })
    mkdirSync(dirname(built(path)), { recursive: true })
    // Another run of the tests never sees half a file.
    writeFileSync(`${built(path)}-${process.pid}`, outputText)
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
