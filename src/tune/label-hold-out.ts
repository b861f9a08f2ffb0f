import { isTable, withoutColumn, type Interactions } from '../data/interactions.ts'
import { numberPairs, type NumberedPairs } from '../data/counting-sort.ts'
import { splitByTimeInSlices } from '../data/split.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { requireTimes, tellOrder } from '../data/time-units.ts'
import { RivuletError, show } from '../support/errors.ts'
import { inSlices, PAUSE, SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { KEY_COST, pairsOf, unseenRows, type HoldOutOptions, type Validation } from './hold-out.ts'

/** A table without some of its labels, and the held-out labels of two halves of the users: to search on, and to validate the result. */
export interface LabelHoldOut {
  readonly by: Validation['by']
  readonly train: Interactions
  /** All held-out rows: those of `search` and of `validate`. */
  readonly heldOut: Interactions
  readonly search: Interactions
  readonly validate: Interactions
  /** Pairs of a given validation table that are left out because the source holds them. */
  readonly seenPairs: number
}

/**
 * Holds out labels that a recommender should predict. 'auto': with times the last label row of each user, together with the user's later rows; without times
 * a random share of the user's labels, rounded up or down at random. All rows of a held-out pair leave training. Rows with a value of 0 or less are never
 * held out, nor are the rows of users who would have none left.
 *
 * @throws {RivuletError} EMPTY_DATA if labels can be held out of fewer than two users, INVALID_DATA without the times that a way needs.
 */
export function* holdOutLabels(
  who: string,
  table: Interactions,
  labels: readonly string[],
  { validation, heldOutShare, seed }: HoldOutOptions,
): Sliced<LabelHoldOut> {
  if (isTable(validation)) return yield* holdOutTable(who, table, validation, seed)
  if (validation === 'time') {
    const { train, test } = yield* splitByTimeInSlices(table, { testFraction: heldOutShare }, who)
    const found = yield* whereInSlices(test.length, isLabelOf(test, labels))
    return { ...(yield* holdOutTable(who, train, yield* takeInSlices(test, found), seed)), by: 'time' }
  }
  const { time } = table
  if (validation === 'leave-last-out') {
    const todo = "Give times, or hold out labels at 'random'."
    const asker = `${who}, option 'validation'`
    yield* requireTimes(asker, time, () => withoutColumn(asker, 'time', todo, ", which 'leave-last-out' needs"))
  }
  const isTimed = validation === 'auto' && time !== undefined && (yield* tellOrder(time))
  const random = seededRandom(seed)
  const by = validation !== 'auto' ? validation : isTimed ? 'leave-last-out' : 'random'
  const pairs = yield* numberPairs(table)
  const labelRows = yield* labelRowsOf(table, labels, pairs)
  const held =
    by === 'random' ? someRows(labelRows, pairs, heldOutShare, random) : yield* lastRows(table, labelRows, pairs)
  const train = yield* withoutRows(table, held, pairs, by === 'leave-last-out')
  const rows = yield* takeInSlices(table, Int32Array.from(held))
  return { by, train, seenPairs: 0, ...(yield* halves(who, rows, labels, random)) }
}

/** Trains on a whole table, and holds out the rows of another one that are new to it. */
function* holdOutTable(who: string, train: Interactions, validation: Interactions, seed: number): Sliced<LabelHoldOut> {
  const { rows, seenPairs } = yield* unseenRows(yield* pairsOf(train), train, validation)
  const unseen = yield* takeInSlices(validation, rows)
  const both = yield* halves(who, unseen, validation.signals, seededRandom(seed))
  return { by: 'table', train, seenPairs, ...both }
}

/** The rows of two random halves of the users. */
function* halves(
  who: string,
  heldOut: Interactions,
  labels: readonly string[],
  random: Random,
): Sliced<Pick<LabelHoldOut, 'heldOut' | 'search' | 'validate'>> {
  const users = random.shuffle(Int32Array.from(new Set(heldOut.user)))
  if (users.length < 2) throw nothingHeldOut(who, labels)
  yield PAUSE
  const searched = new Set(users.subarray(0, users.length >> 1))
  const rowsOf = (isSearched: boolean): Sliced<Int32Array> =>
    whereInSlices(heldOut.length, (row) => searched.has(heldOut.user[row]) === isSearched, KEY_COST)
  return {
    heldOut,
    search: yield* takeInSlices(heldOut, yield* rowsOf(true)),
    validate: yield* takeInSlices(heldOut, yield* rowsOf(false)),
  }
}

function isLabelOf({ signal, signals, value }: Interactions, labels: readonly string[]): (row: number) => boolean {
  const isLabel = signals.map((name) => labels.includes(name))
  return (row) => isLabel[signal?.[row] ?? 0] && (value === undefined || !(value[row] <= 0))
}

/** The label rows of each user, of each pair only the last. */
function* labelRowsOf(table: Interactions, labels: readonly string[], { pairOf }: NumberedPairs): Sliced<number[][]> {
  const isLabel = isLabelOf(table, labels)
  const lastOfPair = new Map<number, number>()
  const look = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const held = lastOfPair.get(pairOf[row]) ?? row
      if (isLabel(row) && timeOf(table, row) >= timeOf(table, held)) lastOfPair.set(pairOf[row], row)
    }
  }
  yield* inSlices(table.length, look, KEY_COST)
  const rows = Array.from({ length: table.users.size }, (): number[] => [])
  for (const row of lastOfPair.values()) rows[table.user[row]].push(row)
  return rows
}

function* lastRows(table: Interactions, labelRows: readonly number[][], pairs: NumberedPairs): Sliced<number[]> {
  const last = labelRows.flatMap((rows) =>
    rows.length === 0 ? [] : rows.reduce((a, b) => (timeOf(table, b) >= timeOf(table, a) ? b : a)),
  )
  const left = new Set((yield* withoutRows(table, last, pairs, true)).user)
  return last.filter((row) => left.has(table.user[row]))
}

/** A random share of each user's label rows; each user keeps at least one pair. */
function someRows(labelRows: readonly number[][], { owner }: NumberedPairs, share: number, random: Random): number[] {
  const pairs = new Int32Array(labelRows.length)
  for (const user of owner) pairs[user]++
  return labelRows.flatMap((rows, user) => {
    const wanted = Math.min(pairs[user] - 1, Math.floor(share * rows.length + random.next()))
    return random.shuffle(rows).slice(0, Math.max(0, wanted))
  })
}

/** The table without the pairs of some rows and, with `nothingLater`, without later rows of their users. */
function* withoutRows(
  table: Interactions,
  held: readonly number[],
  { pairOf }: NumberedPairs,
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
    expected: `at least two users with a row of signal ${labels.map(show).join(' or ')} and another row`,
    got: 'fewer',
    todo: "Name the signals to predict in option 'labels', or give a 'validation' table of pairs that are not in the source.",
  })
}
