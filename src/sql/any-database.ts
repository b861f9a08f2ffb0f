/** Whatever answers SQL, as a connection: rows are written as text. */
import type { Columns, Connection, QuerySource } from './connection.ts'
import { literal } from './statements.ts'
import type { NumberKind, Statement } from './statement.ts'

/** Numbers of one statement that writes rows: about a megabyte of text. */
const NUMBERS_A_STATEMENT = 50_000

export class AnyDatabase implements Connection {
  readonly dialect: QuerySource['dialect']
  readonly shards = [0]
  readonly cluster = null
  readonly #source: QuerySource

  constructor(source: QuerySource) {
    this.dialect = source.dialect
    this.#source = source
  }

  async run({ sql }: Statement, signal?: AbortSignal): Promise<Columns[]> {
    const blocks: Columns[] = []
    for await (const block of this.#source.query(sql, { signal })) blocks.push(block)
    return blocks
  }

  async insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, NumberKind>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const names = Object.keys(columns)
    const rows = columns[names[0]].length
    const many = Math.max(1, Math.floor(NUMBERS_A_STATEMENT / names.length))
    const text = (name: string, row: number): string => {
      const value = Number(columns[name][row])
      return kinds[name] === 'int' ? String(value) : literal(value)
    }
    for (let from = 0; from < rows; from += many) {
      const written: string[] = []
      for (let row = from; row < Math.min(rows, from + many); row++) {
        written.push(`(${names.map((name) => text(name, row)).join(', ')})`)
      }
      await this.run({ name: 'write', sql: `INSERT INTO ${table} VALUES ${written.join(', ')}` }, signal)
    }
  }
}
