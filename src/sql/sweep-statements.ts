/**
 * Statements of a solve: products over all pairs, and states. Tables in addition to those of a run, in dialects that sum over arrays faster:
 *
 *   by_user(u, others), by_item(i, others)   the pairs as arrays of at most a few thousand entries, with arrays ws of weights; each server has those of its own pairs
 *
 * An array is joined once and then unfolded, so that the join costs nothing per pair.
 */
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Lists } from './dialect.ts'
import type { Span } from './room.ts'
import type { OwnColumns, Statement } from './statement.ts'
import { columnsOf, ERROR, literal, type Spread, type Statements } from './statements.ts'

type ListName = 'by_user' | 'by_item'

/** A table of arrays, and the statement that fills it. */
export interface ListTable {
  readonly name: ListName
  readonly columns: OwnColumns
  readonly sortedBy: string
  readonly spread: Spread
  readonly fill: Statement
}

/** Maximum entries of an array: the rows that it unfolds to are in memory together. */
const LONGEST_LIST = 4096

/** The tables of the pairs as arrays; none in dialects where pairs stay rows. */
export function listTables(statements: Statements): readonly ListTable[] {
  const { lists } = statements.dialect
  if (lists === null) return []
  return [
    listTable(statements, lists, 'by_user', ['u', 'i'], 'by-user'),
    listTable(statements, lists, 'by_item', ['i', 'u'], 'own'),
  ]
}

function listTable(
  statements: Statements,
  { gather, parts }: Lists,
  name: ListName,
  [of, other]: readonly [of: string, other: string],
  spread: Spread,
): ListTable {
  const { isWeighted, dialect } = statements
  const e = statements.table('e')
  const selected = [of, `${gather(other)} AS others`, ...(isWeighted ? [`${gather('w')} AS ws`] : [])]
  const counted = `SELECT ${of}, ${parts(LONGEST_LIST)} AS k FROM ${e} GROUP BY ${of}`
  return {
    ...{ name, columns: { [of]: 'int', others: 'ints', ...(isWeighted && { ws: 'singles' }) }, sortedBy: of, spread },
    fill: {
      name: `list pairs ${name.replace('_', ' ')}`,
      sql: `INSERT INTO ${statements.table(name)}\nSELECT ${selected.join(', ')}\nFROM ${e} AS e ${dialect.join} (${counted}) AS k USING (${of})\nGROUP BY ${of}, ${other} % k`,
      where: 'every',
    },
  }
}

/** A source of pairs: a table, the expression to group by, and the weight of a pair. */
interface Pairs {
  readonly from: string
  readonly by: string
  readonly weight: string
}

function pairsBy(statements: Statements, name: ListName, by: string, nameOf: (table: string) => string): Pairs {
  const { lists } = statements.dialect
  if (lists === null) return { from: nameOf('e'), by, weight: 'w' }
  const { entry, second } = lists.unfold('others', statements.isWeighted ? 'ws' : null, by)
  return { from: nameOf(name), by: entry, weight: second }
}

/** W' (middle o (W z)). The inner query reads only the own server, which has all pairs of its users. */
export function product(statements: Statements, panel: string, middle: string, width: number): Statement {
  const { join } = statements.dialect
  const columns = Array.from({ length: width }, (_, c) => c)
  const ofUsers = pairsBy(statements, 'by_item', 'u', (name) => statements.table(name))
  const ofItems = pairsBy(statements, 'by_user', 'i', (name) => statements.allOf(name))
  const sums = (number: string, sum: string, { weight }: Pairs): string =>
    columns.map((c) => `sum(${statements.times(`${number}${c}`, 'weight', weight)}) AS ${sum}${c}`).join(', ')
  const byUser = `SELECT ${ofUsers.by}, ${sums('f', 'g', ofUsers)}\n      FROM ${ofUsers.from} AS e ${join} ${panel} AS f USING (i)\n      GROUP BY u`
  const scaled = `SELECT u, ${columns.map((c) => `m * g${c} AS h${c}`).join(', ')}\n    FROM (\n      ${byUser}\n    ) AS g ${join} ${statements.table(middle)} AS m USING (u)`
  return {
    name: 'sweep',
    sql: `SELECT ${ofItems.by}, ${sums('h', 'a', ofItems)}\n  FROM ${ofItems.from} AS e ${join} (\n    ${scaled}\n  ) AS h USING (u)\n  GROUP BY i`,
  }
}

/** The first state of a solve: z = rhs. */
export function begin(statements: Statements, from: string, to: string, width: number): Statement {
  const zero = statements.dialect.single('0')
  const selected = [
    'i, scale, weight',
    ...columnsOf('r', width),
    ...columnsOf('r', width).map((r, c) => `${r} AS z${c}`),
    ...columnsOf('p', width).map((p) => `${zero} AS ${p}`),
    `0 AS ${ERROR}`,
  ]
  return {
    name: 'begin',
    sql: `INSERT INTO ${statements.table(to)} SELECT ${selected.join(', ')} FROM ${statements.table(from)}`,
  }
}

/** One step of a solve: z' = a t + b z + c p + d r with t = scale o product, and err = max |t + r - z| weight. */
export function step(
  statements: Statements,
  from: string,
  to: string,
  { sql }: Statement,
  width: number,
  { a, b, c, d }: RecurrenceStep,
): Statement {
  const columns = Array.from({ length: width }, (_, at) => at)
  const t = (at: number): string => `scale * coalesce(a${at}, 0)`
  const next = (at: number): string =>
    [[a, t(at)] as const, [b, `z${at}`] as const, [c, `p${at}`] as const, [d, `r${at}`] as const]
      .filter(([factor]) => factor !== 0)
      .map(([factor, of]) => (factor === 1 ? of : `${literal(factor)} * ${of}`))
      .join(' + ')
  const far = columns.map((at) => `abs(${t(at)} + r${at} - z${at})`)
  const selected = [
    'i, scale, weight',
    ...columns.map((at) => `r${at}`),
    ...columns.map((at) => `${statements.dialect.single(next(at))} AS n${at}`),
    ...columns.map((at) => `z${at} AS o${at}`),
    `weight * ${far.reduce((most, one) => `greatest(${most}, ${one})`)} AS ${ERROR}`,
  ]
  return {
    name: 'step',
    sql: `INSERT INTO ${statements.table(to)}\nSELECT ${selected.join(', ')}\nFROM ${statements.table(from)} AS s ${statements.dialect.leftJoin} (\n  ${sql}\n) AS a USING (i)`,
  }
}

/** Copies some columns of a state to a new state. */
export function part(statements: Statements, from: string, to: string, { first, width }: Span): Statement {
  const columns = ['r', 'z', 'p'].flatMap((letter) => columnsOf(letter, first + width).slice(first))
  return {
    name: 'part of a state',
    sql: `INSERT INTO ${statements.table(to)} SELECT i, scale, weight, ${columns.join(', ')}, ${ERROR} FROM ${statements.table(from)}`,
  }
}

export const residual = (statements: Statements, state: string): Statement => ({
  name: 'residual',
  sql: `SELECT max(${ERROR}) AS worst FROM ${statements.table(state)}`,
})
