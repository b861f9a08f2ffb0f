import type { TableFacts } from '../sql.ts'
import { describeSignals, mergeDuplicates, type Interactions, type Reading, type SignalDescription } from '../index.ts'
import { define, jsonFlag } from './command.ts'
import type { Stage } from './stage.ts'
import { signalLines } from './signal-argument.ts'
import { noteLines, READING_FLAGS, readingLine, readTable } from './source.ts'
import { bar, count, tableLines } from './table.ts'

/** A description of a file. */
interface Inspection {
  /** How the file was read. */
  readonly reading: Reading | null
  readonly users: number
  readonly items: number
  readonly rows: number
  /** Distinct user-item pairs. */
  readonly pairs: number
  /** Rows that repeat user, item and signal of another. */
  readonly duplicates: number
  /** Share of all possible pairs that occur. */
  readonly density: number
  /** The signals, as `--signals auto` interprets them. */
  readonly signals: readonly SignalDescription[]
  /** Smallest and largest value; `null` if the file has none. */
  readonly values: Range | null
  /** Earliest and latest time; `null` if the file has none. */
  readonly times: Range | null
  /** Users with fewer than 5 and fewer than 10 pairs: those that recommenders find hard. */
  readonly usersBelow: { readonly 5: number; readonly 10: number }
  readonly itemsOfUsers: DegreeSummary
  readonly usersOfItems: DegreeSummary
}

interface Range {
  readonly smallest: number
  readonly largest: number
}

export const INSPECT = define({
  name: 'inspect',
  what: 'describe a file: users, items, pairs, signals, sparsity',
  flags: { json: jsonFlag('reading, users, items, rows, pairs, density, signals ...'), ...READING_FLAGS },
  async run(file, given, stage) {
    let reading: Reading | null = null
    const table = await readTable(file, given, stage, (found) => void (reading = found))
    const inspection = inspectTable(table, reading)
    await showInspection(inspection, stage)
  },
  inDatabase: {
    flags: [],
    writes: false,
    async run(database, { dryRun }, stage) {
      if (dryRun) return database.showPlan({})
      await showInspection(inspectFacts(await database.inspect()), stage)
    },
  },
})

const showInspection = (inspection: Inspection, stage: Stage): Promise<void> =>
  stage.show(
    () => inspection,
    () => inspectionLines(inspection),
  )

function inspectTable(table: Interactions, reading: Reading | null): Inspection {
  const { users, items, user, item, signals, length } = table
  const pairs = mergeDuplicates({ users, items, user, item, signals, length })
  const degrees = { itemsOfUsers: degreesOf(pairs.user, users.size), usersOfItems: degreesOf(pairs.item, items.size) }
  return {
    reading,
    ...countsOf({ users: users.size, items: items.size, rows: length, pairs: pairs.length, ...degrees }),
    duplicates: length - mergeDuplicates(table).length,
    signals: describeSignals(table),
    values: rangeOf(table.value),
    times: rangeOf(table.time),
  }
}

/** A description of a table in a database. */
const inspectFacts = (facts: TableFacts): Inspection => ({
  reading: null,
  ...countsOf(facts),
  duplicates: facts.rows - facts.pairs,
  signals: [],
  values: null,
  times: null,
})

function countsOf({ users, items, rows, pairs, itemsOfUsers, usersOfItems }: TableFacts) {
  const below = (limit: number): number => itemsOfUsers.reduce((sum, degree) => sum + (degree < limit ? 1 : 0), 0)
  return {
    ...{ users, items, rows, pairs, density: pairs / (users * items) },
    usersBelow: { 5: below(5), 10: below(10) },
    itemsOfUsers: summariseDegrees(itemsOfUsers),
    usersOfItems: summariseDegrees(usersOfItems),
  }
}

function rangeOf(column: Float32Array | Float64Array | undefined): Range | null {
  let [smallest, largest] = [Infinity, -Infinity]
  for (const value of column ?? []) {
    if (value < smallest) smallest = value
    if (value > largest) largest = value
  }
  return smallest > largest ? null : { smallest, largest }
}

