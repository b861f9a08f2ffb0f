/**
 * The statements of a run, each a pure function of names and sizes. Tables:
 *
 *   pairs(uk, ik)    keys as the source has them, each pair once; dropped when it is numbered
 *   users(u, uk), items(i, ik)
 *   e(u, i)          numbered pairs, with a weight w where they weigh: with several servers a part on each, all pairs of a user on one
 *   a panel(i, f0 ..)   a column a right-hand side; with several servers a copy on each, `s` being the server's number
 *   a side table(u, m)  one number a user, where that user's pairs are
 *   a state(i, scale, weight, r0 .., z0 .., p0 .., err)   a solve on the first server: right-hand sides, z, the z before, and how far it was from solved
 *
 * With several servers `e_all` is all parts of `e`, and so for panels and side tables: a query of `e_all` runs on every server, joined with what lies there, and only sums by item travel.
 */
import type { Weighing } from '../data/signal-weights.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Connection } from './connection.ts'
import type { KeyColumns } from './connect-options.ts'
import { DIALECTS, type Dialect } from './dialect.ts'
import type { ColumnKind, Statement, TableColumns } from './statement.ts'

/** The table of interactions, as a caller names it. */
export interface SourceTable {
  readonly database?: string | undefined
  readonly table: string
  readonly columns: KeyColumns
  readonly weighing: Weighing
}

/** The column of a state with how far z was from solved. */
const ERROR = 'err'

export class Statements {
  readonly dialect: Dialect
  readonly #prefix: string
  readonly #connection: Pick<Connection, 'shards' | 'cluster' | 'workspace'>

  /** Whether pairs have weights. */
  readonly isWeighted: boolean

  /** @param prefix of all tables of a run, with the run's own id in it */
  constructor(
    connection: Pick<Connection, 'dialect' | 'shards' | 'cluster' | 'workspace'>,
    prefix: string,
    isWeighted = false,
  ) {
    this.isWeighted = isWeighted
    this.dialect = DIALECTS[connection.dialect]
    this.#prefix = prefix
    this.#connection = connection
  }

  /** A table of this run. */
  table(name: string): string {
    return this.#within(this.#connection.workspace, this.#prefix + name)
  }

  /** A table of results, under the name that the caller gave. */
  result(name: string): string {
    return this.#within(this.#connection.workspace, name)
  }

