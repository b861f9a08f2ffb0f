import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import type { Progress } from '../../src/run/protocol.ts'
import { on, type Algorithm, type Detached } from '../../src/request/request.ts'
import { Executor } from '../../src/run/executor.ts'
import { PAUSE } from '../../src/support/pause.ts'
import { ENDLESS, Stage } from './stage.ts'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

afterEach(() => stage.pool.close())

describe('closing an executor', () => {
  it('refuses an algorithm on another matrix that is asked for after that: no thread begins', async () => {
    const { prepared } = stage
    const options = {
      threads: 2,
      partition: 'auto',
      memoryLimitBytes: 1e9,
      kernel: 'auto',
      deadlineMs: 20_000,
    } as const
    const executor = new Executor('test', prepared, options)
    function* counting(): Algorithm<number> {
      yield PAUSE
      return 1
    }
    function* asking(): Detached<number> {
      void executor.close()
      return yield* on(prepared, counting())
    }
    await expect(executor.runBeside(asking())).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('closing a pool', () => {
  it('twice, at once or later, is closing it once', async () => {
    await stage.run('honest')
    await Promise.all([stage.pool.close(), stage.pool.close()])
    await stage.pool.close()
    await expect(stage.run('honest')).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('that never ran costs nothing', async () => {
    await stage.pool.close()
    await expect(stage.run('honest')).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('while threads are being made rejects the run with CLOSED', async () => {
    const running = stage.run('honest')
    const closing = stage.pool.close()
    await expect(running).rejects.toMatchObject({ code: 'CLOSED' })
    await closing
  })

  it.each(['columns', 'rows'] as const)('during a run by %s rejects the run with CLOSED', async (partition) => {
    let closing: Promise<void> | undefined
    const onProgress = ({ done }: Progress): void => {
      if (done > 0) closing ??= stage.pool.close()
    }
    const running = stage.run('honest', { ...ENDLESS, partition }, { onProgress })
    await expect(running).rejects.toMatchObject({ code: 'CLOSED' })
    await closing
  })
})

describe.skipIf(!existsSync('/proc/self/task'))('threads (counted where the system lists them)', () => {
  it('are gone after close, and the process ends by itself', async () => {
    const program = built('test/workers/fixtures/count-threads.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 200_000 })
    const { before, during, after } = JSON.parse(stdout) as Record<string, number>
    expect(during).toBeGreaterThanOrEqual(before + 2)
    expect(after).toBe(before)
  })
})
