/**
 * Reads tables of FlatBuffers field by field. Every offset and count is checked against the bytes; what lies outside throws.
 *
 * Format: https://flatbuffers.dev/internals/
 */
import { insist } from './damage.ts'

/** Place of the entries of a vector. */
export interface FlatVector {
  readonly start: number
  readonly length: number
}

export class FlatTable {
  readonly #bytes: Buffer
  readonly #at: number
  readonly #fields: number
  readonly #fieldsBytes: number

  /** @param at offset of the table. @throws {RangeError} beyond the end */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
    this.#fields = at - bytes.readInt32LE(at)
    this.#fieldsBytes = bytes.readUInt16LE(this.#fields)
  }

  /** The root table of a buffer. */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0))
  }

  byte(field: number, fallback = 0): number {
    const at = this.#place(field)
    return at === undefined ? fallback : this.#bytes.readUInt8(at)
  }

  short(field: number, fallback = 0): number {
    const at = this.#place(field)
    return at === undefined ? fallback : this.#bytes.readInt16LE(at)
  }

  int(field: number, fallback = 0): number {
    const at = this.#place(field)
    return at === undefined ? fallback : this.#bytes.readInt32LE(at)
  }

  /** A count of 64 bits. @throws {Error} for one below 0 or beyond 2^53 */
  long(field: number): number {
    const at = this.#place(field)
    return at === undefined ? 0 : this.longAt(at)
  }

  longAt(at: number): number {
    const number = Number(this.#bytes.readBigInt64LE(at))
    insist(number >= 0 && number <= Number.MAX_SAFE_INTEGER, `a count of ${number}`)
    return number
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field)
    return at === undefined ? undefined : new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at))
  }

  /** @param entryBytes size of an entry. @throws {Error} if the entries do not fit */
  vector(field: number, entryBytes: number): FlatVector {
    const at = this.#place(field)
    if (at === undefined) return { start: 0, length: 0 }
    const start = at + this.#bytes.readUInt32LE(at)
    const length = this.#bytes.readUInt32LE(start)
    insist(start + 4 + length * entryBytes <= this.#bytes.length, `${length} entries where they do not fit`)
    return { start: start + 4, length }
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field, 4)
    return Array.from({ length }, (_, entry) => {
      const at = start + 4 * entry
      return new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at))
    })
  }

  text(field: number): string {
    const { start, length } = this.vector(field, 1)
    return this.#bytes.toString('utf8', start, start + length)
  }

  #place(field: number): number | undefined {
    const entry = 4 + 2 * field
    const offset = entry < this.#fieldsBytes ? this.#bytes.readUInt16LE(this.#fields + entry) : 0
    return offset === 0 ? undefined : this.#at + offset
  }
}