  #within(schema: string | undefined, table: string): string {
    const { identifier } = this.dialect
    return (schema === undefined ? '' : `${identifier(schema)}.`) + identifier(table)
  }

  /** All parts of a table, where it lies on several servers. */
  allOf(name: string, spread: 'by-user' | 'to-all' | null = 'by-user'): string {
    return this.table(this.#isShared && spread !== null ? `${name}_all` : name)
  }

  get #isShared(): boolean {
    return this.#connection.cluster !== null
  }

  /** Statements that make an empty table, in the place of one that an earlier attempt left. @param spread where its rows go: `null` for the first server alone */
  make(name: string, columns: TableColumns, sortedBy: string, spread: 'by-user' | 'to-all' | null = null): Statement[] {
    const isShared = spread !== null && this.#isShared
    const where = isShared ? 'every' : 'first'
    const own = isShared && spread === 'to-all' ? { s: 'int' as const, ...columns } : columns
    const made: Statement[] = [
      ...this.drop(name, spread),
      { name: `make ${name}`, sql: this.dialect.create(this.table(name), own, sortedBy), where },
    ]
    if (isShared) made.push(this.#distribute(name, spread))
    return made
  }

  #distribute(name: string, spread: 'by-user' | 'to-all'): Statement {
    const key = spread === 'by-user' ? 'intHash32(u)' : 's'
    const { identifier } = this.dialect
    const { cluster, workspace } = this.#connection
    const schema = workspace === undefined ? 'currentDatabase()' : identifier(workspace)
    const parts = [identifier(cluster ?? ''), schema, identifier(this.#prefix + name), key]
    return {
      name: `${name} on all servers`,
      sql: `CREATE TABLE ${this.allOf(name)} AS ${this.table(name)} ENGINE = Distributed(${parts.join(', ')})`,
    }
  }

  /** Statements that drop a table, if it is there. */
  drop(name: string, spread: 'by-user' | 'to-all' | null = null): Statement[] {
    const isShared = spread !== null && this.#isShared
    const all = { name: `drop ${name} on all servers`, sql: `DROP TABLE IF EXISTS ${this.allOf(name)}` }
    return [
      ...(isShared ? [all] : []),
      { name: `drop ${name}`, sql: `DROP TABLE IF EXISTS ${this.table(name)}`, where: isShared ? 'every' : 'first' },
    ]
  }

  /** The table of interactions. */
  source({ database, table }: SourceTable): string {
    return this.#within(database ?? this.#connection.workspace, table)
  }

  /** How many rows the source has, and how many of them have something in each column but the times: `of_user`, `of_item` ... */
  count(source: SourceTable): Statement {
    const counts = wholeColumns(source).map(
      ([role, column]) => `count(${this.dialect.identifier(column)}) AS of_${role}`,
    )
    return { name: 'count rows', sql: `SELECT count(*) AS n, ${counts.join(', ')} FROM ${this.source(source)}` }
  }

  /** All rows as they are, sorted by all that is read: the same rows come in the same order. */
  readRows(source: SourceTable): Statement {
    const { identifier, text, double } = this.dialect
    // A column of numbers that may be NULL comes as one that may not.
    const number = (column: string): string => `coalesce(${double(identifier(column))}, ${double("'NaN'")})`
    const { user, item, signal, value, time } = source.columns
    const selected = [
      `${text(identifier(user))} AS uk`,
      `${text(identifier(item))} AS ik`,
      ...(signal === undefined ? [] : [`${text(identifier(signal))} AS sk`]),
      ...(value === undefined ? [] : [`${number(value)} AS v`]),
      ...(time === undefined ? [] : [`${number(time)} AS t`]),
    ]
    const order = selected.map((one) => one.slice(one.lastIndexOf(' ') + 1))
    return {
      name: 'read rows',
      sql: `SELECT ${selected.join(', ')}\nFROM ${this.source(source)}\nORDER BY ${order.join(', ')}`,
    }
  }

  #pairsOf(source: SourceTable): string {
    const { dialect } = this
    const [user, item] = [source.columns.user, source.columns.item].map((name) =>
      dialect.text(dialect.identifier(name)),
    )
    return `SELECT DISTINCT ${user} AS uk, ${item} AS ik\nFROM ${this.source(source)}`
  }

  /** How many users have how many distinct items, or items users. @param by the key of the side that is counted */
  degreesOfSource(source: SourceTable, by: 'uk' | 'ik'): Statement {
    const each = `SELECT ${by}, count(*) AS d FROM (\n${this.#pairsOf(source)}\n) AS p GROUP BY ${by}`
    return {
      name: by === 'uk' ? 'count items of users' : 'count users of items',
      sql: `SELECT d, count(*) AS n FROM (${each}) AS g GROUP BY d`,
    }
  }

  /** The one reading of the source. */
  readPairs(source: SourceTable): Statement {
    return { name: 'read pairs', sql: `INSERT INTO ${this.table('pairs')}\n${this.#pairsOf(source)}` }
  }

  /** Numbers what is in a column of the pairs. */
  number(name: string, number: string, key: string): Statement {
    const distinct = `SELECT DISTINCT ${key} FROM ${this.table('pairs')}`
    return {
      name: `number ${name}`,
      sql: `INSERT INTO ${this.table(name)}\n${this.dialect.numbered(number, key, distinct)}`,
    }
  }

  /** Columns of the numbered pairs. */
  get pairColumns(): TableColumns {
    return { u: 'int', i: 'int', ...(this.isWeighted && { w: 'single' }) }
  }

  /** Writes pairs by number to where they are to lie. */
  writePairs(): Statement {
    const { join } = this.dialect
    const weight = this.isWeighted ? ', w' : ''
    // What no named signal has is a pair of nodes without an edge.
    const from = this.isWeighted ? `(SELECT uk, ik, w FROM ${this.table('pairs')} WHERE n > 0)` : this.table('pairs')
    const byUser = `SELECT u, ik${weight} FROM ${from} AS p ${join} ${this.table('users')} AS k USING (uk)`
    return {
      name: 'number pairs',
      sql: `INSERT INTO ${this.allOf('e')}\nSELECT u, i${weight}\nFROM (${byUser}) AS t\n${join} ${this.table('items')} AS k USING (ik)`,
    }
  }

  keys(name: string, number: string, key: string): Statement {
    return { name: `keys of ${name}`, sql: `SELECT ${number}, ${key} FROM ${this.table(name)}` }
  }

  /** Of every user or item: how many pairs `n`, and where they weigh sums of |w| and w^2, and the least w. */
  degrees(side: 'u' | 'i'): Statement {
    const name = side === 'u' ? 'degrees of users' : 'degrees of items'
    const { double } = this.dialect
    const w = double('w')
    const sums = this.isWeighted ? `, sum(abs(${w})) AS d, sum(${w} * ${w}) AS q, min(w) AS least` : ''
    return { name, sql: `SELECT ${side}, count(*) AS n${sums} FROM ${this.allOf('e')} GROUP BY ${side}` }
  }

  /** Copies a panel of the first server to all of them. */
  copy(from: string, to: string, columns: readonly string[], names: readonly string[]): Statement {
    const servers = this.#connection.shards.join(', ')
    const selected = columns.map((column, at) => `${column} AS ${names[at]}`)
    return {
      name: `copy ${to} to all servers`,
      sql: `INSERT INTO ${this.allOf(to)}\nSELECT arrayJoin([${servers}]) AS s, i, ${selected.join(', ')}\nFROM ${this.table(from)}`,
    }
  }

  /** The z of a state as a panel, on one server. */
  stateAsPanel(state: string, width: number): string {
    const columns = columnsOf('z', width).map((z, c) => `${z} AS f${c}`)
    return `(SELECT i, ${columns.join(', ')} FROM ${this.table(state)})`
  }

  /** A number of a pair's row times what the pair counts. */
  times(number: string, counts: PairCount = 'weight'): string {
    if (!this.isWeighted || counts === 'pair') return number
    return counts === 'weight' ? `w * ${number}` : `CASE WHEN w = 0 THEN 0 ELSE ${number} END`
  }

  /** W z: sums of a panel's rows by user. */
  rowSums(panel: string, width: number, counts?: PairCount): Statement {
    const sums = columnsOf('f', width).map((f, c) => `sum(${this.times(f, counts)}) AS g${c}`)
    return {
      name: 'sums by user',
      sql: `SELECT u, ${sums.join(', ')} FROM ${this.allOf('e')} AS e ${this.dialect.join} ${panel} AS f USING (i) GROUP BY u`,
    }
  }

  /** W' x: sums of a side table by item. */
  columnSums(side: string, counts: PairCount): Statement {
    return {
      name: 'sums by item',
      sql: `SELECT i, sum(${this.times('m', counts)}) AS a0 FROM ${this.allOf('e')} AS e ${this.dialect.join} ${this.table(side)} AS x USING (u) GROUP BY i`,
    }
  }

  /** W' (middle o (W z)). The inner query has the user's own server alone: all pairs of a user are there. */
  product(panel: string, middle: string, width: number): Statement {
    const { join } = this.dialect
    const columns = Array.from({ length: width }, (_, c) => c)
    const byUser = `SELECT u, ${columns.map((c) => `sum(${this.times(`f${c}`)}) AS g${c}`).join(', ')}\n      FROM ${this.table('e')} AS e ${join} ${panel} AS f USING (i)\n      GROUP BY u`
    const scaled = `SELECT u, ${columns.map((c) => `m * g${c} AS h${c}`).join(', ')}\n    FROM (\n      ${byUser}\n    ) AS g ${join} ${this.table(middle)} AS m USING (u)`
    return {
      name: 'sweep',
      sql: `SELECT i, ${columns.map((c) => `sum(${this.times(`h${c}`)}) AS a${c}`).join(', ')}\n  FROM ${this.allOf('e')} AS e ${join} (\n    ${scaled}\n  ) AS h USING (u)\n  GROUP BY i`,
    }
  }

  /** The first state of a solve: z = rhs. */
  begin(from: string, to: string, width: number): Statement {
    const zero = this.dialect.single('0')
    const selected = [
      'i, scale, weight',
      ...columnsOf('r', width),
      ...columnsOf('r', width).map((r, c) => `${r} AS z${c}`),
      ...columnsOf('p', width).map((p) => `${zero} AS ${p}`),
      `0 AS ${ERROR}`,
    ]
    return {
      name: 'begin',
      sql: `INSERT INTO ${this.table(to)} SELECT ${selected.join(', ')} FROM ${this.table(from)}`,
    }
  }

  /** One step of a solve: z' = a t + b z + c p + d r with t = scale o product, and err = max |t + r - z| weight. */
  step(from: string, to: string, product: Statement, width: number, { a, b, c, d }: RecurrenceStep): Statement {
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
      ...columns.map((at) => `${this.dialect.single(next(at))} AS n${at}`),
      ...columns.map((at) => `z${at} AS o${at}`),
      `weight * ${far.reduce((most, one) => `greatest(${most}, ${one})`)} AS ${ERROR}`,
    ]
    return {
      name: 'step',
      sql: `INSERT INTO ${this.table(to)}\nSELECT ${selected.join(', ')}\nFROM ${this.table(from)} AS s ${this.dialect.leftJoin} (\n  ${product.sql}\n) AS a USING (i)`,
    }
  }

  residual(state: string): Statement {
    return { name: 'residual', sql: `SELECT max(${ERROR}) AS worst FROM ${this.table(state)}` }
  }

  /** Columns of a table, by item. */
  read(name: string, columns: readonly string[]): Statement {
    return { name: `read ${name}`, sql: `SELECT i, ${columns.join(', ')} FROM ${this.table(name)}` }
  }

  /** Pairs with an end in a side table or a panel. */
  ties(side: string, by: 'u' | 'i'): Statement {
    return {
      name: by === 'u' ? 'ties of users' : 'ties of items',
      sql: `SELECT u, i${this.isWeighted ? ', w' : ''} FROM ${this.allOf('e')} AS e ${this.dialect.join} ${side} AS x USING (${by})`,
    }
  }
}

