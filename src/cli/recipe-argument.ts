import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import { readRecipe } from '../advanced.ts'
import type { Recipe } from '../index.ts'

/** What `--json` prints: the recipe stands in the document of `fit`, in those of other commands among the options. */
interface Printed {
  readonly recipe?: unknown
  readonly options?: { readonly recipe?: unknown }
}

/**
 * A recipe as it can be typed: JSON that starts with '{', or the name of a file of JSON, plain or gzip. A document that a command printed
 * stands for the recipe in it.
 *
 * @throws {InvalidArgumentError} for a file that cannot be read, and for what is no JSON
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION for what is no recipe
 */
export function readRecipeArgument(text: string): Recipe {
  const value = parse(text.trimStart().startsWith('{') ? text : readText(text))
  const printed = value as Printed | null
  return readRecipe('--recipe', printed?.recipe ?? printed?.options?.recipe ?? value)
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
