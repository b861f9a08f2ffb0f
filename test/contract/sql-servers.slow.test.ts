/** Servers that are late, that are lost with all they had, and that are asked by TLS: a run ends with its answer or with an error that says why, in time. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspect } from 'node:util'
import { SqlEngine, type ConnectOptions } from '../../src/sql.ts'
import { built } from '../build.ts'
import { ClickHouseCluster, CLUSTER, READER } from '../cluster/clickhouse.ts'
import { missing } from '../cluster/folder.ts'
import { SparkConnectServer } from '../cluster/spark-connect.ts'
import { lacksOpenssl, TlsProxy } from '../cluster/tls-proxy.ts'

const run = promisify(execFile)

const lacks = missing.clickhouse()
describe.skipIf(lacks !== null)(
  `a shard that is late${lacks === null ? '' : ` (needs ${lacks})`}`,
  { timeout: 120_000 },
  () => {
    let cluster: ClickHouseCluster
    beforeAll(async () => {
      cluster = await ClickHouseCluster.start(2, { counted: true })
      await cluster.run('CREATE TABLE events (user UInt64, item String) ENGINE = MergeTree ORDER BY user')
      await cluster.run(
        'INSERT INTO events SELECT number % 300, toString(number * number % 97) FROM system.numbers LIMIT 900',
      )
    })
    afterAll(async () => cluster[Symbol.asyncDispose]())
    const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
      ...{ clickhouse: cluster.urls, cluster: CLUSTER, table: 'events' },
      ...more,
    })
    const asked = { alpha: 0.5, tolerance: 1e-2 }

    it('is waited for', async () => {
      await using engine = await SqlEngine.connect(options())
      const soon = await engine.personalizedPageRank(asked)
      cluster.delay(20)
      const late = await engine.personalizedPageRank(asked)
      cluster.delay(0)
      expect(late.scores).toEqual(soon.scores)
    })

    it('is given up when it says nothing for as long as the deadline', async () => {
      const engine = await SqlEngine.connect(options({ deadlineMs: 2_000 }))
      cluster.delay(Infinity)
      const begun = performance.now()
      await expect(engine.personalizedPageRank(asked)).rejects.toMatchObject({ code: 'DEADLINE' })
      // Within it a server that waits for the other gives up once or twice.
      expect(performance.now() - begun).toBeLessThan(20_000)
      cluster.delay(0)
      await engine.close()
    })
  },
)

const lacksSail = missing.python('pysail')
describe.skipIf(lacksSail !== null)(
  `Sail that is killed${lacksSail === null ? '' : ` (needs ${lacksSail})`}`,
  { timeout: 120_000 },
  () => {
    it('and started again has forgotten the tables of the run, which ends and says so', async () => {
      await using sail = await SparkConnectServer.startSail()
      await sail.run('CREATE TABLE events (user STRING, item STRING) USING parquet')
      await sail.run("INSERT INTO events VALUES ('a', 'x'), ('a', 'y'), ('b', 'y'), ('b', 'z'), ('c', 'z')")
      const engine = await SqlEngine.connect({ spark: sail.url, table: 'events', deadlineMs: 20_000 })
      const again: Promise<void>[] = []
      const onProgress = (): void => {
        if (again.length === 0) again.push(sail.kill().then(() => sail.startAgain()))
      }
      await expect(
        engine.personalizedPageRank({ alpha: 0.9, tolerance: 1e-9, solver: 'power' }, { onProgress }),
      ).rejects.toMatchObject({
        code: 'READ_FAILED',
        message: expect.stringContaining('unless a server or another client drops them') as string,
      })
      await Promise.all(again)
      await engine.close()
    })

    it('and stays away is given up by the deadline', async () => {
      await using sail = await SparkConnectServer.startSail()
      await sail.run('CREATE TABLE events (user STRING, item STRING) USING parquet')
      await sail.run("INSERT INTO events VALUES ('a', 'x'), ('b', 'x')")
      const engine = await SqlEngine.connect({ spark: sail.url, table: 'events', deadlineMs: 1_000 })
      await sail.kill()
      const begun = performance.now()
      await expect(engine.personalizedPageRank()).rejects.toMatchObject({ code: 'DEADLINE' })
      expect(performance.now() - begun).toBeLessThan(10_000)
      await expect(engine.close()).rejects.toMatchObject({ code: 'DEADLINE' })
    })
  },
)

const lacksTls = lacksOpenssl()
/** This process knows no authority but those that it began with. */
const inspectBy = (from: string, env: NodeJS.ProcessEnv) =>
  run(process.execPath, [built('src/cli/main.ts'), 'inspect', '--from', from], {
    env: { ...process.env, CLICKHOUSE_PASSWORD: READER.password, ...env },
  })

