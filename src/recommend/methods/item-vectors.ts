/**
 * The vectors of an embedding on the items of a catalogue: a profile is the sum of its items' vectors, an item scores their product with its own.
 *
 *   scores = Y (factors o x),   x = Y' r
 *
 * Y (items x dimensions), r a profile (items with weights). Linear in the profile, as spreading is: a new user gets the list of a known user with
 * the same items, and the parts of a score are exact. The embedding's vectors of users are not used.
 */
import { requireSameNetwork, type StoredEmbedding } from '../../embed/data-facts.ts'
import type { SparseRows } from '../../matrix/csr.ts'
import type { KeyIndex } from '../../support/key-index.ts'
import type { Check } from '../../support/options.ts'
import { profileItems, profileWeights, type Profiles } from './model.ts'
import type { AverageShares } from './recipe.ts'
import type { Profile } from '../profile.ts'
import type { NamedNetwork } from '../../network/network.ts'
import { columnCount } from '../../request/sweep.ts'

export const isEmbedding: Check = (value) => {
  const { facts, items, itemVectors } = Object(value) as Partial<Record<keyof StoredEmbedding, unknown>>
  const isWhole = [facts, items, itemVectors].every((part) => typeof part === 'object' && part !== null)
  return isWhole
    ? null
    : 'an embedding, as spectralEmbedding.detailed, contrastiveEmbedding.detailed and readEmbedding give it'
}

/** Vectors of items, and the interactions from which known users' profiles are read. */
export class ItemVectors {
  readonly dimensions: number
  /** Shape (items x dimensions), row-major. */
  readonly #data: Float32Array
  readonly #rows: SparseRows

  /** @param data shape (items x dimensions), row-major */
  constructor(rows: SparseRows, data: Float32Array, dimensions: number) {
    this.#rows = rows
    this.#data = data
    this.dimensions = dimensions
  }

  /**
   * Looks the vectors up by the items' names.
   *
   * @throws {RivuletError} INVALID_DATA for an embedding of other users, items or pairs.
   */
  static of(who: string, network: NamedNetwork, items: KeyIndex, embedding: StoredEmbedding): ItemVectors {
    requireSameNetwork(`${who}, option 'embedding'`, embedding, network)
    const { dimensions, itemVectors } = embedding
    const data = new Float32Array(items.size * dimensions)
    for (let item = 0; item < items.size; item++) {
      const row = embedding.items.rowOf(items.keyOf(item))
      // Items without a pair are not part of the fingerprint; they have no vector either.
      if (row >= 0) data.set(itemVectors.data.subarray(row * dimensions, (row + 1) * dimensions), item * dimensions)
    }
    return new ItemVectors(network.rows, data, dimensions)
  }

  /** factors o (Y' r) of every profile, shape (dimensions x profiles), row-major. */
  sums(profiles: Profiles, factors: Float64Array): Float32Array {
    const { dimensions } = this
    const count = columnCount(profiles)
    const result = new Float32Array(dimensions * count)
    const sum = new Float64Array(dimensions)
    for (let place = 0; place < count; place++) {
      const items = profileItems(profiles, place, this.#rows)
      const weights = profileWeights(profiles, place, this.#rows)
      sum.fill(0)
      for (let entry = 0; entry < items.length; entry++) {
        const at = items[entry] * dimensions
        for (let k = 0; k < dimensions; k++) sum[k] += weights[entry] * this.#data[at + k]
      }
      for (let k = 0; k < dimensions; k++) result[k * count + place] = factors[k] * sum[k]
    }
    return result
  }

  /** The same factor for every dimension. */
  alike(factor: number): Float64Array {
    return new Float64Array(this.dimensions).fill(factor)
  }

  /** D^-1 Y, and zeros where the diagonal is 0; shape (items x dimensions), row-major. */
  over(diagonal: Float32Array): Float32Array {
    return this.#data.map((entry, at) => {
      const divisor = diagonal[Math.floor(at / this.dimensions)]
      return divisor === 0 ? 0 : entry / divisor
    })
  }

  /** Contribution of each item of a profile to the score of `item`. */
  parts({ items, weights }: Profile, item: number, factors: Float64Array): Float64Array {
    const { dimensions } = this
    const own = this.#data.subarray(item * dimensions, (item + 1) * dimensions)
    return Float64Array.from(items, (other, at) =>
      own.reduce((sum, entry, k) => sum + factors[k] * weights[at] * entry * this.#data[other * dimensions + k], 0),
    )
  }
}

/** The call that a model is made for. */
export interface ModelCall {
  /** The function that was called. */
  readonly who: string
  /** Vectors of option `embedding`, if the method takes it and it was given. */
  readonly vectors: ItemVectors | null
  /** Factors of scores, shape (items); `null` for none. */
  readonly factors?: Float32Array | null
  /** The average user's share in profiles, from the recipe or the past; `null` if neither sets it. */
  readonly shares?: AverageShares | null
}
