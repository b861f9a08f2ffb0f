import { isTable, type Interactions } from '../data/interactions.ts'
import { numberPairs } from '../data/counting-sort.ts'
import { splitByTimeInSlices } from '../data/split.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { RivuletError, show } from '../support/errors.ts'
import { inSlices, PAUSE, SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import type { Validation } from './objective.ts'
import type { ValidationChoice } from './validation-choice.ts'

/** A table without some of its labels, and these for two halves of their users: to search on, and to validate what was found. */
export interface LabelHoldOut {
  readonly by: Validation['by']
  readonly train: Interactions
  readonly search: Interactions
  readonly validate: Interactions
  /** Pairs of a given validation table that are left out because the source holds them. */
  readonly seenPairs: number
}

export interface LabelHoldOutOptions {
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly seed: number
}

/** Operations of looking a key up. */
const KEY_COST = 50

/**
 * Holds out what a recommender would have to find. 'auto': with times what each user did last with one of the label signals, and with it her later
 * rows; without times a random share of her labels, rounded up or down by chance. All rows of a held-out pair leave training. A row with a value of 0
 * or less is nothing to find. Users of whom nothing else is known are left whole.
 *
 * @throws {RivuletError} EMPTY_DATA when there are not two users to hold out from, INVALID_DATA for a way that needs times.
 */
export function* holdOutLabels(
  who: string,
  table: Interactions,
  labels: readonly string[],
  { validation, heldOutShare, seed }: LabelHoldOutOptions,
): Sliced<LabelHoldOut> {
  if (isTable(validation)) return yield* holdOutTable(who, table, validation, seed)
  if (validation === 'time') {
    const { train, test } = yield* splitByTimeInSlices(table, { testFraction: heldOutShare })
    const found = yield* whereInSlices(test.length, isLabelOf(test, labels))
    return { ...(yield* holdOutTable(who, train, yield* takeInSlices(test, found), seed)), by: 'time' }
  }
  if (validation === 'leave-last-out' && table.time === undefined) throw timeless(who)
  const random = seededRandom(seed)
  const by = validation !== 'auto' ? validation : table.time === undefined ? 'random' : 'leave-last-out'
  const { pairOf } = yield* numberPairs(table)
  const labelRows = yield* labelRowsOf(table, labels, pairOf)
  const held =
    by === 'random'
      ? yield* someRows(table, labelRows, pairOf, { heldOutShare, random })
      : yield* lastRows(table, labelRows, pairOf)
  const train = yield* withoutRows(table, held, pairOf, by === 'leave-last-out')
  const rows = yield* takeInSlices(table, Int32Array.from(held))
  return { by, train, seenPairs: 0, ...(yield* halves(who, rows, labels, random)) }
}

/**
 * A whole table to train on, and another one to validate on; of that, the pairs of known users and items that the first does not hold: no list can hit
 * those that it holds.
 */
function* holdOutTable(who: string, train: Interactions, validation: Interactions, seed: number): Sliced<LabelHoldOut> {
  const [user, item] = [new Int32Array(validation.length), new Int32Array(validation.length)]
  const find = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      user[row] = train.users.rowOf(validation.users.keyOf(validation.user[row]))
      item[row] = train.items.rowOf(validation.items.keyOf(validation.item[row]))
    }
  }
  yield* inSlices(validation.length, find, 2 * KEY_COST)
  const pairOf = (users: Int32Array, items: Int32Array, row: number): number =>
    users[row] * train.items.size + items[row]
  const [held, seen] = [new Set<number>(), new Set<number>()]
  const hold = (from: number, to: number): void => {
    for (let row = from; row < to; row++) held.add(pairOf(train.user, train.item, row))
  }
  yield* inSlices(train.length, hold, KEY_COST)
  const isKnown = (row: number): boolean => user[row] >= 0 && item[row] >= 0
  const isSeen = (row: number): boolean => held.has(pairOf(user, item, row))
  for (const row of yield* whereInSlices(validation.length, (row) => isKnown(row) && isSeen(row), KEY_COST))
    seen.add(pairOf(user, item, row))
  const rows = yield* whereInSlices(validation.length, (row) => isKnown(row) && !isSeen(row), KEY_COST)
  const unseen = yield* takeInSlices(validation, rows)
  const both = yield* halves(who, unseen, validation.signals, seededRandom(seed))
  return { by: 'table', train, seenPairs: seen.size, ...both }
}

