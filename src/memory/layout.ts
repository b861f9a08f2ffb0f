/** How one array of numbers is stored. */
export type ElementType = 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'

/** A named array to allocate: its length and type. */
export interface SectionRequest {
  readonly type: ElementType
  readonly length: number
}

export const int16 = (length: number): SectionRequest => ({ type: 'int16', length })
export const int32 = (length: number): SectionRequest => ({ type: 'int32', length })
export const float32 = (length: number): SectionRequest => ({ type: 'float32', length })
export const float64 = (length: number): SectionRequest => ({ type: 'float64', length })

/** Where a section begins and how long it is. */
export interface Section extends SectionRequest {
  /** Offset from the start of the memory, in bytes; a multiple of 64. */
  readonly offset: number
}

/** Sections laid end to end: the whole memory map before a single byte is allocated. Frozen, JSON-safe. */
export interface Layout<Name extends string = string> {
  readonly sections: Readonly<Record<Name, Section>>
  /** Offset of the first section, in bytes. */
  readonly start: number
  /** First free byte after the last section, a multiple of 64. */
  readonly end: number
}

/** One cache line: no two sections share one, and every SIMD load is aligned. */
const ALIGNMENT_BYTES = 64
const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  ...{ int16: 2, uint32: 4, int32: 4, float32: 4, float64: 8 },
}

const align = (offset: number): number => Math.ceil(offset / ALIGNMENT_BYTES) * ALIGNMENT_BYTES

/** Computes the offsets of the requested sections, in the order given, from byte `start` on. */
export function layOut<Name extends string>(requests: Readonly<Record<Name, SectionRequest>>, start = 0): Layout<Name> {
  let offset = align(start)
  const sections = {} as Record<Name, Section>
  for (const name of Object.keys(requests) as Name[]) {
    const { type, length } = requests[name]
    sections[name] = Object.freeze({ type, length, offset })
    offset = align(offset + length * ELEMENT_BYTES[type])
  }
  return Object.freeze({ sections: Object.freeze(sections), start: align(start), end: offset })
}
