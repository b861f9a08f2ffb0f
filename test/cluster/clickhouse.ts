/** ClickHouse servers on 127.0.0.1, on free ports, with data of their own that ends with them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CountingProxy } from './counting-proxy.ts'
import { CLICKHOUSE, LIBRARIES, missing } from './folder.ts'
import { freePort } from './free-port.ts'

/** How they are configured. */
export const CLUSTER = 'rivulet_test'
/** The same servers: the first is one shard, and all others are replicas of another. */
export const REPLICATED = 'rivulet_replicas'
export const READER = { user: 'reader', password: 'se\'cret:"%' }
/** Who may only read, and set nothing. */
export const ANALYST = { user: 'analyst', password: 'only looks' }

const STARTING_MS = 60_000
/** Of /proc, on every Linux. */
const TICKS_A_SECOND = 100

export class ClickHouseCluster implements AsyncDisposable {
  readonly urls: readonly string[]
  readonly #folder: string
  readonly #ports: readonly Ports[]
  readonly #processes: (ChildProcess | null)[]
  readonly #ways: readonly CountingProxy[]

  private constructor(folder: string, ports: readonly Ports[], ways: readonly CountingProxy[]) {
    this.#folder = folder
    this.#ports = ports
    this.#ways = ways
    this.urls = ports.map(({ http }) => `http://127.0.0.1:${http}`)
    this.#processes = ports.map(() => null)
  }

  /** Starts so many servers and waits until they answer. @param counted whether bytes between them are counted, which are not packed then */
  static async start(count: number, { counted = false } = {}): Promise<ClickHouseCluster> {
    const lacks = missing.clickhouse()
    if (lacks !== null) throw new Error(`ClickHouse is not here: ${lacks}`)
    const ports: Ports[] = []
    const ways: CountingProxy[] = []
    for (let server = 0; server < count; server++) {
      const [http, tcp] = [await freePort(), await freePort()]
      const way = counted ? await freePort() : tcp
      if (counted) ways.push(await CountingProxy.start(way, tcp))
      ports.push({ http, tcp, way })
    }
    const cluster = new ClickHouseCluster(mkdtempSync(join(tmpdir(), 'rivulet-cluster-')), ports, ways)
    await Promise.all(ports.map((_, server) => cluster.startServer(server)))
    return cluster
  }

  /** Starts one, again too, with the data that it has. */
  async startServer(server: number): Promise<void> {
    const folder = join(this.#folder, `server-${server}`)
    mkdirSync(join(folder, 'tmp'), { recursive: true })
    writeFileSync(join(folder, 'users.xml'), USERS)
    writeFileSync(join(folder, 'config.xml'), config(folder, this.#ports[server], this.#ports))
    const log = openSync(join(folder, 'log'), 'a')
    const process = spawn(CLICKHOUSE, [`--config-file=${join(folder, 'config.xml')}`], {
      cwd: folder,
      env: { LD_LIBRARY_PATH: LIBRARIES },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#processes[server] = process
    const end = performance.now() + STARTING_MS
    while (!(await answers(this.urls[server]))) {
      if (process.exitCode !== null || performance.now() > end) {
        throw new Error(`ClickHouse does not answer: ${readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Kills one as a crash would. */
  async killServer(server: number): Promise<void> {
    const process = this.#processes[server]
    if (process?.exitCode !== null || process.signalCode !== null) return
    const ended = new Promise((resolve) => process.once('exit', resolve))
    process.kill('SIGKILL')
    await ended
  }

  /** Of all servers since they started. */
  processorSeconds(): number {
    return this.#processes.reduce((sum, process) => {
      const [, rest] = readFileSync(`/proc/${process?.pid}/stat`, 'utf8').split(') ')
      const [user, system] = rest.split(' ').slice(11, 13).map(Number)
      return sum + (user + system) / TICKS_A_SECOND
    }, 0)
  }

  /** That went between the servers since they started, where they are counted. */
  bytesBetweenServers(): number {
    return this.#ways.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Makes bytes between the servers late, where they are counted, from now on; `Infinity`: none pass. */
  delay(ms: number): void {
    for (const way of this.#ways) way.lateMs = ms
  }

  /** Runs a statement on one server and gives what it prints. */
  async run(sql: string, server = 0): Promise<string> {
    const response = await fetch(`${this.urls[server]}/?wait_end_of_query=1`, { method: 'POST', body: sql })
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    return text
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.urls.map((_, server) => this.killServer(server)))
    for (const way of this.#ways) await way[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface Ports {
  readonly http: number
  readonly tcp: number
  /** Where other servers reach it. */
  readonly way: number
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const USERS = `<yandex>
<profiles><default><max_memory_usage>4000000000</max_memory_usage><allow_experimental_low_cardinality_type>1</allow_experimental_low_cardinality_type></default><looks><readonly>1</readonly></looks></profiles>
<users>${[
  { user: 'default', password: '', profile: 'default' },
  { ...READER, profile: 'default' },
  { ...ANALYST, profile: 'looks' },
]
  .map(
    ({ user, password, profile }) =>
      `<${user}><password>${escaped(password)}</password><networks><ip>127.0.0.1</ip></networks><profile>${profile}</profile><quota>default</quota></${user}>`,
  )
  .join('')}</users>
<quotas><default/></quotas>
</yandex>
`

/** A server knows itself by its own port: what it asks of itself goes no way. */
const shard = (replicas: readonly Ports[], own: number): string =>
  `<shard><internal_replication>true</internal_replication>${replicas.map((ports) => replica(ports, own)).join('')}</shard>`

const replica = ({ tcp, way }: Ports, own: number): string =>
  `<replica><host>127.0.0.1</host><port>${tcp === own ? tcp : way}</port>${way === tcp ? '' : '<compression>false</compression>'}</replica>`

const config = (folder: string, { http, tcp }: Ports, all: readonly Ports[]): string => `<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>${folder}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>268435456</mark_cache_size>
<remote_servers><${CLUSTER}>${all.map((ports) => shard([ports], tcp)).join('')}</${CLUSTER}>
<${REPLICATED}>${shard(all.slice(0, 1), tcp)}${all.length > 1 ? shard(all.slice(1), tcp) : ''}</${REPLICATED}></remote_servers>
</yandex>
`
