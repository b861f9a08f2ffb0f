import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'

describe.skipIf(!existsSync('/proc/self/task'))('threads of ratings (counted where the system lists them)', () => {
  it('are gone when the answer is there, when it is cancelled, and when the engine is closed', async () => {
    const program = built('test/workers/fixtures/rate-and-count.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 200_000 })
    const { before, during, ...after } = JSON.parse(stdout) as Record<string, number>
    expect(during).toBeGreaterThanOrEqual(before + 2)
    expect(after).toEqual({ ended: before, cancelled: ['enough', before], closed: ['CLOSED', before] })
  })
})
