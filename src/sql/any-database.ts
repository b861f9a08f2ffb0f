/** A query function of the caller as a connection: rows are written as SQL text. */
import type { Columns, Connection, QuerySource } from './connection.ts'
import { DIALECTS } from './dialect.ts'
import { meaningOf, oneLine, refusal } from './refusal.ts'
import { literal } from './statements.ts'
import type { ColumnKind, Statement } from './statement.ts'

/** Values written by one statement: about a megabyte of text. */
const VALUES_A_STATEMENT = 50_000

export class AnyDatabase implements Connection {
  readonly dialect: QuerySource['dialect']
  readonly shards = [0]
  readonly cluster = null
  readonly #source: QuerySource

  constructor(source: QuerySource) {
    this.dialect = source.dialect
    this.#source = source
  }

  async run({ name, sql }: Statement, signal?: AbortSignal): Promise<Columns[]> {
    const blocks: Columns[] = []
    try {
      for await (const block of this.#source.query(sql, { signal })) blocks.push(block)
    } catch (error) {
      signal?.throwIfAborted()
      const said = oneLine(error instanceof Error ? error.message : String(error))
      throw refusal(meaningOf(said), name, null, said, {}, error)
    }
    return blocks
  }

  async insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, ColumnKind>>,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const sql of rowStatements(this.dialect, table, columns, kinds)) await this.run({ name: 'write', sql }, signal)
  }
}

/** INSERT statements with the values as text. */
export function* rowStatements(
  dialect: QuerySource['dialect'],
  table: string,
  columns: Columns,
  kinds: Readonly<Record<string, ColumnKind>>,
): Generator<string> {
  const { quoteText } = DIALECTS[dialect]
  const names = Object.keys(columns)
  const rows = columns[names[0]].length
  const many = Math.max(1, Math.floor(VALUES_A_STATEMENT / names.length))
  const text = (name: string, row: number): string => {
    const value = columns[name][row]
    if (kinds[name] === 'text') return quoteText(String(value))
    return kinds[name] === 'int' ? String(value) : literal(Number(value))
  }
  for (let from = 0; from < rows; from += many) {
    const written: string[] = []
    for (let row = from; row < Math.min(rows, from + many); row++) {
      written.push(`(${names.map((name) => text(name, row)).join(', ')})`)
    }
    yield `INSERT INTO ${table} VALUES ${written.join(', ')}`
  }
}
