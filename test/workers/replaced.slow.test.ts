import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import {
  CALLS,
  fail,
  failuresLeft,
  letWorkersGoOn,
  openEngine,
  plain,
  threadCount,
  workerWaits,
} from './fault-stage.ts'

vi.mock('piscina', async (original) => (await import('./fault-stage.ts')).faultyPiscina(original))

let engine: Engine

beforeAll(async () => {
  engine = await openEngine()
})

afterAll(() => engine.close())

const QUICK = ['recommendAll', 'tune', 'selfTraining', 'contrastiveEmbedding', 'clusterItems']

describe('a worker that dies once in mid-work', () => {
  it.each(QUICK)('is replaced, and %s has the same bits', async (name) => {
    fail('honest')
    const expected = plain(await CALLS[name](engine))
    fail('exit')
    expect(plain(await CALLS[name](engine))).toEqual(expected)
    expect(failuresLeft()).toBe(0)
  })
})

describe('a call', () => {
  const reason = new Error('never mind')

  it.each(['tune, a recipe', 'predictRatings', 'compile'])(
    'of %s that is cancelled in mid-work rejects with the reason',
    async (name) => {
      fail('wait')
      const abort = new AbortController()
      const asked = expect(CALLS[name](engine, { signal: abort.signal })).rejects.toBe(reason)
      await workerWaits()
      abort.abort(reason)
      letWorkersGoOn()
      await asked
    },
  )

  it('that waits for its turn hears at once that it is cancelled, whatever is before it', async () => {
    fail('honest')
    const expected = plain(await CALLS.recommendAll(engine))
    fail('wait')
    const first = CALLS.recommendAll(engine)
    await workerWaits()
    const abort = new AbortController()
    const second = CALLS.recommendFor(engine, { signal: abort.signal })
    abort.abort(reason)
    await expect(second).rejects.toBe(reason)
    letWorkersGoOn()
    expect(plain(await first)).toEqual(expected)
  })
})

describe.skipIf(!existsSync('/proc/self/task'))('threads (counted where the system lists them)', () => {
  it('are gone when an engine is closed whose workers died', async () => {
    const before = await threadCount()
    const other = await openEngine()
    fail('throw', 99)
    await expect(CALLS.rank(other)).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await other.close()
    expect(await threadCount(before)).toBeLessThanOrEqual(before)
  })
})
