/** Of which data something was made, and how they were read: what vectors and clusters tell, and are refused by. */
import { fingerprintInSlices, isFingerprint, type DataFingerprint } from '../data/data-fingerprint.ts'
import { isStoredRules, type SignalRules } from '../data/signal-rules.ts'
import { openNetwork, type Source } from '../network/open.ts'
import { RivuletError } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { isBoolean } from '../support/options.ts'
import { requireSides } from './embedding.ts'
import type { NamedNetwork } from '../network/network.ts'

/** JSON-safe. */
export interface DataFacts {
  /** Whether interaction values weighed. */
  readonly weighted: boolean
  /** What interactions weighed by signal; `null` where signals did not matter. */
  readonly signals: SignalRules | null
  /** The data it was made of. */
  readonly fingerprint: DataFingerprint
}

/** Checks of facts that came as JSON. */
export const DATA_FACTS_CHECKS = { weighted: isBoolean, signals: isStoredRules, fingerprint: isFingerprint }

export function* factsInSlices(who: string, network: NamedNetwork): Sliced<DataFacts> {
  return { ...network.weighing, fingerprint: yield* fingerprintOf(who, network) }
}

/**
 * Refuses what was made of other data than those it is to be used with.
 *
 * @param source read as those data were: with the same signals, and values that weigh or not
 * @throws {RivuletError} INVALID_DATA naming both fingerprints, and what a source is refused for.
 */
export function requireSameData(who: string, made: { readonly facts: DataFacts }, source: Source): void {
  const { weighted, signals } = made.facts
  const options = { weighted, signals, direction: 'both', memoryLimitBytes: Infinity } as const
  requireSameNetwork(who, made, openNetwork(who, source, options))
}

/** The same for data that were read already, however their pairs weigh. @throws {RivuletError} INVALID_DATA naming both fingerprints. */
export function requireSameNetwork(who: string, { facts }: { readonly facts: DataFacts }, network: NamedNetwork): void {
  const { fingerprint: expected } = facts
  const got = atOnce(fingerprintOf(who, network))
  if (got.hash === expected.hash && got.pairs === expected.pairs) return
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: `the data that it was made of, ${describe(expected)}`,
    got: describe(got),
    todo: 'Make it again from these data, or read those that it was made of.',
    details: { expected, got },
  })
}

function fingerprintOf(who: string, network: NamedNetwork): Sliced<DataFingerprint> {
  const { users, items } = requireSides(who, network)
  return fingerprintInSlices(users, items, (user) => network.rows.columnsOf(user))
}

const describe = ({ users, items, pairs, hash }: DataFingerprint): string =>
  `${pairs} pairs of ${users} users and ${items} items (${hash})`
