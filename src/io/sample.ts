import { RivuletError, show } from '../support/errors.ts'
import { readBytes, resume } from './read-bytes.ts'

/** Enough to see what a file is. */
const SAMPLE_BYTES = 64 * 1024

export interface SampledText {
  /** The first bytes of the (unpacked) file, at least 64 KiB if it has them. */
  readonly sample: Buffer
  /** All bytes, those of the sample included. */
  readonly chunks: AsyncIterable<Buffer>
  /** Closes the file, wherever reading stopped. */
  close(): Promise<unknown>
}

/**
 * Opens a file and looks at its beginning.
 *
 * @throws {RivuletError} INVALID_OPTION for a path that is no text, READ_FAILED as `readBytes`, EMPTY_DATA for a file that is empty or blank
 */
export async function openSample(who: string, path: string): Promise<SampledText> {
  if (typeof path !== 'string') throw notPath(who, path)
  const bytes = readBytes(who, path)
  const seen: Buffer[] = []
  let length = 0
  while (length < SAMPLE_BYTES) {
    const chunk = await bytes.next()
    if (chunk.done === true) break
    seen.push(chunk.value)
    length += chunk.value.length
  }
  const sample = Buffer.concat(seen)
  if (length < SAMPLE_BYTES && sample.toString().trim() === '') {
    throw emptyFile(who)
  }
  return { sample, chunks: resume(sample, bytes), close: () => bytes.return() }
}

/** The error for a file without a row. */
export function emptyFile(who: string): RivuletError {
  return new RivuletError('EMPTY_DATA', { who, expected: 'rows', got: 'an empty file', todo: 'Check the path.' })
}

function notPath(who: string, path: unknown): RivuletError {
  const todo = 'Give the path as text; fileURLToPath turns a URL into one.'
  return new RivuletError('INVALID_OPTION', { who, expected: 'the path of a file', got: show(path), todo })
}
