import type { ColumnKind, Statement } from './statement.ts'

/** A column of a result: numbers as typed arrays or plain ones, everything else as texts. */
export type ResultColumn = ArrayLike<number> | ArrayLike<bigint> | ArrayLike<string>

/** Some rows that are read or written: columns of equal length, by name. */
export type Columns = Readonly<Record<string, ResultColumn>>

/** A database given by its dialect and a function that runs queries. */
export interface QuerySource {
  /** The SQL dialect. */
  readonly dialect: 'clickhouse' | 'duckdb' | 'spark'
  /**
   * Runs a statement and yields the rows of its result, some at a time; nothing for a statement without a result.
   *
   * @param sql one statement, without a semicolon
   */
  query(sql: string, options: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Columns>
}

/** A database: a server, several servers that share a table, or a connection of the caller. */
export interface Connection {
  readonly dialect: QuerySource['dialect']
  /** For each server that holds pairs, a sharding key that sends a row to it; [0] for one server. */
  readonly shards: readonly number[]
  /** Name of the cluster; `null` for one server. */
  readonly cluster: string | null
  /** The schema of the tables of a run. Default: that of the connection. */
  readonly workspace?: string
  /** Runs a statement on the first server, or on every one if it says so, and returns its result. */
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
      // JSON has no NaN: databases that respond in JSON send null.
      numbers[at++] = cell === null ? NaN : Number(cell)
    }
  }
  return numbers
}

/** A whole column of a result as texts. */
export const textsOf = (blocks: readonly Columns[], name: string): string[] =>
  blocks.flatMap((block) => Array.from(block[name] as ArrayLike<unknown>, String))
