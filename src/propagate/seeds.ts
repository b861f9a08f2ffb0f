import { RivuletError, show } from '../support/errors.ts'
import { requireRow, type KeyIndex } from '../support/key-index.ts'
import type { Network } from './network.ts'

/** A class name. Numbers stay numbers. */
export type Label = string | number

/**
 * What is known of a node: one label, several (equal shares), or weights per label (soft: they are scaled to sum to 1).
 *
 * The keys of a record are texts; soft numeric labels are given as a Map.
 */
export type SeedValue = Label | readonly Label[] | Readonly<Record<string, number>> | ReadonlyMap<Label, number>

/**
 * Labelled nodes: the name of a node attribute of the graph, or node key and value, pair by pair.
 * A third entry says what the seed counts beside others, in (0, 1], default 1: how far its label is to be trusted.
 */
export type SeedSource = string | Iterable<SeedEntry>

export type SeedEntry = readonly [node: string, value: SeedValue, weight?: number]

/** Seeds as sparse columns, one a class: node `nodes[e]` has weight `weights[e]` in class c, for e in indptr[c] .. indptr[c + 1]. */
export interface SeedColumns {
  /** Class of each column: numbers ascending, then texts in code-unit order. */
  readonly classes: readonly Label[]
  readonly indptr: Int32Array
  readonly nodes: Int32Array
  readonly weights: Float32Array
  /** The largest weight. */
  readonly largest: number
}

/** Seeds that were read already: a source that need not be read again. */
export class ReadSeeds implements Iterable<SeedEntry> {
  readonly columns: SeedColumns
  readonly #nodes: KeyIndex

  constructor(columns: SeedColumns, nodes: KeyIndex) {
    this.columns = columns
    this.#nodes = nodes
  }