describe.skipIf(lacks !== null || lacksTls !== null)(
  `ClickHouse by TLS${(lacks ?? lacksTls) ? ` (needs ${lacks ?? lacksTls})` : ''}`,
  { timeout: 60_000 },
  () => {
    let cluster: ClickHouseCluster
    let proxy: TlsProxy
    beforeAll(async () => {
      cluster = await ClickHouseCluster.start(1)
      await cluster.run('CREATE TABLE events (user String, item String) ENGINE = Memory')
      await cluster.run("INSERT INTO events VALUES ('a', 'x'), ('b', 'x')")
      proxy = await TlsProxy.start(Number(new URL(cluster.urls[0]).port), ['http/1.1'])
    })
    afterAll(async () => {
      await proxy[Symbol.asyncDispose]()
      await cluster[Symbol.asyncDispose]()
    })

    it('is refused at once where nobody knows who signed it, and is asked nothing', async () => {
      const begun = performance.now()
      const asked = SqlEngine.connect({ clickhouse: `https://${proxy.host}`, table: 'events', ...READER })
      const refused: unknown = await asked.catch((error: unknown) => error)
      expect(refused).toMatchObject({
        code: 'READ_FAILED',
        message: expect.stringMatching(/certificate.*NODE_EXTRA_CA_CERTS=/) as string,
        details: { serverCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      })
      expect(performance.now() - begun).toBeLessThan(5_000)
      expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(READER.password)
      const told = await inspectBy(`clickhouse+https://${READER.user}@${proxy.host}/events`, {}).catch(
        (error: unknown) => error,
      )
      expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string })
      expect(inspect(told, { depth: 9 })).not.toContain(READER.password)
    })

    it('answers where its authority is known', async () => {
      const address = `clickhouse+https://${READER.user}@${proxy.host}/events`
      const { stdout } = await inspectBy(address, { NODE_EXTRA_CA_CERTS: proxy.certificate })
      expect(stdout).toMatch(/users +2/)
      const another = address.replace('127.0.0.1', 'localhost')
      const told = await inspectBy(another, { NODE_EXTRA_CA_CERTS: proxy.certificate }).catch((error: unknown) => error)
      expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('for this host') as string })
    })

    it('is refused where a server does not speak it', async () => {
      const clickhouse = cluster.urls[0].replace('http:', 'https:')
      await expect(SqlEngine.connect({ clickhouse, table: 'events' })).rejects.toMatchObject({
        code: 'READ_FAILED',
        message: expect.stringContaining('a TLS server on this port') as string,
      })
    })
  },
)

describe.skipIf(lacksSail !== null || lacksTls !== null)(
  `Spark Connect by TLS${(lacksSail ?? lacksTls) ? ` (needs ${lacksSail ?? lacksTls})` : ''}`,
  { timeout: 60_000 },
  () => {
    it('is refused where nobody knows who signed it, and answers where somebody does', async () => {
      await using sail = await SparkConnectServer.startSail()
      await sail.run('CREATE TABLE events (user STRING, item STRING) USING parquet')
      await sail.run("INSERT INTO events VALUES ('a', 'x'), ('b', 'x')")
      await using proxy = await TlsProxy.start(Number(/:(\d+)\//.exec(sail.url)?.[1]), ['h2'])
      const [, session] = sail.url.split('/;')
      const spark = `sc://${proxy.host}/;use_ssl=true;${session}`
      const refused: unknown = await SqlEngine.connect({ spark, table: 'events', password: 'hunter2' }).catch(
        (error: unknown) => error,
      )
      expect(refused).toMatchObject({
        code: 'READ_FAILED',
        message: expect.stringContaining('NODE_EXTRA_CA_CERTS=') as string,
      })
      expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('hunter2')
      const { stdout } = await inspectBy(`sc://${proxy.host}/default.events;use_ssl=true;${session}`, {
        NODE_EXTRA_CA_CERTS: proxy.certificate,
      })
      expect(stdout).toMatch(/users +2/)
    })
  },
)
