/**
 * Relations: data about users or items other than interactions. A film has genres, a user has an age and friends.
 *
 * Every relation is read as nodes for values: a genre is a value of its films, a friendship one of two friends.
 */
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { refusedOption } from '../support/options.ts'
import { counted } from '../support/printed.ts'
import { absent, cellOf, idOf, valueOf, type Cells } from './cells.ts'
import { relationEntries, resolveRelation, weightGiven, type GivenRelations } from './relation-options.ts'

/** The side of the interactions that a relation describes. */
export type RelationSide = 'user' | 'item'

/** A relation as nodes for values. */
export interface HeldValues {
  readonly name: string
  readonly side: RelationSide
  /** Share of the spreading, in [0, 1). */
  readonly weight: number
  /** Whether the weight is 'auto' and not found yet. */
  readonly isOpen: boolean
  /** Number of values. */
  readonly size: number
  /** Rows of users or items, shape (entries). */
  readonly node: Int32Array
  /** Numbers of their values, in [0, size), shape (entries); each pair once. */
  readonly held: Int32Array
  /** Weight of the value, shape (entries): the weights of a node are a vector of length 1. */
  readonly part: Float64Array
  /** Names of values, by their numbers; `null` for pairs, which are named by their ends. */
  readonly names: KeyIndex | null
  /** Name of the value for a node that has it: the genre; the other friend. */
  nameOf(value: number, node: number): string
}

/** Relations, with the users and items in them, those of the interactions first. */
export interface ReadRelations {
  readonly users: KeyIndex
  readonly items: KeyIndex
  readonly held: readonly HeldValues[]
  /** Notes on what was added or left out. */
  readonly notes: readonly string[]
}

/**
 * Reads relations by the ids of the interactions.
 *
 * @param unknown what happens to users and items without interactions: 'add' includes them
 * @throws {RivuletError} INVALID_DATA naming relation and row; EMPTY_DATA for one that connects nothing, or no user or item of the interactions
 */
export function readRelations(
  who: string,
  { users, items }: { readonly users: KeyIndex; readonly items: KeyIndex },
  relations: GivenRelations,
  unknown: 'add' | 'drop',
): ReadRelations {
  const known = { user: new Extended(users, unknown), item: new Extended(items, unknown) }
  const held: HeldValues[] = []
  const notes: string[] = []
  for (const [name, given] of relationEntries(relations)) {
    const from = `${who}, relation ${show(name)}`
    const relation = resolveRelation(from, given)
    if (relation.weight === 0) continue
    if (relation.kind !== undefined) throw withoutNodes(from, relation.kind)
    const side = relation.user === undefined ? 'item' : 'user'
    const read = readRelation(from, known[side], relation)
    const values = heldBy(from, String(relation.attribute ?? relation.other), read, relation.value !== undefined)
    const { index } = known[side]
    const count = index.size - read.added
    if (values.node.every((one) => one >= count)) throw namesNobody(from, side, index, count)
    held.push({
      ...values,
      names: relation.attribute === undefined ? null : namesOf(values),
      name,
      side,
      weight: weightGiven(relation.weight),
      isOpen: relation.weight === 'auto',
    })
    const { added, dropped, loops } = read
    const of = `relation ${show(name)}: `
    if (added > 0) notes.push(`${of}${added} ${side}s without interactions are added`)
    if (dropped > 0) notes.push(`${of}${dropped} rows with a ${side} that is not in the data are left out`)
    if (loops > 0) notes.push(`${of}${loops} rows that tie a ${side} to itself are left out`)
  }
  return { users: known.user.index, items: known.item.index, held, notes }
}

/** Kinds are only for graphs, and those have been replaced by rows. */
const withoutNodes = (from: string, kind: unknown): RivuletError =>
  refusedOption(from, 'kind', {
    expected: 'a graph whose nodes have kinds',
    got: `${show(kind)} beside a table`,
    todo: "Give 'rows' instead.",
  })

/** Names of attributes, which are the same for all nodes. */
function namesOf({ size, nameOf }: Pick<HeldValues, 'size' | 'nameOf'>): KeyIndex {
  return GrowingKeyIndex.from(Array.from({ length: size }, (_, value) => nameOf(value, 0)))
}