  *[Symbol.iterator](): IterableIterator<SeedEntry> {
    const { classes, indptr, nodes, weights } = this.columns
    for (let c = 0; c < classes.length; c++) {
      for (let entry = indptr[c]; entry < indptr[c + 1]; entry++) {
        yield [this.#nodes.keyOf(nodes[entry]), classes[c], weights[entry]]
      }
    }
  }
}

/**
 * Reads seeds into columns.
 *
 * @throws {RivuletError} EMPTY_DATA without a seed, UNKNOWN_KEY for a node that the network lacks, INVALID_DATA for a value that is no label.
 */
export function readSeeds(who: string, network: Network, source: SeedSource): SeedColumns {
  if (source instanceof ReadSeeds) return source.columns
  const byClass = new Map<Label, Map<number, number>>()
  const add = (label: Label, node: number, weight: number): void => {
    const column = byClass.get(label)
    if (column === undefined) byClass.set(label, new Map([[node, weight]]))
    else column.set(node, weight)
  }
  const option = `${who}, option 'seeds'`
  for (const [key, value, weight = 1] of seedEntries(network, source)) {
    const node = requireRow(option, 'a node', network.nodes, key)
    if (!(weight > 0 && weight <= 1)) throw invalidWeight(who, key, weight)
    if (isLabel(value)) add(value, node, weight)
    else for (const [label, share] of shares(who, key, value)) add(label, node, share * weight)
  }
  if (byClass.size === 0) throw noSeed(who, source)
  return toColumns(byClass)
}

/** Seeds one by one as they were given; their values are not checked yet. */
export function seedEntries(
  network: Network,
  source: SeedSource,
): Iterable<readonly [node: string, value: unknown, weight?: number]> {
  return typeof source === 'string' ? network.attribute(source) : source
}

/** Where random walks start: a node, nodes, or nodes with weights >= 0. Weights add up where a node is named more than once. */
export type RestartSource = string | Iterable<string | readonly [node: string, weight: number]>

/** One column of weighted nodes: the restart distribution of a random walk, which sums to 1. @param source null: all nodes alike */
export function readRestart(who: string, network: Network, source: RestartSource | null): SeedColumns {
  if (source === null) return anywhere(network.nodes.size)
  const weights = new Map<number, number>()
  for (const entry of typeof source === 'string' ? [source] : source) {
    const [key, weight] = typeof entry === 'string' ? [entry, 1] : entry
    const node = requireRow(`${who}, option 'seeds'`, 'a node', network.nodes, key)
    if (!(Number.isFinite(weight) && weight >= 0)) throw invalidSeed(who, key, weight)
    weights.set(node, (weights.get(node) ?? 0) + weight)
  }
  const shares = scaledToOne([...weights])
  if (shares.length === 0) throw noSeed(who, 'nothing but zero weights')
  return toColumns(new Map([['restart', new Map(shares)]]))
}

function anywhere(count: number): SeedColumns {
  return {
    classes: ['restart'],
    indptr: Int32Array.of(0, count),
    nodes: Int32Array.from({ length: count }, (_, node) => node),
    weights: new Float32Array(count).fill(1 / count),
    largest: 1 / count,
  }
}

/** Nothing where all weights are 0. Divided by the largest first: sums of very large weights would be infinite. */
function scaledToOne<Key>(weights: readonly (readonly [Key, number])[]): [Key, number][] {
  const largest = weights.reduce((most, [, weight]) => Math.max(most, weight), 0)
  if (largest === 0) return []
  const total = weights.reduce((sum, [, weight]) => sum + weight / largest, 0)
  return weights.map(([key, weight]) => [key, weight / largest / total])
}

function toColumns(byClass: ReadonlyMap<Label, ReadonlyMap<number, number>>): SeedColumns {
  const classes = [...byClass.keys()].sort(compareLabels)
  const indptr = new Int32Array(classes.length + 1)
  const nodes: number[] = []
  const weights: number[] = []
  classes.forEach((label, column) => {
    const entries = [...(byClass.get(label) ?? [])].sort(([a], [b]) => a - b)
    for (const [node, weight] of entries) {
      nodes.push(node)
      weights.push(weight)
    }
    indptr[column + 1] = nodes.length
  })
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  return { classes, indptr, nodes: Int32Array.from(nodes), weights: Float32Array.from(weights), largest }
}

function compareLabels(a: Label, b: Label): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number') return -1
  if (typeof b === 'number') return 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Of several labels. */
function shares(who: string, key: string, value: unknown): (readonly [Label, number])[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isLabel)) {
    const distinct = [...new Set(value)]
    return distinct.map((label) => [label, 1 / distinct.length])
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalidSeed(who, key, value)
  const entries: (readonly [Label, unknown])[] =
    value instanceof Map ? [...(value as Map<Label, unknown>)] : Object.entries(value)
  const total = entries.reduce((sum, [, weight]) => sum + (weight as number), 0)
  const valid = entries.every(([, weight]) => Number.isFinite(weight) && (weight as number) >= 0)
  if (!valid || !(total > 0)) throw invalidSeed(who, key, value)
  return entries.map(([label, weight]) => [label, (weight as number) / total])
}

const isLabel = (value: unknown): value is Label => typeof value === 'string' || Number.isFinite(value)

function noSeed(who: string, source: unknown): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: `${who}, option 'seeds'`,
    expected: 'at least one labelled node',
    got: typeof source === 'string' ? `none by ${show(source)}` : 'none',
    todo: 'Name a node attribute that some nodes have, or give [node, label] pairs.',
  })
}

function invalidWeight(who: string, key: string, weight: unknown): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    {
      who: `${who}, weight of seed ${show(key)}`,
      expected: 'a number in (0, 1]',
      got: show(weight),
      todo: 'Correct it or leave it out.',
    },
    { node: key },
  )
}

function invalidSeed(who: string, key: string, value: unknown): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    {
      who: `${who}, seed of node ${show(key)}`,
      expected: 'a label (text or finite number), several labels, or weights >= 0 per label that do not all vanish',
      got: show(value),
      todo: 'Correct or drop that seed.',
    },
    { node: key },
  )
}
