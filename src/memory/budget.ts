import { requireRoom, sumOf, type Parts } from './limit.ts'

/** Bytes that are asked for, and why. */
export interface Wish {
  /** Who asks, for messages. */
  readonly who: string
  /** What it is for, for messages: 'lists of 1000 entries for 20 users' */
  readonly what: string
  readonly parts: Parts
  /** What to change when there is no room. */
  readonly todo: string
}

/**
 * What stands beside the shared memory of a matrix: tables, key indexes, models, answers under way. Every plan counts it, and it is held against the
 * limit before it is allocated.
 */
export class MemoryBudget {
  readonly limitBytes: number
  readonly #parts: Map<string, number>
  readonly #sharedBytes: () => number

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

  /** What is left of the limit, in bytes; at least one, as a limit has to be. */
  get freeBytes(): number {
    return Math.max(1, this.limitBytes - this.sharedBytes - sumOf(this.parts))
  }

  /** @throws {RivuletError} MEMORY_LIMIT when there is no room beside all that is taken. */
  require({ who, what, parts, todo }: Wish): void {
    const outside = { ...this.parts }
    for (const [name, bytes] of Object.entries(parts)) outside[name] = (outside[name] ?? 0) + bytes
    requireRoom(who, what, { shared: this.sharedBytes, outside }, this.limitBytes, todo)
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
