/** Checks of arguments that are not options: columns, callbacks, and results of other functions. */
import { RivuletError, show } from './errors.ts'
import { isKeyIndex } from './key-index.ts'
import type { Check } from './options.ts'
import { expectedAt } from './shape.ts'

/** @throws {RivuletError} INVALID_OPTION naming the argument. @param name as the function's documentation calls it */
export function checkArgument(who: string, name: string, value: unknown, check: Check): void {
  const expected = check(value)
  if (expected === null) return
  const todo = `Pass '${name}' as described in the documentation of ${who}.`
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, argument '${name}'`,
    expected,
    got: show(value),
    todo,
    details: { argument: name },
  })
}

/** An object of any class that has these fields, among others. */
export const having =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const names = Object.keys(checks)
    if (value === null || typeof value !== 'object') return `an object with ${names.join(', ')}`
    for (const name of names) {
      const expected = checks[name]((value as Readonly<Record<string, unknown>>)[name])
      if (expected !== null) return expectedAt(name, expected)
    }
    return null
  }

/** An object with a length and indices: an array, a typed array and the like. */
export const isArrayLike: Check = (value) =>
  value !== null && typeof value === 'object' && Number.isInteger((value as Partial<ArrayLike<unknown>>).length)
    ? null
    : 'an array'

export const isTypedArray: Check = (value) =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? null : 'a typed array'

/** As ndarray makes them. */
export const isMatrix: Check = having({ data: isTypedArray, shape: isArrayLike })

export const isKeys: Check = (value) => (isKeyIndex(value) ? null : 'a key index')
