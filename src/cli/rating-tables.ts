/** The files of `rate`: labels, evidence, and the pairs to predict, as one table. */
import {
  describeSignals,
  joinInteractions,
  renameSignals,
  type Interactions,
  type SignalDescription,
  type SignalRules,
} from '../index.ts'
import type { Files } from './command.ts'
import { readTable, type ReadingArguments } from './source.ts'
import type { Terminal } from './terminal.ts'

interface RatingFiles extends ReadingArguments {
  readonly evidence: readonly string[] | undefined
  readonly pairs: string | undefined
  readonly test: string | undefined
}

/** The tables of `rate`. */
export interface RatingTables {
  /** Rows of FILE and of the evidence, with the users and items of all files, including those that occur only in pairs to predict. */
  readonly table: Interactions
  /** Names of the signals that FILE has. */
  readonly labelled: readonly string[]
  /** The pairs of --pairs or --test; `null` without them. */
  readonly asked: Interactions | null
  /** Users and items of these that no other file knows. */
  readonly unknown: { readonly users: number; readonly items: number }
}

/** Names of the signals of files without a signal column. */
const LABEL_NAME = 'rating'
const EVIDENCE_NAME = 'evidence'

export async function readRatingTables(file: Files, given: RatingFiles, terminal: Terminal): Promise<RatingTables> {
  const { evidence = [], pairs, test } = given
  const labels = named(await readTable(file, given, terminal), LABEL_NAME)
  const others: Interactions[] = []
  for (const path of evidence) others.push(named(await readTable(path, pairsOnly(given), terminal), EVIDENCE_NAME))
  // eslint-disable-next-line no-restricted-syntax -- one table a file
  const known = joinInteractions(labels, ...others)
  const asked =
    test === undefined
      ? pairs === undefined
        ? null
        : await readTable(pairs, pairsOnly(given), terminal)
      : await readTable(test, given, terminal)
  const table = asked === null ? known : joinInteractions(known, keysOf(asked, known.signals))
  const unknown = { users: table.users.size - known.users.size, items: table.items.size - known.items.size }
  return { table, labelled: labels.signals, asked, unknown }
}

const UNNAMED = 'interaction'

const named = (table: Interactions, name: string): Interactions =>
  table.signals.length === 1 && table.signals[0] === UNNAMED ? renameSignals(table, { [UNNAMED]: name }) : table

/** Columns are named for FILE and --test: the other files may have only users and items. */
export function pairsOnly(given: ReadingArguments): ReadingArguments {
  const { columns } = given
  return columns === undefined ? given : { ...given, columns: { user: columns.user, item: columns.item } }
}

/** Rows as pairs of ids, in their order. */
export const pairsOf = ({ users, items, user, item }: Interactions): (readonly [string, string])[] =>
  Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)

/** A table without rows, with the users and items. */
const keysOf = ({ users, items }: Interactions, signals: readonly string[]): Interactions => ({
  users,
  items,
  user: new Int32Array(0),
  item: new Int32Array(0),
  signals,
  length: 0,
})

/** Default roles of signals: the only signal of FILE holds the ratings, and signals that only other files have are evidence. */
export function ratingSignals({ table, labelled }: Pick<RatingTables, 'table' | 'labelled'>): SignalDescription[] {
  return describeSignals(table).map((signal) => {
    if (!labelled.includes(signal.name)) return { ...signal, role: 'evidence', why: `by its file; ${signal.why}` }
    if (labelled.length > 1) return signal
    return { ...signal, role: 'label', transform: 'raw', weight: 1, why: 'the only signal of the file' }
  })
}

export const rulesOf = (signals: readonly SignalDescription[]): SignalRules =>
  Object.fromEntries(
    signals.map(({ name, role, weight, transform, halfLife }) => [name, { role, weight, transform, halfLife }]),
  )
