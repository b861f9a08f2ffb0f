import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../house/sources.ts'
import { readSnippets } from './snippets.ts'

const run = promisify(execFile)

/** The project is packed from a copy, so that no test writes into the checkout, and `prepack` is what builds it; or it was packed already, and RIVULET_PACKED says where. */
const scratch = mkdtempSync(join(tmpdir(), 'rivulet-package-'))
const copy = join(scratch, 'project')
const consumer = join(scratch, 'consumer')
const installed = join(consumer, 'node_modules', 'rivulet')
let tarball = process.env.RIVULET_PACKED ?? ''

const tool = (...parts: string[]): string => join(root, 'node_modules', ...parts)
const node = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, args, { cwd: consumer })

beforeAll(async () => {
  if (tarball === '') await pack()
  await installOffline()
}, 600_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function pack(): Promise<void> {
  mkdirSync(copy)
  for (const name of [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ]) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', scratch], { cwd: copy })
  tarball = join(scratch, (JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as { filename: string }[])[0].filename)
}

/** What `npm install rivulet` makes, without a network: the tarball unpacked, and beside it only what it declares as dependencies. */
async function installOffline(): Promise<void> {
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; link?: boolean }>
  }
  for (const [path, { dev, link }] of Object.entries(packages)) {
    const top = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1]
    if (top === undefined || dev === true || link === true) continue
    const place = join(consumer, 'node_modules', top)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, path), place, 'junction')
  }
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }))
}

describe('the packed tarball', () => {
  const contents = (): string[] =>
    readdirSync(installed, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))

  it('holds the doors, the worker, the kernel bytes, the command and the words', () => {
    const expected = [
      'dist/index.js',
      'dist/modules/index.d.ts',
      'dist/advanced.js',
      'dist/modules/advanced.d.ts',
      'dist/sql.js',
      'dist/modules/sql.d.ts',
      'dist/modules/browser.js',
      'dist/modules/browser-advanced.js',
      'dist/run/load-entry.cjs',
      'dist/run/entry.js',
      'dist/cli/main.js',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
    ]
    expect(expected.filter((path) => !contents().includes(path))).toEqual([])
    expect(contents().filter((path) => /^dist\/modules\/kernel\/wasm\/.*\.generated\.js$/.test(path))).not.toEqual([])
  })

  it('holds no sources, tests, build tools or data', () => {
    const odd = contents().filter(
      (path) =>
        path.includes('.') &&
        !/^(dist\/.*\.(js|cjs|d\.c?ts)|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path),
    )
    expect(odd).toEqual([])
    expect(contents()).not.toContain('dist/modules/kernel/wasm/build.js')
  })

  it('imports only .js files that are there', () => {
    const broken = contents()
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => {
        const text = readFileSync(join(installed, path), 'utf8')
        const targets = [...text.matchAll(/(?:from|import|import\() ?['"](\.\.?\/[^'"]+)['"]/g)].map(
          (match) => match[1],
        )
        return targets
          .filter((target) => !existsSync(join(installed, dirname(path), target)))
          .map((target) => `${path} -> ${target}`)
      })
    expect(broken).toEqual([])
  })

  it('passes publint', async () => {
    const { stdout } = await run(process.execPath, [tool('publint', 'src', 'cli.js'), tarball, '--strict'])
    expect(stdout).toContain('All good!')
  })

  it('resolves its types for every consumer of ES modules', async () => {
    const { stdout } = await run(process.execPath, [
      tool('@arethetypeswrong', 'cli', 'dist', 'index.js'),
      tarball,
      '--profile',
      'esm-only',
      '--no-emoji',
      '--no-color',
      // By itself it turns the table where there are many doors.
      '--format',
      'table',
    ])
    // attw fails when a resolution that the profile does not ignore has a problem.
    expect(stdout).toMatch(/bundler.*OK/)
  })
})

