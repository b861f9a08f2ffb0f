import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Progress } from '../../src/run/protocol.ts'
import { ENDLESS, Stage } from './stage.ts'

let stage: Stage

beforeAll(() => {
  stage = new Stage()
})

afterAll(() => stage.pool.close())

describe.each(['columns', 'rows'] as const)('cancelling, partition by %s', (partition) => {
  it('before the start rejects with the reason', async () => {
    const reason = new Error('never mind')
    await expect(stage.run('honest', { partition }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(await stage.run('honest', { partition })).toEqual(stage.expected())
  })

  it('in the middle rejects with the reason, and the pool goes on', async () => {
    const reason = { why: 'bored' }
    const abort = new AbortController()
    const onProgress = ({ done }: Progress): void => {
      if (done > 0) abort.abort(reason)
    }
    const running = stage.run('honest', { ...ENDLESS, partition }, { signal: abort.signal, onProgress })
    await expect(running).rejects.toBe(reason)
    expect(await stage.run('honest', { partition })).toEqual(stage.expected())
  })
})

describe('cancelling', () => {
  it.each(['at once', 'while threads are being made'])('%s rejects with the reason', async (moment) => {
    const fresh = new Stage()
    const abort = new AbortController()
    // The first look comes long before a thread is ready.
    const onProgress = (): void => abort.abort()
    const running = fresh.run('honest', ENDLESS, { signal: abort.signal, onProgress })
    if (moment === 'at once') abort.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    await fresh.pool.close()
  })

  it('after the end changes nothing', async () => {
    const abort = new AbortController()
    const solution = await stage.run('honest', {}, { signal: abort.signal })
    abort.abort()
    expect(solution).toEqual(stage.expected())
    expect(await stage.run('honest')).toEqual(stage.expected())
  })
})

describe('progress', () => {
  it('counts up to the whole, and the whole is told', async () => {
    const told: Progress[] = []
    await stage.run('honest', { columns: 400 }, { onProgress: (progress) => told.push(progress) })
    expect(told.at(-1)).toEqual({ done: 25, total: 25 })
    const counts = told.map(({ done }) => done)
    expect(counts).toEqual([...new Set(counts)].sort((x, y) => x - y))
  })

  it('that throws stops the job, and what was thrown arrives', async () => {
    const mine = new Error('the bar is full')
    let calls = 0
    const onProgress = (): void => {
      calls++
      throw mine
    }
    await expect(stage.run('honest', ENDLESS, { onProgress })).rejects.toBe(mine)
    expect(calls).toBe(1)
    expect(await stage.run('honest')).toEqual(stage.expected())
  })
})
