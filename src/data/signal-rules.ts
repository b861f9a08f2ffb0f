/**
 * Meaning of the signals of a table: a weight by name, or a rule.
 *
 * Conflicts. A pair may have several signals (bought and viewed): each gets a weight by its own rule, and the weights are added. Rows with the same user, item and
 * signal are merged: for a label the last row counts, evidence is summed, at the latest time. Weights below 0 (dislikes, few stars) are negative seeds,
 * not missing ones: the pair counts as seen, and lowers the item's score.
 */
import { RivuletError, show } from '../support/errors.ts'
import { finiteNumber, oneOf, nearestOf, type Check } from '../support/options.ts'
import { option, optional, resolve, type Given } from '../support/spec.ts'
import { isDuration, type Duration } from './durations.ts'
import type { Interactions } from './interactions.ts'
import { TRANSFORM_NAMES, type SignalTransform } from './signal-transforms.ts'

const isWeight: Check = (value) =>
  finiteNumber(Math.fround(value as number)) === null && typeof value === 'number' ? null : 'a finite number'

const isSpan: Check = (value, who) =>
  value === null ? null : isDuration(value, who) && `${isDuration(value, who)}, or null`

const ruleOptions = {
  /**
   * 'label': explicit feedback, which is to be predicted (stars, purchases, likes); of repeated rows the last counts. 'evidence': plentiful and
   * noisy (views, plays); repeated rows add up. Default 'label' with 'centred', otherwise 'evidence'.
   */
  role: optional<SignalRole>(oneOf('label', 'evidence')),
  /** Factor, finite in single precision; below 0 for negative feedback, 0 for items that only count as seen. Default 1. */
  weight: option(1, isWeight),
  /**
   * Transform of the values. Default 'raw' if there are values and `weighted: true`, otherwise 'binary'.
   *
   * - 'raw': the value v.
   * - 'binary': 1, however often.
   * - 'log1p': log(1 + v), for counts with a long tail; v >= 0.
   * - 'bm25': 101 v / (v + 100 (0.2 + 0.8 n / mean n)) idf, n the sum of the user's values, so that values are relative to the user's activity; K1 = 100 and B = 0.8; v >= 0.
   * - 'tf-idf': sqrt(v) idf; v >= 0. In both idf = 1 + log((1 + users) / (1 + users of the item)), scikit-learn's smooth one.
   * - 'rank': rank of v among the user's rows over their number, in (0, 1]; ties share the mean of their ranks.
   * - 'centred': v minus the user's mean, which is shrunk to the global mean by 5 rows: stars below it are negative seeds.
   * - 'dwell': log(1 + seconds), seconds capped at their 99 % quantile, beyond which the page was probably left open; v >= 0.
   */
  transform: optional<SignalTransform>(oneOf(...TRANSFORM_NAMES)),
  /** Half-life of the weight, counted back from the newest row of the table, > 0: a number in the unit of its times, or '30d', '12h'; unknown times count as the oldest known one, and after 100 half-lives a row only counts as seen. Default `null`: ignores age. */
  halfLife: option<Duration | null>(null, isSpan),
}

/** The rule of one signal. Plain JSON. */
export interface SignalRule extends Given<typeof ruleOptions> {}

export type SignalRole = 'label' | 'evidence'

/** Rules by signal name; a number is short for the rule `{ weight }`. */
export type SignalRules = Readonly<Record<string, number | SignalRule>>

/** Option `signals`: rules, or 'auto' for those that `inferSignals` finds in the data. */
export type Signals = SignalRules | 'auto'

/** A rule with every field. */
export type ResolvedRule = { readonly [Key in keyof SignalRule]-?: Exclude<SignalRule[Key], undefined> }

/** Check of option `signals`; `null` means "not given". Rules are checked by `resolveSignals`, which has more precise errors. */
export const isSignals: Check = (value) => {
  const expected = "finite weights or rules by signal name, at least one, or 'auto'"
  if (value === null || value === 'auto') return null
  if (typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0) return expected
  return Object.values(value).every((rule) => isRule(rule)) ? null : expected
}

const isRule = (rule: unknown): boolean =>
  typeof rule === 'number' ? isWeight(rule) === null : rule !== null && typeof rule === 'object' && !Array.isArray(rule)

/** Check of rules read from JSON, with all fields; `null` means "signals were not used". */
export const isStoredRules: Check = (value) => {
  if (value === null) return null
  const expected = isSignals(value)
  if (expected !== null || value === 'auto') return 'rules by signal name, or null'
  try {
    for (const rule of Object.values(value as SignalRules)) readRule('signals', rule, false)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/**
 * Checks rules by themselves and against the signals of a table.
 *
 * @throws {RivuletError} UNKNOWN_KEY for an unknown signal, naming the nearest; INVALID_OPTION, UNKNOWN_OPTION inside a rule.
 */
export function requireSignals(who: string, table: Pick<Interactions, 'signals'>, rules: SignalRules | null): void {
  for (const [name, rule] of Object.entries(rules ?? {})) {
    requireSignal(`${who}, option 'signals'`, table, name)
    readRule(`${who}, option 'signals', ${show(name)}`, rule, false)
  }
}

/** A rule with its defaults. @param weighted whether values are used if the rule does not say. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function readRule(who: string, rule: number | SignalRule, weighted: boolean): ResolvedRule {
  const given = typeof rule === 'number' ? { weight: rule } : rule
  const { role, weight, transform, halfLife } = resolve(who, ruleOptions, given)
  return {
    role: role ?? (transform === 'centred' ? 'label' : 'evidence'),
    weight,
    transform: transform ?? (weighted ? 'raw' : 'binary'),
    halfLife,
  }
}

/** The number of a signal. @throws {RivuletError} UNKNOWN_KEY naming the nearest */
export function requireSignal(who: string, { signals: known }: Pick<Interactions, 'signals'>, name: string): number {
  const number = known.indexOf(name)
  if (number >= 0) return number
  const nearest = nearestOf(name, known)
  throw new RivuletError('UNKNOWN_KEY', {
    who,
    expected: `signals of this data: ${known.map(show).join(', ')}`,
    got: show(name),
    todo: `Did you mean ${show(nearest)}?`,
    details: { key: name, nearest },
  })
}
