import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import type { Recipe } from '../index.ts'

/**
 * A recipe as it can be typed: JSON that starts with '{', or the name of a file of JSON, plain or gzip. A document that holds a `recipe`, as
 * `fit --json` prints one, stands for that. Whether it is a recipe is the library's to say.
 *
 * @throws {InvalidArgumentError} for a file that cannot be read, and for what is no JSON
 */
export function readRecipeArgument(text: string): Recipe {
  const value = parse(text.trimStart().startsWith('{') ? text : readText(text))
  const inDocument = value !== null && typeof value === 'object' && 'recipe' in value
  return (inDocument ? value.recipe : value) as Recipe
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new InvalidArgumentError(`Expected a recipe in JSON: ${(error as Error).message}.`)
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'no such file' : message
    throw new InvalidArgumentError(`Expected a file of JSON, or JSON that starts with '{': ${reason}.`)
  }
}
