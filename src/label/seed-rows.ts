/**
 * Merges the rows of a source of seeds into one record per node.
 *
 * Several rows with one label each are equivalent to one row with a list of these labels: its weight is the mean of theirs, and each label's share is
 * proportional to its row's weight. A repeated row counts once.
 */
import { RivuletError, show } from '../support/errors.ts'
import type { Check } from '../support/options.ts'
import { PAUSE, Slices, visitInSlices, type Sliced } from '../support/pause.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import { ReadSeeds, scaleToOne, seedColumns, type Label, type NodeSeed, type SeedOptions } from './seeds.ts'
import type { SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

interface SeedRow {
  readonly shares: ReadonlyMap<Label, number>
  readonly weight: number
}

/** Smaller weights lose digits in single precision, or become 0. */
const LEAST_WEIGHT = 2 ** -126
/** Operations per row, for key look-ups and new objects. */
const ROW_COST = 256

export const isUnlabelledList: Check = (value) =>
  Array.isArray(value) && value.every((one) => one === null || typeof one === 'string' || typeof one === 'number')
    ? null
    : "a list of values that mean 'no label', as [-1, '']"

/**
 * Reads seeds into columns.
 *
 * @throws {RivuletError} EMPTY_DATA without a seed; as `readSeedRows`.
 */
export function* readSeeds(who: string, network: NamedNetwork, options: SeedOptions): Sliced<SeedColumns> {
  if (options.seeds instanceof ReadSeeds) return options.seeds.columns
  const ids = new UnknownIds(options.unknown)
  const rows = yield* readSeedRows(who, network, options, 'seeds', ids)
  return { ...seedColumns(who, rows, options.seeds), notes: ids.notes }
}

/**
 * One record per node, in order of first appearance; nodes without a label are left out.
 *
 * @param option name of the source in messages
 * @throws {RivuletError} UNKNOWN_KEY for an unknown node, INVALID_DATA for an invalid row, label or weight, and for different rows of a node
 * with the same label.
 */
export function* readSeedRows(
  who: string,
  network: NamedNetwork,
  { seeds, unlabelled, unknown }: SeedOptions,
  option: 'seeds' | 'validation' = 'seeds',
  ids = new UnknownIds(unknown),
): Sliced<NodeSeed[]> {
  const asker = `${who}, option '${option}'`
  const noLabel = new Set(unlabelled.map(String))
  const rowsOf = new Map<number, SeedRow[]>()
  const slices = new Slices()
  for (const entry of typeof seeds === 'string' ? network.attribute(seeds) : seeds) {
    const [key, value, weight] = checkEntry(asker, entry)
    const node = ids.rowOf(asker, 'a node', network.nodes, key)
    const shares = readShares(asker, key, value, noLabel)
    if (shares.size === 0 || node < 0) continue
    const row = { shares, weight: readWeight(asker, key, weight) }
    const rows = rowsOf.get(node)
    if (rows === undefined) rowsOf.set(node, [row])
    else if (!repeats(asker, key, rows, row)) rows.push(row)
    if (slices.full(ROW_COST)) yield PAUSE
  }
  const records: NodeSeed[] = []
  yield* visitInSlices(rowsOf, ([node, rows]) => records.push(together(node, rows)), ROW_COST)
  return records
}

function checkEntry(asker: string, entry: unknown): readonly [key: string, value: unknown, weight: unknown] {
  if (Array.isArray(entry) && (entry.length === 2 || entry.length === 3)) {
    return entry as unknown as readonly [string, unknown, unknown]
  }
  throw new RivuletError('INVALID_DATA', {
    who: asker,
    expected: 'pairs of node and label, optionally with a weight as third entry',
    got: show(entry),
    todo: "Give [['ann', 'red'], ['bob', 'blue']], a Map, or the name of a node attribute.",
  })
}

/** Shares of the labels, which sum to 1; empty if the value means that there is no label. */
function readShares(asker: string, key: string, value: unknown, noLabel: ReadonlySet<string>): Map<Label, number> {
  const saysNone = (label: unknown): boolean => label === null || label === undefined || noLabel.has(String(label))
  const weights = weightsOf(value)
  if (weights === null) {
    if (saysNone(value)) return new Map()
    throw invalidSeed(asker, key, value)
  }
  const isSound = weights.length > 0 && weights.every(([, weight]) => weight >= 0)
  const known = new Map(weights.filter(([label]) => !saysNone(label)))
  if (!isSound || ![...known.keys()].every(isLabel) || weights.every(([, weight]) => weight === 0)) {
    throw invalidSeed(asker, key, value)
  }
  const sums = scaleToOne(Float64Array.from(known.values()))
  return sums.every((share) => share === 0)
    ? new Map()
    : new Map([...(known.keys() as Iterable<Label>)].map((label, at) => [label, sums[at]]))
}

/** A label, a list of labels or weights by label, as pairs; null for any other value. */
function weightsOf(value: unknown): readonly (readonly [label: unknown, weight: number])[] | null {
  if (isLabel(value)) return [[value, 1]]
  if (value === null || typeof value !== 'object') return null
  if (Array.isArray(value)) return value.map((label: unknown) => [label, 1])
  const entries: (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value)
  return entries.map(([label, weight]) => [label, Number.isFinite(weight) ? (weight as number) : NaN])
}

const isLabel = (value: unknown): value is Label => typeof value === 'string' || Number.isFinite(value)

function readWeight(asker: string, key: string, weight: unknown = 1): number {
  if (typeof weight === 'number' && weight >= LEAST_WEIGHT && weight <= 1) return weight
  throw new RivuletError('INVALID_DATA', {
    who: `${asker}, weight of node ${show(key)}`,
    expected: 'a number in (0, 1], not below 1e-37',
    got: show(weight),
    todo: 'Correct it or leave it out.',
    details: { node: key },
  })
}

/**
 * Whether a row repeats an earlier one.
 *
 * @throws {RivuletError} INVALID_DATA if it contradicts an earlier row with the same label.
 */
function repeats(asker: string, key: string, rows: readonly SeedRow[], { shares, weight }: SeedRow): boolean {
  for (const label of shares.keys()) {
    const other = rows.find((row) => row.shares.has(label))
    if (other === undefined) continue
    const isSame =
      other.weight === weight &&
      other.shares.size === shares.size &&
      [...shares].every(([name, share]) => other.shares.get(name) === share)
    if (isSame) return true
    throw new RivuletError('INVALID_DATA', {
      who: `${asker}, node ${show(key)}`,
      expected: `one row for label ${show(label)}`,
      got: 'two different rows',
      todo: 'Keep one of them.',
      details: { node: key, label },
    })
  }
  return false
}

function together(node: number, rows: readonly SeedRow[]): NodeSeed {
  if (rows.length === 1) return { node, shares: [...rows[0].shares], weight: rows[0].weight }
  const total = rows.reduce((sum, { weight }) => sum + weight, 0)
  const shares = rows.flatMap(({ shares, weight }) =>
    Array.from(shares, ([label, share]) => [label, (share * weight) / total] as const),
  )
  return { node, shares, weight: total / rows.length }
}

function invalidSeed(asker: string, key: string, value: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${asker}, node ${show(key)}`,
    expected: 'a label (text or finite number), several labels, or weights >= 0 per label that are not all 0',
    got: show(value),
    todo: "Correct or drop that seed; list values that mean 'no label' in option 'unlabelled'.",
    details: { node: key },
  })
}
