import { describe, expect, it } from 'vitest'
import { integer, number, resolve, type Resolved } from '../../../src/support/spec.ts'
import {
  anything,
  either,
  finiteNumber,
  integerAtLeast,
  isBoolean,
  isFunction,
  isString,
  nearestOf,
  numberBetween,
  oneOf,
  type Check,
} from '../../../src/support/options.ts'

const spec = { k: integer(10, 1), alpha: number(0.8, 0, 1, '()') }
const read = (given: unknown): Resolved<typeof spec> => resolve('recommend', spec, given)

describe('resolve', () => {
  it('fills defaults in; undefined means not given', () => {
    expect(read(undefined)).toEqual({ k: 10, alpha: 0.8 })
    expect(read({ k: 3, alpha: undefined })).toEqual({ k: 3, alpha: 0.8 })
  })

  it('names the option, what was expected and what came', () => {
    expect(() => read({ k: 0 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: "recommend, option 'k': expected an integer >= 1, got 0. Correct 'k' or leave it out.",
        details: { option: 'k', value: 0 },
      }),
    )
  })

  it('refuses an unknown key and names the nearest known one', () => {
    expect(() => read({ aplha: 0.5 })).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_OPTION',
        message: expect.stringContaining("Did you mean 'alpha'?"),
        details: { option: 'aplha', nearest: 'alpha' },
      }),
    )
  })

  it.each([[JSON.parse('{"__proto__": 1}')], [{ constructor: 1 }], [{ toString: 1 }]])(
    'does not take what every object has for an option: %o',
    (given) => {
      expect(() => read(given)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
    },
  )

  it.each([null, 5, 'k', [[1]]])('refuses %o in place of an object', (given) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

describe('checks', () => {
  it.each<[string, Check, unknown[], unknown[]]>([
    ['integerAtLeast(1)', integerAtLeast(1), [1, 2e9], [0, 1.5, NaN, '1', null]],
    ['numberBetween(0, 1)', numberBetween(0, 1), [0, 0.5, 1], [-0.1, 1.1, NaN, '0.5']],
    ["numberBetween(0, 1, '()')", numberBetween(0, 1, '()'), [0.5], [0, 1]],
    ["numberBetween(0, 1, '[)')", numberBetween(0, 1, '[)'), [0], [1]],
    ["numberBetween(0, 1, '(]')", numberBetween(0, 1, '(]'), [1], [0]],
    ['finiteNumber', finiteNumber, [-3, 0.5], [Infinity, NaN, '1']],
    ['oneOf', oneOf('a', 2), ['a', 2], ['b', '2']],
    ['isString', isString, ['', 'a'], [1, null]],
    ['isBoolean', isBoolean, [true, false], [0, 'true']],
    ['isFunction', isFunction, [() => 1], [{}]],
    ['either', either(isString, integerAtLeast(0)), ['a', 0], [-1, null]],
    ['anything', anything, [null, 1], []],
  ])('%s', (_, check, accepted, refused) => {
    expect(accepted.map((value) => check(value))).toEqual(accepted.map(() => null))
    for (const value of refused) expect(check(value)).toEqual(expect.any(String))
  })

  it('either says all that would have done', () => {
    expect(either(isString, isBoolean)(1)).toBe('a string or true or false')
  })
})

describe('nearestOf', () => {
  it('is the word with the fewest edits, whatever the case', () => {
    expect(nearestOf('MaxIteration', ['minimum', 'maxIterations', 'k'])).toBe('maxIterations')
    expect(nearestOf('kitten', ['sitting', 'mitten'])).toBe('mitten')
  })

  it('is null when there is none', () => {
    expect(nearestOf('k', [])).toBeNull()
  })
})
