/** Profiles: interactions of a user, as rows of items with weights. */
import { scaleWeights } from '../matrix/weight-scale.ts'
import { RivuletError, show } from '../support/errors.ts'
import { placeFactor } from './profile-order.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import { idText, type Id, type KeyIndex } from '../support/key-index.ts'
import { checkOption, expectedSingle, isIterable, isSingle, nearestOf } from '../support/options.ts'

/** An interaction: an item and its weight. */
export interface ProfileEntry {
  /** The item's id. */
  readonly item: Id
  /** 0, or a size from 1.2e-38 to 3.4e38; below 0 for negative feedback, if the method supports it. Default 1. */
  readonly value?: number | undefined
}

/** Interactions of a user: entries, or ids of items with weight 1 each. */
export type ProfileSource = Iterable<ProfileEntry | Id>

/** Items with weights. */
export interface Profile {
  readonly items: Int32Array
  readonly weights: Float32Array
  /** The items with interactions, if others stand for attributes. Default: all. */
  readonly own?: Int32Array
}

/** How a profile is read. */
export interface ProfileReading {
  /** Whether the method supports values below 0. */
  readonly signed: boolean
  /** What happens to items that the index does not know. Default: they are refused. */
  readonly ids?: UnknownIds
  /** Factor of the weights of the matrix: see `scaleWeights`. Default 1. */
  readonly scale?: number
  /** Number of places after which an item counts half, the last entry being the newest; `null` if all count fully. Default null. */
  readonly halfLife?: number | null
}

/**
 * A profile from item ids, on the scale of the matrix; an item named twice counts with the sum. Values far outside the matrix's range get their own
 * scale: scores are linear in a profile, so the order does not change.
 *
 * @throws {RivuletError} UNKNOWN_KEY; INVALID_DATA for a value that is not an entry or has an unknown field, and for a value outside single precision, or below 0 if the
 *   method does not support it; INVALID_OPTION for a value that is not a list.
 */
export function readProfile(
  who: string,
  index: KeyIndex,
  entries: ProfileSource,
  { signed, ids = new UnknownIds(), scale = 1, halfLife = null }: ProfileReading,
): Profile {
  checkOption(who, 'profile', entries, isIterable)
  const weights = new Map<number, number>()
  let place = 0
  for (const entry of entries) {
    const { item, value } = readEntry(`${who}, entry ${place++} of the profile`, entry)
    const row = ids.rowOf(who, 'an item', index, item)
    if (row < 0) continue
    const sum = (weights.get(row) ?? 0) + value
    if (!isSingle(value) || !Number.isFinite(Math.fround(sum)) || (value < 0 && !signed))
      throw invalidValue(who, item, isSingle(value) ? sum : value)
    // A repeated item was taken again: it moves to the end.
    weights.delete(row)
    weights.set(row, sum)
  }
  const placeOf = new Map(Array.from(weights.keys(), (row, at) => [row, weights.size - 1 - at]))
  const items = Int32Array.from(weights.keys()).sort()
  const sums = Float64Array.from(items, (row) => scale * (weights.get(row) ?? 0))
  const { data } = scaleWeights(who, sums, (at) => `item ${show(index.keyOf(items[at]))}`)
  return { items, weights: data.map((weight, at) => weight * placeFactor(placeOf.get(items[at]) ?? 0, halfLife)) }
}

function readEntry(who: string, entry: unknown): { readonly item: string; readonly value: number } {
  const isEntry = entry !== null && typeof entry === 'object'
  const { item, value = 1 } = isEntry ? (entry as Partial<ProfileEntry>) : { item: entry }
  const id = idText(item)
  const unknown = isEntry ? Object.keys(entry).find((name) => !FIELDS.includes(name)) : undefined
  if (id !== null && unknown !== undefined) throw unknownField(who, unknown, entry as object)
  if (id !== null) return { item: id, value }
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: 'the id of an item (text or a number), or { item, value }',
    got: show(entry),
    todo: 'Correct or drop it.',
  })
}

const FIELDS = ['item', 'value']

/** A weight under another name would otherwise be ignored, and the item would count 1. */
function unknownField(who: string, name: string, entry: object): RivuletError {
  const nearest = nearestOf(
    name,
    FIELDS.filter((one) => !Object.hasOwn(entry, one)),
  )
  return new RivuletError('INVALID_DATA', {
    who,
    expected: '{ item, value }, or the id alone',
    got: `a field ${show(name)}`,
    todo: nearest === null ? 'Leave it out.' : `Did you mean '${nearest}'? Otherwise leave it out.`,
    details: { field: name, nearest },
  })
}

function invalidValue(who: string, item: string, value: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, item ${show(item)}`,
    expected: isSingle(value) ? 'a value >= 0 for this method' : expectedSingle(value),
    got: show(value),
    todo: 'Correct or drop it.',
    details: { item, value },
  })
}
