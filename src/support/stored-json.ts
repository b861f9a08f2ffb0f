/** Untrusted JSON: a file's is measured before it is parsed, because a value takes far more memory than its text. */

/**
 * Deepest nesting of lists and objects that is accepted. `JSON.parse` reads any depth, but `JSON.stringify` and other recursive functions run out of
 * stack after a few thousand levels.
 */
export const DEEPEST_NESTING = 500
/** Largest heap size of a value: an empty list or a short string, with its entries in a list and in an index of keys. */
export const HEAP_BYTES_OF_VALUE = 128

/** Number of values and keys in a JSON text, and its depth. Time O(bytes), no memory. The result for invalid JSON is undefined. */
export function measureJson(bytes: Uint8Array): { readonly values: number; readonly depth: number } {
  let [values, depth, deepest, inText] = [1, 0, 0, false]
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]
    if (inText) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) inText = false
    } else if (code === QUOTE) inText = true
    else if (code === COMMA || code === COLON) values++
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      values++
      deepest = Math.max(deepest, ++depth)
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--
  }
  return { values, depth: deepest }
}

const codeOf = (character: string): number => character.charCodeAt(0)
const [QUOTE, BACKSLASH, COMMA, COLON] = ['"', '\\', ',', ':'].map(codeOf)
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = ['[', ']', '{', '}'].map(codeOf)

/** A budget of heap memory. */
export class HeapRoom {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** @returns whether there was room. */
  take(bytes: number): boolean {
    this.#left -= bytes
    return this.#left >= 0
  }

  /** Takes room for a parsed JSON text. @returns whether there was room, and the text is not nested too deep. */
  takeJson(bytes: Uint8Array): boolean {
    const { values, depth } = measureJson(bytes)
    return depth <= DEEPEST_NESTING && this.take(values * HEAP_BYTES_OF_VALUE + 2 * bytes.length)
  }
}

/** @returns the value; `undefined` if it is not JSON in UTF-8, too deep or too large. */
export function parseStoredJson(bytes: Uint8Array, room: HeapRoom): unknown {
  if (!room.takeJson(bytes)) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** Whether lists and objects are nested too deep. */
export function isTooDeep(value: unknown, levels = DEEPEST_NESTING): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1))
}
