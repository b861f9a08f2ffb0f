import { readSeedRows } from './seed-rows.ts'
import { seedColumns, type Label, type NodeSeed, type SeedOptions, type SeedSource } from './seeds.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import type { SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Labels to spread, and labels for validation. */
export interface HeldOutLabels {
  readonly seeds: SeedColumns
  /** All given seeds; the same object as `seeds` if none were held out. */
  readonly all: SeedColumns
  /** Nodes by row, none of them a seed. */
  readonly nodes: Int32Array
  readonly labels: readonly Label[]
}

/**
 * Holds out a random share of the seeds of every class: at least one of a class that has two, and never its last one.
 * Seeds with several labels or a weight below 1 are never held out.
 *
 * @param rows as `readSeedRows` gives them
 * @param share in [0, 1); 0 holds nothing out
 * @throws {RivuletError} EMPTY_DATA without a seed, INVALID_DATA if no class has two.
 */
export function holdOutSeeds(
  who: string,
  rows: readonly NodeSeed[],
  source: SeedSource,
  share: number,
  seed: number,
): HeldOutLabels {
  const all = seedColumns(who, rows, source)
  if (share === 0) return { seeds: all, all, nodes: new Int32Array(0), labels: [] }
  const byClass = new Map<Label, number[]>()
  rows.forEach(({ shares, weight }, at) => {
    if (shares.length > 1 || weight < 1) return
    const [[label]] = shares
    const members = byClass.get(label) ?? []
    byClass.set(label, members)
    members.push(at)
  })
  const random = seededRandom(seed)
  const held = [...byClass.values()].flatMap((members) => {
    const most = Math.max(1, Math.round(share * members.length))
    return random.shuffle(members).slice(0, Math.min(most, members.length - 1))
  })
  if (held.length === 0) throw nothingToHoldOut(who)
  const isHeld = new Set(held)
  const seeds = rows.filter((_, at) => !isHeld.has(at))
  const validation = rows.filter((_, at) => isHeld.has(at))
  return { seeds: seedColumns(who, seeds, source), all, ...validationLabels(validation) }
}

/**
 * Takes validation labels as given.
 *
 * @throws {RivuletError} INVALID_DATA for a node that is also a seed, for a label that no seed has, or for more than one label; EMPTY_DATA without any.
 */
export function* givenValidation(
  who: string,
  network: NamedNetwork,
  options: SeedOptions,
  validation: SeedSource,
): Sliced<HeldOutLabels> {
  const rows = yield* readSeedRows(who, network, options)
  const seeds = seedColumns(who, rows, options.seeds)
  const held = yield* readSeedRows(who, network, { ...options, seeds: validation }, 'validation')
  if (held.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who: `${who}, option 'validation'`,
      expected: 'at least one labelled node',
      got: 'none',
      todo: 'Give validation labels, a share of the seeds, or 0 to train without validation.',
    })
  }
  const seeded = new Set(rows.map(({ node }) => node))
  const known = new Set(seeds.classes)
  for (const { node, shares, weight } of held) {
    const refuse = (expected: string, got: string): RivuletError =>
      badValidation(who, network.nodes.keyOf(node), expected, got)
    if (shares.length > 1) throw refuse('one label', `${shares.length} labels`)
    if (weight < 1) throw refuse('a label with weight 1', `weight ${weight}`)
    if (seeded.has(node)) throw refuse('a node that is not a seed', 'a seed')
    if (!known.has(shares[0][0])) throw refuse('a label of a seed', show(shares[0][0]))
  }
  return { seeds, all: seeds, ...validationLabels(held) }
}

const validationLabels = (rows: readonly NodeSeed[]): Pick<HeldOutLabels, 'nodes' | 'labels'> => ({
  nodes: Int32Array.from(rows, ({ node }) => node),
  labels: rows.map(({ shares }) => shares[0][0]),
})

function badValidation(who: string, key: string, expected: string, got: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, validation label of ${show(key)}`,
    expected,
    got,
    todo: 'Correct or drop it.',
    details: { node: key },
  })
}

function nothingToHoldOut(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, option 'validation'`,
    expected: 'a class with at least two seeds, so that one can be held out',
    got: 'at most one seed per class',
    todo: 'Give validation labels of other nodes, or validation: 0 to train without validation.',
  })
}
