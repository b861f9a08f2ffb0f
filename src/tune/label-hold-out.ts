import type { Interactions } from '../data/interactions.ts'
import { numberPairs } from '../data/number-pairs.ts'
import { rowsWhere, takeRows } from '../data/take-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { seededRandom, type Random } from '../support/random.ts'

/** A table without some of its labels, and these for two halves of their users: to search by, and to judge by what was found. */
export interface LabelHoldOut {
  readonly train: Interactions
  readonly search: Interactions
  readonly judge: Interactions
  /** Pairs of a given validation table that are left out because the source holds them. */
  readonly seenPairs: number
}

/** Share of a user's labels that is held out where there is no time. */
const SHARE = 0.2

/**
 * Holds out what a recommender would have to find: with times what each user did last with one of the label signals, and with it her later rows;
 * without times a random fifth of her labels, rounded up or down by chance. All rows of a held-out pair leave training. A row with a value of 0 or
 * less is nothing to find. Users of whom nothing else is known are left whole.
 *
 * @throws {RivuletError} EMPTY_DATA when there are not two users to hold out from.
 */
export function holdOutLabels(who: string, table: Interactions, labels: readonly string[], seed: number): LabelHoldOut {
  const random = seededRandom(seed)
  const { pairOf } = atOnce(numberPairs(table))
  const labelRows = labelRowsOf(table, labels, pairOf)
  const held =
    table.time === undefined ? someRows(table, labelRows, pairOf, random) : lastRows(table, labelRows, pairOf)
  const train = withoutRows(table, held, pairOf)
  return { train, seenPairs: 0, ...halves(who, takeRows(table, Int32Array.from(held)), labels, random) }
}

/**
 * A whole table to train on, and another one to choose by; of that, the pairs of known users and items that the first does not hold: no list can hit
 * those that it holds.
 *
 * @throws {RivuletError} EMPTY_DATA when that is not of two users.
 */
export function holdOutTable(who: string, train: Interactions, validation: Interactions, seed: number): LabelHoldOut {
  const user = validation.user.map((row) => train.users.rowOf(validation.users.keyOf(row)))
  const item = validation.item.map((row) => train.items.rowOf(validation.items.keyOf(row)))
  const pairOf = (users: Int32Array, items: Int32Array, row: number): number =>
    users[row] * train.items.size + items[row]
  const held = new Set(Array.from(train.user, (_, row) => pairOf(train.user, train.item, row)))
  const isSeen = (row: number): boolean => held.has(pairOf(user, item, row))
  const known = rowsWhere(validation.length, (row) => user[row] >= 0 && item[row] >= 0)
  const seen = new Set(Array.from(known.filter(isSeen), (row) => pairOf(user, item, row)))
  const unseen = takeRows(
    validation,
    known.filter((row) => !isSeen(row)),
  )
  return { train, seenPairs: seen.size, ...halves(who, unseen, validation.signals, seededRandom(seed)) }
}

/** The rows of some users and those of the others, drawn at random. */
function halves(
  who: string,
  held: Interactions,
  labels: readonly string[],
  random: Random,
): Pick<LabelHoldOut, 'search' | 'judge'> {
  const users = random.shuffle(Int32Array.from(new Set(held.user)))
  if (users.length < 2) throw nothingHeldOut(who, labels)
  const searched = new Set(users.subarray(0, users.length >> 1))
  const rowsOf = (isSearched: boolean): Interactions =>
    takeRows(
      held,
      rowsWhere(held.length, (row) => searched.has(held.user[row]) === isSearched),
    )
  return { search: rowsOf(true), judge: rowsOf(false) }
}

/** The label rows of each user, the last one of a pair. */
function labelRowsOf(table: Interactions, labels: readonly string[], pairOf: Int32Array): number[][] {
  const { user, users, signal, signals, value, length } = table
  const isLabel = signals.map((name) => labels.includes(name))
  const lastOfPair = new Map<number, number>()
  for (let row = 0; row < length; row++) {
    if (!isLabel[signal?.[row] ?? 0] || (value !== undefined && value[row] <= 0)) continue
    const held = lastOfPair.get(pairOf[row])
    if (held === undefined || timeOf(table, row) >= timeOf(table, held)) lastOfPair.set(pairOf[row], row)
  }
  const rows = Array.from({ length: users.size }, (): number[] => [])
  for (const row of lastOfPair.values()) rows[user[row]].push(row)
  return rows
}

function lastRows(table: Interactions, labelRows: readonly number[][], pairOf: Int32Array): number[] {
  const last = labelRows.flatMap((rows) =>
    rows.length === 0 ? [] : rows.reduce((a, b) => (timeOf(table, b) >= timeOf(table, a) ? b : a)),
  )
  const left = new Int32Array(table.users.size)
  for (const user of withoutRows(table, last, pairOf).user) left[user]++
  return last.filter((row) => left[table.user[row]] > 0)
}

function someRows(
  { user, users, length }: Interactions,
  labelRows: readonly number[][],
  pairOf: Int32Array,
  random: Random,
): number[] {
  const pairs = Array.from({ length: users.size }, () => new Set<number>())
  for (let row = 0; row < length; row++) pairs[user[row]].add(pairOf[row])
  return labelRows.flatMap((rows, one) => {
    const wanted = Math.min(pairs[one].size - 1, Math.floor(SHARE * rows.length + random.next()))
    return random.shuffle(rows).slice(0, Math.max(0, wanted))
  })
}

/** The table without the pairs of some rows, and without what their users did later. */
function withoutRows(table: Interactions, held: readonly number[], pairOf: Int32Array): Interactions {
  const gone = new Set(held.map((row) => pairOf[row]))
  const until = new Float64Array(table.users.size).fill(Infinity)
  if (table.time !== undefined) for (const row of held) until[table.user[row]] = timeOf(table, row)
  const stays = (row: number): boolean => !gone.has(pairOf[row]) && timeOf(table, row) <= until[table.user[row]]
  return takeRows(table, rowsWhere(table.length, stays))
}

/** Unknown times come first. */
function timeOf({ time }: Interactions, row: number): number {
  return time === undefined || Number.isNaN(time[row]) ? -Infinity : time[row]
}

function nothingHeldOut(who: string, labels: readonly string[]): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: `at least two users with a row of signal ${labels.map(show).join(' or ')} and something else`,
    got: 'fewer',
    todo: "Name what is to be found by option 'labels', or give a 'validation' table of pairs that the source does not hold.",
  })
}
