import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { OutputGone, StandardOutput } from '../../../src/cli/standard-output.ts'

const failing = (code: string): Writable =>
  new Writable({ write: (_, __, done) => done(Object.assign(new Error(`write ${code}`), { code })) })

describe('StandardOutput', () => {
  it('waits until there is room', async () => {
    const held: (() => void)[] = []
    const stream = new Writable({ highWaterMark: 10, write: (_, __, done) => void held.push(done) })
    const output = new StandardOutput(stream)
    await output.print('a')
    let isThrough = false
    const printing = output.print('x'.repeat(20)).then(() => (isThrough = true))
    await sleep(20)
    expect(isThrough).toBe(false)
    held.shift()?.()
    held.shift()?.()
    await printing
    expect(isThrough).toBe(true)
  })

  it.each([
    ['EPIPE', 0, 'EPIPE'],
    ['ENOSPC', 1, 'the disk is full'],
    ['EIO', 1, 'EIO'],
  ])('is gone after %s: the next print says so', async (code, exitCode, message) => {
    const output = new StandardOutput(failing(code))
    await output.print('a').catch(() => undefined)
    await sleep(5)
    const gone = await output.print('b').catch((error: unknown) => error)
    expect(gone).toBeInstanceOf(OutputGone)
    expect(gone).toMatchObject({ exitCode, message: expect.stringContaining(message) as string })
    expect(await output.end()).toBe(gone)
  })

  it('is gone while somebody waits for room', async () => {
    const output = new StandardOutput(failing('EPIPE'))
    await expect(output.print('x'.repeat(1e6))).rejects.toBeInstanceOf(OutputGone)
  })

  it('tells at its end of what was the last to be printed', async () => {
    const later = new Writable({
      write: (_, __, done) => void setImmediate(() => done(Object.assign(new Error('full'), { code: 'ENOSPC' }))),
    })
    const output = new StandardOutput(later)
    await output.print('a')
    expect(await output.end()).toMatchObject({ exitCode: 1 })
    const whole = new StandardOutput(new Writable({ write: (_, __, done) => done() }))
    await whole.print('a')
    expect(await whole.end()).toBeNull()
  })
})
