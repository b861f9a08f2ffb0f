/** Infers the meaning of signals from their names and values. */
import { atOnce } from '../support/drive.ts'
import { orderStatistic } from '../support/order-statistic.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { checkInSlices, type Interactions } from './interactions.ts'
import { requireSignals, type ResolvedRule, type SignalRole, type SignalRules, type Signals } from './signal-rules.ts'
import { weighInSlices } from './signal-weights.ts'
import { DEFAULT_SIGNAL } from './table-builder.ts'
import { takeInSlices, whereInSlices } from './take-rows.ts'

/** A signal, its inferred rule, and the reason in a few words. */
export interface SignalDescription extends ResolvedRule {
  readonly name: string
  readonly rows: number
  /** Smallest and largest value; both 1 without values. */
  readonly smallest: number
  readonly largest: number
  readonly why: string
}

type Guess = Pick<ResolvedRule, 'role' | 'transform'> & { readonly sign: 1 | 0 | -1; readonly why: string }

/** The largest number on a scale of stars. */
const MOST_STARS = 10

/**
 * A rule for every signal that has rows, inferred from the data. The rules are a start: print them (`describeSignals`), correct them, and pass
 * them as option `signals`, or pass 'auto'.
 *
 * Whole or half numbers up to 10 that mostly lie in the upper half of their range are stars, a label, unless the name indicates evidence. Other numbers
 * >= 0 are plays: evidence, by log1p. Missing or constant values are binary; then the name decides between a label (buy, like) and evidence (view,
 * cart). Names are read word by word. Weights give the mean edge of every signal weight 1; they are below 0 for dislikes, 0 for
 * revoked or rejected interactions (cancelled, removed, skipped, unpaid ...).
 */
export const inferSignals = (table: Interactions): SignalRules =>
  rulesOf(atOnce(describeInSlices(table, 'inferSignals')))

const rulesOf = (signals: readonly SignalDescription[]): SignalRules =>
  Object.fromEntries(
    signals.map(({ name, role, weight, transform, halfLife }) => [name, { role, weight, transform, halfLife }]),
  )

/** The same with the reasons, one entry per signal with rows, in the table's order. */
export const describeSignals = (table: Interactions): SignalDescription[] => atOnce(describeInSlices(table))

export function* describeInSlices(table: Interactions, who = 'describeSignals'): Sliced<SignalDescription[]> {
  const { signals, signal } = yield* checkInSlices(who, table)
  const found: SignalDescription[] = []
  for (const [number, name] of signals.entries()) {
    const rows = yield* whereInSlices(table.length, (row) => (signal?.[row] ?? 0) === number)
    if (rows.length === 0) continue
    const { value } = yield* takeInSlices(table, rows)
    const { smallest, largest } = value === undefined ? { smallest: 1, largest: 1 } : yield* rangeOf(value)
    const { sign, why, ...guess } = yield* guessSignal(name, value, smallest, largest)
    const weight = sign === 0 ? 0 : sign * (yield* unitWeight(table, name, guess))
    found.push({ name, rows: rows.length, smallest, largest, ...guess, weight, halfLife: null, why })
  }
  return found
}

/** The rules of option `signals` for a table. @throws {RivuletError} as `requireSignals`. */
export const resolveSignals = (who: string, table: Interactions, signals: Signals | null): SignalRules | null =>
  atOnce(resolveInSlices(who, table, signals))

/** As `resolveSignals`. */
export function* resolveInSlices(
  who: string,
  table: Interactions,
  signals: Signals | null,
): Sliced<SignalRules | null> {
  const rules = signals === 'auto' ? rulesOf(yield* describeInSlices(table)) : signals
  requireSignals(who, table, rules)
  return rules
}

function* guessSignal(name: string, value: Float32Array | undefined, smallest: number, largest: number): Sliced<Guess> {
  const { role: named, sign, said } = name === DEFAULT_SIGNAL ? UNNAMED : readSignalName(name)
  const role = named ?? 'evidence'
  if (value === undefined || smallest === largest)
    return { role, transform: 'binary', sign, why: `${value ? 'one value' : 'no values'}; ${said}` }
  const range = `${smallest} to ${largest}`
  if (smallest < 0) return { role: 'label', transform: 'raw', sign, why: `values ${range}: for and against` }
  if (areSeconds(name)) return { role: 'evidence', transform: 'dwell', sign, why: `${range} seconds; ${said}` }
  const mayBeStars = named !== 'evidence' && largest <= MOST_STARS && value.every((v) => Number.isInteger(2 * v))
  if (mayBeStars && (yield* medianOf(value)) >= (smallest + largest) / 2) {
    return { role: 'label', transform: 'raw', sign, why: `stars: steps from ${range}, mostly in the upper half` }
  }
  return { role, transform: 'log1p', sign, why: `counts: ${range}; ${said}` }
}

