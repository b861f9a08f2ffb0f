/** Faults while many lists are made of what items lend each other: the model is there already, so that workers do nothing else. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Engine } from '../../src/engine.ts'
import type { CallOptions } from '../../src/engine.ts'
import { randomNetwork, tableOfNetwork } from '../networks.ts'
import { fail, failuresLeft, letWorkersGoOn, workerWaits } from './fault-stage.ts'

vi.mock('piscina', async (original) => (await import('./fault-stage.ts')).faultyPiscina(original))

const table = tableOfNetwork(randomNetwork({ users: 2000, others: 150, edges: 40_000, seed: 3 }))
const CALLS = [
  ['item-knn', { method: 'item-knn', neighbours: 150 }],
  ['p3alpha', { method: 'p3alpha', neighbours: 150 }],
  ['ease', { method: 'ease' }],
] as const

describe.each(CALLS)('lists of many by %s', (_, options) => {
  let engine: Engine
  let expected: Int32Array
  const ask = async (watch: CallOptions = {}, asked = engine): Promise<Int32Array> =>
    (await asked.rank({ ...options, k: 10, ...watch })).items

  beforeAll(async () => {
    fail('honest')
    engine = await Engine.create(table, { threads: 2, deadlineMs: 60_000 })
    expected = await ask()
    expect(engine.plan?.details).toMatchObject({ kind: 'rank', threads: 2 })
  })

  afterAll(() => engine.close())

  it.each(['throw', 'exit', 'memory'] as const)('have the same bits after a worker failed by %s', async (kind) => {
    fail(kind)
    expect(await ask()).toEqual(expected)
    expect(failuresLeft()).toBe(0)
  })

  it('end with WORKER_FAILED where workers fail again and again, and the next call is answered', async () => {
    fail('throw', 99)
    await expect(ask()).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    fail('honest')
    expect(await ask()).toEqual(expected)
  })

  it('reject with the reason for cancelling, and the next call is answered', async () => {
    const reason = new Error('never mind')
    const abort = new AbortController()
    fail('wait')
    const asked = expect(ask({ signal: abort.signal })).rejects.toBe(reason)
    await workerWaits()
    abort.abort(reason)
    letWorkersGoOn()
    await asked
    fail('honest')
    expect(await ask()).toEqual(expected)
  })

  it('end with DEADLINE where a worker hangs, and the next call is answered', async () => {
    const hurried = await Engine.create(table, { threads: 2, deadlineMs: 2000 })
    try {
      fail('honest')
      await ask({}, hurried)
      fail('stuck')
      await expect(ask({}, hurried)).rejects.toMatchObject({ code: 'DEADLINE' })
      fail('honest')
      expect(await ask({}, hurried)).toEqual(expected)
    } finally {
      await hurried.close()
    }
  })
})
