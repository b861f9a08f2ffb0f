import { describe, expect, it } from 'vitest'
import { RivuletError, show } from '../../../src/support/errors.ts'

describe('RivuletError', () => {
  const complaint = { who: 'recommend', expected: 'k >= 1', got: '-1', todo: 'Ask for more.' }

  it('says who, what was expected, what came and what to do', () => {
    const error = new RivuletError('INVALID_OPTION', complaint, { option: 'k' })
    expect(error.message).toBe('recommend: expected k >= 1, got -1. Ask for more.')
    expect(error).toMatchObject({ name: 'RivuletError', code: 'INVALID_OPTION', details: { option: 'k' } })
    expect(error).toBeInstanceOf(Error)
  })

  it('carries its cause, and has none when there was none', () => {
    const cause = new Error('below')
    expect(new RivuletError('READ_FAILED', complaint, {}, cause).cause).toBe(cause)
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
    [() => 1, 'a function'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%s as %s', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('keeps a million characters out of a message', () => {
    expect(show('x'.repeat(1e6)).length).toBeLessThan(70)
  })
})
