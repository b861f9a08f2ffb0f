import type { Network } from '../propagate/network.ts'
import { seedEntries, type Label, type SeedEntry, type SeedSource } from '../propagate/seeds.ts'
import { RivuletError, show } from '../support/errors.ts'
import { requireRow } from '../support/key-index.ts'
import { seededRandom } from '../support/random.ts'

/** Labels to spread, and labels that only judge. */
export interface HeldOutLabels {
  readonly seeds: readonly SeedEntry[]
  /** All that were given as seeds. */
  readonly all: readonly SeedEntry[]
  /** Whether what judges was taken from the seeds. */
  readonly areSeeds: boolean
  /** Nodes by row, none of them a seed. */
  readonly nodes: Int32Array
  readonly labels: readonly Label[]
}

/**
 * Holds out a share of the seeds of every class, by drawing: at least one of a class that has two, and never its last one.
 * Seeds with shared or weighted labels, and nodes named twice, all stay seeds.
 *
 * @param share in [0, 1); 0 holds nothing out
 * @throws {RivuletError} INVALID_DATA where no class has two seeds.
 */
export function holdOutSeeds(
  who: string,
  network: Network,
  source: SeedSource,
  share: number,
  seed: number,
): HeldOutLabels {
  const entries = [...seedEntries(network, source)] as SeedEntry[]
  if (share === 0) return { seeds: entries, all: entries, areSeeds: false, nodes: new Int32Array(0), labels: [] }
  const byClass = new Map<unknown, number[]>()
  const times = new Map<string, number>()
  for (const [key] of entries) times.set(String(key), (times.get(String(key)) ?? 0) + 1)
  entries.forEach(([key, value, weight], at) => {
    // A node that is named twice would be held out and stay a seed.
    if (typeof value === 'object' || weight !== undefined || (times.get(String(key)) ?? 0) > 1) return
    const members = byClass.get(value) ?? []
    byClass.set(value, members)
    members.push(at)
  })
  const random = seededRandom(seed)
  const held = [...byClass.values()].flatMap((members) => {
    const most = Math.max(1, Math.round(share * members.length))
    return random.shuffle(members).slice(0, Math.min(most, members.length - 1))
  })
  if (entries.length > 0 && held.length === 0) throw nothingToHoldOut(who)
  const isHeld = new Set(held)
  return {
    seeds: entries.filter((_, at) => !isHeld.has(at)),
    all: entries,
    areSeeds: true,
    ...readLabels(
      who,
      network,
      held.sort((a, b) => a - b).map((at) => entries[at]),
    ),
  }
}

/**
 * Takes validation labels as given.
 *
 * @throws {RivuletError} INVALID_DATA for a node that is a seed, too, for a label that no seed has, or that is not one label; EMPTY_DATA without any.
 */
export function givenValidation(
  who: string,
  network: Network,
  source: SeedSource,
  validation: SeedSource,
): HeldOutLabels {
  const seeds = [...seedEntries(network, source)] as SeedEntry[]
  const held = readLabels(who, network, [...seedEntries(network, validation)] as SeedEntry[])
  if (held.nodes.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who: `${who}, option 'validation'`,
      expected: 'at least one labelled node',
      got: 'none',
      todo: 'Give validation labels, a share of the seeds, or 0 to go on unguarded.',
    })
  }
  const seeded = new Set(seeds.map(([key]) => network.nodes.rowOf(String(key))))
  const known = new Set(seeds.flatMap(([, value]) => labelsOf(value)))
  held.nodes.forEach((node, at) => {
    if (seeded.has(node)) throw badValidation(who, network.nodes.keyOf(node), 'a node that is no seed', 'a seed')
    if (!known.has(held.labels[at]))
      throw badValidation(who, network.nodes.keyOf(node), 'a label that a seed has', show(held.labels[at]))
  })
  return { seeds, all: seeds, areSeeds: false, ...held }
}

function readLabels(
  who: string,
  network: Network,
  entries: readonly SeedEntry[],
): Pick<HeldOutLabels, 'nodes' | 'labels'> {
  const labels = new Map<number, Label>()
  for (const [key, value] of entries) {
    if (typeof value === 'object') throw badValidation(who, key, 'one label', show(value))
    labels.set(requireRow(`${who}, option 'validation'`, 'a node', network.nodes, key), value)
  }
  return { nodes: Int32Array.from(labels.keys()), labels: [...labels.values()] }
}

function labelsOf(value: SeedEntry[1]): readonly Label[] {
  if (typeof value !== 'object') return [value]
  if (Array.isArray(value)) return value as readonly Label[]
  return value instanceof Map ? [...(value.keys() as Iterable<Label>)] : Object.keys(value)
}

function badValidation(who: string, key: string, expected: string, got: string): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    { who: `${who}, validation label of ${show(key)}`, expected, got, todo: 'Correct or drop it.' },
    { node: key },
  )
}

function nothingToHoldOut(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, option 'validation'`,
    expected: 'a class with two seeds or more, of which one can be held out',
    got: 'one seed per class at most',
    todo: 'Give validation labels of other nodes, or validation: 0 to go on unguarded.',
  })
}
