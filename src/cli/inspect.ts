import type { Command } from 'commander'
import { describeSignals, mergeDuplicates, type Interactions, type Reading, type SignalDescription } from '../index.ts'
import { degreesOf, summariseDegrees, type DegreeSummary } from './degrees.ts'
import { addReadingOptions, readTable, type ReadingArguments } from './option-groups.ts'
import { noteLines, readingLine } from './reading-lines.ts'
import { signalLines } from './signal-argument.ts'
import { bar, count, tableLines } from './table.ts'
import type { Terminal } from './terminal.ts'

/** What a file holds, before anything is made of it. */
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
  /** Part of all possible pairs that is there. */
  readonly density: number
  /** What the signals are taken for, as `--signals auto` takes them. */
  readonly signals: readonly SignalDescription[]
  /** Smallest and largest value, `null` where the file has none. */
  readonly values: Range | null
  /** Earliest and latest time, `null` where the file has none. */
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

export function addInspect(program: Command, terminal: Terminal): void {
  const command = program
    .command('inspect')
    .description('what a file holds: users, items, pairs, signals, sparsity')
    .argument('<file>', 'interactions of users and items')
    .option('--json', 'print one JSON document')
  addReadingOptions(command).action(async (file: string) => {
    const given = command.optsWithGlobals<ReadingArguments & { readonly json?: true }>()
    let reading: Reading | null = null
    const table = await readTable(file, given, terminal, (found) => void (reading = found))
    const inspection = inspectTable(table, reading)
    await terminal.print(`${given.json ? JSON.stringify(inspection) : inspectionLines(inspection).join('\n')}\n`)
  })
}

function inspectTable(table: Interactions, reading: Reading | null): Inspection {
  const { users, items, user, item, signals, length } = table
  const pairs = mergeDuplicates({ users, items, user, item, signals, length })
  const userDegrees = degreesOf(pairs.user, users.size)
  const below = (limit: number): number => userDegrees.reduce((sum, degree) => sum + (degree < limit ? 1 : 0), 0)
  return {
    reading,
    users: users.size,
    items: items.size,
    rows: length,
    pairs: pairs.length,
    duplicates: length - mergeDuplicates(table).length,
    density: pairs.length / (users.size * items.size),
    signals: describeSignals(table),
    values: rangeOf(table.value),
    times: rangeOf(table.time),
    usersBelow: { 5: below(5), 10: below(10) },
    itemsOfUsers: summariseDegrees(userDegrees),
    usersOfItems: summariseDegrees(degreesOf(pairs.item, items.size)),
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
    ...(times ? [['times', `${times.smallest} to ${times.largest}`]] : []),
    ['users with < 5 pairs', ofUsers(usersBelow[5])],
    ['users with < 10 pairs', ofUsers(usersBelow[10])],
  ]
  const summaries = [found.itemsOfUsers, found.usersOfItems]
  const quantiles = ['items of a user', 'users of an item'].map((name, at) => [
    name,
    summaries[at].mean.toFixed(1),
    ...Object.values(summaries[at].quantiles).map(count),
  ])
  return [
    ...(found.reading ? [readingLine(found.reading), ...noteLines(found.reading), ''] : []),
    ...tableLines(['', ''], rows, ['left', 'left']).slice(1),
    '',
    ...signalLines(found.signals),
    '',
    ...tableLines(['', 'mean', ...Object.keys(summaries[0].quantiles)], quantiles),
    '',
    ...histogramLines('items of a user', 'users', found.itemsOfUsers),
    '',
    ...histogramLines('users of an item', 'items', found.usersOfItems),
  ]
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
