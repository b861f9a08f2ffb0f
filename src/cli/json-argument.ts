/** Arguments that are JSON, or name a file of it. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import type { RecommenderOptions } from '../index.ts'
import { parseJson } from '../io/parse-json.ts'

/**
 * JSON that starts with '{', or what a file of JSON holds, plain or gzip.
 *
 * @param what it should be, for messages: 'a recipe'
 * @throws {InvalidArgumentError} for a file that cannot be read, and for what is no JSON
 */
export function readJsonArgument(text: string, what: string): unknown {
  try {
    return parseJson(text.trimStart().startsWith('{') ? text : readText(text))
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    throw new InvalidArgumentError(`Expected ${what} in JSON: ${(error as Error).message}.`)
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

/** Options by their names; a document that `tune` printed stands for the best ones in it. What they may be is the library's to say. */
export function readOptionsArgument(text: string): RecommenderOptions {
  const value = readJsonArgument(text, 'options')
  const options = (value as { readonly best?: unknown } | null)?.best ?? value
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new InvalidArgumentError('Expected options by their names: {"method":"rp3beta","alpha":0.8}.')
  }
  return options
}

/** Ranges by the names of options. */
export function readSpaceArgument(text: string): object {
  return Object(readJsonArgument(text, 'ranges by the names of options')) as object
}
