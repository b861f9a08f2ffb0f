import { requireRoom, sumOf, type Parts } from './limit.ts'

/** Bytes that are asked for, and why. */
export interface Wish {
  /** Name of the caller, for messages. */
  readonly who: string
  /** What it is for, for messages: 'lists of 1000 entries for 20 users' */
  readonly what: string
  readonly parts: Parts
  /** What to change when there is no room. */
  readonly todo: string
}

interface Kept {
  readonly bytes: number
  readonly giveUp: () => void
}

/**
 * What stands beside the shared memory of a matrix: tables, key indexes, models, answers under way. Every plan counts it, and it is held against the
 * limit before it is allocated.
 */
export class MemoryBudget {
  readonly limitBytes: number
  readonly #parts: Map<string, number>
  readonly #sharedBytes: () => number
  /** What is kept in case it is wanted again, the least recently used first. */
  readonly #kept = new Set<Kept>()

  /**
   * @param sharedBytes of the shared memory as it is
   * @param held what is taken from the beginning
   */
  constructor(limitBytes: number, sharedBytes: () => number, held: Parts) {
    this.limitBytes = limitBytes
    this.#sharedBytes = sharedBytes
    this.#parts = new Map(Object.entries(held))
  }

  /** Of the shared memory as it is. */
  get sharedBytes(): number {
    return this.#sharedBytes()
  }

  /** What is taken at present. */
  get parts(): Parts {
    return Object.fromEntries(this.#parts)
  }

  /** Free bytes below the limit, at least 1, because a limit must be positive. Cached data is released. */
  get freeBytes(): number {
    this.makeRoom(this.limitBytes)
    return Math.max(1, this.limitBytes - this.sharedBytes - sumOf(this.parts))
  }

  /** @throws {RivuletError} MEMORY_LIMIT when there is no room beside all that is taken. */
  require({ who, what, parts, todo }: Wish): void {
    const outside = { ...this.parts }
    for (const [name, bytes] of Object.entries(parts)) outside[name] = (outside[name] ?? 0) + bytes
    requireRoom(who, what, { shared: this.sharedBytes, outside }, this.limitBytes, todo)
    this.makeRoom(this.sharedBytes + sumOf(outside))
  }

  /**
   * Caches data that can be recomputed as long as its memory is not needed: it does not count as taken.
   *
   * @param giveUp called when it is needed
   * @returns ends that
   */
  keep(bytes: number, giveUp: () => void): () => void {
    const kept = { bytes, giveUp }
    this.#kept.add(kept)
    this.makeRoom(this.sharedBytes + sumOf(this.parts))
    return () => this.#kept.delete(kept)
  }

  /** Gives up what is kept, the first first, where it would not stand beside so many bytes in all. */
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

  /** Counts nothing of a part any more. */
  clear(name: string): void {
    this.#parts.delete(name)
  }

  #add(name: string, bytes: number): void {
    const sum = (this.#parts.get(name) ?? 0) + bytes
    if (sum > 0) this.#parts.set(name, sum)
    else this.#parts.delete(name)
  }
}
