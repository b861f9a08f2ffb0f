/**
 * The profile of a person who is not in the data, from interactions and known attributes: weights of columns of the matrix, ranked like any other profile.
 *
 * Attributes of relations of users are added to the items as they would be in the data: a vector of length 1 times the sum of the items' weights, or that of the average user's.
 * A friend is represented by ties: half of the weight goes to the friend, half to the friend's friends. A liked attribute of a relation of items counts as one more item, shared
 * by the items that have it.
 */
import type { RelationPart } from '../network/network.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Id, KeyIndex } from '../support/key-index.ts'
import { isIterable, nearestOf, type Check } from '../support/options.ts'
import { optional, resolve, type Given } from '../support/spec.ts'
import type { UnknownIds } from '../support/unknown-ids.ts'
import type { Catalogue } from './catalogue.ts'
import { readProfile, type Profile, type ProfileReading, type ProfileSource } from './profile.ts'

/** Attributes that a person has or likes, by relation name: one or several each. */
export type Attributes = Readonly<Record<string, Id | boolean | readonly (Id | boolean)[]>>

const isAttributes: Check = (value) =>
  value !== null && typeof value === 'object' && isIterable(value) !== null ? null : "{ relation: 'value' or several }"

export const personOptions = {
  /** Interactions of the person, as a profile. Default: nothing. */
  items: optional<ProfileSource>(isIterable),
  /**
   * Attributes of the person from relations of users, and liked attributes from relations of items, by relation name: `{ age: '25-34', friend: ['bob', 'cid'], genre: 'horror' }`. Default: nothing is
   * known.
   */
  attributes: optional<Attributes>(isAttributes),
}

/** A person described by interactions and by attributes of relations. */
export interface Person extends Given<typeof personOptions> {}

/** The part of a relation that describes people. */
export type DescribedPart = Pick<RelationPart, 'name' | 'side' | 'names'>

/** Attributes that can describe a person, and their columns in a profile. */
export interface KnownValues<Part extends DescribedPart = DescribedPart> {
  /** `null` where there are no relations. */
  readonly parts: readonly Part[] | null
  /** Weight of an interaction if the profile has none. */
  readonly scale: number
  /** The weight of a user without items. */
  readonly userDegree: number
  /** The column of a user's attribute. */
  holds(part: Part, value: number): number
  /** Adds a liked value to a profile, with weights that sum to `unit`. */
  likes(part: Part, value: number, unit: number, to: Map<number, number>): void
  /** Adds a user's ties to others to a profile, as a vector of length 1. Default: users are unknown. @throws {RivuletError} UNKNOWN_KEY, INVALID_OPTION */
  ties?(part: Part, from: string, user: unknown, ids: UnknownIds, to: Map<number, number>): void
}

/** The attributes of a catalogue: columns of its matrix. */
export function valuesOf({ network, users }: Pick<Catalogue, 'network' | 'users'>): KnownValues<RelationPart> {
  const { rows, relations, scale } = network
  return {
    parts: relations?.parts ?? null,
    scale,
    userDegree: relations?.userDegree ?? 0,
    holds: ({ start }, value) => start + value,
    likes({ start }, value, unit, to) {
      addTimes(to, rows.columnsOf(start + value), rows.weightsOf(start + value), unit)
    },
    ties(part, from, user, ids, to) {
      addTies(to, from, { network, users }, part, user, ids)
    },
  }
}

/**
 * @throws {RivuletError} as `readProfile`; UNKNOWN_KEY naming the nearest relation or value, INVALID_OPTION for attributes without relations
 */
