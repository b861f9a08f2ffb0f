import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  choice,
  computed,
  defaultsOf,
  flag,
  integer,
  needed,
  number,
  opening,
  option,
  optional,
  resolve,
  searched,
  spaceOf,
  text,
  type Given,
  type GivenToAny,
  type Resolved,
} from '../../../src/support/spec.ts'
import { integerAtLeast, isString, oneOf, type Check } from '../../../src/support/options.ts'

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

describe('a choice that opens options of its own', () => {
  const cut = { ...optional<number>(integerAtLeast(1)), meantBy: { depth: "How much is kept is 'cut'." } }
  const own = {
    cut,
    kind: opening('tree', {
      tree: { depth: integer(3, 1), seed: integer(1, 0) },
      line: { seed: integer(7, 0), slope: number(0.5, 0, 1) },
    }),
  }

  it('takes those of the value that is given, or of the default, with their defaults', () => {
    expect(resolve('f', own, {})).toEqual({ kind: 'tree', depth: 3, seed: 1 })
    expect(resolve('f', own, { kind: 'line', slope: 1 })).toEqual({ kind: 'line', seed: 7, slope: 1 })
    expect(defaultsOf(own)).toEqual({ kind: 'tree' })
  })

  it.each([
    [{ kind: 'lime' }, "f, option 'kind': expected one of 'tree', 'line', got 'lime'. Did you mean 'line'?"],
    [{ kind: null }, "f, option 'kind': expected one of 'tree', 'line', got null."],
    [
      { slope: 1 },
      "f: expected options of kind 'tree', got 'slope', an option of line. Leave it out or choose that kind.",
    ],
    [{ kind: 'line', depth: 2 }, "got 'depth', an option of tree. How much is kept is 'cut'."],
    [{ kind: 'line', slop: 1 }, "Did you mean 'slope'?"],
    [{ kind: 'line', slope: 2 }, "f, option 'slope': expected a number in [0, 1], got 2."],
  ])('refuses %o', (given, message) => {
    expect(() => resolve('f', own, given as never)).toThrowError(message)
  })
})

describe('an option', () => {
  it('may have no value, or one that is decided when it is needed', () => {
    let free = 1
    const own = { limit: computed(() => free, integerAtLeast(1)), only: optional<string>(isString) }
    free = 2
    expect(resolve('f', own, undefined)).toEqual({ limit: 2 })
    expect(resolve('f', own, { limit: 5, only: 'a' })).toEqual({ limit: 5, only: 'a' })
    expect(() => resolve('f', own, { only: 1 })).toThrowError("f, option 'only': expected a string, got 1.")
  })

  it('may say where its best value is looked for', () => {
    const own = { alpha: searched(number(0.9, 0, 1), { uniform: [0.2, 0.8] }), rounds: integer(8, 1) }
    expect(spaceOf(own)).toEqual({ alpha: { uniform: [0.2, 0.8] } })
    expect(resolve('f', own, {})).toEqual({ alpha: 0.9, rounds: 8 })
  })

  it('may be refused by an error of its own, which is told where it stands', () => {
    const inner = { alpha: number(0.9, 0, 1) }
    const isInner: Check = (value, who = '') => {
      resolve(who, inner, value)
      return null
    }
    expect(() => resolve('f', { inner: option({}, isInner) }, { inner: { alpha: 2 } })).toThrowError(
      "f, option 'inner', option 'alpha': expected a number in [0, 1], got 2.",
    )
  })

  it('of several specs takes what any of them does', () => {
    const one = { k: integer(1, 1), only: text('a') }
    const other = { k: option<number | null>(null, oneOf(null)) }
    type Either = GivenToAny<typeof one | typeof other>
    expectTypeOf<Either['k']>().toEqualTypeOf<number | null | undefined>()
    expectTypeOf<Either['only']>().toEqualTypeOf<string | undefined>()
    expect([one, other].map((spec) => resolve('f', spec, undefined))).toEqual([{ k: 1, only: 'a' }, { k: null }])
  })
})
