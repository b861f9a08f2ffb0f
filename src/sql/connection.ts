import type { ColumnKind, Statement } from './statement.ts'

/** A column of a result: numbers as typed arrays or plain ones, everything else as texts. */
export type ResultColumn = ArrayLike<number> | ArrayLike<bigint> | ArrayLike<string>

/** Some rows of a result, or of what is written: columns of one length, by their names. */
export type Columns = Readonly<Record<string, ResultColumn>>

/** What any database is asked by. */
export interface QuerySource {
  /** The SQL dialect. */
  readonly dialect: 'clickhouse' | 'duckdb' | 'spark'
  /**
   * Runs a statement and yields its result, some rows at a time; nothing for a statement without one.
   *
   * @param sql one statement, without a semicolon
   */
  query(sql: string, options: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Columns>
}

/** A database: a server, several servers that share a table, or a connection of the caller. */
export interface Connection {
  readonly dialect: QuerySource['dialect']
  /** Servers that hold parts of the pairs, by the numbers that send a row to each; one number 0 alone. */
  readonly shards: readonly number[]
  /** The name that servers know each other by; `null` for one server. */
  readonly cluster: string | null
  /** The schema that tables are named with. Default: that of the connection itself. */
  readonly workspace?: string
  /** Runs a statement, on every server if it says so, and gives its result. */
  run(statement: Statement, signal?: AbortSignal): Promise<Columns[]>
  /** Writes rows into a table. */
  insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, ColumnKind>>,
    signal?: AbortSignal,
  ): Promise<void>
}

/** A whole column of a result as numbers. */
export function numbersOf(blocks: readonly Columns[], name: string): Float64Array {
  const length = blocks.reduce((sum, block) => sum + block[name].length, 0)
  const numbers = new Float64Array(length)
  let at = 0
  for (const block of blocks) {
    const column = block[name]
    for (let row = 0; row < column.length; row++) {
      const cell: unknown = column[row]
      // JSON has no NaN: what answers in it says null.
      numbers[at++] = cell === null ? NaN : Number(cell)
    }
  }
  return numbers
}

/** A whole column of a result as texts. */
export const textsOf = (blocks: readonly Columns[], name: string): string[] =>
  blocks.flatMap((block) => Array.from(block[name] as ArrayLike<unknown>, String))
