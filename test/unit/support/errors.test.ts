import { describe, expect, it } from 'vitest'
import { RivuletError, show } from '../../../src/support/errors.ts'

describe('RivuletError', () => {
  const complaint = { who: 'recommend', expected: 'k >= 1', got: '-1', todo: 'Ask for more.' }

  it('says who, what was expected, what came and what to do', () => {
    const error = new RivuletError('INVALID_OPTION', { ...complaint, details: { option: 'k' } })
    expect(error.message).toBe('recommend: expected k >= 1, got -1. Ask for more.')
    expect(error).toMatchObject({ name: 'RivuletError', code: 'INVALID_OPTION', details: { option: 'k' } })
    expect(error).toBeInstanceOf(Error)
  })

  it('is safe to print whatever stands in it, and of bounded length', () => {
    const hostile = '\u001b]0;x\u0007\u009b31m\u202e\r\n\ud83d'
    const parts = { who: hostile, expected: hostile, got: hostile + 'y'.repeat(1e6), todo: hostile }
    const { message } = new RivuletError('INVALID_DATA', { ...parts, details: { column: hostile } })
    expect(message).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u)
    expect(message).toContain(String.raw`\u001b]0;x\u0007\u009b31m\u202e\u000d\u000a\ud83d: expected`)
    expect(message.length).toBeLessThan(1300)
  })

  it('carries its cause, and has none when there was none', () => {
    const cause = new Error('below')
    expect(new RivuletError('READ_FAILED', { ...complaint, cause }).cause).toBe(cause)
    expect('cause' in new RivuletError('READ_FAILED', complaint)).toBe(false)
  })
})

describe('show', () => {
  it.each<[unknown, string]>([
    ['a', "'a'"],
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, 2], 'an array of 2'],
    [{ a: 1, b: 2 }, 'an object (a, b)'],
    [new Map([[1, 2]]), 'a Map'],
    [new Int8Array(2), 'an Int8Array'],
    [Promise.resolve(1), 'a Promise that was not awaited'],
    [() => 1, 'a function'],
    [7n, '7n'],
    [new Date(0), 'Date 1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'an invalid Date'],
    [Symbol('s'), 'Symbol(s)'],
    ['a\u001b[2J\u202e', String.raw`'a\u001b[2J\u202e'`],
    [{ ['\u009b'.repeat(9)]: 1 }, String.raw`an object (\u009b\u009b\u009...)`],
  ])('%s as %s', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('keeps a million characters out of a message', () => {
    expect(show('x'.repeat(1e6)).length).toBeLessThan(70)
    expect(show({ ['x'.repeat(1e6)]: 1 }).length).toBeLessThan(70)
    expect(show('🍵'.repeat(99))).not.toMatch(/\p{Cs}/u)
  })
})
