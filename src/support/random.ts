import { inSlices, SCATTERED, type Sliced } from './pause.ts'

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
  shuffle<T extends Shuffled>(array: T): T
  /** As `shuffle`. */
  shuffleInSlices<T extends Shuffled>(array: T): Sliced<T>
}

interface Shuffled {
  length: number
  [index: number]: unknown
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
      shuffleDown(below, array, array.length - 1, 0)
      return array
    },
    *shuffleInSlices(array) {
      const last = array.length - 1
      yield* inSlices(last, (from, to) => shuffleDown(below, array, last - from, last - to), SCATTERED)
      return array
    },
  }
}

/** Chooses the entries at places `from` down to `to` + 1. */
function shuffleDown(below: Random['below'], array: Shuffled, from: number, to: number): void {
  for (let i = from; i > to; i--) {
    const j = below(i + 1)
    const swap = array[i]
    array[i] = array[j]!
    array[j] = swap
  }
}
