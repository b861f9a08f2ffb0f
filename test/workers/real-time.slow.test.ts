import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { built } from '../build.ts'
import type { Stretches } from './fixtures/longest-stretch.ts'

/** Milliseconds of processor time: 100 are promised, and a machine whose caches others use is given the rest. */
const BOUND = 120
/** Beside a graph object of 250,000 nodes and edges collections of garbage take more than that, which nothing can cut. */
const BOUND_BESIDE_OBJECTS = 250

const boundOf = (call: string): number => (call.startsWith('graph') ? BOUND_BESIDE_OBJECTS : BOUND)

it.skipIf(process.platform !== 'linux')(
  'no call of an engine over a million pairs, or a graph, keeps the event loop, and each hears an abort',
  async () => {
    const child = spawn(process.execPath, [built('test/workers/fixtures/longest-stretch.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: Stretches[] = []
    for await (const line of createInterface(child.stdout)) said.push(JSON.parse(line) as Stretches)
    expect(said).toHaveLength(2 + 22 + 6)
    const tooLong = said.filter(({ call, longest, afterAborts }) => Math.max(longest, ...afterAborts) > boundOf(call))
    expect(tooLong).toEqual([])
    expect(said.filter(({ otherEnds }) => otherEnds.length > 0)).toEqual([])
    // Otherwise nothing was aborted.
    expect(said.filter(({ afterAborts }) => afterAborts.length > 0).length).toBeGreaterThan(said.length / 2)
  },
  600_000,
)