/** The rows of some users and those of the others, drawn at random. */
function* halves(
  who: string,
  held: Interactions,
  labels: readonly string[],
  random: Random,
): Sliced<Pick<LabelHoldOut, 'search' | 'validate'>> {
  const users = random.shuffle(Int32Array.from(new Set(held.user)))
  if (users.length < 2) throw nothingHeldOut(who, labels)
  yield PAUSE
  const searched = new Set(users.subarray(0, users.length >> 1))
  const rowsOf = (isSearched: boolean): Sliced<Int32Array> =>
    whereInSlices(held.length, (row) => searched.has(held.user[row]) === isSearched, KEY_COST)
  return {
    search: yield* takeInSlices(held, yield* rowsOf(true)),
    validate: yield* takeInSlices(held, yield* rowsOf(false)),
  }
}

function isLabelOf({ signal, signals, value }: Interactions, labels: readonly string[]): (row: number) => boolean {
  const isLabel = signals.map((name) => labels.includes(name))
  return (row) => isLabel[signal?.[row] ?? 0] && (value === undefined || !(value[row] <= 0))
}

/** The label rows of each user, the last one of a pair. */
function* labelRowsOf(table: Interactions, labels: readonly string[], pairOf: Int32Array): Sliced<number[][]> {
  const { user, users, length } = table
  const isLabel = isLabelOf(table, labels)
  const lastOfPair = new Map<number, number>()
  const look = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (!isLabel(row)) continue
      const held = lastOfPair.get(pairOf[row])
      if (held === undefined || timeOf(table, row) >= timeOf(table, held)) lastOfPair.set(pairOf[row], row)
    }
  }
  yield* inSlices(length, look, KEY_COST)
  const rows = Array.from({ length: users.size }, (): number[] => [])
  for (const row of lastOfPair.values()) rows[user[row]].push(row)
  return rows
}

function* lastRows(table: Interactions, labelRows: readonly number[][], pairOf: Int32Array): Sliced<number[]> {
  const last = labelRows.flatMap((rows) =>
    rows.length === 0 ? [] : rows.reduce((a, b) => (timeOf(table, b) >= timeOf(table, a) ? b : a)),
  )
  const left = new Int32Array(table.users.size)
  for (const user of (yield* withoutRows(table, last, pairOf, true)).user) left[user]++
  return last.filter((row) => left[table.user[row]] > 0)
}

function* someRows(
  { user, users, length }: Interactions,
  labelRows: readonly number[][],
  pairOf: Int32Array,
  { heldOutShare, random }: { readonly heldOutShare: number; readonly random: Random },
): Sliced<number[]> {
  const pairs = Array.from({ length: users.size }, () => new Set<number>())
  const count = (from: number, to: number): void => {
    for (let row = from; row < to; row++) pairs[user[row]].add(pairOf[row])
  }
  yield* inSlices(length, count, KEY_COST)
  return labelRows.flatMap((rows, one) => {
    const wanted = Math.min(pairs[one].size - 1, Math.floor(heldOutShare * rows.length + random.next()))
    return random.shuffle(rows).slice(0, Math.max(0, wanted))
  })
}

/** The table without the pairs of some rows, and without what their users did later where it matters. */
function* withoutRows(
  table: Interactions,
  held: readonly number[],
  pairOf: Int32Array,
  nothingLater: boolean,
): Sliced<Interactions> {
  const gone = new Set(held.map((row) => pairOf[row]))
  const until = new Float64Array(table.users.size).fill(Infinity)
  if (nothingLater) for (const row of held) until[table.user[row]] = timeOf(table, row)
  yield PAUSE
  const stays = (row: number): boolean => !gone.has(pairOf[row]) && timeOf(table, row) <= until[table.user[row]]
  return yield* takeInSlices(table, yield* whereInSlices(table.length, stays, KEY_COST + SCATTERED))
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

function timeless(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, option 'validation'`,
    expected: "a table with times for 'leave-last-out'",
    got: 'one without',
    todo: "Give times, or hold labels out at 'random'.",
  })
}
