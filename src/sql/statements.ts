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
import type { Connection } from './connection.ts'
import type { KeyColumns } from './connect-options.ts'
import { DIALECTS, type Dialect } from './dialect.ts'
import type { ColumnKind, OwnColumns, Statement, TableColumns } from './statement.ts'

/** The table of interactions, as a caller names it. */
export interface SourceTable {
  readonly database?: string | undefined
  readonly table: string
  readonly columns: KeyColumns
  readonly weighing: Weighing
}

/** What expressions on rows of a source are called. */
const OUR_NAMES = /^(n|of_.*|uk|ik|sk|v|t|b|gap)$/i

/** The column of a state with how far z was from solved. */
export const ERROR = 'err'

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
  allOf(name: string, spread: Spread = 'by-user'): string {
    return this.table(this.#isShared && spread !== null ? `${name}_all` : name)
  }

  get #isShared(): boolean {
    return this.#connection.cluster !== null
  }

  /** Statements that make an empty table, in place of one that an earlier attempt left. @param spread where its rows go: `null` for the first server alone */
  make(name: string, columns: OwnColumns, sortedBy: string, spread: Spread = null): Statement[] {
    const isShared = spread !== null && this.#isShared
    const where = isShared ? 'every' : 'first'
    const own = isShared && spread === 'to-all' ? { s: 'int' as const, ...columns } : columns
    const made: Statement[] = [
      ...this.drop(name, spread),
      { name: `make ${name}`, sql: this.dialect.create(this.table(name), own, sortedBy), where, isRemade: true },
    ]
    if (isShared && spread !== 'own') made.push(this.#distribute(name, spread))
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
  drop(name: string, spread: Spread = null): Statement[] {
    const isShared = spread !== null && this.#isShared
    const all = { name: `drop ${name} on all servers`, sql: `DROP TABLE IF EXISTS ${this.allOf(name)}` }
    return [
      ...(isShared && spread !== 'own' ? [all] : []),
      { name: `drop ${name}`, sql: `DROP TABLE IF EXISTS ${this.table(name)}`, where: isShared ? 'every' : 'first' },
    ]
  }

  /** The table of interactions. */
  source({ database, table }: SourceTable): string {
    return this.#within(database ?? this.#connection.workspace, table)
  }

  /**
   * Rows of the source, and what each of its columns is called there. ClickHouse takes a name for the expression that is called so in the same query, so columns
   * that have a name of ours get another.
   */
  rowsOf(source: SourceTable): { readonly from: string; of(column: string): string } {
    const { identifier } = this.dialect
    const columns = [...new Set(Object.values<string | undefined>({ ...source.columns }))].filter(
      (one) => one !== undefined,
    )
    if (!columns.some((name) => OUR_NAMES.test(name))) return { from: this.source(source), of: identifier }
    let letter = 'c'
    while (columns.some((name) => name.startsWith(letter))) letter += '_'
    const named = columns.map((name, at) => `${identifier(name)} AS ${letter}${at}`)
    return {
      from: `(SELECT ${named.join(', ')} FROM ${this.source(source)}) AS s`,
      of: (column) => `${letter}${columns.indexOf(column)}`,
    }
  }

  /** 1 for a row without something in a column that has something in every row, or with an empty key, otherwise 0. */
  gap(source: SourceTable, of: (column: string) => string): string {
    const { user, item } = source.columns
    const gaps = wholeColumns(source).map(([, column]) => `${of(column)} IS NULL`)
    const empty = [user, item].map((column) => `${this.dialect.text(of(column))} = ''`)
    return `CASE WHEN ${[...gaps, ...empty].join(' OR ')} THEN 1 ELSE 0 END`
  }

  /** How many rows the source has, and how many of them have something in each column but the times: `of_user`, `of_item` ... */
  count(source: SourceTable): Statement {
    const { from, of } = this.rowsOf(source)
    const counts = wholeColumns(source).map(([role, column]) => `count(${of(column)}) AS of_${role}`)
    return { name: 'count rows', sql: `SELECT count(*) AS n, ${counts.join(', ')} FROM ${from}` }
  }

  /** All rows as they are, sorted by all that is read: the same rows come in the same order. */
  readRows(source: SourceTable): Statement {
    const { text, double } = this.dialect
    const { from, of } = this.rowsOf(source)
    // A column of numbers that may be NULL comes as one that may not.
    const number = (column: string): string => `coalesce(${double(of(column))}, ${double("'NaN'")})`
    const { user, item, signal, value, time } = source.columns
    const selected = [
      `${text(of(user))} AS uk`,
      `${text(of(item))} AS ik`,
      ...(signal === undefined ? [] : [`${text(of(signal))} AS sk`]),
      ...(value === undefined ? [] : [`${number(value)} AS v`]),
      ...(time === undefined ? [] : [`${number(time)} AS t`]),
    ]
    const order = selected.map((one) => one.slice(one.lastIndexOf(' ') + 1))
    return {
      name: 'read rows',
      sql: `SELECT ${selected.join(', ')}\nFROM ${from}\nORDER BY ${order.join(', ')}`,
    }
  }

  #pairsOf(source: SourceTable): string {
    const { from, of } = this.rowsOf(source)
    const [user, item] = [source.columns.user, source.columns.item].map((name) => this.dialect.text(of(name)))
    return `SELECT DISTINCT ${user} AS uk, ${item} AS ik, ${this.gap(source, of)} AS gap\nFROM ${from}`
  }

  /** How many users have how many distinct items, or items users, and how many of these pairs lack something. @param by the key of the side that is counted */
  degreesOfSource(source: SourceTable, by: 'uk' | 'ik'): Statement {
    const each = `SELECT ${by}, count(*) AS d, sum(gap) AS g FROM (\n${this.#pairsOf(source)}\n) AS p GROUP BY ${by}`
    return {
      name: by === 'uk' ? 'count items of users' : 'count users of items',
      sql: `SELECT d, count(*) AS n, sum(g) AS gaps FROM (${each}) AS t GROUP BY d`,
    }
  }

  /** The one reading of the source: `gap` says which pairs have no user or no item, for such rows may have come since they were counted. */
  readPairs(source: SourceTable): Statement {
    return { name: 'read pairs', sql: `INSERT INTO ${this.table('pairs')}\n${this.#pairsOf(source)}` }
  }

  /** How many rows a table of the run has, and how many of the source without something in them there are in it. */
  gaps(table: string): Statement {
    return { name: 'look for gaps', sql: `SELECT count(*) AS n, sum(gap) AS gaps FROM ${this.table(table)}` }
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

  /** Writes pairs by number to where they are to lie. @param scale what weights are multiplied by */
  writePairs(scale = 1): Statement {
    const { join, single } = this.dialect
    const scaled = scale === 1 ? 'w' : `${literal(scale)} * w`
    const weight = this.isWeighted ? ', v' : ''
    const weighed = `(SELECT uk, ik, ${single(scaled)} AS v FROM ${this.table('pairs')} WHERE n > 0)`
    // What no named signal has is a pair of nodes without an edge.
    const from = this.isWeighted ? weighed : this.table('pairs')
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
  times(number: string, counts: PairCount = 'weight', weight = 'w'): string {
    if (!this.isWeighted || counts === 'pair') return number
    return counts === 'weight' ? `${weight} * ${number}` : `CASE WHEN ${weight} = 0 THEN 0 ELSE ${number} END`
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

  /** The lowest and the highest number of a panel that items of the users of each item have, by pairs with a weight. */
  extremesByItem(panel: string): Statement {
    const { join } = this.dialect
    const tied = this.isWeighted ? ' WHERE w != 0' : ''
    const byUser = `SELECT u, min(f0) AS low, max(f0) AS high FROM ${this.table('e')} AS e ${join} ${panel} AS f USING (i)${tied} GROUP BY u`
    return {
      name: 'components next to items',
      sql: `SELECT i, min(low) AS a0, max(high) AS a1\nFROM ${this.allOf('e')} AS e ${join} (\n  ${byUser}\n) AS g USING (u)${tied}\nGROUP BY i`,
    }
  }

  /** The lowest number of a panel that items of each user have, by pairs with a weight. */
  leastByUser(panel: string): Statement {
    const tied = this.isWeighted ? ' WHERE w != 0' : ''
    return {
      name: 'components of users',
      sql: `SELECT u, min(f0) AS g0 FROM ${this.allOf('e')} AS e ${this.dialect.join} ${panel} AS f USING (i)${tied} GROUP BY u`,
    }
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

/** Where a table's rows go: to the server of their user, to all, to each its own; `null` for the first server alone. */
export type Spread = 'by-user' | 'to-all' | 'own' | null

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
