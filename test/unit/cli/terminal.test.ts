import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Interruption, orAborted, withProgress, type Terminal } from '../../../src/cli/terminal.ts'

describe('orAborted', () => {
  const reason = new Interruption(15)

  it('gives what the work gives, and listens no longer', async () => {
    const { signal } = new AbortController()
    expect(await orAborted(Promise.resolve(7), signal)).toBe(7)
    const failure = new Error('no')
    await expect(orAborted(Promise.reject(failure), signal)).rejects.toBe(failure)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason without waiting for the work, also when it came before', async () => {
    const abort = new AbortController()
    const never = new Promise<never>(() => undefined)
    const asked = orAborted(never, abort.signal)
    abort.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await expect(orAborted(never, abort.signal)).rejects.toBe(reason)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
    expect(reason.exitCode).toBe(143)
  })

  it('leaves no failure of such work unheard: vitest fails where nobody hears one', async () => {
    const signal = AbortSignal.abort(reason)
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('too late')), 1))
    await expect(orAborted(late, signal)).rejects.toBe(reason)
    await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

describe('withProgress', () => {
  const SHOW_CURSOR = '\u001b[?25h'
  const { signal } = new AbortController()

  function screen(): { terminal: Terminal; text: () => string } {
    const bars = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    let text = ''
    bars.on('data', (chunk) => (text += String(chunk)))
    const terminal = { print: () => Promise.resolve(), warn: () => undefined, bars: bars as never, signal }
    return { terminal, text: () => text }
  }

  it('draws nothing where nobody would see it, and asks for no progress', async () => {
    const { terminal } = screen()
    const seen = await withProgress('Work', { ...terminal, bars: null }, (watch) => Promise.resolve(watch))
    expect(seen).toEqual({ signal })
  })

  it('draws a bar that ends at what the last problem counts, and gives the cursor back', async () => {
    const { terminal, text } = screen()
    const given = await withProgress(
      'Fitting',
      terminal,
      ({ signal: own, onProgress }) => {
        onProgress?.({ done: 1, total: 2 })
        onProgress?.({ done: 2, total: 2 })
        onProgress?.({ done: 1, total: 4 })
        return Promise.resolve(own)
      },
      'trials',
    )
    expect(given).toBe(signal)
    expect(text()).toMatch(/Fitting \S+ 50% of 2 trials/)
    expect(text()).toMatch(/Fitting \S+ 25% of 4 trials/)
    expect(text().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text().lastIndexOf('Fitting'))
  })

  it('gives the cursor back when the work fails, and draws no bar for work that tells nothing', async () => {
    const { terminal, text } = screen()
    const failure = new Error('no')
    const failing = withProgress('Ranking', terminal, async ({ onProgress }) => {
      onProgress?.({ done: 1, total: 2 })
      throw failure
    })
    await expect(failing).rejects.toBe(failure)
    expect(text()).toContain('of 2 users')
    expect(text().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text().lastIndexOf('Ranking'))
    const silent = screen()
    expect(await withProgress('Ranking', silent.terminal, () => Promise.resolve(7))).toBe(7)
    expect(silent.text()).toBe('')
  })
})
