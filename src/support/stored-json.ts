/** JSON that may be anybody's: of a file it is measured before it is parsed, because a value takes far more memory than its byte. */

/**
 * Most lists and objects within one another that are taken from outside. `JSON.parse` reads any number of them, but `JSON.stringify`, and
 * whatever else follows a value down, runs out of stack after a few thousand.
 */
export const DEEPEST_NESTING = 500
/** Heap that a value takes at most: an empty list or a short string, with its place in a list and in an index of keys. */
export const HEAP_BYTES_OF_VALUE = 128

/** Values and keys in a JSON text, and how deep they lie. Time O(bytes), no memory. Of what is no JSON some numbers. */
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

/** Memory of the heap, taken bit by bit. */
export class HeapRoom {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** @returns whether there was as much. */
  take(bytes: number): boolean {
    this.#left -= bytes
    return this.#left >= 0
  }

  /** Room for what a JSON text becomes. @returns whether there was as much, and it is not nested too deep. */
  takeJson(bytes: Uint8Array): boolean {
    const { values, depth } = measureJson(bytes)
    return depth <= DEEPEST_NESTING && this.take(values * HEAP_BYTES_OF_VALUE + 2 * bytes.length)
  }
}

/** @returns the value, or `undefined` for what is no JSON in UTF-8, lies too deep or has no room. */
export function parseStoredJson(bytes: Uint8Array, room: HeapRoom): unknown {
  if (!room.takeJson(bytes)) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** Whether lists and objects are nested deeper than may be. */
export function isTooDeep(value: unknown, levels = DEEPEST_NESTING): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1))
}
