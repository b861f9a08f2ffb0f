/** Identifies kinds of saved files, and their errors. */
import { RivuletError } from './errors.ts'

/** Identifies a kind of file. */
export interface SavedKind {
  /** For messages: 'a compiled recommender'. */
  readonly what: string
  /** For messages: the function that writes such a file. */
  readonly writer: string
  /** First bytes, as characters below U+0100; eight in a file of sections. */
  readonly magic: string
  /** Version of the format that is written and read. */
  readonly version: number
}

/** The errors of an invalid file of a kind. */
export function refusalsOf(who: string, { what, version, writer }: SavedKind, details?: RivuletError['details']) {
  const fail = (expected: string, got: string, todo: string): RivuletError =>
    new RivuletError('READ_FAILED', { who, expected, got, todo, details })
  const again = 'Copy the file again, or make it again.'
  return {
    foreign: (got: string) => fail(what, got, 'Check the path.'),
    version(found: number) {
      const todo = found > version ? 'Read it with a newer rivulet, or make it again.' : 'Make it again.'
      return fail(`version ${version} of the format`, `version ${found}`, todo)
    },
    damaged: (part: string) => fail(`an undamaged ${part}`, 'a checksum mismatch', again),
    forged: (part: string) => fail(part, 'invalid content with a valid checksum', `Make it again with ${writer}.`),
    cut: (bytes: number, got: number) => fail(`at least ${bytes} bytes`, `${got}`, `The file is cut off. ${again}`),
    added: (bytes: number) => fail(`${bytes} bytes`, 'more', 'Something was added to the file: make it again.'),
    large(bytes: number, most: number) {
      const todo = "Raise 'memoryLimitBytes' if you trust the file."
      return fail(`at most ${Math.floor(most)} bytes, unpacked`, `${bytes}`, todo)
    },
  }
}

export type Refusals = ReturnType<typeof refusalsOf>

/** Whether bytes begin like this kind of file; they may be shorter than the magic. */
export const haveMagic = (bytes: Uint8Array, { magic }: SavedKind): boolean =>
  Array.from(magic).every((letter, at) => at >= bytes.length || bytes[at] === letter.charCodeAt(0))
