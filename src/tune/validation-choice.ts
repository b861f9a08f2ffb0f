/** What is held out of a source to choose by, when the caller does not bring it: by time where there is time. */
import { checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import { readRule, type SignalRules } from '../data/signal-rules.ts'
import { leaveLastOutInSlices, splitByTimeInSlices, splitRandomInSlices, type Split } from '../data/split.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import type { Check } from '../support/options.ts'
import type { Sliced } from '../support/pause.ts'

/** How validation is held out, or a table that is. */
export type ValidationChoice = 'auto' | HeldOutBy | Interactions

export type HeldOutBy = 'time' | 'leave-last-out' | 'random'

const WAYS: readonly unknown[] = ['auto', 'time', 'leave-last-out', 'random']

export const isValidationChoice: Check = (value) => {
  if (isTable(value)) {
    checkInteractions("option 'validation'", value)
    return null
  }
  return WAYS.includes(value) ? null : "'auto', 'time', 'leave-last-out', 'random', or a table of interactions"
}

/** 'auto': the latest where anything is known of time, and a random share otherwise. */
export function heldOutBy(choice: 'auto' | HeldOutBy, { time }: Interactions): HeldOutBy {
  if (choice !== 'auto') return choice
  return time?.some((at) => !Number.isNaN(at)) === true ? 'time' : 'random'
}

/** @throws {RivuletError} INVALID_DATA for 'time' without a time column, EMPTY_DATA */
export function cutTable(table: Interactions, by: HeldOutBy, share: number, seed: number): Sliced<Split> {
  if (by === 'time') return splitByTimeInSlices(table, { testFraction: share })
  return by === 'random' ? splitRandomInSlices(table, { testFraction: share, seed }) : leaveLastOutInSlices(table)
}

/**
 * The rows that say what should be found: those of signals of role 'label' where there are any, with a weight above 0; and a value above 0 where values
 * weigh. Without rules all are wanted.
 */
export function* wantedRows(table: Interactions, signals: SignalRules | null, weighted: boolean): Sliced<Interactions> {
  const rules = Object.entries(signals ?? {}).map(([name, rule]) => ({ name, ...readRule('tune', rule, weighted) }))
  const above = rules.filter(({ weight }) => weight > 0)
  const labels = above.filter(({ role }) => role === 'label')
  const names = (labels.length > 0 ? labels : above).map(({ name }) => name)
  const wanted = table.signals.map((name) => signals === null || names.includes(name))
  const { signal, value, length } = table
  const counts = weighted && value !== undefined ? (row: number): boolean => value[row] > 0 : (): boolean => true
  const rows = yield* whereInSlices(length, (row) => wanted[signal?.[row] ?? 0] && counts(row))
  return yield* takeInSlices(table, rows)
}
