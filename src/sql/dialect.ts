/** The parts of SQL that differ between databases. */
import { RivuletError, show } from '../support/errors.ts'
import type { QuerySource } from './connection.ts'
import type { ColumnKind, OwnColumns, OwnKind } from './statement.ts'

export interface Dialect {
  /** A quoted name of a table or column. @throws {RivuletError} INVALID_OPTION for a name that no database accepts */
  identifier(name: string): string
  /** Creates a table, sorted by a column if the database supports that. */
  create(table: string, columns: OwnColumns, sortedBy: string): string
  /** A key as text, with all digits. */
  text(expression: string): string
  /** A text literal. */
  quoteText(text: string): string
  single(expression: string): string
  double(expression: string): string
  /** Natural logarithm: `log` is to base 10 in some databases. */
  logarithm(expression: string): string
  /** Adds row numbers 0, 1, 2 ... to the rows of a query. */
  numbered(number: string, columns: string, from: string): string
  /** The first `count` rows of each value of a column, by an order. */
  firstOf(count: number, by: string, order: string, columns: string, from: string): string
  /** Rows `by, place, item, score`: places count from 1 for each value of `by`, largest score first, ties to the lower item. */
  placed(by: string, item: string, score: string, from: string): string
  /** Array functions, if sums over arrays cost less than over rows; `null` if pairs stay rows. */
  readonly lists: Lists | null
  /** Joins that keep every match: without ALL, ClickHouse may be configured to keep one. */
  readonly join: string
  readonly leftJoin: string
}

export interface Lists {
  /** The values of a column within a group, as an array. */
  gather(column: string): string
  /** The number of parts of at most `rows` rows that a group is cut into. */
  parts(rows: number): string
  /** SELECT expressions that yield a row for each entry of an array, or of two arrays of equal length. */
  unfold(list: string, second: string | null, name: string): { readonly entry: string; readonly second: string }
}

const quoted = (quote: string, escape: (name: string) => string) => (name: string) => {
  const isName =
    name.length > 0 && name.length <= 200 && [...name].every((letter) => letter >= ' ' && letter !== '\u007F')
  if (isName) return quote + escape(name) + quote
  throw new RivuletError('INVALID_OPTION', {
    who: 'SqlEngine.connect',
    expected: 'the name of a table or column: 1 to 200 printable characters',
    got: show(name),
    todo: 'Correct the name.',
    details: { name },
  })
}

const listed = (columns: OwnColumns, types: Readonly<Partial<Record<OwnKind, string>>>): string =>
  Object.entries(columns)
    .map(([name, kind]) => `${name} ${types[kind]}`)
    .join(', ')

const withBackslashes = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const CLICKHOUSE_TYPES = {
  ...{ int: 'Int32', single: 'Float32', double: 'Float64', text: 'String' },
  ...{ ints: 'Array(Int32)', singles: 'Array(Float32)' },
}

const CLICKHOUSE: Dialect = {
  identifier: quoted('`', (name) => name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')),
  create: (table, columns, sortedBy) =>
    `CREATE TABLE ${table} (${listed(columns, CLICKHOUSE_TYPES)}) ENGINE = MergeTree ORDER BY ${sortedBy}`,
  // The cast removes LowCardinality, which is not read here.
  text: (expression) => `CAST(assumeNotNull(toString(${expression})) AS String)`,
  quoteText: withBackslashes,
  single: (expression) => `toFloat32(${expression})`,
  double: (expression) => `toFloat64(${expression})`,
  logarithm: (expression) => `log(${expression})`,
  numbered: (number, columns, from) =>
    `SELECT toInt32(rowNumberInAllBlocks()) AS ${number}, ${columns} FROM (${from} ORDER BY ${columns}) AS t`,
  firstOf: (count, by, order, columns, from) =>
    `SELECT ${columns}\nFROM (\n${from}\n) AS t\nORDER BY ${by}, ${order}\nLIMIT ${count} BY ${by}`,
  placed: (by, item, score, from) =>
    `SELECT ${by}, place, tupleElement(one, 2) AS ${item}, toFloat32(0 - tupleElement(one, 1)) AS ${score}\nFROM (SELECT ${by}, arraySort(groupArray(tuple(0 - ${score}, ${item}))) AS list FROM ${from} GROUP BY ${by}) AS t\nARRAY JOIN list AS one, arrayEnumerate(list) AS place`,
  lists: {
    gather: (column) => `groupArray(${column})`,
    parts: (rows) => `toInt32(intDiv(count(*), ${rows}) + 1)`,
    unfold: (list, second, name) => {
      if (second === null) return { entry: `arrayJoin(${list}) AS ${name}`, second: '' }
      // The oldest servers lose columns that are used only inside a lambda, so both arrays are arguments.
      const both = `arrayJoin(arrayMap((a, b) -> (a, b), ${list}, ${second})) AS p`
      return { entry: `tupleElement(${both}, 1) AS ${name}`, second: 'tupleElement(p, 2)' }
    },
  },
  join: 'ALL INNER JOIN',
  leftJoin: 'ALL LEFT JOIN',
}

const standard = (
  identifier: (name: string) => string,
  quoteText: (text: string) => string,
  types: Readonly<Record<ColumnKind, string>>,
  suffix = '',
): Dialect => ({
  identifier,
  create: (table, columns) => `CREATE TABLE ${table} (${listed(columns, types)})${suffix}`,
  text: (expression) => `CAST(${expression} AS ${types.text})`,
  quoteText,
  single: (expression) => `CAST(${expression} AS ${types.single})`,
  double: (expression) => `CAST(${expression} AS ${types.double})`,
  logarithm: (expression) => `ln(${expression})`,
  numbered: (number, columns, from) =>
    `SELECT CAST(row_number() OVER (ORDER BY ${columns}) - 1 AS INT) AS ${number}, ${columns} FROM (${from}) AS t`,
  firstOf: (count, by, order, columns, from) =>
    `SELECT ${columns}\nFROM (\nSELECT ${columns}, row_number() OVER (PARTITION BY ${by} ORDER BY ${order}) AS place FROM (\n${from}\n) AS t\n) AS t\nWHERE place <= ${count}\nORDER BY ${by}, place`,
  placed: (by, item, score, from) =>
    `SELECT ${by}, CAST(row_number() OVER (PARTITION BY ${by} ORDER BY ${score} DESC, ${item}) AS INT) AS place, ${item}, ${score} FROM ${from} AS t`,
  lists: null,
  join: 'INNER JOIN',
  leftJoin: 'LEFT JOIN',
})

export const DIALECTS: Readonly<Record<QuerySource['dialect'], Dialect>> = {
  clickhouse: CLICKHOUSE,
  duckdb: standard(
    quoted('"', (name) => name.replaceAll('"', '""')),
    (text) => `'${text.replaceAll("'", "''")}'`,
    { int: 'INTEGER', single: 'REAL', double: 'DOUBLE', text: 'VARCHAR' },
  ),
  spark: standard(
    quoted('`', (name) => name.replaceAll('`', '``')),
    withBackslashes,
    { int: 'INT', single: 'FLOAT', double: 'DOUBLE', text: 'STRING' },
    ' USING parquet',
  ),
}
