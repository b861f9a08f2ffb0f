import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const main = built('src/cli/main.ts')
const circle = folder.write('circle.csv', 'user,item\nann,tea\nann,jam\nbob,tea\nbob,bun\ncat,jam\ncat,bun\n')
const leftovers = (): string[] => readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))

/** 12,000 users whose lists take long enough to be interrupted, but would end if nobody did. */
const crowd = folder.write(
  'crowd.txt',
  Array.from({ length: 12_000 }, (_, user) => {
    const items = Array.from({ length: 30 }, (_, at) => (user * 31 + at * at * 17 + at * user) % 5000)
    return `${user} ${[...new Set(items)].join(' ')}`
  }).join('\n'),
)

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })

function ending(command: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  command.stdout?.on('data', (chunk) => (stdout += String(chunk)))
  command.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  return new Promise((resolve, reject) => {
    command.once('error', reject)
    command.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

describe('the command', () => {
  it('ends with 0 and one document, 1 and one line, or 2 and one line', async () => {
    const [done, failed, wrong] = await Promise.all([
      ending(start('recommend', circle, '--k', '1', '--json')),
      ending(start('recommend', circle, '--users', 'eve')),
      ending(start('recommend', circle, '--kk', '1')),
    ])
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(JSON.parse(done.stdout)).toMatchObject({ lists: [{ user: 'ann', items: [{ item: 'bun' }] }, {}, {}] })
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toMatch(/^rivulet: .*'eve'.*\n$/)
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/^rivulet: unknown option '--kk'.*\n$/)
  })

  it('has the line that makes a script of it', () => {
    expect(readFileSync(join(root, 'src', 'cli', 'main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  it.each([
    ['SIGINT', 130, '--threads 2 --method label-spreading --alpha 0.999 --tolerance 1e-9'],
    ['SIGTERM', 143, '--threads 1 --method label-spreading --alpha 0.8'],
    ['SIGHUP', 129, '--threads 1 --method label-spreading --alpha 0.8'],
    ['SIGQUIT', 131, '--threads 2 --method label-spreading --alpha 0.999 --tolerance 1e-9'],
  ] as const)('is interrupted by %s without a trace', async (signal, code, settings) => {
    const out = folder.path(`${signal}.csv`)
    const command = start('recommend', crowd, '--out', out, ...settings.split(' '))
    const ended = ending(command)
    while (leftovers().length === 0 && command.exitCode === null) await sleep(10)
    command.kill(signal)
    // How long it would have taken was told before.
    expect(await ended).toEqual({ code, signal: null, stdout: '', stderr: expect.stringMatching(/^(about .+\n)?$/) })
    expect(leftovers()).toEqual([])
    expect(existsSync(out)).toBe(false)
  })

  it('is quiet when its reader has seen enough', async () => {
    const command = start('recommend', crowd, '--method', 'item-knn')
    const ended = ending(command)
    command.stdout?.once('data', () => command.stdout?.destroy())
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full (needs /dev/full)', async () => {
    symlinkSync('/dev/full', folder.path('full.jsonl'))
    const ended = await ending(start('recommend', circle, '--out', folder.path('full.jsonl'), '--threads', '1'))
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(/^rivulet: writing .*a full disk.*\n$/)
  })
})
