/**
 * Flatbuffers, as far as the heads of Arrow's messages need them: tables with slots of numbers, texts, tables or vectors.
 *
 *   root   = reference to its table (uint32); a reference is an offset from its own position
 *   table  = offset back to its vtable (int32), then values
 *   vtable = bytes of the vtable, bytes of the table, then the offset of each slot's value in the table, 0 for none (uint16)
 *   vector = length (uint32), then values or references
 *
 * https://flatbuffers.dev/internals
 */

/** Reads a table. */
export class Flat {
  readonly #view: DataView
  readonly #at: number

  private constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = at
  }

  static root(view: DataView, at: number): Flat {
    return new Flat(view, at + view.getUint32(at, true))
  }

  has(slot: number): boolean {
    return this.#place(slot) !== null
  }

  byte(slot: number): number {
    return this.#number(slot, (at) => this.#view.getUint8(at))
  }

  short(slot: number): number {
    return this.#number(slot, (at) => this.#view.getInt16(at, true))
  }

  int(slot: number): number {
    return this.#number(slot, (at) => this.#view.getInt32(at, true))
  }

  long(slot: number): number {
    return this.#number(slot, (at) => Number(this.#view.getBigInt64(at, true)))
  }

  text(slot: number): string {
    const { at, length } = this.#vector(slot)
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length))
  }

  table(slot: number): Flat {
    const place = this.#place(slot)
    if (place === null) throw new RangeError('a table that is not there')
    return Flat.root(this.#view, place)
  }

  tables(slot: number): Flat[] {
    const { at, length } = this.#vector(slot)
    return Array.from({ length }, (_, entry) => Flat.root(this.#view, at + 4 * entry))
  }

  /** A vector of structs, each of `each` longs. */
  longs(slot: number, each: number): number[] {
    const { at, length } = this.#vector(slot)
    return Array.from({ length: length * each }, (_, entry) => Number(this.#view.getBigInt64(at + 8 * entry, true)))
  }

  #number(slot: number, read: (at: number) => number): number {
    const place = this.#place(slot)
    return place === null ? 0 : read(place)
  }

  #vector(slot: number): { at: number; length: number } {
    const place = this.#place(slot)
    if (place === null) return { at: 0, length: 0 }
    const at = place + this.#view.getUint32(place, true)
    return { at: at + 4, length: this.#view.getUint32(at, true) }
  }

  #place(slot: number): number | null {
    const list = this.#at - this.#view.getInt32(this.#at, true)
    const where = 4 + 2 * slot < this.#view.getUint16(list, true) ? this.#view.getUint16(list + 4 + 2 * slot, true) : 0
    return where === 0 ? null : this.#at + where
  }
}

/** A value to write: a number within its slot, or something that the slot refers to. */
export type Part = Scalar | ((out: Writer) => number)

interface Scalar {
  readonly bytes: 1 | 2 | 4 | 8
  readonly value: number
}

export const scalar = (bytes: Scalar['bytes'], value: number): Scalar => ({ bytes, value })

/** A table. Each slot takes 8 bytes, so that every value is aligned. */
export const table =
  (...slots: readonly (Part | undefined)[]): Part =>
  (out) => {
    const list = out.room(4 + 2 * slots.length, 2)
    const at = out.room(8 + 8 * slots.length, 8)
    out.put(2, list, 4 + 2 * slots.length)
    out.put(2, list + 2, 8 + 8 * slots.length)
    out.put(4, at, at - list)
    slots.forEach((slot, number) => {
      if (slot === undefined) return
      const place = at + 8 + 8 * number
      out.put(2, list + 4 + 2 * number, place - at)
      if (typeof slot === 'function') out.refer(place, slot)
      else out.put(slot.bytes, place, slot.value)
    })
    return at
  }

export const vector =
  (parts: readonly Part[]): Part =>
  (out) => {
    const at = out.room(4 + 4 * parts.length, 4)
    out.put(4, at, parts.length)
    parts.forEach((part, entry) => {
      if (typeof part === 'function') out.refer(at + 4 + 4 * entry, part)
    })
    return at
  }

/** A vector of structs, each of `each` longs. */
export const structs =
  (values: readonly number[], each: number): Part =>
  (out) => {
    // Longs are aligned to 8 bytes, the length stands right before them.
    const at = out.room(8 + 8 * values.length, 8) + 4
    out.put(4, at, values.length / each)
    values.forEach((value, entry) => {
      out.put(8, at + 4 + 8 * entry, value)
    })
    return at
  }

export const texts =
  (text: string): Part =>
  (out) => {
    const bytes = new TextEncoder().encode(text)
    const at = out.room(4 + bytes.length + 1, 4)
    out.put(4, at, bytes.length)
    bytes.forEach((byte, entry) => {
      out.put(1, at + 4 + entry, byte)
    })
    return at
  }

/** The bytes of a root. */
export function written(root: Part): Uint8Array {
  const out = new Writer()
  out.room(4, 4)
  if (typeof root === 'function') out.refer(0, root)
  return out.bytes
}

class Writer {
  #view = new DataView(new ArrayBuffer(1024))
  #end = 0

  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#end)
  }

  /** Reserves zeroed bytes, aligned to `boundary`. @returns their offset */
  room(bytes: number, boundary: number): number {
    const at = boundary * Math.ceil(this.#end / boundary)
    this.#end = at + bytes
    if (this.#end > this.#view.byteLength) {
      const longer = new Uint8Array(2 * this.#end)
      longer.set(new Uint8Array(this.#view.buffer))
      this.#view = new DataView(longer.buffer)
    }
    return at
  }

  put(bytes: Scalar['bytes'], at: number, value: number): void {
    if (bytes === 1) this.#view.setUint8(at, value)
    else if (bytes === 2) this.#view.setUint16(at, value, true)
    else if (bytes === 4) this.#view.setUint32(at, value, true)
    else this.#view.setBigInt64(at, BigInt(value), true)
  }

  /** Writes a part and a reference to it. */
  refer(from: number, part: Exclude<Part, Scalar>): void {
    this.put(4, from, part(this) - from)
  }
}
