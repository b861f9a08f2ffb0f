import { readRecipe } from '../advanced.ts'
import type { Recipe } from '../index.ts'
import { readJsonArgument } from './json-argument.ts'

/** What `--json` prints: the recipe stands in the document of `tune` in the best options, in those of other commands among the options; alone in a file of options. */
interface Printed {
  readonly recipe?: unknown
  readonly best?: { readonly recipe?: unknown }
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
  const value = readJsonArgument(text, 'a recipe')
  const printed = value as Printed | null
  return readRecipe('--recipe', printed?.recipe ?? printed?.best?.recipe ?? printed?.options?.recipe ?? value)
}
