import { execFile, spawn } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../house/sources.ts'
import { readSnippets, snippetsOf } from './snippets.ts'

const snippets = readSnippets()
const runnable = snippets.filter((snippet) => snippet.notRunBecause === null)

/** Snippets run here: inside the project so that its packages are found, with docs/ beside them, and with leave to write. */
const folder = join(root, '.snippets')
const fileOf = (where: string): string => join(folder, `${where.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.ts`)

/** `import ... from 'rivulet'` means the sources, exactly as an installed copy means the build. */
const tsconfig = {
  extends: '../tsconfig.json',
  compilerOptions: {
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: { rivulet: ['../src/index.ts'], 'rivulet/advanced': ['../src/advanced.ts'] },
  },
  include: ['*.ts'],
  exclude: [],
}

interface Outcome {
  readonly file: string
  readonly error: string | null
  readonly printed: string
}

describe('the snippets of README.md, docs/ and src/', () => {
  const outcomes = new Map<string, Outcome>()
  let typeErrors = ''

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    await symlink(join(root, 'docs'), join(folder, 'docs'), 'junction')
    await Promise.all(runnable.map(({ where, code }) => writeFile(fileOf(where), `${code}\nexport {}\n`)))
    for (const outcome of await runAll()) outcomes.set(outcome.file, outcome)
    typeErrors = await typeCheck()
  }, 300_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(runnable)('run: $where', ({ where }) => {
    const outcome = outcomes.get(fileOf(where))
    expect(outcome, 'the process that runs the snippets ended before this one').toBeDefined()
    expect(outcome?.error ?? null).toBeNull()
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
      { where: 'x.md:1', code: 'a\n\nb', notRunBecause: null },
      { where: 'x.md:11', code: 'c', notRunBecause: 'it needs a server' },
    ])
  })
})

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
      outcomes.push({ file: waiting[0], error: `ended the process: ${errors}`, printed: '' })
      waiting = waiting.slice(1)
    }
  }
  return outcomes
}

function runSome(files: readonly string[]): Promise<{ readonly lines: string[]; readonly errors: string }> {
  const runner = join(root, 'test', 'e2e', 'run-snippets.ts')
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  const child = spawn(process.execPath, [tsx, '--tsconfig', join(folder, 'tsconfig.json'), runner, ...files], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve({ lines: output.split('\n').filter((line) => line.startsWith('{')), errors }))
  })
}

async function typeCheck(): Promise<string> {
  if (runnable.length === 0) return ''
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', folder], { cwd: root })
    return ''
  } catch (error) {
    const { stdout } = error as { stdout: string }
    // Errors of the sources themselves are told by `npm run typecheck`.
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('.snippets/'))
      .join('\n')
  }
}
