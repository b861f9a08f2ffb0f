/** Options of relations: rows with the names of their properties, or kinds of the nodes of a graph. */
import { show } from '../support/errors.ts'
import { either, isIterable, isString, numberBetween, oneOf, refusedOption, type Check } from '../support/options.ts'
import { option, optional, resolve, type Given } from '../support/spec.ts'

const isKind: Check = (value) =>
  ['string', 'number', 'boolean'].includes(typeof value) ? null : 'a string, a number or a boolean'

const isRows: Check = (value) =>
  isIterable(value) === null && typeof value !== 'string'
    ? null
    : 'an iterable of objects, such as an array, or what readRecords reads of a file'

export const relationOptions = {
  /** Rows of the relation: any iterable of objects. */
  rows: optional<Iterable<object>>(isRows),
  /**
   * For a graph, instead of rows: the kind of the nodes at the other ends of its edges. Nodes of a separate kind are attributes of users or items
   * (`{ genre: { kind: 'genre' } }`); the kind of users, or of items, takes the edges between two of them. `value` is then an attribute of edges.
   */
  kind: optional<string | number | boolean>(isKind),
  /** Property with the user's id, for a relation of users. */
  user: optional<string>(isString),
  /** Property with the item's id, for a relation of items. */
  item: optional<string>(isString),
  /** Property with an attribute of the user or item, such as a genre or an occupation. Empty cells are ignored. */
  attribute: optional<string>(isString),
  /** Property with the id of the other user or item, for a relation between two, such as friends or items of a series. It is symmetric. */
  other: optional<string>(isString),
  /** Property with the weight of a row relative to others of its user or item, a number >= 0; repeated rows add up. Default: all equal, each counted once. */
  value: optional<string>(isString),
  /** Separator of several attributes in a cell: '|' in 'Comedy|Drama'. Default: a cell is one attribute. */
  separator: optional<string>(isString),
  /**
   * Share of the spreading that goes over this relation, in [0, 1); 0 leaves it out. The rest goes over interactions, so the sum of all relations must be below 1. 'auto':
   * chosen by held-out users, 0 if no weight improves their lists by more than chance; it cannot judge items without interactions. Default 0.05.
   */
  weight: option<number | 'auto'>(0.05, either(numberBetween(0, 1, '[)'), oneOf('auto'))),
}

/** A relation: its rows, and the names of their properties. */
export interface Relation extends Given<typeof relationOptions> {}

/** The weight, 0 until it is found. */
export const weightGiven = (weight: number | 'auto'): number => (weight === 'auto' ? 0 : weight)

/** Relations by name: `{ genre: { rows, item: 'movie', attribute: 'genre' } }`. */
export type Relations = Readonly<Record<string, Relation>>

/** As `Relations`. For a graph with nodes of that kind a weight is enough: `{ genre: 0.1 }` is `{ genre: { kind: 'genre', weight: 0.1 } }`. */
export type GivenRelations = Readonly<Record<string, Relation | number | 'auto'>>

/** Relations with all fields. */
export const relationEntries = (relations: GivenRelations): (readonly [name: string, relation: Relation])[] =>
  Object.entries(relations).map(([name, given]) => [
    name,
    typeof given === 'object' ? given : { kind: name, weight: given },
  ])

/** Check of option `relations`. */
export const isRelations: Check = (value, who = 'relations') => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return '{ name: { rows, ... } }'
  let sum = 0
  for (const [name, relation] of relationEntries(value as GivenRelations))
    sum += weightGiven(resolveRelation(`${who}, ${show(name)}`, relation).weight)
  return sum < 1 ? null : 'weights that sum to less than 1'
}

export const relationsOption = {
  /**
   * Additional data about users or items, by name: `{ genre: { rows, item: 'movie', attribute: 'genre' } }`, or pairs of friends by `user` and
   * `other`; for a graph with nodes of that kind, `{ genre: 0.1 }`. Labels spread over them, but they are not interactions: items without interactions get scores from their attributes, users from their friends. Default: none.
   */
  relations: optional<GivenRelations>(isRelations),
}

/** Options of relations. */
export interface RelationOptions extends Given<typeof relationsOption> {}

/** The same relations with rows that can be read repeatedly. */
export const readableAgain = (relations: GivenRelations): Relations =>
  Object.fromEntries(
    relationEntries(relations).map(([name, relation]) => {
      const { rows } = relation
      const isReadOnce = rows !== undefined && Object.is(rows[Symbol.iterator](), rows)
      return [name, isReadOnce ? { ...relation, rows: [...rows] } : relation]
    }),
  )

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function resolveRelation(who: string, given: unknown) {
  const relation = resolve(who, relationOptions, given)
  const { rows, kind, user, item, attribute, other, separator } = relation
  if (kind !== undefined) {
    const stray = (['rows', 'user', 'item', 'attribute', 'other', 'separator'] as const).find(
      (name) => relation[name] !== undefined,
    )
    if (stray === undefined) return relation
    const todo = "Give either 'kind' for edges of the graph or the options of rows."
    throw refusedOption(who, stray, { expected: "no value beside 'kind'", got: show(relation[stray]), todo })
  }
  if (rows === undefined) {
    const todo = "Give its rows or, for a graph with such nodes, their kind: { kind: 'genre' }."
    throw refusedOption(who, 'rows', { expected: "one of 'rows' and 'kind'", got: 'neither', todo })
  }
  if ((user === undefined) === (item === undefined)) {
    const todo = 'A relation describes users or items: name the property with their ids.'
    throw refusedOption(who, 'item', {
      expected: "one of 'user' and 'item'",
      got: user === undefined ? 'neither' : 'both',
      todo,
    })
  }
  if ((attribute === undefined) === (other === undefined)) {
    const todo = "Name the property of attributes as 'attribute', or that of the second id of a pair as 'other'."
    throw refusedOption(who, 'attribute', {
      expected: "one of 'attribute' and 'other'",
      got: attribute === undefined ? 'neither' : 'both',
      todo,
    })
  }
  if (separator !== undefined && (attribute === undefined || separator === '')) {
    const todo = 'Leave it out: ids are not split.'
    throw refusedOption(who, 'separator', {
      expected: "a separator of attributes, only together with 'attribute'",
      got: show(separator),
      todo,
    })
  }
  return relation
}
