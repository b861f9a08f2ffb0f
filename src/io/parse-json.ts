import { DEEPEST_NESTING, isTooDeep } from '../support/stored-json.ts'

/**
 * JSON that comes from a file or a command line.
 *
 * @throws {SyntaxError} for what is no JSON, and for arrays and objects nested deeper than 500 levels
 */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown
  // Each level takes two characters.
  if (text.length > 2 * DEEPEST_NESTING && isTooDeep(value)) {
    throw new SyntaxError(`arrays and objects nested deeper than ${DEEPEST_NESTING} levels`)
  }
  return value
}
