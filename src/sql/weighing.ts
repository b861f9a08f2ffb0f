/**
 * Weights of the pairs of a table, computed in the database.
 *
 *   rows(uk, ik, sk, x, c, bad, gap)   sum x of the values of a user, an item and a signal; number of rows c, of values outside single precision,
 *                                      and of incomplete rows
 *   pairs(uk, ik, w, n)                w = sum over the named signals of weight_s t_s(x), n the number of these signals that the pair has
 */
import { readRule, requireSignals, type ResolvedRule, type SignalRules } from '../data/signal-rules.ts'
import type { Weighing } from '../data/signal-weights.ts'
import { RivuletError, show } from '../support/errors.ts'
import { scaleWeights } from '../matrix/weight-scale.ts'
import { refusedOption } from '../support/options.ts'
import { numbersOf, textsOf } from './connection.ts'
import type { Dialect } from './dialect.ts'
import type { RunTables } from './run-tables.ts'
import type { Statement } from './statement.ts'
import { literal, type SourceTable, type Statements } from './statements.ts'

export const ROW_COLUMNS = {
  uk: 'text',
  ik: 'text',
  sk: 'text',
  x: 'double',
  c: 'int',
  bad: 'int',
  gap: 'int',
} as const
export const WEIGHED_COLUMNS = { uk: 'text', ik: 'text', w: 'double', n: 'int' } as const

/** Smallest and largest absolute values of single precision. */
const [SMALLEST, LARGEST] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127]

/** Transforms that need one pass over the rows. */
const EXPRESSIONS: Readonly<Partial<Record<ResolvedRule['transform'], (dialect: Dialect) => string>>> = {
  raw: () => 'x',
  binary: () => '1',
  log1p: ({ logarithm }) => logarithm('1 + x'),
}

export const weighs = ({ weighted, signals }: Weighing): boolean => weighted || signals !== null

/** Rules by signal. Without option `signals` all rows are one signal, named ''. */
function rulesOf(who: string, { columns, weighing: { weighted, signals } }: SourceTable): Map<string, ResolvedRule> {
  const valued = weighted && columns.value !== undefined
  const given: SignalRules = signals ?? { '': { transform: 'raw' } }
  return new Map(
    Object.entries(given).map(([name, rule]) => [
      name,
      readRule(`${who}, option 'signals', ${show(name)}`, rule, valued),
    ]),
  )
}

/** Refuses rules that cannot be applied in a database, before any query. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function requireWeighing(who: string, source: SourceTable): void {
  const { columns, weighing } = source
  const lacks = (option: string, column: string): RivuletError =>
    refusedOption(who, option, {
      expected: `a ${column} column`,
      got: show(columns),
      todo: `Name it, columns: { ..., ${column}: '...' }, or leave ${option} out.`,
    })
  if (weighing.weighted && columns.value === undefined) throw lacks('weighted', 'value')
  if (weighing.signals === null) return
  if (columns.signal === undefined) throw lacks('signals', 'signal')
  for (const [name, { role, transform, halfLife }] of rulesOf(who, source)) {
    if (EXPRESSIONS[transform] === undefined || halfLife !== null) {
      throw refusedOption(who, 'signals', {
        expected: `rules that need one pass over the rows: transform ${Object.keys(EXPRESSIONS).map(show).join(', ')}, no half-life`,
        got: `${show(name)}: ${halfLife === null ? show(transform) : 'a half-life'}`,
        todo: 'Create a view whose value column holds the weight of each row, and set weighted: true.',
      })
    }
    if (columns.value === undefined && role === 'label' && transform === 'raw') throw lacks('signals', 'value')
  }
}

/** The only read of a source with weights. */
export function readValues(statements: Statements, source: SourceTable): Statement {
  const { text, double, single } = statements.dialect
  const { from, of } = statements.rowsOf(source)
  const { user, item, signal, value } = source.columns
  const kind = signal === undefined ? "''" : text(of(signal))
  // Columns of numbers cannot hold NULL; `gap` marks these rows.
  const number = value === undefined ? double('1') : `coalesce(${double(single(of(value)))}, ${double('0')})`
  const raw = value === undefined ? double('1') : double(of(value))
  const size = `abs(b) >= ${literal(SMALLEST)} AND abs(b) <= ${literal(LARGEST)}`
  const cells = `SELECT ${text(of(user))} AS uk, ${text(of(item))} AS ik, ${kind} AS sk, ${number} AS v, ${raw} AS b, ${statements.gap(source, of)} AS gap\nFROM ${from}`
  return {
    name: 'read values',
    sql: `INSERT INTO ${statements.table('rows')}\nSELECT uk, ik, sk, sum(v) AS x, count(*) AS c, sum(CASE WHEN b = 0 OR (${size}) THEN 0 ELSE 1 END) AS bad, sum(gap) AS gaps\nFROM (\n${cells}\n) AS r GROUP BY uk, ik, sk`,
  }
}

