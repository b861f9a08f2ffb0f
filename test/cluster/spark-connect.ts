/** What speaks Spark Connect on 127.0.0.1: Sail, a driver and two workers, or Spark itself; on a free port, with data of its own that ends with it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Columns, Connection } from '../../src/sql/connection.ts'
import { PassingFailure } from '../../src/sql/patience.ts'
import { connectSpark } from '../../src/sql/spark-connect.ts'
import { PYTHON_PACKAGES, SPARK_HOME } from './folder.ts'
import { freePort } from './free-port.ts'

const STARTING_MS = 120_000
const WORKERS = 2

/** How one is started. */
interface Launch {
  readonly name: string
  readonly command: string
  args(port: number, folder: string): readonly string[]
  readonly env: NodeJS.ProcessEnv
}

const SAIL: Launch = {
  name: 'Sail',
  command: 'python3',
  args: (port) => ['-m', 'pysail', 'spark', 'server', '--ip', '127.0.0.1', '--port', String(port)],
  env: {
    ...{ SAIL_MODE: 'local-cluster', SAIL_CLUSTER__WORKER_INITIAL_COUNT: String(WORKERS) },
    PYTHONPATH: PYTHON_PACKAGES,
  },
}

const SPARK: Launch = {
  name: 'Spark',
  command: join(SPARK_HOME, 'bin/spark-submit'),
  args: (port, folder) => [
    ...['--master', `local[${WORKERS}]`, '--class', 'org.apache.spark.sql.connect.service.SparkConnectServer'],
    ...Object.entries({
      'spark.connect.grpc.binding.address': '127.0.0.1',
      'spark.connect.grpc.binding.port': String(port),
      'spark.sql.warehouse.dir': join(folder, 'warehouse'),
      'spark.local.dir': join(folder, 'local'),
      // Small tables: planning and compiling take longer than work.
      'spark.sql.shuffle.partitions': String(WORKERS),
      'spark.sql.adaptive.enabled': 'false',
      'spark.sql.codegen.wholeStage': 'false',
      'spark.sql.codegen.factoryMode': 'NO_CODEGEN',
      'spark.ui.enabled': 'false',
      'spark.driver.memory': '2g',
    }).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    'spark-internal',
  ],
  env: { SPARK_HOME, SPARK_NO_DAEMONIZE: '1', SPARK_LOCAL_IP: '127.0.0.1' },
}

export class SparkConnectServer implements AsyncDisposable {
  /** With the session in it: Sail shows tables of one to nobody else. */
  readonly url: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'rivulet-spark-'))
  readonly #port: number
  /** `null` for one that somebody else started. */
  readonly #launch: Launch | null
  #process: ChildProcess | null
  #connection: Connection | null = null

  private constructor(launch: Launch | null, port: number) {
    this.url = `sc://127.0.0.1:${port}/;session_id=${crypto.randomUUID()}`
    this.#launch = launch
    this.#port = port
    this.#process = this.#spawn()
  }

  #spawn(): ChildProcess | null {
    if (this.#launch === null) return null
    const { command, args, env } = this.#launch
    const log = openSync(join(this.#folder, 'log'), 'a')
    const started = spawn(command, args(this.#port, this.#folder), {
      cwd: this.#folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    return started
  }

  /** Starts it again: what it had in memory, its tables too, is gone. */
  async startAgain(): Promise<void> {
    this.#process = this.#spawn()
    this.#connection = null
    await this.#wait()
  }

  /** Kills it as a crash would. */
  async kill(): Promise<void> {
    const process = this.#process
    if (process === null || process.exitCode !== null || process.signalCode !== null) return
    const ended = new Promise((resolve) => process.once('exit', resolve))
    process.kill('SIGKILL')
    await ended
  }

  /** Starts Sail and waits until it answers. */
  static async startSail(): Promise<SparkConnectServer> {
    return SparkConnectServer.#start(SAIL)
  }

  /** Starts Spark and waits until it answers. */
  static async startSpark(): Promise<SparkConnectServer> {
    return SparkConnectServer.#start(SPARK)
  }

  /** One that runs, by its address: a session of its own. */
  static async at(url: string): Promise<SparkConnectServer> {
    return SparkConnectServer.#start(null, Number(/:(\d+)/.exec(url)?.[1]))
  }

  static async #start(launch: Launch | null, port?: number): Promise<SparkConnectServer> {
    const server = new SparkConnectServer(launch, port ?? (await freePort()))
    await server.#wait()
    return server
  }

  async #wait(): Promise<void> {
    const address = { url: this.url, user: 'test', token: '', workspace: 'default', deadlineMs: STARTING_MS }
    const end = performance.now() + STARTING_MS
    while (this.#connection === null) {
      try {
        this.#connection = await connectSpark(address)
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error
        if ((this.#process?.exitCode ?? null) !== null || performance.now() > end) {
          throw new Error(`${this.#launch?.name ?? this.url} does not answer: ${this.#log()}`, {
            cause: error,
          })
        }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  #log(): string {
    return this.#launch === null ? '' : readFileSync(join(this.#folder, 'log'), 'utf8').slice(-2000)
  }

  /** Runs a statement. */
  async run(sql: string): Promise<Columns[]> {
    if (this.#connection === null) throw new Error('It is not there.')
    return this.#connection.run({ name: 'test', sql })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
