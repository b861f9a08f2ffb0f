/** The data that vectors and clusters were made from, and how they were read: results are refused with other data. */
import {
  fingerprintInSlices,
  fingerprintOfBlocks,
  isFingerprint,
  type DataFingerprint,
} from '../data/data-fingerprint.ts'
import { SOURCE_OPTION_NAMES } from '../method/source-options.ts'
import { isStoredRules, type SignalRules } from '../data/signal-rules.ts'
import type { NamedNetwork } from '../network/network.ts'
import { itemsAmong } from '../network/relations.ts'
import { openNetwork, type Source } from '../network/open.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import { atOnce } from '../support/drive.ts'
import { RivuletError } from '../support/errors.ts'
import { isBoolean, oneOf, refusedOption } from '../support/options.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { rangesOfWork, type Sliced } from '../support/pause.ts'
import { counted, shown, type Shown } from '../support/printed.ts'
import { anyFields, fields } from '../support/shape.ts'
import { requireSides, type Embedding } from './embedding.ts'

/** JSON-safe. */
export interface DataFacts {
  /** Whether values were used as weights. */
  readonly weighted: boolean
  /** Weights by signal; `null` if signals were ignored. */
  readonly signals: SignalRules | null
  /** Fingerprint of the data. */
  readonly fingerprint: DataFingerprint
}

/** Checks of facts read from JSON. */
export const DATA_FACTS_CHECKS = { weighted: isBoolean, signals: isStoredRules, fingerprint: isFingerprint }

export function* factsOfData(who: string, network: NamedNetwork): Algorithm<DataFacts> {
  return { ...network.weighing, fingerprint: yield* fingerprintOfPairs(who, network, requireSides(who, network)) }
}

/** Number of pairs requested at a time. */
const PAIRS_OF_A_BLOCK = 2 ** 22

/** The fingerprint of pairs in memory or in a database: they are requested by blocks of users. */
export function fingerprintOfPairs(
  who: string,
  network: NamedNetwork,
  { users, items }: { readonly users: KeyIndex; readonly items: KeyIndex },
): Algorithm<DataFingerprint> {
  const { rows } = network
  const blocks = rangesOfWork(users.size, (user) => rows.lengthOf(user), PAIRS_OF_A_BLOCK)
  return fingerprintOfBlocks(users, items, blocks, function* (from, to) {
    const asked = Int32Array.from({ length: to - from }, (_, at) => from + at)
    const block = yield* aboutEdges({ kind: 'rows', name: who, rows: asked })
    return (user) => {
      const columns = block.columnsOf(user - from)
      return columns.subarray(0, itemsAmong(columns, network))
    }
  })
}

/**
 * Refuses objects that are used with other data than they were made from.
 *
 * @param source read in the same way as those data: with the same signals and use of values
 * @throws {RivuletError} INVALID_DATA naming both fingerprints, and the errors of reading a source.
 */
export function requireSameData(who: string, made: { readonly facts: DataFacts }, source: Source): void {
  const { weighted, signals } = made.facts
  const options = { weighted, signals, direction: 'both', memoryLimitBytes: Infinity } as const
  requireSameNetwork(who, made, openNetwork(who, source, options))
}

/** As `requireSameData`, for data already read, whatever their weights. @throws {RivuletError} INVALID_DATA naming both fingerprints. */
export function requireSameNetwork(who: string, { facts }: { readonly facts: DataFacts }, network: NamedNetwork): void {
  const { fingerprint: expected } = facts
  const got = atOnce(fingerprintOf(who, network))
  if (got.hash === expected.hash && got.pairs === expected.pairs) return
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: `the data that it was made from, ${describe(expected)}`,
    got: describe(got),
    todo: 'Make it again from this data, or read the original data.',
    details: { expected, got },
  })
}

/** The error for an option whose value was made from other data. */
export const madeOfOtherData = (who: string, option: string, expected: string, got: string): RivuletError =>
  refusedOption(who, option, {
    expected,
    got,
    todo: 'Make it from the same source.',
  })

function fingerprintOf(who: string, network: NamedNetwork): Sliced<DataFingerprint> {
  const { users, items } = requireSides(who, network)
  const taken = (user: number): Uint32Array => {
    const columns = network.rows.columnsOf(user)
    return columns.subarray(0, itemsAmong(columns, network))
  }
  return fingerprintInSlices(users, items, taken)
}

const describe = ({ users, items, pairs, hash }: DataFingerprint): string =>
  `${pairs} pairs of ${users} users and ${items} items (${hash})`

/** The origin of an embedding. JSON-safe. */
export interface EmbeddingFacts extends DataFacts {
  readonly method: EmbeddingMethod
  /** The method's options with defaults filled in, without those that do not affect the vectors. */
  readonly options: Readonly<Record<string, unknown>>
}

export type EmbeddingMethod = 'spectral' | 'contrastive'

/** An embedding with its origin, as stored in a file. */
export interface StoredEmbedding extends Embedding {
  readonly facts: EmbeddingFacts
}

/** An embedding that prints its sizes; the vectors themselves are read by `toRows` and `toColumns`. */
export const asEmbedding = <T extends StoredEmbedding>(embedding: T): T =>
  shown<StoredEmbedding>(embedding, EMBEDDING) as T

const EMBEDDING: Shown<StoredEmbedding> = {
  line: ({ users, items, dimensions }) =>
    `Embedding { ${counted(users.size, 'user')}, ${counted(items.size, 'item')}, ${counted(dimensions, 'dimension')} }`,
  document: ({ facts, users, items, dimensions }) => ({
    ...{ facts, users: users.size, items: items.size, dimensions },
  }),
}

/** Check of facts read from JSON. */
export const isEmbeddingFacts = fields<EmbeddingFacts>({
  method: oneOf('spectral', 'contrastive'),
  options: anyFields,
  ...DATA_FACTS_CHECKS,
})

const BESIDE = [...SOURCE_OPTION_NAMES, ...['nodeEmbeddingAttribute', 'onProgress', 'onCheckpoint', 'resume']]

/** @param options resolved; `weighted` and `signals` are replaced by their values for this network, `relations` by their weights */
export function* factsOf(network: NamedNetwork, method: EmbeddingMethod, options: object): Algorithm<EmbeddingFacts> {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !BESIDE.includes(name)))
  const weights = network.relations?.parts.map(({ name, weight }) => [name, weight] as const)
  const relations = weights && { relations: Object.fromEntries(weights) }
  return { method, options: { ...own, ...relations }, ...(yield* factsOfData(method, network)) }
}