const UNNAMED = { role: null, sign: 1, said: 'no name' } as const

/** The weight that gives the mean edge weight 1, to three digits. */
function* unitWeight(
  table: Interactions,
  signal: string,
  rule: Pick<ResolvedRule, 'role' | 'transform'>,
): Sliced<number> {
  const { data } = yield* weighInSlices('inferSignals', table, { weighted: false, signals: { [signal]: rule } })
  if (data === null) return 1
  let sum = 0
  const add = (from: number, to: number): void => {
    for (let edge = from; edge < to; edge++) sum += Math.abs(data[edge])
  }
  yield* inSlices(data.length, add)
  const mean = sum / data.length
  return mean > 0 ? Number((1 / mean).toPrecision(3)) : 1
}

function* rangeOf(value: Float32Array): Sliced<{ smallest: number; largest: number }> {
  let [smallest, largest] = [Infinity, -Infinity]
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      smallest = Math.min(smallest, value[row])
      largest = Math.max(largest, value[row])
    }
  }
  yield* inSlices(value.length, meet)
  return { smallest, largest }
}

const medianOf = (value: Float32Array): Sliced<number> => orderStatistic(value.slice(), Math.floor(value.length / 2))

/** The meaning of a name; `role` is `null` if it has none. */
export interface NamedSignal {
  readonly role: SignalRole | null
  /** -1 for dislikes, 0 for revoked or rejected interactions. */
  readonly sign: 1 | 0 | -1
  readonly said: string
}

const ENDINGS = '(?:s|es|d|ed|ing|er)?'
const words = (list: string): RegExp => new RegExp(`^(?:${list.trim().replace(/\s+/g, '|')})${ENDINGS}$`)

const EVIDENCE = words(`view pageview visit click impression open read play playcount listen watch watchlist stream cart
  addtocart basket wish wishlist save bookmark search dwell duration second sec history`)
const LABEL =
  words(`buy bought purchase purchas order transaction sale sold paid pay payment like lik love lov fav favorite
  favourite favorit favourit rate rat rating star starr score scor review vote vot upvote upvot`)
const DISLIKE = words('dislike dislik unlike unlik downvote downvot thumbsdown thumbdown hate hat')
const TAKEN_BACK =
  words(`not no non never without undo undone remove remov delete delet cancel cancell cancellation refund return
  skip skipp hide hid hidden block reject decline declin unfollow unsubscribe unsubscrib abandon ignore ignor mute mut
  dismiss revert revoke revok fail failure expire expir chargeback dispute disput removefromcart notinterest`)
const SECONDS = words('dwell duration second sec timespent')

/** Splits at capitals, digits and non-letters: 'cartRemoved2', 'cart_removed' and 'cart-removed' are the same two words. */
export function wordsOf(name: string): readonly string[] {
  const apart = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
  return apart.toLowerCase().match(/\p{L}+/gu) ?? []
}

/** Whether a name indicates that values are seconds. */
export function areSeconds(name: string): boolean {
  const found = wordsOf(name)
  return (
    found.some((word) => SECONDS.test(word)) || found.some((word, at) => word === 'time' && found[at + 1] === 'spent')
  )
}

/** Reads the name of a signal. Dislikes come first, then revoked interactions, then evidence: 'order viewed' is a view. */
export function readSignalName(name: string): NamedSignal {
  const found = wordsOf(name)
  const find = (is: (word: string, at: number) => boolean): string | undefined => found.find(is)
  const against = find((word, at) => DISLIKE.test(word) || isThumbDown(word, found[at + 1]))
  if (against !== undefined) return { role: 'label', sign: -1, said: `a dislike by its name ('${against}')` }
  const taken = find((word) => TAKEN_BACK.test(word) || isUndone(word))
  if (taken !== undefined)
    return { role: 'evidence', sign: 0, said: `taken back or turned down by its name ('${taken}')` }
  const seen = find((word) => EVIDENCE.test(word))
  if (seen !== undefined) return { role: 'evidence', sign: 1, said: `evidence by its name ('${seen}')` }
  const label = find((word) => LABEL.test(word))
  if (label !== undefined) return { role: 'label', sign: 1, said: `a label by its name ('${label}')` }
  return { role: null, sign: 1, said: 'the name says nothing' }
}

const isThumbDown = (word: string, next: string | undefined): boolean =>
  (/^thumbs?$/.test(word) && next === 'down') || (word === 'down' && /^vot(e|es|ed|ing)$/.test(next ?? ''))

/** 'unpaid', 'unsaved', but not 'unique'. */
function isUndone(word: string): boolean {
  const rest = /^(?:un|de|dis)(.+)$/.exec(word)?.[1]
  return rest !== undefined && (EVIDENCE.test(rest) || LABEL.test(rest))
}
