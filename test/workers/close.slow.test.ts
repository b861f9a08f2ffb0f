import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'

describe('a process whose pools are closed while their threads load', () => {
  it('lives on', async () => {
    const program = built('test/workers/fixtures/close-while-loading.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 200_000 })
    expect(stdout).toBe('50')
  })
})
