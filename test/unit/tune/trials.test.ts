import { describe, expect, it } from 'vitest'
import { RivuletError, type RivuletErrorCode } from '../../../src/support/errors.ts'
import { isOwnFailure, isRefusal } from '../../../src/tune/trials.ts'

const coded = (code: RivuletErrorCode): RivuletError =>
  new RivuletError(code, { who: 'test', expected: 'this', got: 'that', todo: 'Do it.' })

/** Every code there is: a new one has to be put on one of the sides. */
const codes: Record<RivuletErrorCode, 'refusal' | 'fault'> = {
  INVALID_OPTION: 'refusal',
  UNKNOWN_OPTION: 'refusal',
  INVALID_DATA: 'refusal',
  EMPTY_DATA: 'refusal',
  UNKNOWN_KEY: 'refusal',
  UNSUPPORTED_GRAPH: 'refusal',
  TRIALS_FAILED: 'refusal',
  MEMORY_LIMIT: 'fault',
  WORKER_FAILED: 'fault',
  DEADLINE: 'fault',
  CLOSED: 'fault',
  READ_FAILED: 'fault',
  WRITE_FAILED: 'fault',
}

describe('an error of a trial', () => {
  it.each(Object.entries(codes))('with code %s is a %s', (code, side) => {
    const error = coded(code as RivuletErrorCode)
    expect([isRefusal(error), isOwnFailure(error)]).toEqual([side === 'refusal', side === 'refusal'])
  })

  it.each<[string, unknown, boolean]>([
    ['a bug', new TypeError('x is undefined'), true],
    ['no room for an array', new RangeError('Array buffer allocation failed'), true],
    ['no error at all', 'too slow', true],
    ['nothing', undefined, true],
    ['a limit of time that a caller set', AbortSignal.timeout(0).reason ?? new DOMException('', 'TimeoutError'), true],
    ['a call that was cancelled', AbortSignal.abort().reason, false],
  ])('that is %s is never a refusal; of a caller: %o, its own: %s', (_, error, own) => {
    expect([isRefusal(error), isOwnFailure(error)]).toEqual([false, own])
  })
})
