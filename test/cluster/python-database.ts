/** A database inside a Python process, asked line by line. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Columns, QuerySource } from '../../src/sql.ts'
import { PYTHON_PACKAGES, type InPython } from './folder.ts'

const BRIDGE = fileURLToPath(new URL('bridge.py', import.meta.url))

export class PythonDatabase implements QuerySource, AsyncDisposable {
  readonly dialect: QuerySource['dialect']
  /** Every statement that was run. */
  readonly statements: string[] = []
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  private constructor(name: InPython) {
    this.dialect = name === 'duckdb' ? 'duckdb' : 'clickhouse'
    this.#process = spawn('python3', [BRIDGE, name], { env: { ...process.env, PYTHONPATH: PYTHON_PACKAGES } })
    this.#process.stderr.resume()
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  static async start(name: InPython): Promise<PythonDatabase> {
    const database = new PythonDatabase(name)
    await database.#answer()
    return database
  }

  async *query(sql: string): AsyncGenerator<Columns> {
    this.statements.push(sql)
    this.#process.stdin.write(`${JSON.stringify({ sql })}\n`)
    const { columns = {}, error } = await this.#answer()
    if (error !== undefined) throw new Error(`${error} in: ${sql.slice(0, 500)}`)
    if (Object.keys(columns).length > 0) yield columns
  }

  async #answer(): Promise<{ readonly columns?: Columns; readonly error?: string }> {
    const line = await this.#lines.next()
    if (line.done === true) throw new Error('The database ended.')
    return JSON.parse(line.value) as { columns?: Columns; error?: string }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.stdin.end()
    await ended
  }
}
