import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { built } from '../build.ts'
import type { Stretches } from './fixtures/longest-stretch.ts'

it.skipIf(process.platform !== 'linux')(
  'no call of an engine over a million pairs, or a graph, keeps the event loop, and each hears an abort',
  async () => {
    const child = spawn(process.execPath, [built('test/workers/fixtures/longest-stretch.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: Stretches[] = []
    for await (const line of createInterface(child.stdout)) said.push(JSON.parse(line) as Stretches)
    expect(said).toHaveLength(2 + 22 + 6)
    const tooLong = said.filter(({ bound, longest, afterAborts }) => Math.max(longest, ...afterAborts) > bound)
    expect(tooLong).toEqual([])
    expect(said.filter(({ otherEnds }) => otherEnds.length > 0)).toEqual([])
    // Otherwise nothing was aborted.
    expect(said.filter(({ afterAborts }) => afterAborts.length > 0).length).toBeGreaterThan(said.length / 2)
  },
  900_000,
)