/** Numbers of refused rows and pairs of each signal. */
const signalFacts = (statements: Statements): Statement => ({
  name: 'look at values',
  sql: `SELECT sk, sum(bad) AS wrong, sum(CASE WHEN x < 0 THEN 1 ELSE 0 END) AS below, sum(CASE WHEN c > 1 THEN 1 ELSE 0 END) AS repeated FROM ${statements.table('rows')} GROUP BY sk`,
})

/** Writes the pairs with their weights. */
export function weighPairs(who: string, statements: Statements, source: SourceTable): Statement {
  const { weighing } = source
  const { double, quoteText } = statements.dialect
  const rules = [...rulesOf(who, source)]
  const isOf = (name: string): string => (weighing.signals === null ? '1 = 1' : `sk = ${quoteText(name)}`)
  const weights = rules.map(([name, { weight, transform }]) => {
    return `WHEN ${isOf(name)} THEN ${double(`${literal(weight)} * ${EXPRESSIONS[transform]?.(statements.dialect)}`)}`
  })
  const named = rules.map(([name]) => isOf(name)).join(' OR ')
  return {
    name: 'weigh pairs',
    sql: `INSERT INTO ${statements.table('pairs')}\nSELECT uk, ik, sum(CASE ${weights.join(' ')} ELSE ${double('0')} END) AS w, sum(CASE WHEN ${named} THEN 1 ELSE 0 END) AS n\nFROM ${statements.table('rows')} AS r GROUP BY uk, ik`,
  }
}

/** The largest absolute weight, and the smallest other than 0. */
const sizesOfWeights = (statements: Statements): Statement => ({
  name: 'look at weights',
  sql: `SELECT max(abs(w)) AS largest, min(CASE WHEN w = 0 THEN ${literal(Number.MAX_VALUE)} ELSE abs(w) END) AS smallest FROM ${statements.table('pairs')}`,
})

/**
 * The factor that brings weights into the range of single precision, as for weights in memory.
 *
 * @throws {RivuletError} INVALID_DATA if the largest is more than 1e30 times the smallest
 */
export async function scaleOfWeights(
  who: string,
  tables: RunTables,
  { columns }: SourceTable,
  signal?: AbortSignal,
): Promise<number> {
  const found = await tables.query(sizesOfWeights(tables.statements), signal)
  const sizes = Float64Array.of(numbersOf(found, 'smallest')[0], numbersOf(found, 'largest')[0])
  const [, largest] = sizes
  return largest === 0 ? 1 : scaleWeights(who, sizes, () => `column ${show(columns.value ?? columns.signal)}`).scale
}

/** @throws {RivuletError} INVALID_DATA for values that the rules refuse, UNKNOWN_KEY for an unknown signal */
export async function requireValues(
  who: string,
  tables: RunTables,
  source: SourceTable,
  signal?: AbortSignal,
): Promise<void> {
  const { weighing } = source
  const blocks = await tables.query(signalFacts(tables.statements), signal)
  const names = textsOf(blocks, 'sk')
  const [wrong, below, repeated] = ['wrong', 'below', 'repeated'].map((name) => numbersOf(blocks, name))
  if (weighing.signals !== null) requireSignals(who, { signals: names }, weighing.signals)
  const rules = rulesOf(who, source)
  names.forEach((name, at) => {
    const rule = rules.get(name)
    const of = weighing.signals === null ? '' : ` of signal ${show(name)}`
    const refuse = (expected: string, got: string, todo: string): RivuletError =>
      new RivuletError('INVALID_DATA', {
        who: `${who}, column ${show(source.columns.value)}`,
        expected: expected + of,
        got,
        todo,
        details: { column: source.columns.value, signal: name },
      })
    if (wrong[at] > 0)
      throw refuse(
        'finite numbers in the range of single precision (0, or a size from 1.2e-38 to 3.4e38)',
        `another value in ${wrong[at]} rows`,
        'Create a view without these rows, and use it as the table.',
      )
    if (rule?.transform === 'log1p' && below[at] > 0)
      throw refuse(
        "values >= 0 for transform 'log1p'",
        `lower weights in ${below[at]} pairs`,
        "Take transform 'raw', or a view without these rows.",
      )
    if (rule?.role === 'label' && rule.transform !== 'binary' && repeated[at] > 0)
      throw refuse(
        'one row per pair for a label: only the last row counts, and rows of a table have no order',
        `several in ${repeated[at]} pairs`,
        "Create a view with the row that counts, or set role: 'evidence'.",
      )
  })
}
