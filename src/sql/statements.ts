/**
 * The statements of a run, each a pure function of names and sizes. Tables:
 *
 *   pairs(uk, ik)    keys from the source, each pair once; dropped after numbering
 *   users(u, uk), items(i, ik)
 *   e(u, i)          numbered pairs, with a weight w if they are weighted; spread over several servers such that all pairs of a user are on one
 *   a panel(i, f0 ..)   a column per right-hand side; with several servers a copy on each, where `s` is the server's number
 *   a side table(u, m)  a number per user, on the server with that user's pairs
 *   a state(i, scale, weight, r0 .., z0 .., p0 .., err)   a solve on the first server: right-hand sides, z, the previous z, and its residual
 *
 * With several servers `e_all` is all parts of `e`, likewise for panels and side tables: a query on `e_all` runs on every server, joined with the tables there, and only sums by item are sent between servers.
 */
import type { Weighing } from '../data/signal-weights.ts'
import type { Connection } from './connection.ts'
import type { KeyColumns } from './connect-options.ts'
import { DIALECTS, type Dialect } from './dialect.ts'
import type { ColumnKind, OwnColumns, Statement, TableColumns } from './statement.ts'

/** The table of interactions, as named by the caller. */
export interface SourceTable {
  readonly database?: string | undefined
  readonly table: string
  readonly columns: KeyColumns
  readonly weighing: Weighing
}

/** Names of expressions on rows of a source. */
const OUR_NAMES = /^(n|of_.*|uk|ik|sk|v|t|b|gap)$/i

/** The column of a state with the residual of z. */
export const ERROR = 'err'

export class Statements {
  readonly dialect: Dialect
  readonly #prefix: string
  readonly #connection: Pick<Connection, 'shards' | 'cluster' | 'workspace'>

  /** Whether pairs have weights. */
  readonly isWeighted: boolean

  /** @param prefix of all tables of a run, including its id */
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

  /** A result table, under the name given by the caller. */
  result(name: string): string {
    return this.#within(this.#connection.workspace, name)
  }

  #within(schema: string | undefined, table: string): string {
    const { identifier } = this.dialect
    return (schema === undefined ? '' : `${identifier(schema)}.`) + identifier(table)
  }

  /** All parts of a table, if it is on several servers. */
  allOf(name: string, spread: Spread = 'by-user'): string {
    return this.table(this.#isShared && spread !== null ? `${name}_all` : name)
  }

  get #isShared(): boolean {
    return this.#connection.cluster !== null
  }

  /** Statements that create an empty table and drop one left by an earlier attempt. @param spread where its rows go; `null` for the first server only */
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

  /** Statements that drop a table if it exists. */
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
   * The rows of the source and the names of its columns there. ClickHouse resolves a name to an expression with that alias in the same query, so columns named
   * like one of our aliases are renamed.
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

  /** 1 for a row with NULL in a required column or with an empty key, otherwise 0. */
  gap(source: SourceTable, of: (column: string) => string): string {
    const { user, item } = source.columns
    const gaps = wholeColumns(source).map(([, column]) => `${of(column)} IS NULL`)
    const empty = [user, item].map((column) => `${this.dialect.text(of(column))} = ''`)
    return `CASE WHEN ${[...gaps, ...empty].join(' OR ')} THEN 1 ELSE 0 END`
  }

  /** Number of rows of the source, and of rows with a value in each required column: `of_user`, `of_item` ... */
  count(source: SourceTable): Statement {
    const { from, of } = this.rowsOf(source)
    const counts = wholeColumns(source).map(([role, column]) => `count(${of(column)}) AS of_${role}`)
    return { name: 'count rows', sql: `SELECT count(*) AS n, ${counts.join(', ')} FROM ${from}` }
  }

  /** All rows, sorted by all columns that are read, so that the same rows come in the same order. */
  readRows(source: SourceTable): Statement {
    const { text, double } = this.dialect
    const { from, of } = this.rowsOf(source)
    // Nullable columns are not read here: NULL becomes NaN.
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

  /** A histogram of the degrees of users or items, counted in distinct pairs, with the number of incomplete pairs. @param by the key of the counted side */
  degreesOfSource(source: SourceTable, by: 'uk' | 'ik'): Statement {
    const each = `SELECT ${by}, count(*) AS d, sum(gap) AS g FROM (\n${this.#pairsOf(source)}\n) AS p GROUP BY ${by}`
    return {
      name: by === 'uk' ? 'count items of users' : 'count users of items',
      sql: `SELECT d, count(*) AS n, sum(g) AS gaps FROM (${each}) AS t GROUP BY d`,
    }
  }

  /** The only read of the source. `gap` marks pairs without a user or an item: such rows may have been added since the rows were counted. */
  readPairs(source: SourceTable): Statement {
    return { name: 'read pairs', sql: `INSERT INTO ${this.table('pairs')}\n${this.#pairsOf(source)}` }
  }

  /** Number of rows of a table of the run, and of incomplete source rows in it. */
  gaps(table: string): Statement {
    return { name: 'look for gaps', sql: `SELECT count(*) AS n, sum(gap) AS gaps FROM ${this.table(table)}` }
  }

  /** Numbers the distinct values of a column of the pairs. */
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

  /** Writes the numbered pairs to their servers. @param scale factor of the weights */
  writePairs(scale = 1): Statement {
    const { join, single } = this.dialect
    const scaled = scale === 1 ? 'w' : `${literal(scale)} * w`
    const weight = this.isWeighted ? ', v' : ''
    const weighed = `(SELECT uk, ik, ${single(scaled)} AS v FROM ${this.table('pairs')} WHERE n > 0)`
    // A pair without a named signal has no edge, but its user and item are nodes.
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

  /** For every user or item the number of pairs `n`, and if they are weighted the sums of |w| and w^2, and the smallest w. */
  degrees(side: 'u' | 'i'): Statement {
    const name = side === 'u' ? 'degrees of users' : 'degrees of items'
    const { double } = this.dialect
    const w = double('w')
    const sums = this.isWeighted ? `, sum(abs(${w})) AS d, sum(${w} * ${w}) AS q, min(w) AS least` : ''
    return { name, sql: `SELECT ${side}, count(*) AS n${sums} FROM ${this.allOf('e')} GROUP BY ${side}` }
  }

  /** Copies a panel from the first server to all servers. */
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

  /** An expression times what its pair counts. */
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

  /** For each item the lowest and the highest value of a panel among the items of its users, over pairs with a weight other than 0. */
  extremesByItem(panel: string): Statement {
    const { join } = this.dialect
    const tied = this.isWeighted ? ' WHERE w != 0' : ''
    const byUser = `SELECT u, min(f0) AS low, max(f0) AS high FROM ${this.table('e')} AS e ${join} ${panel} AS f USING (i)${tied} GROUP BY u`
    return {
      name: 'components next to items',
      sql: `SELECT i, min(low) AS a0, max(high) AS a1\nFROM ${this.allOf('e')} AS e ${join} (\n  ${byUser}\n) AS g USING (u)${tied}\nGROUP BY i`,
    }
  }

  /** For each user the lowest value of a panel among its items, over pairs with a weight other than 0. */
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

/** Where a table's rows are: on the server of their user, on all servers, on the server that made them; `null` for the first server only. */
export type Spread = 'by-user' | 'to-all' | 'own' | null

/** What a pair counts: its weight, 1 if it has a weight other than 0, or 1. */
export type PairCount = 'weight' | 'tie' | 'pair'

/** The columns that need a value in every row: all except the time. */
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

/** A number that every dialect reads in double precision without loss. */
export const literal = (value: number): string => value.toExponential()