describe('the installed package', () => {
  it('recommends in plain Node, in-thread and on worker threads, with the same bits', async () => {
    writeFileSync(join(consumer, 'main.mjs'), consumerProgram)
    const { stdout, stderr } = await node('main.mjs')
    expect(stderr).toBe('')
    const { inThread, onThreads } = JSON.parse(stdout) as Record<'inThread' | 'onThreads', unknown[]>
    expect(inThread).toHaveLength(3)
    expect(onThreads).toEqual(inThread)
  })

  it('is bundled for browsers without files and threads, by its condition alone', async () => {
    const options = { bundle: true, platform: 'browser', format: 'esm', write: false, logLevel: 'silent' } as const
    const bundle = async (contents: string) => build({ ...options, stdin: { contents, resolveDir: consumer } })
    const { errors, warnings } = await bundle("export * from 'rivulet'\nexport * from 'rivulet/advanced'\n")
    expect([...errors, ...warnings]).toEqual([])
    await expect(bundle("export { Engine } from 'rivulet'\n")).rejects.toThrow('No matching export')
  })

  it.each([
    [
      'rivulet and rivulet/sql',
      () => `${typedProgram}\nimport * as sql from 'rivulet/sql'\nexport { sql }\n`,
      'es2023,esnext.disposable',
    ],
    // The workshop speaks of WebAssembly.Memory, whose types are in TypeScript's dom library alone.
    [
      'rivulet/advanced',
      () => `import * as advanced from 'rivulet/advanced'\nexport { advanced }\n`,
      'es2023,esnext.disposable,dom',
    ],
  ])('type-checks %s in a strict consumer that checks declarations too', async (door, program, lib) => {
    const file = `${door.replaceAll(/\W+/g, '-')}.ts`
    writeFileSync(join(consumer, file), program())
    const flags = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022']
    const types = ['--types', 'node', '--typeRoots', tool('@types'), '--lib', lib]
    const outcome = await node(tool('typescript', 'bin', 'tsc'), ...flags, ...types, file).catch(
      (error: { stdout: string }) => error,
    )
    expect(outcome.stdout).toBe('')
  })

  it.each([
    [
      'what the README shows, where an index may find nothing',
      () => readSnippets().filter(({ where, notRunBecause }) => where.startsWith('README') && notRunBecause === null),
      ['--module', 'nodenext', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'],
    ],
    [
      'all doors, where types are looked for in the old way',
      () => [{ code: "export { fromRows } from 'rivulet'\nexport { toRows } from 'rivulet/advanced'\nexport { SqlEngine } from 'rivulet/sql'\n" }], // prettier-ignore
      ['--module', 'esnext', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0'],
    ],
  ])('type-checks %s', async (title, programs, flags) => {
    const files = programs().map(({ code }, at) => {
      const file = `${title.replaceAll(/\W+/g, '-')}-${at}.mts`
      writeFileSync(join(consumer, file), `${code}\nexport {}\n`)
      return file
    })
    expect(files).not.toEqual([])
    const common = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--types', 'node']
    const types = ['--typeRoots', tool('@types'), '--lib', 'es2023,esnext.disposable,dom']
    const outcome = await node(tool('typescript', 'bin', 'tsc'), ...common, ...types, ...flags, ...files).catch(
      (error: { stdout: string }) => error,
    )
    expect(outcome.stdout).toBe('')
  })

  it('has a command that helps, recommends, and refuses wrong usage with 2', async () => {
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { bin: Record<string, string> }
    const command = join(installed, bin.rivulet)
    expect(readFileSync(command, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node')
    const { stdout } = await node(command, '--help')
    expect(stdout).toContain('recommend')
    writeFileSync(join(consumer, 'views.csv'), 'user,item\nann,tea\nann,jam\nbob,tea\nbob,bun\ncat,jam\ncat,bun\n')
    const json = await node(command, 'recommend', 'views.csv', '--k', '1', '--json')
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow()
    await expect(node(command, 'no-such-command')).rejects.toMatchObject({ code: 2 })
  })
})

const rows = `[
  { user: 'ann', item: 'tea' }, { user: 'ann', item: 'jam' },
  { user: 'bob', item: 'tea' }, { user: 'bob', item: 'bun' },
  { user: 'cat', item: 'jam' }, { user: 'cat', item: 'bun' },
]`

const consumerProgram = `
import { Engine, recommend, toGraph } from 'rivulet'
import 'rivulet/advanced'
import 'rivulet/sql'

const graph = toGraph(${rows}, { user: 'user', item: 'item' })
const inThread = [...recommend(graph, { k: 1 })]
const engine = await Engine.create(graph, { threads: 2 })
const onThreads = [...await engine.recommend({ users: ['ann', 'bob', 'cat'], k: 1 })]
await engine.close()
console.log(JSON.stringify({ inThread, onThreads }))
`

const typedProgram = `
import { Engine, RivuletError, recommend, toGraph } from 'rivulet'

const graph = toGraph(${rows}, { user: 'user', item: 'item' })
const scores: number[] = [...recommend(graph, { k: 1 }).values()].flatMap((list) => list.map(({ score }) => score))
export async function top(): Promise<string[]> {
  await using engine = await Engine.create(graph, { threads: 2 })
  return [...(await engine.recommend({ users: ['ann'], k: 1 })).values()].flatMap((list) => list.map(({ item }) => item))
}
// @ts-expect-error k is a number
export const wrong = () => recommend(graph, { k: 'ten' })
// @ts-expect-error there is no such option
export const unknown = () => recommend(graph, { kk: 10 })
export { RivuletError, scores }
`
