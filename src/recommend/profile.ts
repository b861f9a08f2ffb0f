/** Profiles: what somebody did, as rows of items with weights. */
import { RivuletError } from '../support/errors.ts'
import { requireRow, type KeyIndex } from '../support/key-index.ts'
import { checkOption, isIterable } from '../support/options.ts'

/** Something somebody did: an item and how much it counts. */
export interface ProfileEntry {
  readonly item: string
  /** Finite; below 0 speaks against the item, where the method takes weights below 0. Default 1. */
  readonly value?: number | undefined
}

/** Items with weights. */
export interface Profile {
  readonly items: Int32Array
  readonly weights: Float32Array
}

/** Who reads a profile. */
export interface ProfileReading {
  /** Whether values below 0 have a meaning to the method. */
  readonly signed: boolean
  /** Leaves out items that the index does not know. */
  readonly dropUnknown?: boolean
}

/**
 * A profile from item ids; an item named twice counts with the sum.
 *
 * @throws {RivuletError} UNKNOWN_KEY, INVALID_DATA for a weight that is no number, or below 0 where the method takes none.
 */
export function readProfile(
  who: string,
  index: KeyIndex,
  entries: Iterable<ProfileEntry | string>,
  { signed, dropUnknown = false }: ProfileReading,
): Profile {
  checkOption(who, 'profile', entries, isIterable)
  const weights = new Map<number, number>()
  for (const entry of entries) {
    const { item, value = 1 } = typeof entry === 'string' ? { item: entry } : entry
    if (dropUnknown && index.rowOf(String(item)) < 0) continue
    const row = requireRow(who, 'an item', index, item)
    if (!(Number.isFinite(value) && (signed || value >= 0))) {
      throw new RivuletError(
        'INVALID_DATA',
        {
          who: `${who}, item '${item}'`,
          expected: signed ? 'a finite value' : 'a value >= 0 for this method',
          got: String(value),
          todo: 'Correct or drop it.',
        },
        { item, value },
      )
    }
    weights.set(row, (weights.get(row) ?? 0) + value)
  }
  const rows = [...weights.keys()].sort((a, b) => a - b)
  return { items: Int32Array.from(rows), weights: Float32Array.from(rows, (row) => weights.get(row) ?? 0) }
}