/** What a pair counts: its weight, 1 if it has a weight other than 0, or 1. */
export type PairCount = 'weight' | 'tie' | 'pair'

/** Columns that have something in every row: a time may be unknown. */
export const wholeColumns = ({ columns }: SourceTable): (readonly [role: string, column: string])[] =>
  Object.entries<string | undefined>({ ...columns }).flatMap(([role, column]) =>
    role === 'time' || column === undefined ? [] : [[role, column] as const],
  )

/** `f0`, `f1` ... */
export const columnsOf = (letter: string, width: number): string[] =>
  Array.from({ length: width }, (_, c) => `${letter}${c}`)

export const panelColumns = (width: number, kind: ColumnKind): TableColumns => ({
  i: 'int',
  ...Object.fromEntries(columnsOf('f', width).map((name) => [name, kind])),
})

const singles = (letters: readonly string[], width: number): TableColumns =>
  Object.fromEntries(letters.flatMap((letter) => columnsOf(letter, width)).map((name) => [name, 'single']))

/** Right-hand sides and the diagonals of a problem. */
export const rhsColumns = (width: number): TableColumns => ({
  ...{ i: 'int', scale: 'single', weight: 'single' },
  ...singles(['r'], width),
})

export const stateColumns = (width: number): TableColumns => ({
  ...rhsColumns(width),
  ...singles(['z', 'p'], width),
  [ERROR]: 'double',
})

/** A number as every dialect reads it in double precision, digit by digit. */
export const literal = (value: number): string => value.toExponential()
