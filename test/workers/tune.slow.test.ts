import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine.ts'
import { readMachine } from '../../src/plan/machine.ts'
import { tune } from '../../src/tune/tune.ts'
import { randomNetwork, tableOfNetwork } from '../networks.ts'
import { memory } from '../logs.ts'

const table = tableOfNetwork(randomNetwork({ users: 150, others: 60, edges: 2400, seed: 2 }))
const crowd = tableOfNetwork(randomNetwork({ users: 3000, others: 400, edges: 60_000, seed: 3 }))
describe.each([1, 2])('Engine.tune on %i thread(s)', (threads) => {
  it.each(['rp3beta', 'graph-filter', 'item-knn'] as const)('finds of %s what the function finds', async (method) => {
    await using engine = await Engine.create(table, { threads })
    const options = { method, trials: 9, validationUsers: 100 }
    const heard: [number, number][] = []
    const found = await engine.tune(options, { onProgress: ({ done, total }) => heard.push([done, total]) })
    expect(found).toEqual(tune(table, options))
    expect(heard.at(-1)?.[0]).toBe(heard.at(-1)?.[1])
    expect(heard.map(([done]) => done)).toEqual(heard.map(([done]) => done).sort((a, b) => a - b))
  })

  it('is cancelled between and within trials, keeps the log, and goes on from it', async () => {
    await using engine = await Engine.create(crowd, { threads })
    const log = memory()
    const abort = new AbortController()
    const reason = new Error('enough')
    const options = { method: 'label-spreading', trials: 12, strategy: 'random', log } as const
    const asked = engine.tune(options, {
      signal: abort.signal,
      onProgress: ({ done }) => done === 4 && setTimeout(() => abort.abort(reason), 0),
    })
    await expect(asked).rejects.toBe(reason)
    const kept = log.lines.length
    expect(kept).toBeGreaterThanOrEqual(5)
    expect(kept).toBeLessThan(14)
    const resumed = await engine.tune(options)
    expect(resumed).toEqual(await engine.tune({ ...options, log: undefined }))
    expect(log.lines).toHaveLength(14)
    expect(await engine.recommend({ users: ['u1'], ...resumed.best, k: 3 })).toHaveProperty('size', 1)
  })

  it('ends with its engine', async () => {
    const engine = await Engine.create(crowd, { threads })
    const asked = engine.tune({ method: 'label-spreading', trials: 1000, strategy: 'random' })
    const ended = expect(asked).rejects.toMatchObject({ code: 'CLOSED' })
    await sleep(50)
    await engine.close()
    await ended
  })

  it('weighs as its engine does, and refuses to weigh otherwise', async () => {
    const value = Float32Array.from(table.user, (_, row) => 1 + (row % 5))
    const weighed = { ...table, value }
    await using engine = await Engine.create(weighed, { threads, weighted: true })
    const options = { method: 'p3alpha', trials: 3 } as const
    expect(await engine.tune(options)).toEqual(tune(weighed, { ...options, weighted: true }))
    await expect(engine.tune({ ...options, weighted: false })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

it('is not started when it was cancelled before', async () => {
  await using engine = await Engine.create(table, { threads: Math.min(2, readMachine().parallelism) })
  const signal = AbortSignal.abort(new Error('never mind'))
  await expect(engine.tune({}, { signal })).rejects.toThrow('never mind')
})
