import { requireRoom, sumOf, type Parts } from './limit.ts'

/** A request for bytes, with its purpose. */
export interface Wish {
  /** Name of the caller, for messages. */
  readonly who: string
  /** Purpose, for messages: 'lists of 1000 entries for 20 users' */
  readonly what: string
  readonly parts: Parts
  /** What to change if there is no room. */
  readonly todo: string
}

interface Kept {
  readonly bytes: number
  readonly giveUp: () => void
}

/**
 * Memory outside the shared memory of a matrix: tables, key indexes, models, answers. Every plan counts it, and it is checked against the
 * limit before it is allocated.
 */
export class MemoryBudget {
  readonly limitBytes: number
  readonly #parts: Map<string, number>
  readonly #sharedBytes: () => number
  /** Cached data, the oldest first. */
  readonly #kept = new Set<Kept>()

  /**
   * @param sharedBytes current size of the shared memory
   * @param held bytes taken from the beginning, by purpose
   */
  constructor(limitBytes: number, sharedBytes: () => number, held: Parts) {
    this.limitBytes = limitBytes
    this.#sharedBytes = sharedBytes
    this.#parts = new Map(Object.entries(held))
  }

  /** Current size of the shared memory. */
  get sharedBytes(): number {
    return this.#sharedBytes()
  }

  /** Bytes taken at present, by purpose. */
  get parts(): Parts {
    return Object.fromEntries(this.#parts)
  }

  /** Free bytes below the limit, at least 1, because a limit must be positive. Cached data is released. */
  get freeBytes(): number {
    this.makeRoom(this.limitBytes)
    return Math.max(1, this.limitBytes - this.sharedBytes - sumOf(this.parts))
  }

  /** @throws {RivuletError} MEMORY_LIMIT if there is no room besides the bytes taken. */
  require({ who, what, parts, todo }: Wish): void {
    const outside = { ...this.parts }
    for (const [name, bytes] of Object.entries(parts)) outside[name] = (outside[name] ?? 0) + bytes
    requireRoom(who, what, { shared: this.sharedBytes, outside }, this.limitBytes, todo)
    this.makeRoom(this.sharedBytes + sumOf(outside))
  }

  /**
   * Caches data that can be recomputed as long as its memory is not needed: it does not count as taken.
   *
   * @param giveUp called when the memory is needed
   * @returns a function that ends the caching
   */
  keep(bytes: number, giveUp: () => void): () => void {
    const kept = { bytes, giveUp }
    this.#kept.add(kept)
    this.makeRoom(this.sharedBytes + sumOf(this.parts))
    return () => this.#kept.delete(kept)
  }

  /** Releases cached data, the oldest first, until this many bytes fit in all. */
  makeRoom(bytes: number): void {
    let all = bytes
    for (const kept of this.#kept) all += kept.bytes
    for (const kept of this.#kept) {
      if (all <= this.limitBytes) return
      all -= kept.bytes
      this.#kept.delete(kept)
      kept.giveUp()
    }
  }

  /**
   * Counts bytes until the function that it returns is called.
   *
   * @throws {RivuletError} MEMORY_LIMIT, as `require`.
   */
  take(wish: Wish): () => void {
    this.require(wish)
    const entries = Object.entries(wish.parts)
    for (const [name, bytes] of entries) this.#add(name, bytes)
    return () => {
      for (const [name, bytes] of entries.splice(0)) this.#add(name, -bytes)
    }
  }

  /** Counts a part no longer. */
  clear(name: string): void {
    this.#parts.delete(name)
  }

  #add(name: string, bytes: number): void {
    const sum = (this.#parts.get(name) ?? 0) + bytes
    if (sum > 0) this.#parts.set(name, sum)
    else this.#parts.delete(name)
  }
}