export function readPerson<Part extends DescribedPart>(
  who: string,
  items: KeyIndex,
  known: KnownValues<Part>,
  given: ProfileSource | Person,
  reading: ProfileReading & { readonly ids: UnknownIds },
): Profile {
  if (given === null || typeof given !== 'object' || isIterable(given) === null)
    return readProfile(who, items, given as ProfileSource, reading)
  const { items: did = [], attributes = {} } = resolve(`${who}, profile`, personOptions, given)
  const own = readProfile(who, items, did, reading)
  const asked = Object.entries(attributes).map(([name, said]) => {
    const from = `${who}, attribute ${show(name)}`
    return { from, part: partOf(from, known, name), values: (Array.isArray(said) ? said : [said]).map(asText) }
  })
  if (asked.length === 0) return own
  const weights = new Map(Array.from(own.items, (item, at) => [item, own.weights[at]]))
  const total = own.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  const unit = total > 0 ? total / own.items.length : known.scale
  let likes = 0
  for (const { from, part, values } of asked.filter(({ part: { side } }) => side === 'item')) {
    for (const value of numbersOf(from, part, values, reading.ids)) {
      likes++
      known.likes(part, value, unit, weights)
    }
  }
  const counts = total + likes * unit || known.userDegree || unit
  for (const { from, part, values } of asked.filter(({ part: { side } }) => side === 'user')) {
    const has = new Map<number, number>()
    if (part.names !== null)
      for (const value of numbersOf(from, part, values, reading.ids)) has.set(known.holds(part, value), 1)
    else for (const user of values) known.ties?.(part, from, user, reading.ids, has)
    const length = lengthOf([...has.values()])
    for (const [column, size] of has) weights.set(column, (counts * size) / length)
  }
  const columns = Int32Array.from(weights.keys()).sort()
  return { items: columns, weights: Float32Array.from(columns, (column) => weights.get(column) ?? 0), own: own.items }
}

const asText = (value: unknown): unknown => (typeof value === 'boolean' ? String(value) : value)

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_KEY */
function partOf<Part extends DescribedPart>(from: string, { parts, ties }: KnownValues<Part>, name: string): Part {
  const names = (parts ?? []).map((part) => part.name)
  const found = parts?.[names.indexOf(name)]
  if (found === undefined) {
    const nearest = nearestOf(name, names)
    throw new RivuletError(parts === null ? 'INVALID_OPTION' : 'UNKNOWN_KEY', {
      who: from,
      expected:
        parts === null ? 'a relation with that attribute' : `one of the relations ${names.map(show).join(', ')}`,
      got: parts === null ? 'none' : show(name),
      todo:
        nearest === null
          ? "Give option 'relations', to Engine.create on an engine, to compile for a compiled recommender; one of weight 0 is left out."
          : `Did you mean '${nearest}'?`,
      details: { option: 'attributes', key: name, nearest },
    })
  }
  const isOfItems = found.side === 'item'
  if (found.names !== null || (!isOfItems && ties !== undefined)) return found
  throw new RivuletError('INVALID_OPTION', {
    who: from,
    expected: 'attributes of users or items',
    got: `a relation between two ${found.side}s`,
    todo: isOfItems
      ? "Add the item to 'items': its relations are then followed."
      : 'Ask an Engine about friends: a compiled recommender knows no users.',
    details: { option: 'attributes' },
  })
}

const lengthOf = (vector: readonly number[]): number => Math.sqrt(vector.reduce((sum, size) => sum + size * size, 0))

/** Distinct numbers of values. @throws {RivuletError} UNKNOWN_KEY naming the nearest */
function numbersOf(from: string, { name, names }: DescribedPart, values: readonly unknown[], ids: UnknownIds) {
  if (names === null) return new Set<number>()
  const found = values.map((value) => ids.rowOf(from, `a value of relation ${show(name)}`, names, value))
  return new Set(found.filter((number) => number >= 0))
}

/** Adds weights that sum to `whole`. */
function addTimes(to: Map<number, number>, columns: Uint32Array, weights: Float32Array, whole: number): void {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  columns.forEach((column, at) => to.set(column, (to.get(column) ?? 0) + (whole * weights[at]) / sum))
}

/** Adds a user's ties to others, as a vector of length 1. @throws {RivuletError} UNKNOWN_KEY */
function addTies(
  to: Map<number, number>,
  from: string,
  { network, users }: Pick<Catalogue, 'network' | 'users'>,
  { name, start, end }: RelationPart,
  user: unknown,
  ids: UnknownIds,
): void {
  const row = ids.rowOf(from, 'a user', users, user)
  if (row < 0) return
  const weights = network.rows.weightsOf(row)
  const ties = Array.from(network.rows.columnsOf(row), (column, at) => ({ column, weight: weights[at] })).filter(
    ({ column }) => column >= start && column < end,
  )
  if (ties.length === 0) {
    throw new RivuletError('UNKNOWN_KEY', {
      who: from,
      expected: `a user with ties in relation ${show(name)}`,
      got: show(user),
      todo: 'Leave this one out.',
      details: { key: user },
    })
  }
  const length = lengthOf(ties.map(({ weight }) => weight))
  for (const { column, weight } of ties) to.set(column, (to.get(column) ?? 0) + weight / length)
}