function inspectionLines(found: Inspection): string[] {
  const { users, values, times, usersBelow } = found
  const ofUsers = (some: number): string => `${count(some)} (${((100 * some) / users).toFixed(1)}%)`
  const rows = [
    ['users', count(users)],
    ['items', count(found.items)],
    ['rows', count(found.rows)],
    ['pairs', count(found.pairs)],
    ['duplicates', count(found.duplicates)],
    ['density', `${(100 * found.density).toPrecision(3)}%`],
    ...(values ? [['values', `${values.smallest} to ${values.largest}`]] : []),
    ...(times ? [['times', timesText(times, found.reading)]] : []),
    ['users with < 5 pairs', ofUsers(usersBelow[5])],
    ['users with < 10 pairs', ofUsers(usersBelow[10])],
  ]
  const summaries = [found.itemsOfUsers, found.usersOfItems]
  const quantiles = ['items per user', 'users per item'].map((name, at) => [
    name,
    summaries[at].mean.toFixed(1),
    ...Object.values(summaries[at].quantiles).map(count),
  ])
  return [
    ...(found.reading ? [readingLine(found.reading), ...noteLines(found.reading), ''] : []),
    ...tableLines(['', ''], rows, ['left', 'left']).slice(1),
    '',
    ...(found.signals.length > 0 ? [...signalLines(found.signals), ''] : []),
    ...tableLines(['', 'mean', ...Object.keys(summaries[0].quantiles)], quantiles),
    '',
    ...histogramLines('items per user', 'users', found.itemsOfUsers),
    '',
    ...histogramLines('users per item', 'items', found.usersOfItems),
  ]
}

/** Milliseconds of a time; dates are read as seconds. */
const MS = { s: 1000, date: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const

/** Dates if the unit is known and in the range of JavaScript, otherwise the numbers of the file. */
function timesText({ smallest, largest }: Range, reading: Reading | null): string {
  const { timeUnit = null } = reading ?? {}
  const dates = [smallest, largest].map((time) => new Date(time * (timeUnit === null ? NaN : MS[timeUnit])))
  const isDated = dates.every((date) => !Number.isNaN(date.getTime()))
  const textOf = (date: Date): string => date.toISOString().replace('T', ' ').slice(0, 16)
  return isDated ? dates.map(textOf).join(' to ') : `${smallest} to ${largest}`
}

const BAR_WIDTH = 40

function histogramLines(title: string, counted: string, { histogram }: DegreeSummary): string[] {
  const most = histogram.reduce((most, bucket) => Math.max(most, bucket.count), 0)
  const rows = histogram.map(({ from, to, count: held }) => [
    from === to ? count(from) : `${count(from)}-${count(to)}`,
    count(held),
    bar(held / most, BAR_WIDTH),
  ])
  return tableLines([title, counted, ''], rows, ['right', 'right', 'left'])
}

/** A distribution of degrees: items of users, or users of items. */
export interface DegreeSummary {
  readonly mean: number
  /** 'min', '25%', 'median', '75%', '90%', '99%', 'max': the smallest degree that at least this share does not exceed. */
  readonly quantiles: Readonly<Record<string, number>>
  /** Counts in 0, 1, 2-3, 4-7, 8-15 ...; empty buckets at both ends are left out. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[]
}

const PARTS = { min: 0, '25%': 0.25, median: 0.5, '75%': 0.75, '90%': 0.9, '99%': 0.99, max: 1 }

/** Degrees of `size` nodes from the node of each pair. */
export function degreesOf(nodes: Int32Array, size: number): Int32Array {
  const degrees = new Int32Array(size)
  for (const node of nodes) degrees[node]++
  return degrees
}

export function summariseDegrees(degrees: Int32Array): DegreeSummary {
  const ascending = degrees.slice().sort()
  const { length } = ascending
  const quantile = (part: number): number => ascending[Math.max(0, Math.ceil(part * length) - 1)]
  const counts: number[] = []
  for (const degree of degrees) {
    const bucket = degree === 0 ? 0 : 1 + Math.floor(Math.log2(degree))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  const histogram = Array.from(counts, (held = 0, bucket) =>
    bucket === 0 ? { from: 0, to: 0, count: held } : { from: 2 ** (bucket - 1), to: 2 ** bucket - 1, count: held },
  )
  return {
    mean: degrees.reduce((sum, degree) => sum + degree, 0) / length,
    quantiles: Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, quantile(part)])),
    histogram: histogram.slice(histogram.findIndex((bucket) => bucket.count > 0)),
  }
}
