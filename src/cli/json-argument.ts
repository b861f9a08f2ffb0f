/** Arguments that are JSON, or the name of a file of JSON. */
import { closeSync, openSync, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import { readRecipe } from '../advanced.ts'
import type { Recipe } from '../index.ts'
import { parseJson } from '../io/json-lines.ts'

/**
 * JSON that starts with '{', or the content of a file of JSON, plain or gzip.
 *
 * @param what it should be, for messages: 'a recipe'
 * @throws {InvalidArgumentError} for a file that cannot be read or is longer than 64 MiB, unpacked, and for what is no JSON
 */
function readJsonArgument(text: string, what: string): unknown {
  try {
    return parseJson(text.trimStart().startsWith('{') ? text : readText(text))
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    throw new InvalidArgumentError(`Expected ${what} in JSON: ${(error as Error).message}.`)
  }
}

/** Options and recipes are short: a longer file is another one, or a decompression bomb. */
const MOST_BYTES = 64 * 2 ** 20

function readText(path: string): string {
  try {
    const bytes = readStart(path, MOST_BYTES + 1)
    const isPacked = bytes.length >= 2 && bytes.readUInt16BE(0) === 0x1f8b
    const text = isPacked ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES + 1 }) : bytes
    if (text.length > MOST_BYTES) throw tooLong()
    return text.toString('utf8')
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong()
    const reason = code === 'ENOENT' ? 'no such file' : message
    throw new InvalidArgumentError(`Expected a JSON file, or JSON that starts with '{': ${reason}.`)
  }
}

/** At most `most` bytes of a file: a pipe or a device may have no end. */
function readStart(path: string, most: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const pieces: Buffer[] = []
    for (let left = most; left > 0;) {
      const piece = Buffer.alloc(Math.min(left, 64 * 1024))
      const count = readSync(file, piece)
      if (count === 0) break
      pieces.push(piece.subarray(0, count))
      left -= count
    }
    return Buffer.concat(pieces)
  } finally {
    closeSync(file)
  }
}

const tooLong = (): InvalidArgumentError =>
  new InvalidArgumentError(
    `Expected a JSON file of at most ${MOST_BYTES / 2 ** 20} MiB uncompressed, got a larger one.`,
  )

/** Options by name; from a document that `tune` printed, its best options. The library checks them. */
export function readOptionsArgument<Options extends object>(text: string): Options {
  const value = readJsonArgument(text, 'options')
  const options = (value as { readonly best?: unknown } | null)?.best ?? value
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new InvalidArgumentError('Expected options by name: {"method":"rp3beta","alpha":0.8}.')
  }
  return options as Options
}

/** Ranges by the names of options. */
export function readSpaceArgument(text: string): object {
  return Object(readJsonArgument(text, 'ranges by option name')) as object
}

/** Documents of `--json`: the recipe is in the best options of `tune`, in the options of other commands, and at the top of a file of options. */
interface Printed {
  readonly recipe?: unknown
  readonly best?: { readonly recipe?: unknown }
  readonly options?: { readonly recipe?: unknown }
}

/**
 * A recipe: JSON that starts with '{', or the name of a file of JSON, plain or gzip; from a document that a command printed, the recipe in
 * it.
 *
 * @throws {InvalidArgumentError} for a file that cannot be read, and for what is no JSON
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION for what is no recipe
 */
export function readRecipeArgument(text: string): Recipe {
  const value = readJsonArgument(text, 'a recipe')
  const printed = value as Printed | null
  return readRecipe('--recipe', printed?.recipe ?? printed?.best?.recipe ?? printed?.options?.recipe ?? value)
}
