import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { closeSync, constants as modes, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { built } from '../build.ts'

let folder: string
let command: ChildProcess | null = null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rivulet-interrupt-'))
})
afterEach(async () => {
  command?.kill('SIGKILL')
  command = null
  await rm(folder, { recursive: true })
})

/** Starts the command; resolves with how it ended, as a shell counts. */
function start(
  args: readonly string[],
  imports: readonly string[] = [],
): { pid: number; ended: Promise<number | null> } {
  const node = [...imports.flatMap((one) => ['--import', one]), built('src/cli/main.ts'), ...args]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'ignore', 'inherit'] })
  command = child
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? code : 128 + SIGNALS[signal]))
  })
  return { pid: child.pid!, ended }
}

const SIGNALS = constants.signals

/** Whether a process handles a signal itself. */
function handles(pid: number, signal: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return ((BigInt(`0x${caught?.[1] ?? '0'}`) >> BigInt(signal - 1)) & 1n) === 1n
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10)
}

function pipe(): string {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

/** The end to write to, as soon as somebody reads. */
async function writerOf(path: string): Promise<number> {
  for (;;) {
    try {
      return openSync(path, modes.O_WRONLY | modes.O_NONBLOCK)
    } catch {
      await sleep(10)
    }
  }
}

describe.skipIf(process.platform !== 'linux')('an interrupted command', () => {
  it('ends though it reads a pipe that nobody has opened for writing', async () => {
    const { pid, ended } = start(['inspect', pipe()])
    await until(() => handles(pid, SIGNALS.SIGTERM))
    // Nothing tells that it waits for the pipe; a signal that comes before is heard as well.
    await sleep(300)
    process.kill(pid, 'SIGTERM')
    expect(await ended).toBe(128 + 15)
  })

  it('ends though it reads a pipe whose writer says nothing', async () => {
    const path = pipe()
    const { pid, ended } = start(['inspect', path])
    const writer = await writerOf(path)
    process.kill(pid, 'SIGINT')
    expect(await ended).toBe(128 + 2)
    closeSync(writer)
  })

  it('cleans up at the first ^C, and ends at once at the second', async () => {
    const pairs = Array.from({ length: 30_000 }, (_, at) => `u${at % 997},i${(at * 31) % 1009}\n`)
    writeFileSync(join(folder, 'pairs.csv'), `user,item\n${pairs.join('')}`)
    const out = join(folder, 'lists.csv')
    // What cleans up takes forever here: an exit that does not come, and a timer that goes on.
    const endless = `data:text/javascript,process.exit=()=>{};setInterval(()=>{},1000)`
    const settings = '--method label-spreading --alpha 0.999 --tolerance 1e-9 --threads 1'.split(' ')
    const { pid, ended } = start(['recommend', join(folder, 'pairs.csv'), '--out', out, ...settings], [endless])
    const parts = (): string[] => readdirSync(folder).filter((name) => name !== 'pairs.csv')
    await until(() => parts().length > 0)
    process.kill(pid, 'SIGINT')
    await until(() => !handles(pid, SIGNALS.SIGINT))
    await until(() => parts().length === 0)
    process.kill(pid, 'SIGINT')
    expect(await ended).toBe(128 + 2)
  })
})
