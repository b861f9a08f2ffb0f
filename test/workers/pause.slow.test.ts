import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { built } from '../build.ts'

it.skipIf(process.platform === 'win32')(
  'a process that was stopped for longer than the deadline finds its workers alive, and its call succeeds',
  async () => {
    const child = spawn(process.execPath, [built('test/workers/fixtures/run-beside-stops.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    let stops = 0
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (stops === 2 || !/^[1-9]\d* of/.test(line)) continue
      stops++
      child.kill('SIGSTOP')
      await sleep(4000)
      child.kill('SIGCONT')
    }
    const { longest, ...said } = JSON.parse(lines.at(-1)) as { ended?: number; longest: number }
    expect(said).toEqual({ ended: 16_000 * 5 })
    expect(longest).toBeGreaterThan(2000)
  },
  120_000,
)
