import type { NamedNetwork } from '../network/network.ts'
import type { SeedColumns } from '../solve/system.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Id, KeyIndex } from '../support/key-index.ts'
import { UnknownIds, type UnknownRule } from '../support/unknown-ids.ts'

/** A class name; numbers are not converted to text. */
export type Label = string | number

/**
 * The labels of a node: one label, several (equal shares), or weights per label (soft labels, scaled to sum to 1). null, undefined and the values of
 * option `unlabelled` mean that there is no label: such a node is no seed, and among several labels they are left out.
 *
 * The keys of a record are texts; soft numeric labels are given as a Map.
 */
export type SeedValue =
  | Label
  | readonly (Label | null | undefined)[]
  | Readonly<Record<string, number>>
  | ReadonlyMap<Label, number>
  | null
  | undefined

/**
 * Labelled nodes: the name of a node attribute of the graph, or node key and value, pair by pair.
 * A third entry is the weight of the seed relative to others, in (0, 1], default 1: the confidence in its label.
 *
 * A node counts once. Several pairs with one label each are equivalent to one pair with a list of these labels: its weight is their mean, and each label's
 * share is proportional to the weight of its pair. A repeated pair changes nothing; one that contradicts another about the same label is refused.
 */
export type SeedSource = string | Iterable<SeedEntry>

export type SeedEntry = readonly [node: Id, value: SeedValue, weight?: number]

/** Seeds, and the values that mean 'no label'. */
export interface SeedOptions {
  readonly seeds: SeedSource
  readonly unlabelled: readonly (Label | null)[]
  /** Default 'error'. */
  readonly unknown?: UnknownRule
}

/** The labels of one node. */
export interface NodeSeed {
  readonly node: number
  /** Each label once; shares sum to 1. */
  readonly shares: readonly (readonly [Label, number])[]
  /** In (0, 1]. */
  readonly weight: number
}

/** Seeds that were already read, as a source. */
export class ReadSeeds implements Iterable<SeedEntry> {
  readonly columns: SeedColumns
  readonly #nodes: KeyIndex

  constructor(columns: SeedColumns, nodes: KeyIndex) {
    this.columns = columns
    this.#nodes = nodes
  }

  *[Symbol.iterator](): IterableIterator<SeedEntry> {
    const { classes, indptr, nodes, weights } = this.columns
    const labelsOf = new Map<number, Map<Label, number>>()
    for (let c = 0; c < classes.length; c++) {
      for (let entry = indptr[c]; entry < indptr[c + 1]; entry++) {
        const labels = labelsOf.get(nodes[entry]) ?? new Map<Label, number>()
        labelsOf.set(nodes[entry], labels.set(classes[c], weights[entry]))
      }
    }
    for (const [node, labels] of labelsOf) {
      const total = [...labels.values()].reduce((sum, weight) => sum + weight, 0)
      yield [this.#nodes.keyOf(node), labels, Math.min(1, total)]
    }
  }
}

/** @param source the source of the rows. @throws {RivuletError} EMPTY_DATA without a seed */
export function seedColumns(who: string, rows: readonly NodeSeed[], source: SeedSource): SeedColumns {
  if (rows.length === 0) throw noSeed(who, source)
  return toColumns(rows)
}

/** Start of random walks: nodes, or nodes with weights >= 0. Weights of repeated nodes add up. */
export type RestartSource = Iterable<Id | readonly [node: Id, weight: number]>

/** The restart distribution of a random walk as one column, which sums to 1. @param source null: all nodes equally */
export function readRestart(
  who: string,
  network: NamedNetwork,
  source: RestartSource | null,
  unknown: UnknownRule = 'error',
): SeedColumns {
  if (source === null) return anywhere(network.nodes.size)
  const ids = new UnknownIds(unknown)
  const [nodes, weights]: [number[], number[]] = [[], []]
  for (const entry of source) {
    const [key, weight] = (Array.isArray(entry) ? entry : [entry, 1]) as readonly [string, number]
    const node = ids.rowOf(`${who}, option 'seeds'`, 'a node', network.nodes, key)
    if (!(Number.isFinite(weight) && weight >= 0)) throw invalidRestart(who, key, weight)
    if (node < 0) continue
    nodes.push(node)
    weights.push(weight)
  }
  if (weights.every((weight) => weight === 0)) throw noSeed(who, 'only zero weights')
  const shares = new Map<number, number>()
  scaleToOne(Float64Array.from(weights)).forEach((share, at) => {
    shares.set(nodes[at], (shares.get(nodes[at]) ?? 0) + share)
  })
  const sorted = Int32Array.from(shares.keys()).sort()
  const ordered = Float64Array.from(sorted, (node) => shares.get(node) ?? 0)
  return { ...restart(sorted, new Float32Array(ordered), ordered.reduce(larger, 0)), notes: ids.notes }
}

const larger = (a: number, b: number): number => Math.max(a, b)

function anywhere(count: number): SeedColumns {
  const nodes = new Int32Array(count)
  for (let node = 0; node < count; node++) nodes[node] = node
  return restart(nodes, new Float32Array(count).fill(1 / count), 1 / count)
}

function restart(nodes: Int32Array, weights: Float32Array, largest: number): SeedColumns {
  return { classes: ['restart'], indptr: Int32Array.of(0, nodes.length), nodes, weights, largest }
}

function toColumns(rows: readonly NodeSeed[]): SeedColumns {
  const byClass = new Map<Label, [node: number, weight: number][]>()
  for (const { node, shares, weight } of rows) {
    for (const [label, share] of shares) {
      const column = byClass.get(label)
      if (column === undefined) byClass.set(label, [[node, share * weight]])
      else column.push([node, share * weight])
    }
  }
  const classes = [...byClass.keys()].sort(compareLabels)
  const entries = classes.flatMap((label) => (byClass.get(label) ?? []).sort(([a], [b]) => a - b))
  const indptr = new Int32Array(classes.length + 1)
  classes.forEach((label, column) => (indptr[column + 1] = indptr[column] + (byClass.get(label)?.length ?? 0)))
  return {
    classes,
    indptr,
    nodes: Int32Array.from(entries, ([node]) => node),
    weights: Float32Array.from(entries, ([, weight]) => weight),
    largest: entries.reduce((most, [, weight]) => Math.max(most, weight), 0),
  }
}

function compareLabels(a: Label, b: Label): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number') return -1
  if (typeof b === 'number') return 1
  return a < b ? -1 : a > b ? 1 : 0
}

function noSeed(who: string, source: unknown): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: `${who}, option 'seeds'`,
    expected: 'at least one labelled node',
    got: typeof source === 'string' ? `none in attribute ${show(source)}` : 'none',
    todo: 'Name an existing node attribute, or give [node, label] pairs.',
  })
}

function invalidRestart(who: string, key: string, weight: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, option 'seeds', weight of node ${show(key)}`,
    expected: 'a finite number >= 0',
    got: show(weight),
    todo: 'Correct or drop it.',
    details: { node: key },
  })
}

/** Weights >= 0 as shares that sum to 1; zeros if no weight is above 0. */
export function scaleToOne(weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return weights
  if (total < Infinity) return weights.map((weight) => weight / total)
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  return scaleToOne(weights.map((weight) => weight / largest))
}
