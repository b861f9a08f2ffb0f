/** Arrays in JSON as JSON lines: an element a line, as the bytes come. A break between the parts of an element is a blank, for no text in JSON holds one. */
import { RivuletError } from '../support/errors.ts'

const [LF, BLANK, QUOTE, ESCAPE, COMMA] = [10, 32, 34, 92, 44]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** Whether text begins like an array of objects. */
export const isJsonArray = (text: string): boolean => /^\[\s*(?:\{|$)/.test(text)

/**
 * @param who the reader and its path, for messages
 * @throws {RivuletError} INVALID_DATA for an array that is not closed, and for what comes after it
 */
export async function* elementLines(
  who: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const splitter = new Splitter()
  for await (const chunk of chunks) {
    yield splitter.split(chunk)
    if (splitter.isBeyond) throw brokenArray(who, 'more after it', 'Write a single array.')
  }
  if (!splitter.isClosed)
    throw brokenArray(who, 'an array that is not closed', 'The file is cut off: copy or download it again.')
}

/** The lines of the first elements. */
export const firstElements = (sample: Buffer): Buffer => new Splitter().split(sample)

class Splitter {
  /** Whether the array came to its end, and something after it. */
  isClosed = false
  isBeyond = false
  #depth = 0
  #inText = false
  #isEscaped = false

  /** The same bytes, with breaks for the commas between elements and blanks for the brackets around them. */
  split(chunk: Buffer): Buffer {
    const lines = Buffer.from(chunk)
    for (let at = 0; at < lines.length; at++) {
      const byte = lines[at]
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === ESCAPE) this.#isEscaped = true
        else if (byte === QUOTE) this.#inText = false
      } else if (byte === QUOTE) this.#inText = true
      else if (OPENING.has(byte)) {
        this.isBeyond ||= this.isClosed
        if (this.#depth++ === 0) lines[at] = BLANK
      } else if (CLOSING.has(byte)) {
        if (--this.#depth > 0) continue
        lines[at] = LF
        this.isBeyond ||= this.isClosed
        this.isClosed = true
      } else if (byte === COMMA && this.#depth === 1) lines[at] = LF
      else if (byte > BLANK) this.isBeyond ||= this.isClosed
      // Blanks behind the array are no row.
      else lines[at] = this.isClosed ? LF : BLANK
    }
    return lines
  }
}

function brokenArray(who: string, got: string, todo: string): RivuletError {
  return new RivuletError('INVALID_DATA', { who, expected: 'an array in JSON', got, todo })
}
