import type { Trial, Tuning } from '../index.ts'
import { count, figure, tableLines } from './table.ts'

/** A tuning for people: the best trials beside each other, what was gained over the defaults, and the options as they can be given back. */
export function tuningLines(tuning: Tuning, top: number): string[] {
  const { trials, strategy, metric, validation, best, stopped } = tuning
  const failed = trials.filter(({ error }) => error !== null)
  const shown = trials.filter(({ error }) => error === null).slice(0, top)
  const byDefault = trials.find(({ trial }) => trial === 0)
  const rows = byDefault === undefined || shown.includes(byDefault) ? shown : [...shown, byDefault]
  const names = [...new Set(rows.flatMap(({ options }) => Object.keys(options)))]
  const budget = stopped === 'budget' ? ', stopped by the budget' : ''
  return [
    `${count(trials.length)} trials (${strategy})${budget}, judged by ${metric} of ${count(validation.examples)} users, ` +
      `${count(validation.heldOut)} interactions held out (${validation.by})`,
    ...(validation.seenPairs > 0
      ? [`${count(validation.seenPairs)} pairs of the validation are in the training data: left out`]
      : []),
    '',
    ...tableLines(
      ['trial', metric, 'users', ...names],
      rows.map((trial) => cellsOf(trial, names)),
    ),
    ...(failed.length > 0
      ? ['', `${count(failed.length)} trials failed, the first by: ${String(failed[0].error)}`]
      : []),
    '',
    gainText(tuning),
    '',
    `--options '${JSON.stringify(best)}'`,
  ]
}

function cellsOf(
  { trial, options, score, resource }: Trial<Readonly<Record<string, unknown>>>,
  names: readonly string[],
): string[] {
  const valueOf = (name: string): string => (Object.hasOwn(options, name) ? textOf(options[name]) : '')
  return [trial === 0 ? 'defaults' : String(trial), figure(score ?? NaN), count(resource), ...names.map(valueOf)]
}

/** null is a value: no neighbour is left out, for example. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function gainText({ gain, metric }: Tuning): string {
  if (gain === null) return 'The defaults failed: there is nothing to compare with.'
  const { difference, low, high, level } = gain
  const interval = `${signed(low)} to ${signed(high)}, ${100 * level} % interval over the same users`
  const told =
    low > 0 ? 'better than the defaults by more than chance' : 'not better than the defaults by more than chance'
  return `The best is ${told}: ${metric} gains ${signed(difference)} (${interval}).`
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${figure(value)}`
