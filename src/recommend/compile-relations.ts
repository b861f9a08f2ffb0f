/** Compiling relations: rows of values, and the amounts that profiles bring to values, for items that are reached in no other way. */
import type { NamedNetwork, NetworkRelations, RelationPart } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import type { SparseSeeds, TopLists } from '../request/sweep.ts'
import { PAUSE, Slices } from '../support/pause.ts'
import type { ColdItems, CompiledRelations } from './compiled-relations.ts'
import type { BroughtToValues, Model } from './methods/model.ts'
import { sparseProfiles, takeProfiles } from './profile-parts.ts'
import { valuesOf } from './person.ts'
import type { Catalogue } from './catalogue.ts'

/** Profiles solved at a time: their complete solutions are in memory. */
const TOGETHER = 64

/** The compiled part of a network's relations. Values are numbered behind the items as in the network, those of items first. */
export interface ValueNodes {
  readonly parts: readonly RelationPart[]
  /** Number of items and values. */
  readonly count: number
  /** 1 for items with interactions, shape (columns). */
  readonly warm: Uint8Array
  /** Values of items without interactions, as rows behind the users, ascending. */
  readonly wanted: Int32Array
  readonly relations: NetworkRelations
}

/** Number of compiled values: 0 for pairs of users, because they cannot describe a person. */
const sizeOf = ({ side, names, start, end }: RelationPart): number =>
  side === 'user' && names === null ? 0 : end - start

/** `null` without relations. */
export function valueNodes({ rows, relations }: NamedNetwork): ValueNodes | null {
  if (relations === undefined) return null
  const { itemCount, userCount, counted } = relations
  const of = (side: RelationPart['side']): RelationPart[] => relations.parts.filter((part) => part.side === side)
  const parts = [...of('item'), ...of('user')]
  const warm = Uint8Array.from(counted.columns, (degree, item) => (item < itemCount && degree > 0 ? 1 : 0))
  const isWanted = (row: number): boolean => rows.columnsOf(row).some((item) => warm[item] === 0)
  const all = Int32Array.from({ length: rows.rowCount - userCount }, (_, at) => userCount + at)
  const count = parts.reduce((sum, part) => sum + sizeOf(part), itemCount)
  return { parts, count, warm, wanted: all.filter(isWanted), relations }
}

/** The profile of each value: of a user who has it or likes it; empty for pairs. */
export function profilesOfValues(
  catalogue: Catalogue,
  { parts, relations }: ValueNodes,
  nodes: Int32Array,
): SparseSeeds {
  const known = valuesOf(catalogue)
  const partAt = parts.flatMap((part) => Array.from({ length: sizeOf(part) }, (_, value) => ({ part, value })))
  const profiles = Array.from(nodes, (node) => {
    const { part, value } = partAt[node - relations.itemCount]
    const to = new Map<number, number>()
    if (part.side === 'user') to.set(known.holds(part, value), 1)
    else if (part.names !== null) known.likes(part, value, 1, to)
    const items = Int32Array.from(to.keys()).sort()
    return { items, weights: Float32Array.from(items, (item) => to.get(item) ?? 0) }
  })
  return sparseProfiles(profiles)
}

/** Lists followed by the `most` largest amounts that their profiles bring to values. */
export function* withValues(
  model: Model,
  profiles: SparseSeeds,
  lists: TopLists,
  { wanted, relations: { userCount, itemCount } }: ValueNodes,
  { most, alone }: { readonly most: number; readonly alone: boolean },
): Algorithm<{ readonly lists: TopLists; readonly taken: Float32Array | null }> {
  if (wanted.length === 0 || model.arrivals === undefined) return { lists, taken: null }
  const count = profiles.indptr.length - 1
  const kept = Math.min(most, wanted.length)
  const k = lists.k + kept
  const [rows, scores] = [new Int32Array(count * k).fill(-1), new Float32Array(count * k)]
  let taken: Float32Array | null = null
  const slices = new Slices()
  for (let from = 0; from < count; from += TOGETHER) {
    const places = Int32Array.from({ length: Math.min(TOGETHER, count - from) }, (_, at) => from + at)
    const arrived: BroughtToValues = yield* model.arrivals(takeProfiles(profiles, places) as SparseSeeds, alone)
    taken = arrived.taken
    for (const [at, place] of places.entries()) {
      const broughtTo = (row: number): number => arrived.brought[(row - userCount) * places.length + at]
      let end = place * k
      for (let entry = place * lists.k; entry < (place + 1) * lists.k && lists.rows[entry] >= 0; entry++, end++) {
        rows[end] = lists.rows[entry]
        scores[end] = lists.scores[entry]
      }
      const largest = kept === wanted.length ? wanted : largestOf(wanted, broughtTo, kept)
      for (const row of largest) {
        rows[end] = itemCount + row - userCount
        scores[end++] = broughtTo(row)
      }
      if (slices.full(wanted.length)) yield PAUSE
    }
  }
  return { lists: { k, rows, scores }, taken }
}

const largestOf = (rows: Int32Array, valueOf: (row: number) => number, most: number): Int32Array =>
  rows
    .slice()
    .sort((a, b) => Math.abs(valueOf(b)) - Math.abs(valueOf(a)) || a - b)
    .subarray(0, most)

/** @param taken factors of the items' scores; `null` if all items have interactions */
export function compiledRelations(
  network: NamedNetwork,
  { parts, warm, wanted, relations }: ValueNodes,
  taken: Float32Array | null,
): CompiledRelations {
  const held = new Map<number, [value: number, weight: number][]>()
  for (const row of wanted) {
    const [columns, weights] = [network.rows.columnsOf(row), network.rows.weightsOf(row)]
    columns.forEach((item, at) => {
      if (warm[item] === 1) return
      const own = held.get(item) ?? []
      held.set(item, own)
      own.push([relations.itemCount + row - relations.userCount, weights[at] * (taken?.[item] ?? 0)])
    })
  }
  const items = Int32Array.from(held.keys()).sort()
  const entries = Array.from(items, (item) => held.get(item) ?? [])
  const indptr = new Uint32Array(items.length + 1)
  entries.forEach((own, at) => (indptr[at + 1] = indptr[at] + own.length))
  const cold: ColdItems = {
    items,
    indptr,
    values: Int32Array.from(entries.flat(), ([value]) => value),
    weights: Float32Array.from(entries.flat(), ([, weight]) => weight),
  }
  return {
    parts: parts.map((part) => ({ name: part.name, side: part.side, size: sizeOf(part), names: part.names })),
    userDegree: relations.userDegree / network.scale,
    cold,
  }
}
