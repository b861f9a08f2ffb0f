import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  choice,
  defaultsOf,
  flag,
  integer,
  needed,
  number,
  option,
  resolve,
  text,
  type Given,
  type Resolved,
} from '../../../src/support/spec.ts'
import { isString, oneOf } from '../../../src/support/options.ts'

const spec = {
  seeds: needed<string>(isString, 'Name some.'),
  alpha: number(0.9, 0, 1, '()'),
  rounds: integer(8, 1),
  solver: choice<'power' | 'chebyshev'>('power', ['power', 'chebyshev']),
  balanced: flag(true),
  attribute: text('label'),
  limit: option<number | null>(null, oneOf(null, 1)),
}

describe('a spec', () => {
  it('fills in what is not given, also where undefined is', () => {
    expect(resolve('f', spec, { seeds: 'a', rounds: 3, alpha: undefined })).toEqual({
      ...{ seeds: 'a', alpha: 0.9, rounds: 3, solver: 'power', balanced: true, attribute: 'label', limit: null },
    })
  })

  it('knows the defaults of all that need not be given', () => {
    const defaults = defaultsOf(spec)
    expect(Object.keys(defaults)).not.toContain('seeds')
    expect(defaults).toMatchObject({ alpha: 0.9, limit: null })
    expect(Object.isFrozen(defaults)).toBe(true)
  })

  it.each([
    [{}, "f, option 'seeds': expected a string, got none. Name some."],
    [undefined, "f, option 'seeds': expected a string, got none. Name some."],
    [{ seeds: 'a', alpha: 1 }, "f, option 'alpha': expected a number in (0, 1), got 1."],
    [{ seeds: 'a', rounds: 0 }, "f, option 'rounds': expected an integer >= 1, got 0."],
    [{ seeds: 'a', solver: 'newton' }, "f, option 'solver': expected one of 'power', 'chebyshev', got 'newton'."],
    [{ seeds: 'a', balanced: 1 }, "f, option 'balanced': expected true or false, got 1."],
    [{ seeds: 'a', alhpa: 1 }, "Did you mean 'alpha'?"],
  ])('refuses %o', (given, message) => {
    expect(() => resolve('f', spec, given as never)).toThrowError(message)
  })

  it('has the types of what may be given and of what is there then', () => {
    expectTypeOf<Given<typeof spec>>().toExtend<{ readonly seeds: string; readonly alpha?: number | undefined }>()
    expectTypeOf<Resolved<typeof spec>['solver']>().toEqualTypeOf<'power' | 'chebyshev'>()
    expectTypeOf<Resolved<typeof spec>['limit']>().toEqualTypeOf<number | null>()
    expectTypeOf<{ alpha: number }>().not.toExtend<Given<typeof spec>>()
  })
})