/** Keys of an index, and new ones. */
class Extended {
  index: KeyIndex
  readonly #unknown: 'add' | 'drop'
  #growing: GrowingKeyIndex | null = null

  constructor(index: KeyIndex, unknown: 'add' | 'drop') {
    this.index = index
    this.#unknown = unknown
  }

  /** The row of the id in a cell, -1 for a dropped one. */
  rowOf(cell: unknown, where: () => string): number {
    const key = idOf(cell, where)
    const row = this.index.rowOf(key)
    if (row >= 0 || this.#unknown === 'drop') return row
    if (this.#growing === null) this.index = this.#growing = GrowingKeyIndex.from(this.index.keys(), this.index.numeric)
    if (typeof cell !== 'number') this.#growing.meetText()
    return this.#growing.add(key)
  }
}

/** The entries of a relation, in the order of its rows. */
interface Met {
  readonly node: number[]
  readonly value: number[]
  readonly weight: number[]
  readonly size: number
  readonly added: number
  readonly dropped: number
  readonly loops: number
  nameOf(value: number, node: number): string
}

/** Maximum number of entries in a Map. */
const MOST_ENTRIES = 2 ** 24

const tooMany = (from: string): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who: from,
    expected: `at most ${MOST_ENTRIES} values of users and items; a pair counts twice`,
    got: 'more',
    todo: 'Leave out the rarest values, or split it into several relations.',
  })

function readRelation(from: string, nodes: Extended, relation: ReturnType<typeof resolveRelation>): Met {
  const { rows = [], user, item, attribute, other, value: valueName, separator } = relation
  const idName = String(user ?? item)
  const before = nodes.index.size
  const [node, value, weight]: [number[], number[], number[]] = [[], [], []]
  const names = new GrowingKeyIndex()
  const pairs = new Map<string, number>()
  const ends: [number, number][] = []
  let [dropped, loops, at] = [0, 0, 0]
  // The last row, as long as none has the attribute.
  let without: Cells | null | false = null
  const add = (one: number, what: number, counts: number): void => {
    if (node.length === MOST_ENTRIES) throw tooMany(from)
    node.push(one)
    value.push(what)
    weight.push(counts)
  }
  for (const row of rows) {
    const place = at++
    const whole = `${from}, row ${place}`
    const where = (name: string) => () => `${whole}, property '${name}'`
    const cells = asCells(whole, row)
    const one = nodes.rowOf(cellOf(cells, idName, whole), where(idName))
    const counts = valueName === undefined ? 1 : weightOf(cellOf(cells, valueName, whole), where(valueName))
    if (attribute !== undefined) {
      if (without !== false) without = attribute in cells ? false : cells
      if (one < 0) dropped++
      else
        for (const text of attributesOf(cells[attribute], separator, where(attribute)))
          add(one, names.add(text), counts)
      continue
    }
    const two = nodes.rowOf(cellOf(cells, String(other), whole), where(String(other)))
    if (one < 0 || two < 0) dropped++
    else if (one === two) loops++
    else {
      const [low, high] = [Math.min(one, two), Math.max(one, two)]
      const key = `${low} ${high}`
      const pair = pairs.get(key) ?? pairs.size
      pairs.set(key, pair)
      ends[pair] = [low, high]
      add(low, pair, counts)
      add(high, pair, counts)
    }
  }
  if (attribute !== undefined && without)
    throw new RivuletError('INVALID_DATA', { who: `${from}, property '${attribute}'`, ...absent(without, attribute) })
  const [found, added] = [{ node, value, weight, dropped, loops }, nodes.index.size - before]
  if (attribute !== undefined) return { ...found, added, size: names.size, nameOf: namesIn(names) }
  return { ...found, added, size: pairs.size, nameOf: otherEnds(nodes.index, Int32Array.from(ends.flat())) }
}

const namesIn =
  (names: KeyIndex) =>
  (value: number): string =>
    names.keyOf(value)

