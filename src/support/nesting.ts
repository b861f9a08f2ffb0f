/**
 * Most arrays and objects within one another that are taken from outside. `JSON.parse` reads any number of them, but `JSON.stringify`, and
 * whatever else follows a value down, runs out of stack after a few thousand.
 */
export const DEEPEST_NESTING = 500

/** Whether arrays and objects are nested deeper than that. */
export function isTooDeep(value: unknown, levels = DEEPEST_NESTING): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1))
}
