import { RivuletError } from '../support/errors.ts'
import type { Section } from './layout.ts'

/** Bytes of one page of a WebAssembly memory. */
export const PAGE_BYTES = 65536
/** A wasm32 memory ends at 4 GiB. */
export const MAXIMUM_MEMORY_BYTES = 65536 * PAGE_BYTES

const pagesFor = (bytes: number): number => Math.max(1, Math.ceil(bytes / PAGE_BYTES))

/** The part of `WebAssembly.Memory` that is used; its type is unknown without the dom library. */
export interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  grow(pages: number): number
}

/**
 * One buffer that the main thread, the workers and the kernel access without a copy.
 *
 * Shared when the platform has `SharedArrayBuffer`; a page without cross-origin isolation gets a plain memory and no threads.
 */
export class Arena {
  readonly memory: Memory
  /** The data after the matrix, if they may be reused. */
  #tenant: object | null = null

  constructor(memory: Memory) {
    this.memory = memory
  }

  /** @throws {RivuletError} MEMORY_LIMIT when the operating system or the address space refuses. */
  static allocate(bytes: number): Arena {
    const shared = typeof SharedArrayBuffer === 'function'
    try {
      return new Arena(
        new WebAssembly.Memory({ initial: pagesFor(bytes), maximum: MAXIMUM_MEMORY_BYTES / PAGE_BYTES, shared }),
      )
    } catch (cause) {
      throw refused(bytes, cause)
    }
  }

  get bytes(): number {
    return this.memory.buffer.byteLength
  }

  /**
   * Makes room up to byte `end` without moving any data. Earlier views stay valid.
   *
   * @param tenant the data after the matrix from now on, if they may be reused
   * @returns whether they were there already
   */
  reserve(end: number, tenant: object | null = null): boolean {
    const isThere = tenant !== null && this.#tenant === tenant
    this.#tenant = tenant
    const missing = pagesFor(end) - this.bytes / PAGE_BYTES
    if (missing <= 0) return isThere
    try {
      this.memory.grow(missing)
      return isThere
    } catch (cause) {
      throw refused(end, cause)
    }
  }

  int16(section: Section): Int16Array {
    return new Int16Array(this.memory.buffer, section.offset, section.length)
  }

  uint32(section: Section): Uint32Array {
    return new Uint32Array(this.memory.buffer, section.offset, section.length)
  }

  int32(section: Section): Int32Array {
    return new Int32Array(this.memory.buffer, section.offset, section.length)
  }

  float32(section: Section): Float32Array {
    return new Float32Array(this.memory.buffer, section.offset, section.length)
  }

  float64(section: Section): Float64Array {
    return new Float64Array(this.memory.buffer, section.offset, section.length)
  }
}

function refused(bytes: number, cause: unknown): RivuletError {
  return new RivuletError('MEMORY_LIMIT', {
    who: 'Arena',
    expected: `${bytes} bytes in one memory (at most ${MAXIMUM_MEMORY_BYTES})`,
    got: 'not enough memory',
    todo: 'Use fewer label columns at a time, fewer threads or a smaller graph.',
    details: { bytes },
    cause,
  })
}
