/** Every fault in every call. */
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
  WITHOUT_WORKERS,
  workerWaits,
} from './fault-stage.ts'
import { memory } from '../logs.ts'

vi.mock('piscina', async (original) => (await import('./fault-stage.ts')).faultyPiscina(original))

const all = Object.keys(CALLS)
const names = all.filter((name) => !WITHOUT_WORKERS.includes(name))
const expected = new Map<string, unknown>()
const hasThreads = existsSync('/proc/self/task')
let engine: Engine
let threadsBefore = 0

beforeAll(async () => {
  const honest = await openEngine()
  fail('honest')
  for (const name of all) expected.set(name, plain(await CALLS[name](honest)))
  await honest.close()
  if (hasThreads) threadsBefore = await threadCount()
  engine = await openEngine()
})

afterAll(async () => {
  await engine.close()
  if (hasThreads) expect(await threadCount(threadsBefore)).toBeLessThanOrEqual(threadsBefore)
})

it('is asked of every call that an engine has', () => {
  const own = [engine, Object.getPrototypeOf(engine) as object].flatMap(Object.getOwnPropertyNames).filter(
    // `fit` says what it is called now; notes are kept; forecasts, and what JSON holds, answer from sizes at once, and nothing of them runs.
    (name) => !['constructor', 'plan', 'notes', 'toJSON', 'close', 'fit', 'forecast', 'forecastTune'].includes(name),
  )
  const asked = new Set(all.map((name) => name.replace(/,.*/, '')))
  expect([...asked].sort()).toEqual(own.sort())
})

describe.each(['throw', 'exit', 'memory'] as const)('a worker that fails in mid-work, by %s', (kind) => {
  it.each(names)('is replaced, and %s has the same bits', async (name) => {
    fail(kind)
    expect(plain(await CALLS[name](engine))).toEqual(expected.get(name))
    expect(failuresLeft()).toBe(0)
  })
})

it.each(WITHOUT_WORKERS)('%s meets no worker, and so no fault', async (name) => {
  fail('throw', 99)
  expect(plain(await CALLS[name](engine))).toEqual(expected.get(name))
  expect(failuresLeft()).toBe(99)
})

describe('workers that fail again and again', () => {
  it.each(names)('end %s with WORKER_FAILED and the cause, and the next call is answered', async (name) => {
    fail('throw', 99)
    await expect(CALLS[name](engine)).rejects.toMatchObject({
      name: 'RivuletError',
      code: 'WORKER_FAILED',
      cause: expect.objectContaining({ message: 'thrown on purpose' }),
    })
    fail('honest')
    expect(plain(await CALLS[name](engine))).toEqual(expected.get(name))
  })
})

describe('a worker that hangs', () => {
  it.each(names)('ends %s with DEADLINE, and the next call is answered', async (name) => {
    const hurried = await openEngine(1000)
    try {
      fail('stuck')
      await expect(CALLS[name](hurried)).rejects.toMatchObject({ code: 'DEADLINE', details: { deadlineMs: 1000 } })
      fail('honest')
      expect(plain(await CALLS[name](hurried))).toEqual(expected.get(name))
    } finally {
      await hurried.close()
    }
  })
})

describe('a call that is cancelled in mid-work', () => {
  it.each(names)('rejects with the reason: %s', async (name) => {
    const reason = new Error('never mind')
    const abort = new AbortController()
    fail('wait')
    const asked = expect(CALLS[name](engine, { signal: abort.signal })).rejects.toBe(reason)
    await workerWaits()
    abort.abort(reason)
    letWorkersGoOn()
    await asked
  })
})

describe('a call that waits for its turn', () => {
  it('hears at once that it is cancelled, whatever is before it', async () => {
    const reason = new Error('never mind')
    fail('wait')
    const first = CALLS.recommendAll(engine)
    await workerWaits()
    const abort = new AbortController()
    const second = CALLS.recommendFor(engine, { signal: abort.signal })
    abort.abort(reason)
    await expect(second).rejects.toBe(reason)
    letWorkersGoOn()
    expect(plain(await first)).toEqual(expected.get('recommendAll'))
  })
})

describe('an engine that is closed in mid-work', () => {
  it.each(names)('rejects %s with CLOSED', async (name) => {
    const other = await openEngine()
    fail('wait')
    const asked = expect(CALLS[name](other)).rejects.toMatchObject({ code: 'CLOSED' })
    await workerWaits()
    const closing = other.close()
    letWorkersGoOn()
    await asked
    await closing
  })
})

describe.skipIf(!hasThreads)('threads (counted where the system lists them)', () => {
  it('are gone when an engine is closed whose workers died', async () => {
    const before = await threadCount()
    const other = await openEngine()
    fail('throw', 99)
    await expect(CALLS.rank(other)).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await other.close()
    expect(await threadCount(before)).toBeLessThanOrEqual(before)
  })
})

describe('a search', () => {
  it.each([
    ['throw', 99, 'WORKER_FAILED'],
    ['stuck', 1, 'DEADLINE'],
  ] as const)(
    'is ended by workers that fail by %s, logs no failure, and a healthy resume is undisturbed',
    async (kind, times, code) => {
      const hurried = await openEngine(1000)
      try {
        const options = { method: 'label-spreading', trials: 4, validationUsers: 40 } as const
        fail('honest')
        const undisturbed = await hurried.tune(options)
        const log = memory()
        let told = 0
        const onProgress = (): void => {
          if (++told === 3) fail(kind, times)
        }
        await expect(hurried.tune({ ...options, log }, { onProgress })).rejects.toMatchObject({ code })
        expect(log.lines.slice(1).length).toBe(3)
        expect(log.lines.filter((line) => 'error' in line)).toEqual([])
        fail('honest')
        expect(await hurried.tune({ ...options, log })).toEqual(undisturbed)
      } finally {
        await hurried.close()
      }
    },
  )
})
