import { build, type BuildResult, type StdinOptions } from 'esbuild'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bestKernel } from '../../src/advanced.ts'
import * as front from '../../src/index.ts'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'

const run = promisify(execFile)

const chromium =
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path)) ?? null

type Door = Pick<typeof front, 'fromRows' | 'labelSpreading' | 'recommend' | 'compile' | 'CompiledRecommender'>

/** As `esbuild --bundle --platform=browser` makes it, with nothing left out. */
async function bundle(entry: string | StdinOptions, options: { readonly minify?: boolean } = {}): Promise<string> {
  const result: BuildResult<{ write: false }> = await build({
    ...(typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: entry }),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'rivulet',
    write: false,
    logLevel: 'silent',
    ...options,
  })
  expect([...result.warnings, ...result.errors]).toEqual([])
  return result.outputFiles[0].text
}

/** What a page has and the language has not. */
const PAGE = { atob, TextEncoder, TextDecoder, performance, setTimeout, clearTimeout, queueMicrotask, structuredClone }

/** A script that ends in an expression, in a world without Node's own globals. */
const runInPage = (script: string): unknown => runInContext(script, createContext({ ...PAGE }))

const rows = Array.from({ length: 120 }, (_, at) => ({
  user: `u${(at * 7) % 23}`,
  item: `i${(at * at) % 31}`,
  value: 1 + (at % 5),
}))

/** What both worlds are asked, as text: objects of one world are no instances of the other. */
function ask({ fromRows, labelSpreading, recommend, compile, CompiledRecommender }: Door, given: typeof rows): string {
  const table = fromRows(given, { user: 'user', item: 'item', value: 'value' })
  const seeds = new Map([
    ['u0', 'sweet'],
    ['i9', 'sour'],
  ])
  const labels = [...labelSpreading(table, { seeds })]
  const { iterations, scores } = labelSpreading.detailed(table, { seeds })
  const lists = [...recommend(table, { k: 5 })]
  const served = CompiledRecommender.decode(compile(table).encode()).recommendFor(['i1', 'i4'], { k: 4 })
  return JSON.stringify({ labels, iterations, scores: [...scores.data], lists, served })
}

const script = await bundle(built('src/browser.ts'))

describe("the browser's door", () => {
  it('runs where there is no require, process or Buffer, with the bits of Node', () => {
    expect(runInPage('typeof require + typeof process + typeof Buffer')).toBe('undefined'.repeat(3))
    const answer = runInPage(`${script};(${ask.toString()})(rivulet, ${JSON.stringify(rows)})`)
    expect(answer).toBe(ask(front, rows))
  })

  it('takes at most 215 kB packed', async () => {
    const small = await bundle(built('src/browser.ts'), { minify: true })
    const packed = gzipSync(small, { level: 9 }).length
    console.info(`bundle: ${script.length} B, minified ${small.length} B, packed ${packed} B`)
    expect(packed).toBeLessThan(215_000)
  })

  it('leaves out of a bundle what is not asked for', async () => {
    const contents = `export { fromRows, evaluateRankings } from ${JSON.stringify(built('src/browser.ts'))}`
    const part = await bundle({ contents, resolveDir: root })
    expect(part.length).toBeLessThan(script.length / 5)
  })

  it('has a workshop beside it, with the kernel of WebAssembly', async () => {
    const workshop = await bundle(built('src/browser-advanced.ts'))
    expect(runInPage(`${workshop};rivulet.mix([rivulet.lowPass()]).operators.length`)).toBe(1)
    expect(runInPage(`${workshop};rivulet.bestKernel()`)).toBe(bestKernel())
  })

  it.skipIf(chromium === null)('runs in Chromium with the same bits (needs one on the path)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rivulet-browser-'))
    try {
      const program = `${script};document.title = 'done';document.body.textContent = (${ask.toString()})(rivulet, ${JSON.stringify(rows)})`
      writeFileSync(
        join(folder, 'page.html'),
        '<!doctype html><meta charset="utf-8"><body><script src="page.js"></script>',
      )
      writeFileSync(join(folder, 'page.js'), program)
      const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(folder, 'profile')}`]
      const url = pathToFileURL(join(folder, 'page.html')).href
      const { stdout } = await run(chromium ?? '', [...flags, '--dump-dom', url])
      expect(stdout).toContain(ask(front, rows))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
