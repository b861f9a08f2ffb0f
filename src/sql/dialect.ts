/** What databases write differently. Everything else is the SQL that all of them read. */
import { RivuletError, show } from '../support/errors.ts'
import type { QuerySource } from './connection.ts'
import type { ColumnKind, OwnColumns, OwnKind } from './statement.ts'

export interface Dialect {
  /** A name of a table or column, quoted. @throws {RivuletError} INVALID_OPTION for one that no database takes */
  identifier(name: string): string
  /** A table of ours, sorted by a column where that means something. */
  create(table: string, columns: OwnColumns, sortedBy: string): string
  /** A key as text, every digit of it. */
  text(expression: string): string
  /** A text as it is written in a statement. */
  quoteText(text: string): string
  single(expression: string): string
  double(expression: string): string
  /** The natural one: what some call log is that to the base of 10. */
  logarithm(expression: string): string
  /** Rows of a query with numbers 0, 1, 2 ... */
  numbered(number: string, columns: string, from: string): string
  /** The first `count` rows of each value of a column, by an order. */
  firstOf(count: number, by: string, order: string, columns: string, from: string): string
  /** Rows `by, place, item, score` of each value of a column: places count from 1, largest score first, ties to the lower item. */
  placed(by: string, item: string, score: string, from: string): string
  /** Lists in columns, where sums over their entries cost less than over rows; `null` where pairs stay rows. */
  readonly lists: Lists | null
  /** Joins that keep every match; a version of ClickHouse may drop some without the word ALL. */
  readonly join: string
  readonly leftJoin: string
}

export interface Lists {
  /** The values of a column in rows of a group, as a list. */
  gather(column: string): string
  /** Which of so many parts of equal size a group is cut into, by its rows. */
  parts(rows: number): string
  /** Begins a SELECT by a row for each entry of a list, or of two that are as long: what it is called, and what that of the second is. */
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
  // A dictionary of texts is no column that is read here.
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
      // The oldest servers lose columns that are used inside a function alone: here none is.
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
