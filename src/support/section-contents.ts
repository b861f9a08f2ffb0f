/** Decodes the sections of a file: numbers, with their length and range checked; ids; JSON. */
import type { RivuletError } from './errors.ts'
import { DenseKeyIndex, GrowingKeyIndex, type KeyIndex } from './key-index.ts'
import type { Check } from './options.ts'
import type { Refusals } from './saved-kind.ts'
import { HEAP_BYTES_OF_VALUE, measureJson, parseStoredJson, type HeapRoom } from './stored-json.ts'

export interface NumberArrays {
  readonly int32: Int32Array<ArrayBuffer>
  readonly uint32: Uint32Array<ArrayBuffer>
  readonly float32: Float32Array<ArrayBuffer>
  readonly float64: Float64Array<ArrayBuffer>
}

const ARRAYS: {
  readonly [Kind in keyof NumberArrays]: {
    new (buffer: ArrayBuffer): NumberArrays[Kind]
    readonly BYTES_PER_ELEMENT: number
  }
} = { int32: Int32Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array }

/** Capacity of a Map. */
const MOST_TEXTS = 2 ** 24

/** Every finite number. */
export const FINITE = [-Number.MAX_VALUE, Number.MAX_VALUE] as const

export class SectionContents<Name extends string> {
  readonly #refuse: Refusals
  readonly #contents: ReadonlyMap<string, Uint8Array>
  readonly #room: HeapRoom

  constructor(refuse: Refusals, contents: ReadonlyMap<string, Uint8Array>, room: HeapRoom) {
    this.#refuse = refuse
    this.#contents = contents
    this.#room = room
  }

  isEmpty(name: Name): boolean {
    return this.#bytes(name).length === 0
  }

  /**
   * @param length required length; `null` for any
   * @param range allowed values, both ends included; NaN is never allowed
   * @throws {RivuletError} READ_FAILED
   */
  numbers<Kind extends keyof NumberArrays>(
    name: Name,
    kind: Kind,
    length: number | null,
    [low, high]: readonly [low: number, high: number],
  ): NumberArrays[Kind] {
    const bytes = this.#bytes(name)
    const size = ARRAYS[kind].BYTES_PER_ELEMENT
    const isWhole = length === null ? bytes.length % size === 0 : bytes.length === length * size
    if (!isWhole) throw this.refusal(name, `${length ?? 'whole'} numbers of ${size} bytes`)
    const array = new ARRAYS[kind](bytes.buffer as ArrayBuffer)
    for (let at = 0; at < array.length; at++) {
      if (!(array[at] >= low && array[at] <= high)) throw this.refusal(name, `numbers in [${low}, ${high}]`)
    }
    return array
  }

  /** Ids, each once; an empty section stands for the row numbers themselves. @throws {RivuletError} READ_FAILED */
  keys(name: Name, size: number): KeyIndex {
    if (this.isEmpty(name)) return new DenseKeyIndex(size)
    const index = GrowingKeyIndex.from(this.texts(name, size))
    if (index.size !== size) throw this.refusal(name, 'ids that are there once')
    return index
  }

  /** @throws {RivuletError} READ_FAILED */
  texts(name: Name, size: number): readonly string[] {
    const bytes = this.#bytes(name)
    // Counted before parsing, which makes an object per text. An empty list counts like a list of one.
    const isPlausible = size <= MOST_TEXTS && measureJson(bytes).values === 1 + Math.max(1, size)
    const texts: unknown = isPlausible ? parseStoredJson(bytes, this.#room) : undefined
    const isList = Array.isArray(texts) && texts.length === size && texts.every((text) => typeof text === 'string')
    if (!isList) throw this.refusal(name, `${size} texts`)
    return texts
  }

  /** @throws {RivuletError} READ_FAILED */
  json<Value>(name: Name, check: Check): Value {
    const value = parseStoredJson(this.#bytes(name), this.#room)
    const expected = value === undefined ? 'JSON that fits the memory' : check(value)
    if (expected !== null) throw this.refusal(name, expected)
    return value as Value
  }

  /** Requires room for texts that are not in a section. @throws {RivuletError} READ_FAILED without room. */
  requireTexts(name: Name, count: number): void {
    if (!this.#room.take(count * HEAP_BYTES_OF_VALUE)) throw this.refusal(name, 'no more texts than fit the memory')
  }

  /** The error for a fault of a section that the caller found. */
  refusal(name: Name, expected: string): RivuletError {
    return this.#refuse.forged(`a section '${name}' of ${expected}`)
  }

  #bytes(name: Name): Uint8Array {
    return this.#contents.get(name) ?? new Uint8Array()
  }
}
