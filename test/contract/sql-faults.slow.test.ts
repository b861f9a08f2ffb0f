/** Servers that are lost, refuse, or are told to stop; tables and columns of any name; and what is in them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspect } from 'node:util'
import { SqlEngine, type ConnectOptions } from '../../src/sql.ts'
import { ANALYST, ClickHouseCluster, CLUSTER, READER, REPLICATED } from '../cluster/clickhouse.ts'
import { CuttingProxy } from '../cluster/cutting-proxy.ts'
import { missing } from '../cluster/folder.ts'
import { TellingProxy } from '../cluster/telling-proxy.ts'

const lacks = missing.clickhouse()

describe.skipIf(lacks !== null)(`a table on servers${lacks === null ? '' : ` (needs ${lacks})`}`, () => {
  let cluster: ClickHouseCluster
  beforeAll(async () => {
    cluster = await ClickHouseCluster.start(2)
    await cluster.run('CREATE TABLE events (user UInt64, item String) ENGINE = MergeTree ORDER BY user')
    // Half of the users are of one component, half of the other.
    const pairs =
      'SELECT number % 700 AS user, toString((number * number + number) % 97 * 2 + number % 2) FROM system.numbers LIMIT 2000'
    await cluster.run(`INSERT INTO events ${pairs}`)
  })
  afterAll(async () => cluster[Symbol.asyncDispose]())

  const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    ...{ clickhouse: cluster.urls, cluster: CLUSTER, table: 'events' },
    ...more,
  })
  const alone = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    ...{ clickhouse: cluster.urls[0], table: 'events' },
    ...more,
  })
  const left = async (): Promise<string> =>
    (
      await Promise.all(
        [0, 1].map((server) => cluster.run("SELECT name FROM system.tables WHERE name LIKE 'rivulet%'", server)),
      )
    ).join('')

  it.each([
    ['a table', { table: 'event' }, 'READ_FAILED', /an existing table.*option 'table'/s],
    ['a column', { columns: { user: 'user', item: 'sku' } }, 'READ_FAILED', /existing columns.*option 'columns'/s],
    ['a database', { database: 'shop' }, 'READ_FAILED', /an existing database/],
    ['a cluster', { clickhouse: ['http://127.0.0.1:1', 'x'], cluster: 'c' }, 'INVALID_OPTION', /an address/],
    ['a password', { user: READER.user, password: 'hunter2' }, 'READ_FAILED', /a valid user and password/],
  ])('says that %s is not known', async (_, more, code, message) => {
    const refused = await SqlEngine.connect(alone(more)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) as string })
    expect(inspect(refused, { depth: 9 }) + JSON.stringify(refused)).not.toContain('hunter2')
    expect(await left()).toBe('')
  })

  it('names the clusters that there are', async () => {
    await expect(SqlEngine.connect(options({ cluster: 'prod' }))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(CLUSTER) as string,
    })
  })

  it('gives up on a server that does not answer', async () => {
    await expect(
      SqlEngine.connect(alone({ clickhouse: 'http://127.0.0.1:19', deadlineMs: 300 })),
    ).rejects.toMatchObject({
      code: 'DEADLINE',
      message: expect.stringContaining('127.0.0.1:19') as string,
    })
  })

  it('takes user and password from the address too', async () => {
    const [user, password] = [READER.user, encodeURIComponent(READER.password)]
    const clickhouse = cluster.urls[0].replace('//', `//${user}:${password}@`)
    await using engine = await SqlEngine.connect(alone({ clickhouse }))
    expect(inspect(engine, { depth: 9, showHidden: true })).not.toContain(READER.password)
    expect(engine.size.users).toBe(700)
  })

  it('reads for one who may only read, and says what else is wanted', async () => {
    const asked = { ...ANALYST, deadlineMs: 2_000 }
    expect(await SqlEngine.inspect(options(asked))).toMatchObject({ users: 700, rows: 2000 })
    expect(await SqlEngine.read(alone(asked))).toHaveLength(2000)
    expect(await SqlEngine.plan(options(asked), { columns: 2 })).toContain('700 users')
    await expect(SqlEngine.connect(options(asked))).rejects.toThrow(/permission to do this.*create tables/s)
  })

  it('refuses rows without an item, and tables without rows', async () => {
    await cluster.run('CREATE TABLE gaps (user Int32, item Nullable(String)) ENGINE = Memory')
    await expect(SqlEngine.connect(alone({ table: 'gaps' }))).rejects.toMatchObject({ code: 'EMPTY_DATA' })
    await cluster.run("INSERT INTO gaps VALUES (1, 'a'), (2, NULL)")
    await expect(SqlEngine.connect(alone({ table: 'gaps' }))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      details: { column: 'item', rows: 1 },
    })
    await cluster.run('DROP TABLE gaps')
  })

  it('refuses what came without an item while a table is inspected', async () => {
    await cluster.run('CREATE TABLE moving (user Int32, item Nullable(String)) ENGINE = MergeTree ORDER BY user')
    await cluster.run("INSERT INTO moving VALUES (1, 'a'), (2, 'a')")
    await using proxy = await TellingProxy.start(cluster.urls[0], async (sql) => {
      if (sql.startsWith('SELECT d,')) await cluster.run('INSERT INTO moving VALUES (9, NULL)')
      return undefined
    })
    await expect(SqlEngine.inspect(alone({ clickhouse: proxy.url, table: 'moving' }))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(/SqlEngine\.inspect: .*in 1 pairs/) as string,
    })
    await cluster.run('DROP TABLE moving')
  })

  it.each([
    ['empty ones', ["'', 'a'", "'ann', 'b'"], /not empty.*empty ids.*in 1/],
    ['other bytes than UTF-8', ["unhex('FF61'), 'a'", "unhex('FE61'), 'a'"], /UTF-8 text, got the bytes f[ef] 61/],
  ])('refuses keys that this memory does not tell apart: %s', async (_, rows, message) => {
    await cluster.run('CREATE TABLE odd (user String, item String) ENGINE = Memory')
    for (const row of rows) await cluster.run(`INSERT INTO odd SELECT ${row}`)
    for (const ask of [SqlEngine.connect, SqlEngine.read]) {
      const refused = { code: 'INVALID_DATA', message: expect.stringMatching(message) as string }
      await expect(ask(alone({ table: 'odd' }))).rejects.toMatchObject(refused)
    }
    expect(await left()).toBe('')
    await cluster.run('DROP TABLE odd')
  })

  it('reads texts that are kept as numbers of a dictionary, each byte of them', async () => {
    const columns = 'user LowCardinality(String), item LowCardinality(Nullable(String))'
    await cluster.run(`CREATE TABLE words (${columns}) ENGINE = Memory`)
    const mark = "unhex('EFBBBF')"
    await cluster.run(`INSERT INTO words SELECT 'ann', concat(${mark}, 'tea')`)
    await cluster.run("INSERT INTO words SELECT 'ann', 'tea'")
    await using engine = await SqlEngine.connect(alone({ table: 'words' }))
    expect([...engine.items.keys()].sort()).toEqual(['tea', '\uFEFFtea'])
    expect((await SqlEngine.read(alone({ table: 'words' }))).items.size).toBe(2)
    await cluster.run('DROP TABLE words')
  })

  it('has every digit of a long number, and UUIDs', async () => {
    await cluster.run('CREATE TABLE ids (user Int64, item UUID) ENGINE = Memory')
    const item = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
    await cluster.run(`INSERT INTO ids VALUES (9007199254740993, '${item}'), (-9223372036854775808, '${item}')`)
    await using engine = await SqlEngine.connect(alone({ table: 'ids' }))
    const { nodes } = await engine.personalizedPageRank()
    expect([...nodes.keys()].sort()).toEqual(['-9223372036854775808', item, '9007199254740993'])
    await cluster.run('DROP TABLE ids')
  })

  it.each([
    ['NULL', "('u3', 'a', NULL, 'buy')", {}, 'INVALID_DATA', /a value in column 'stars'.*NULL in 1 of 4/],
    ['NaN', "('u3', 'a', nan, 'buy')", {}, 'INVALID_DATA', /finite numbers.*another value in 1 rows/],
    ['too much', "('u3', 'a', 1e39, 'buy')", {}, 'INVALID_DATA', /finite numbers/],
    ['less than nothing', "('u3', 'a', -2, 'view')", { view: { transform: 'log1p' } }, 'INVALID_DATA', /values >= 0/],
    ['two words of one', "('u2', 'b', 2, 'buy')", { buy: { role: 'label' } }, 'INVALID_DATA', /several in 1 pairs/],
    ['no such signal', "('u3', 'a', 2, 'buy')", { bye: 1 }, 'UNKNOWN_KEY', /Did you mean 'buy'/],
  ] as const)('refuses values that cannot weigh: %s', async (_, row, rules, code, message) => {
    await cluster.run(
      'CREATE TABLE valued (user String, item String, stars Nullable(Float64), kind String) ENGINE = Memory',
    )
    await cluster.run(
      `INSERT INTO valued VALUES ('u1', 'a', 1, 'buy'), ('u1', 'b', 2, 'view'), ('u2', 'b', 3, 'buy'), ${row}`,
    )
    const columns = { user: 'user', item: 'item', value: 'stars', signal: 'kind' }
    const signals = Object.keys(rules).length === 0 ? null : rules
    const asked = alone({ table: 'valued', columns, weighted: true, signals })
    await expect(SqlEngine.connect(asked)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
    expect(await left()).toBe('')
    await cluster.run('DROP TABLE valued')
  })

  it.each([
    ['an item', {}, "(9, NULL, 1, 'buy')", 'INVALID_DATA', /NULL added while the table was read, in 1 pairs/],
    ['a signal', { signals: { buy: 1 } }, "(9, 'a', 1, NULL)", 'INVALID_DATA', /NULL added .*in 1 rows/],
    ['a value', { weighted: true }, "(9, 'a', NULL, 'buy')", 'INVALID_DATA', /NULL added .*in 1 rows/],
    ['all of them', {}, null, 'EMPTY_DATA', /none in 'moving'/],
  ] as const)(
    'refuses rows that came without something after they were counted: %s',
    async (_, more, row, code, message) => {
      const types = 'user Int32, item Nullable(String), stars Nullable(Float64), kind Nullable(String)'
      await cluster.run(`CREATE TABLE moving (${types}) ENGINE = MergeTree ORDER BY user`)
      await cluster.run("INSERT INTO moving VALUES (1, 'a', 1, 'buy'), (2, 'a', 2, 'buy')")
      let isCounted = false
      await using proxy = await TellingProxy.start(cluster.urls[0], async (sql) => {
        if (isCounted && sql.startsWith('DROP')) {
          isCounted = false
          if (row === null) {
            await cluster.run('DROP TABLE moving')
            await cluster.run(`CREATE TABLE moving (${types}) ENGINE = MergeTree ORDER BY user`)
          } else await cluster.run(`INSERT INTO moving VALUES ${row}`)
        }
        if (sql.startsWith('SELECT count(*) AS n')) isCounted = true
        return undefined
      })
      const columns = { user: 'user', item: 'item', value: 'stars', signal: 'kind' }
      const asked = alone({ clickhouse: proxy.url, table: 'moving', columns, ...more })
      await expect(SqlEngine.connect(asked)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string,
      })
      expect(await left()).toBe('')
      await cluster.run('DROP TABLE moving')
    },
  )

  it('quotes the names of tables and columns', async () => {
    const [table, user, item] = ['select `x`; DROP TABLE events', 'the "user"', "it\\em'"]
    const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
    await cluster.run(`CREATE TABLE ${quoted(table)} (${quoted(user)} String, ${quoted(item)} String) ENGINE = Memory`)
    await cluster.run(`INSERT INTO ${quoted(table)} VALUES ('ann', 'tea')`)
    await using engine = await SqlEngine.connect(alone({ table, columns: { user, item } }))
    expect(engine.size).toEqual({ users: 1, items: 1, pairs: 1 })
    await cluster.run(`DROP TABLE ${quoted(table)}`)
    expect((await cluster.run('SELECT count() FROM events')).trim()).toBe('2000')
  })

  it('answers the same when one of five requests is lost, or done and never answered', async () => {
    const asked = { seeds: ['user:3', 'item:96'], alpha: 0.6, tolerance: 1e-3 }
    await using whole = await SqlEngine.connect(alone())
    await using proxy = await CuttingProxy.start(Number(new URL(cluster.urls[0]).port), 5)
    await using engine = await SqlEngine.connect(alone({ clickhouse: proxy.url }))
    expect(engine.size).toEqual(whole.size)
    const there = await engine.personalizedPageRank(asked)
    expect(proxy.cuts).toBeGreaterThan(8)
    expect(there.scores).toEqual((await whole.personalizedPageRank(asked)).scores)
  }, 300_000)

  it('answers the same when each server was killed in the middle and started again, and to two at once', async () => {
    await using engine = await SqlEngine.connect(options())
    const asked = { seeds: ['user:3', 'item:96'], alpha: 0.6, tolerance: 1e-4 }
    const whole = await engine.personalizedPageRank(asked)
    let steps = 0
    const restarts: Promise<void>[] = []
    const restart = async (server: number): Promise<void> => {
      await cluster.killServer(server)
      await cluster.startServer(server)
    }
    const onProgress = (): void => {
      steps++
      if (steps === 2) restarts.push(restart(1))
      if (steps === 4) restarts.push(restart(0))
    }
    await using other = await SqlEngine.connect(options())
    const [again, atOnce] = await Promise.all([
      engine.personalizedPageRank(asked, { onProgress }),
      other.personalizedPageRank(asked),
    ])
    await Promise.all(restarts)
    expect(restarts).toHaveLength(2)
    expect(again.iterations).toBeGreaterThan(4)
    expect(again.scores).toEqual(whole.scores)
    expect(atOnce.scores).toEqual(whole.scores)
  }, 300_000)

  it('asks the first replicas of shards, and refuses others', async () => {
    await using three = await ClickHouseCluster.start(3)
    await three.run('CREATE TABLE events (user UInt64, item UInt64) ENGINE = MergeTree ORDER BY user')
    await three.run('INSERT INTO events SELECT number % 90, number % 11 FROM system.numbers LIMIT 500')
    const asked = (second: number): ConnectOptions => ({
      ...{ clickhouse: [three.urls[0], three.urls[second]], cluster: REPLICATED, table: 'events' },
    })
    await using engine = await SqlEngine.connect(asked(1))
    expect((await engine.personalizedPageRank({ tolerance: 0.01 })).converged).toBe(true)
    await expect(SqlEngine.connect(asked(2))).rejects.toThrow(/the address of the first one of each/)
  })

  it('ends what runs on the servers when it is cancelled, and keeps nothing', async () => {
    const engine = await SqlEngine.connect(options())
    const abort = new AbortController()
    const asked = engine.personalizedPageRank(
      { tolerance: 1e-6 },
      { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) },
    )
    await expect(asked).rejects.toThrow('enough')
    // Whenever it is cancelled: while the table of results is made, and while it is filled.
    for (const made of ['CREATE TABLE `default`.`lists`', 'INSERT INTO `default`.`lists`']) {
      const enough = new AbortController()
      await using proxy = await TellingProxy.start(cluster.urls[0], (sql) => {
        if (sql.startsWith(made)) setTimeout(() => enough.abort(new Error('enough')))
        return Promise.resolve(undefined)
      })
      await using told = await SqlEngine.connect(alone({ clickhouse: proxy.url }))
      const rows = Array.from({ length: 10 }, (_, at) => [`u${at}`] as const)
      const writing = told.write('lists', { user: 'text' }, rows, { signal: enough.signal })
      await expect(writing).rejects.toThrow('enough')
      expect(await cluster.run("SELECT name FROM system.tables WHERE name = 'lists'")).toBe('')
    }
    await engine.close()
    expect(await left()).toBe('')
    const running = "SELECT count() FROM system.processes WHERE query_id LIKE 'rivulet%'"
    expect((await cluster.run(running)).trim()).toBe('0')
  })
})
