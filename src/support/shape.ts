/** Checks of values from JSON, composed of other checks. */
import type { Check } from './options.ts'

export const integerBetween =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high
      ? null
      : `an integer in [${low}, ${high}]`

/** An object with these fields and no others. */
export const fields =
  <T>(checks: { readonly [Key in keyof Required<T>]: Check }): Check =>
  (value) => {
    if (!isObject(value)) return 'an object'
    const names = Object.keys(checks)
    const other = Object.keys(value).find((name) => !names.includes(name))
    if (other !== undefined) return `no field '${other}'`
    for (const name of names) {
      const expected = (checks as Record<string, Check>)[name](value[name])
      if (expected !== null) return expectedAt(name, expected)
    }
    return null
  }

/** The expected value of a field, with the path of nested fields: `a string as 'facts.side'`. */
export function expectedAt(name: string, expected: string): string {
  const [, inner, path] = /^(.*) as '([\w.]+)'$/s.exec(expected) ?? []
  return path === undefined ? `${expected} as '${name}'` : `${inner} as '${name}.${path}'`
}

export const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return 'a list'
    for (const entry of value as readonly unknown[]) {
      const expected = check(entry)
      if (expected !== null) return `a list of ${expected}`
    }
    return null
  }

/** An object with any fields. */
export const anyFields: Check = (value) => (isObject(value) ? null : 'an object')

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
