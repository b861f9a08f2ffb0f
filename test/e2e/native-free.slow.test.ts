import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSources, root } from '../house/sources.ts'

const run = promisify(execFile)

/** Preloaded in the process and in its worker threads: says so whenever somebody asks for the add-on. */
const trap = `
const Module = require('node:module')
const load = Module._load
Module._load = function (request, ...rest) {
  if (request.startsWith('@napi-rs/')) require('node:fs').writeSync(2, 'asked for ' + request + '\\n')
  return load.call(this, request, ...rest)
}
`

const worker = `export default (value) => value + 1\n`

/** Runs one task on one piscina thread, then prints the add-ons that the whole process has opened. */
const program = `
import { Piscina } from 'piscina'
const options = JSON.parse(process.argv[2])
const pool = new Piscina({ filename: new URL('./worker.mjs', import.meta.url).href, maxThreads: 1, ...options })
const answer = await pool.run(41)
const addOns = process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node'))
await pool.close()
console.log(JSON.stringify({ answer, addOns }))
`

describe('piscina without its optional native add-on', () => {
  let folder: string

  beforeAll(async () => {
    // Inside the project, so that 'piscina' is found.
    folder = await mkdtemp(join(root, 'node_modules', '.native-free-'))
    await Promise.all([
      writeFile(join(folder, 'trap.cjs'), trap),
      writeFile(join(folder, 'worker.mjs'), worker),
      writeFile(join(folder, 'main.mjs'), program),
    ])
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  const start = (options: object): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, ['--require', join(folder, 'trap.cjs'), join(folder, 'main.mjs'), JSON.stringify(options)])

  it('opens no .node file and asks for none', async () => {
    const { stdout, stderr } = await start({})
    expect(JSON.parse(stdout)).toEqual({ answer: 42, addOns: [] })
    expect(stderr).not.toContain('@napi-rs')
  })

  it('would ask for it if niceIncrement were set, so the trap works', async () => {
    const { stdout, stderr } = await start({ niceIncrement: 1 })
    expect(JSON.parse(stdout)).toMatchObject({ answer: 42 })
    expect(stderr).toContain('asked for @napi-rs/nice')
  })

  it('is used without niceIncrement in src/', () => {
    const names = readSources()
      .filter((file) => file.text.includes('niceIncrement'))
      .map((file) => file.path)
    expect(names).toEqual([])
  })
})
