/** Combines the evaluations of several time windows: every user of every window counts once. */
import { RivuletError } from '../support/errors.ts'
import { checkArgument } from '../support/arguments.ts'
import type { ActivityScores } from './activity.ts'
import type { Evaluation, EvaluationAudit } from './evaluation.ts'
import type { SplitFingerprint } from './fingerprint.ts'
import type { ItemAgeScores } from './item-age.ts'
import { mean } from './significance.ts'

/** An `Evaluation` over all windows: `audit` is summed, means are over users x windows, metrics of the catalogue are means over windows. */
export interface PooledEvaluation extends Omit<Evaluation, 'split'> {
  /** The fingerprint of each window. */
  readonly splits: readonly SplitFingerprint[]
}

/**
 * Pools evaluations of one method on several splits, those of `splitRolling` for instance. `perUser` has a row for each user of each window, in the order
 * of the windows, so that `pairedBootstrap` compares two methods on all of them.
 *
 * @throws {RivuletError} EMPTY_DATA without evaluations, INVALID_DATA for evaluations with other cut-offs, INVALID_OPTION
 */
export function poolEvaluations(evaluations: readonly Evaluation[]): PooledEvaluation {
  const who = 'poolEvaluations'
  checkArgument(who, 'evaluations', evaluations, (value) => (Array.isArray(value) ? null : 'an array of evaluations'))
  if (evaluations.length === 0) {
    const todo = 'Give those of the windows of splitRolling.'
    throw new RivuletError('EMPTY_DATA', { who, expected: 'at least one evaluation', got: 'none', todo })
  }
  const [{ perUser }] = evaluations
  const names = Object.keys(perUser.metrics)
  const other = evaluations.findIndex((one) => Object.keys(one.perUser.metrics).join() !== names.join())
  if (other >= 0) throw otherMetrics(who, names, Object.keys(evaluations[other].perUser.metrics), other)
  const columns = names.map((name) => [name, joined(evaluations.map((one) => one.perUser.metrics[name]))] as const)
  const ofCatalogue = Object.keys(evaluations[0].metrics).filter((name) => !names.includes(name))
  return {
    splits: evaluations.map(({ split }) => split),
    audit: summed(evaluations.map(({ audit }) => audit)),
    metrics: {
      ...Object.fromEntries(columns.map(([name, values]) => [name, mean(values)])),
      ...Object.fromEntries(ofCatalogue.map((name) => [name, mean(evaluations.map((one) => one.metrics[name]))])),
    },
    byActivity: pooledBuckets(evaluations.flatMap(({ byActivity }) => byActivity)),
    byItemAge: pooledAges(evaluations.map(({ byItemAge }) => byItemAge)),
    coldUsers: pooledUsers(evaluations.map(({ coldUsers }) => coldUsers)),
    sparsestTenth: pooledUsers(evaluations.map(({ sparsestTenth }) => sparsestTenth)),
    perUser: {
      users: Int32Array.from(evaluations.flatMap((one) => Array.from(one.perUser.users))),
      metrics: Object.fromEntries(columns),
    },
  }
}

const joined = (columns: readonly Float64Array[]): Float64Array =>
  Float64Array.from(columns.flatMap((column) => Array.from(column)))

function summed(audits: readonly EvaluationAudit[]): EvaluationAudit {
  const names = Object.keys(audits[0]) as (keyof EvaluationAudit)[]
  const sums = names.map((name) => [name, audits.reduce((sum, audit) => sum + audit[name], 0)] as const)
  return Object.fromEntries(sums) as unknown as EvaluationAudit
}

/** Pooled means: means weighted by the numbers of users or pairs. */
function weighted<Key extends 'users' | 'pairs'>(
  parts: readonly ({ readonly metrics: Readonly<Record<string, number>> } & Readonly<Record<Key, number>>)[],
  key: Key,
): { readonly total: number; readonly metrics: Record<string, number> } {
  const total = parts.reduce((sum, part) => sum + part[key], 0)
  const names = Object.keys(parts[0].metrics)
  const meanOf = (name: string): number => parts.reduce((sum, part) => sum + part[key] * part.metrics[name], 0) / total
  return { total, metrics: Object.fromEntries(names.map((name) => [name, meanOf(name)])) }
}

function pooledUsers(parts: readonly (ActivityScores | null)[]): ActivityScores | null {
  const some = parts.filter((part) => part !== null)
  if (some.length === 0) return null
  const { total: users, metrics } = weighted(some, 'users')
  const from = some.reduce((least, part) => Math.min(least, part.from), Infinity)
  const to = some.reduce((most, part) => Math.max(most, part.to ?? Infinity), 0)
  return { from, to: to === Infinity ? null : to, users, metrics }
}

/** Merges buckets with the same lower edge. */
function pooledBuckets(buckets: readonly ActivityScores[]): ActivityScores[] {
  const edges = [...new Set(buckets.map(({ from }) => from))].sort((a, b) => a - b)
  return edges.flatMap((edge) => pooledUsers(buckets.filter(({ from }) => from === edge)) ?? [])
}

/** Merges quarters of the same rank, whatever their ages, and the groups of items without a training pair. */
function pooledAges(windows: readonly (readonly ItemAgeScores[])[]): ItemAgeScores[] {
  const lacking = windows.flatMap((groups) => groups.filter(({ from }) => from === null))
  const known = windows.map((groups) => groups.filter(({ from }) => from !== null))
  const most = known.reduce((longest, { length }) => Math.max(longest, length), 0)
  const quarters = Array.from({ length: most }, (_, rank) => known.flatMap((groups) => groups[rank] ?? []))
  return [lacking, ...quarters].filter((groups) => groups.length > 0).map(pooledGroup)
}

function pooledGroup(groups: readonly ItemAgeScores[]): ItemAgeScores {
  const { total: pairs, metrics } = weighted(groups, 'pairs')
  if (groups[0].from === null) return { from: null, to: null, pairs, metrics }
  const from = groups.reduce((least, group) => Math.min(least, group.from ?? Infinity), Infinity)
  const to = groups.reduce((most, group) => Math.max(most, group.to ?? 0), 0)
  return { from, to, pairs, metrics }
}

function otherMetrics(who: string, expected: readonly string[], got: readonly string[], at: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    ...{ who: `${who}, evaluation ${at}`, expected: expected.join(', '), got: got.join(', ') },
    todo: 'Evaluate all windows with the same k.',
  })
}
