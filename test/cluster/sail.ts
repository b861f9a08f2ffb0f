/** Sail on 127.0.0.1, a driver and two workers, on a free port, with data of its own that ends with it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Columns, Connection } from '../../src/sql/connection.ts'
import { PassingFailure } from '../../src/sql/patience.ts'
import { connectSpark } from '../../src/sql/spark-connect.ts'
import { PYTHON_PACKAGES } from './folder.ts'
import { freePort } from './free-port.ts'

const STARTING_MS = 60_000
const WORKERS = 2

export class SailCluster implements AsyncDisposable {
  /** With the session in it: Sail shows tables of one to nobody else. */
  readonly url: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'rivulet-sail-'))
  readonly #process: ChildProcess
  #connection: Connection | null = null

  private constructor(port: number) {
    this.url = `sc://127.0.0.1:${port}/;session_id=${crypto.randomUUID()}`
    const log = openSync(join(this.#folder, 'log'), 'a')
    const settings = { SAIL_MODE: 'local-cluster', SAIL_CLUSTER__WORKER_INITIAL_COUNT: String(WORKERS) }
    this.#process = spawn('python3', ['-m', 'pysail', 'spark', 'server', '--ip', '127.0.0.1', '--port', String(port)], {
      cwd: this.#folder,
      env: { ...process.env, ...settings, PYTHONPATH: PYTHON_PACKAGES },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
  }

  /** Starts it and waits until it answers. */
  static async start(): Promise<SailCluster> {
    const cluster = new SailCluster(await freePort())
    await cluster.#wait()
    return cluster
  }

  async #wait(): Promise<void> {
    const address = { url: this.url, user: 'test', token: '', workspace: 'default', deadlineMs: STARTING_MS }
    const end = performance.now() + STARTING_MS
    while (this.#connection === null) {
      try {
        this.#connection = await connectSpark(address)
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error
        if (this.#process.exitCode !== null || performance.now() > end) {
          throw new Error(`Sail does not answer: ${readFileSync(join(this.#folder, 'log'), 'utf8').slice(-2000)}`, {
            cause: error,
          })
        }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  /** Runs a statement. */
  async run(sql: string): Promise<Columns[]> {
    if (this.#connection === null) throw new Error('Sail is not there.')
    return this.#connection.run({ name: 'test', sql })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve))
      this.#process.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
