import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { root } from '../house/sources.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const main = built('src/cli/main.ts')
const rows = Array.from({ length: 20_000 }, (_, n) => `u${n % 900},i${(n * n + 3 * n) % 401},${n}`)
const file = folder.write('rows.csv', `user,item,time\n${rows.join('\n')}\n`)

const start = (log: string, threads: number): ChildProcess => {
  const search = ['--method', 'label-spreading', '--trials', '12', '--strategy', 'random', '--log', log, '--json']
  const args = [main, 'tune', file, ...search, '--threads', String(threads)]
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(command: ChildProcess): Promise<{ signal: string | null; stdout: string }> {
  let stdout = ''
  command.stdout?.on('data', (chunk) => (stdout += String(chunk)))
  return new Promise((resolve) => command.once('close', (_, signal) => resolve({ signal, stdout })))
}

const linesOf = (log: string): string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [])
const found = (stdout: string): object => ({ ...(JSON.parse(stdout) as object), elapsedMs: 0 })

describe('a search that is killed', () => {
  it('has kept every trial that was done, and goes on from them to the answer of one that was not, on other threads too', async () => {
    const whole = await ended(start(folder.path('whole.jsonl'), 2))
    const log = folder.path('killed.jsonl')
    const command = start(log, 2)
    const killed = ended(command)
    while (linesOf(log).length < 5 && command.exitCode === null) await sleep(5)
    command.kill('SIGKILL')
    expect((await killed).signal).toBe('SIGKILL')
    const kept = linesOf(log)
    expect(kept.length).toBeGreaterThanOrEqual(5)
    expect(kept.length).toBeLessThan(14)
    const resumed = await ended(start(log, 1))
    expect(found(resumed.stdout)).toEqual(found(whole.stdout))
    expect(linesOf(log).slice(0, kept.length)).toEqual(kept)
    expect(linesOf(log)).toHaveLength(14)
  })
})