/** Names of pairs, which are those of their other ends. A separate function, because a closure of the reader would keep all rows in memory. @param ends two of each pair */
const otherEnds =
  (index: KeyIndex, ends: Int32Array) =>
  (pair: number, one: number): string =>
    index.keyOf(ends[2 * pair] === one ? ends[2 * pair + 1] : ends[2 * pair])

function asCells(place: string, row: unknown): Cells {
  if (row !== null && typeof row === 'object') return row as Cells
  throw new RivuletError('INVALID_DATA', {
    who: place,
    expected: 'an object',
    got: show(row),
    todo: 'Correct or drop that row.',
  })
}

/** The attributes in a cell; none if it is empty. */
function attributesOf(cell: unknown, separator: string | undefined, where: () => string): string[] {
  if (cell === undefined || cell === null || cell === '') return []
  if (Array.isArray(cell)) return cell.map((one) => idOf(one, where))
  const text = typeof cell === 'boolean' ? String(cell) : idOf(cell, where)
  return separator === undefined ? [text] : text.split(separator).filter((part) => part !== '')
}

function weightOf(cell: unknown, where: () => string): number {
  const weight = valueOf(cell, where)
  if (weight >= 0) return weight
  const todo = 'Negative ties are not supported: drop such rows, or put them into a separate relation.'
  throw new RivuletError('INVALID_DATA', { who: where(), expected: 'a number >= 0', got: show(cell), todo })
}

/** Drops values with fewer than two nodes, which connect nothing. @throws {RivuletError} EMPTY_DATA if nothing is left */
function heldBy(from: string, name: string, { node, value, weight, size, loops, nameOf }: Met, addsUp: boolean) {
  const sums = new Map<number, number>()
  node.forEach((one, at) => {
    const key = one * size + value[at]
    if (weight[at] > 0) sums.set(key, addsUp ? (sums.get(key) ?? 0) + weight[at] : 1)
  })
  const holders = new Int32Array(size)
  for (const key of sums.keys()) holders[key % size]++
  const entries = Float64Array.from(sums.keys())
    .filter((key) => holders[key % size] > 1)
    .sort()
  if (entries.length === 0) throw connectsNothing(from, name, new Set(node).size, loops)
  const kept = Int32Array.from(holders.keys()).filter((one) => holders[one] > 1)
  const numbers = new Int32Array(size)
  kept.forEach((one, number) => (numbers[one] = number))
  const nodes = Int32Array.from(entries, (key) => Math.floor(key / size))
  const weights = Float64Array.from(entries, (key) => sums.get(key) ?? 0)
  const lengths = new Map<number, number>()
  nodes.forEach((one, at) => lengths.set(one, Math.hypot(lengths.get(one) ?? 0, weights[at])))
  return {
    size: kept.length,
    node: nodes,
    held: Int32Array.from(entries, (key) => numbers[key % size]),
    part: weights.map((sum, at) => sum / (lengths.get(nodes[at]) ?? sum)),
    nameOf: renumbered(nameOf, kept),
  }
}

/** @param count number of keys known before */
function namesNobody(from: string, side: RelationSide, index: KeyIndex, count: number): RivuletError {
  const theirs = count === 0 ? 'of which there are none' : `such as ${show(index.keyOf(0))}`
  return new RivuletError('EMPTY_DATA', {
    who: from,
    expected: `${side}s of the data, ${theirs}`,
    got: `only unknown ids, such as ${show(index.keyOf(count))}`,
    todo: 'Use the same ids as in the interactions.',
  })
}

const renumbered =
  (nameOf: Met['nameOf'], kept: Int32Array) =>
  (number: number, one: number): string =>
    nameOf(kept[number], one)

function connectsNothing(from: string, name: string, nodes: number, loops: number): RivuletError {
  const nobody = loops > 0 ? `${counted(loops, 'pair')} of one and the same` : 'no row of a known id'
  return new RivuletError('EMPTY_DATA', {
    who: from,
    expected: 'an attribute that at least two have in common',
    got: nodes === 0 ? `${nobody} with property '${name}'` : `${nodes} of them with nothing in common`,
    todo: "Check the ids and the property names; 'separator' splits a cell into several attributes.",
  })
}
