/**
 * A small seeded generator: the same seed gives the same numbers on every machine.
 *
 * mulberry32 (Tommy Ettinger 2017, public domain): 32 bits of state, period 2^32.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [0, below). */
  below(below: number): number
  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const swap = array[i]
        array[i] = array[j]!
        array[j] = swap
      }
      return array
    },
  }
}
