import { transform } from 'esbuild'
import { spawn } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { readSnippets, snippetsOf } from './snippets.ts'
import { instrument, isAsStated } from './stated-outputs.ts'

const snippets = readSnippets()
const runnable = snippets.filter((snippet) => snippet.notRunBecause === null)

/** Snippets run here: inside the project so that its packages are found, with docs/ beside them, and with leave to write. */
const folder = join(root, '.snippets')
const fileOf = (where: string, ending = '.js'): string =>
  join(folder, `${where.replaceAll(/[^a-zA-Z0-9]+/g, '-')}${ending}`)

/** The doors, by the file that is behind them. */
const DOORS = { rivulet: 'index', 'rivulet/advanced': 'advanced', 'rivulet/sql': 'sql' } as const

/** `import ... from 'rivulet'` means the sources, exactly as an installed copy means the build. */
const tsconfig = {
  extends: '../tsconfig.json',
  compilerOptions: {
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: Object.fromEntries(Object.entries(DOORS).map(([door, name]) => [door, [`../src/${name}.ts`]])),
  },
  include: ['*.ts'],
  exclude: [],
}

interface Outcome {
  readonly file: string
  readonly error: string | null
  /** What no comment states, and what each call prints that one states. */
  readonly printed: string
  readonly stated: readonly (readonly [call: number, text: string])[]
}

describe('the snippets of README.md, docs/ and src/', () => {
  const outcomes = new Map<string, Outcome>()
  let typeErrors = ''

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    await symlink(join(root, 'docs'), join(folder, 'docs'), 'junction')
    await installBuild()
    for (const { where, code } of runnable) {
      await writeFile(fileOf(where, '.ts'), `${code}\nexport {}\n`)
      const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } }
      const { code: program } = await transform(instrument(code).code, { loader: 'ts', target: 'es2022', tsconfigRaw })
      await writeFile(fileOf(where), program)
    }
    for (const outcome of await runAll()) outcomes.set(outcome.file, outcome)
    typeErrors = await typeCheck()
  }, 900_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(runnable)('run: $where', ({ where }) => {
    const outcome = outcomes.get(fileOf(where))
    expect(outcome, 'the process that runs the snippets ended before this one').toBeDefined()
    expect(outcome?.error ?? null).toBeNull()
  })

  it.each(runnable)('print what they state: $where', ({ where, code, output }) => {
    const { printed, stated } = outcomes.get(fileOf(where)) ?? { printed: '', stated: [] }
    const wrong = instrument(code).stated.flatMap((text, call) => {
      const texts = stated.filter(([of]) => of === call).map(([, one]) => one)
      return isAsStated(text, texts) ? [] : [`states ${text}\nprints ${texts.join(', then ')}`]
    })
    expect(wrong).toEqual([])
    if (output !== null) expect(printed).toBe(output)
  })

  it('have the types they seem to have', () => {
    expect(typeErrors).toBe('')
  })

  it('are left out only for a stated reason', () => {
    const silent = snippets.filter(({ notRunBecause }) => notRunBecause !== null && notRunBecause.length < 10)
    expect(silent.map(({ where }) => where)).toEqual([])
  })

  it('are found, joined and left out by the words on their fence', () => {
    const text = '```ts\na\n```\n\n```sh\nls\n```\n```ts continued\nb\n```\n```ts no-run it needs a server\nc\n```\n'
    expect(snippetsOf('x.md', text)).toEqual([
      { where: 'x.md:1', code: 'a\n\nb', notRunBecause: null, output: null },
      { where: 'x.md:11', code: 'c', notRunBecause: 'it needs a server', output: null },
    ])
    const printing = snippetsOf('x.md', '```ts\na\n```\n\n```\n1\n```\nwords\n```\nnot printed\n```\n')
    expect(printing).toEqual([{ where: 'x.md:1', code: 'a', notRunBecause: null, output: '1\n' }])
  })

  it('state outputs behind a call or below it', () => {
    const code =
      'console.log(1) // 1\nconsole.log(2)\n// 2: two\n// of them\nf(() => console.log(3)) // 3, then 3\nconsole.log(4)\n\n// no'
    const { stated, code: instrumented } = instrument(code)
    expect(stated).toEqual(['1', '2: two of them', '3, then 3'])
    expect(instrumented.match(/\w+\.bind\(null, \d\)\(\d\)|console\.log\(4\)/g)).toHaveLength(4)
    expect(isAsStated('2: two of them', ['2'])).toBe(true)
    expect(isAsStated('3, then 3', ['3', '3'])).toBe(true)
    expect(isAsStated('3 4', ['3', '4'])).toBe(true)
    expect(isAsStated('[ 1, 2 ]', ['[\n  1,\n  2 ]'])).toBe(true)
    expect(isAsStated('a long ...', ['a long story'])).toBe(true)
    expect([
      isAsStated('2', ['3']),
      isAsStated('22', ['2']),
      isAsStated('2', []),
      isAsStated('true', ['true', 'true']),
    ]).toEqual([false, false, false, false])
  })
})

/** What `rivulet` means to the snippets when they run: without a loader of TypeScript each of their threads starts in a third of the time. */
async function installBuild(): Promise<void> {
  const installed = join(folder, 'node_modules', 'rivulet')
  await mkdir(installed, { recursive: true })
  const names = Object.values(DOORS)
  const exports = Object.fromEntries(
    Object.entries(DOORS).map(([door, name]) => [door.replace('rivulet', '.'), `./${name}.js`]),
  )
  // By a name of its own the project would be found in place of what is installed.
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'rivulet', type: 'module', exports }))
  for (const name of names) {
    const door = pathToFileURL(built(`src/${name}.ts`)).href
    await writeFile(join(installed, `${name}.js`), `export * from '${door}'\n`)
  }
}

/** One process for all; when a snippet takes it down, the next process goes on behind that snippet. */
async function runAll(): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let waiting = runnable.map(({ where }) => fileOf(where))
  while (waiting.length > 0) {
    const { lines, errors } = await runSome(waiting)
    const done = lines.map((line) => JSON.parse(line) as Outcome)
    outcomes.push(...done)
    waiting = waiting.slice(done.length)
    if (waiting.length > 0 && (done.at(-1)?.error ?? null) === null) {
      outcomes.push({ file: waiting[0], error: `ended the process: ${errors}`, printed: '', stated: [] })
      waiting = waiting.slice(1)
    }
  }
  return outcomes
}

function runSome(files: readonly string[]): Promise<{ readonly lines: string[]; readonly errors: string }> {
  return ending([built('test/e2e/run-snippets.ts'), ...files], folder).then(({ output, errors }) => ({
    lines: output.split('\n').filter((line) => line.startsWith('{')),
    errors,
  }))
}

function ending(args: readonly string[], cwd: string): Promise<{ readonly output: string; readonly errors: string }> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve({ output, errors }))
  })
}

/** Errors of the sources themselves are told by `npm run typecheck`: only the snippets are asked for theirs. */
async function typeCheck(): Promise<string> {
  const { output, errors } = await ending([built('test/e2e/check-snippets.ts'), join(folder, 'tsconfig.json')], root)
  return output + errors
}
