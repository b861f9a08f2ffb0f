/**
 * Relations in a compiled recommender. Values follow the items, as rows and as columns of the packed matrix: row v holds the scores for a user who has the value v, or likes it,
 * and column v the amounts that arrive there. An item without interactions is reached in no other way:
 *
 *   score of item j = sum over v of w_jv z_v,   z = M' r
 *
 * M the packed rows, r a profile of items and values. So such items take no room in the rows of others, and lose nothing by truncation.
 */
import type { KeyIndex } from '../support/key-index.ts'
import { entryAt, type PackedRows } from './packed-rows.ts'
import type { KnownValues } from './person.ts'

/** A relation; its values are consecutive. */
export interface CompiledRelation {
  readonly name: string
  readonly side: 'user' | 'item'
  /** Number of its values. */
  readonly size: number
  /** Names of the values; `null` for pairs, which cannot describe a person. */
  readonly names: KeyIndex | null
}

/** Items without interactions, ascending, and their values. */
export interface ColdItems {
  readonly items: Int32Array
  /** Shape (cold items + 1). */
  readonly indptr: Uint32Array
  /** Columns of the packed rows, shape (entries). */
  readonly values: Int32Array
  /** w, shape (entries). */
  readonly weights: Float32Array
}

export interface CompiledRelations {
  readonly parts: readonly CompiledRelation[]
  /** Average over users: the weight of a user without items. */
  readonly userDegree: number
  readonly cold: ColdItems
}

/** Number of values of all relations. */
export const valueCount = ({ parts }: Pick<CompiledRelations, 'parts'>): number =>
  parts.reduce((sum, { size }) => sum + size, 0)

/** Calls `reach` with the score of each item without interactions. @param at returns the sum of a column */
export function reachCold(
  { items, indptr, values, weights }: ColdItems,
  at: (column: number) => number,
  reach: (item: number, score: number) => void,
): void {
  for (let place = 0; place < items.length; place++) {
    let score = 0
    for (let entry = indptr[place]; entry < indptr[place + 1]; entry++) score += weights[entry] * at(values[entry])
    reach(items[place], score)
  }
}

/** Contribution of row `node` to the score of an item without interactions; `null` for another item. */
export function coldScoreOf(rows: PackedRows, cold: ColdItems, node: number, item: number): number | null {
  const place = cold.items.indexOf(item)
  if (place < 0) return null
  let score = 0
  for (let entry = cold.indptr[place]; entry < cold.indptr[place + 1]; entry++)
    score += cold.weights[entry] * entryAt(rows, node, cold.values[entry])
  return score
}

/** The same with scores multiplied by further factors. @param factors shape (items) */
export function scaledCold({ indptr, weights, ...cold }: ColdItems, factors: Float64Array): ColdItems {
  const scaled = weights.slice()
  cold.items.forEach((item, place) => {
    for (let entry = indptr[place]; entry < indptr[place + 1]; entry++) scaled[entry] *= factors[item]
  })
  return { ...cold, indptr, weights: scaled }
}

/** Attributes that can describe a person: a value is a column of the profile, even if it is liked. */
export function knownValues(itemCount: number, relations: CompiledRelations | null): KnownValues {
  const { parts = null, userDegree = 1 } = relations ?? {}
  const starts = new Map<string, number>()
  parts?.reduce((start, { name, size }) => (starts.set(name, start), start + size), itemCount)
  const placeOf = (name: string, value: number): number => (starts.get(name) ?? 0) + value
  return {
    parts,
    scale: 1,
    userDegree,
    holds: ({ name }, value) => placeOf(name, value),
    likes: ({ name }, value, unit, to) => {
      const place = placeOf(name, value)
      to.set(place, (to.get(place) ?? 0) + unit)
    },
  }
}
