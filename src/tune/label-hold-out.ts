import type { Interactions } from '../data/interactions.ts'
import { rowsWhere, takeRows } from '../data/take-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { seededRandom, type Random } from '../support/random.ts'

/** A table without one label row of each user, and those rows for two halves of the users: to search by, and to judge by what was found. */
export interface LabelHoldOut {
  readonly train: Interactions
  readonly search: Interactions
  readonly judge: Interactions
}

/**
 * Holds out what each user did last with one of the label signals, a random one where there is no time, and with it all rows of that pair and the
 * user's later rows: what a recommender would have to find next. A row with a value of 0 or less is nothing to find. Users of whom nothing else is
 * known are left whole.
 *
 * @throws {RivuletError} EMPTY_DATA when there are not two users to hold out from.
 */
export function holdOutLabels(who: string, table: Interactions, labels: readonly string[], seed: number): LabelHoldOut {
  const { user, item, time, length } = table
  const random = seededRandom(seed)
  const held = lastLabels(table, labels, random)
  const agesOf = (row: number): number => knownTime(time?.[row])
  const leaves = (row: number): boolean => {
    const label = held[user[row]]
    return label >= 0 && (item[row] === item[label] || agesOf(row) > agesOf(label))
  }
  const left = new Int32Array(table.users.size)
  for (let row = 0; row < length; row++) if (!leaves(row)) left[user[row]]++
  held.forEach((label, row) => {
    if (label >= 0 && left[row] === 0) held[row] = -1
  })
  const users = random.shuffle(Int32Array.from(held.keys()).filter((row) => held[row] >= 0))
  if (users.length < 2) throw nothingHeldOut(who, labels)
  const rowsOf = (some: Int32Array): Interactions => takeRows(table, Int32Array.from(some, (row) => held[row]).sort())
  const middle = users.length >> 1
  return {
    train: takeRows(
      table,
      rowsWhere(length, (row) => !leaves(row)),
    ),
    search: rowsOf(users.subarray(0, middle)),
    judge: rowsOf(users.subarray(middle)),
  }
}

/** The last label row of each user, a random one where there are no times, -1 for none. */
function lastLabels(table: Interactions, labels: readonly string[], random: Random): Int32Array {
  const { user, signal, signals, value, time, length } = table
  const isLabel = signals.map((name) => labels.includes(name))
  const last = new Int32Array(table.users.size).fill(-1)
  const met = new Int32Array(table.users.size)
  for (let row = 0; row < length; row++) {
    if (!isLabel[signal?.[row] ?? 0] || (value !== undefined && value[row] <= 0)) continue
    const one = user[row]
    met[one]++
    const isLater =
      time === undefined
        ? random.below(met[one]) === 0
        : last[one] < 0 || knownTime(time[row]) >= knownTime(time[last[one]])
    if (isLater) last[one] = row
  }
  return last
}

const knownTime = (time: number | undefined): number => (time === undefined || Number.isNaN(time) ? -Infinity : time)

function nothingHeldOut(who: string, labels: readonly string[]): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: `at least two users with a row of signal ${labels.map(show).join(' or ')} and something else`,
    got: 'fewer',
    todo: "Name what is to be found by option 'labels'.",
  })
}
