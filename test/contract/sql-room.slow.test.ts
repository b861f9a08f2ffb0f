/** Databases without room: no memory for a join, no place on the disk. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/advanced.ts'
import { SqlEngine, type Columns, type Labelling, type QuerySource } from '../../src/sql.ts'
import { ClickHouseCluster } from '../cluster/clickhouse.ts'
import { missing } from '../cluster/folder.ts'
import { PythonDatabase } from '../cluster/python-database.ts'
import { TellingProxy, type Answer } from '../cluster/telling-proxy.ts'

const random = seededRandom(5)
const pairs = Array.from({ length: 600 }, () => [`u${random.below(70)}`, `i${random.below(50)}`] as const)
const seedsOf = (classes: number) =>
  Array.from({ length: 3 * classes }, (_, at) => [`u${at % 60}`, `class ${at % classes}`] as const)

/** But for the order of sums. */
function expectScores({ scores }: Labelling, { scores: expected }: Labelling): void {
  const apart = expected.data
  expect(apart.map((score, at) => Math.abs(score - scores.data[at])).reduce((a, b) => Math.max(a, b))).toBeLessThan(
    1e-6,
  )
}

/** A database that has no memory for queries of more columns. */
class Narrow implements QuerySource {
  readonly dialect = 'duckdb'
  /** Most columns. */
  columns = 16
  /** Queries that it had no memory for. */
  lacked = 0
  readonly #database: PythonDatabase

  constructor(database: PythonDatabase) {
    this.#database = database
  }

  async *query(sql: string): AsyncGenerator<Columns> {
    if (sql.includes(`sum(f${this.columns}) AS g${this.columns}`)) {
      this.lacked++
      throw new Error('Out of Memory Error: failed to allocate data of size 32.0 MiB (1.0 GiB/1.0 GiB used)')
    }
    yield* this.#database.query(sql)
  }
}

const lacksDuckdb = missing.python('duckdb')
describe.skipIf(lacksDuckdb !== null)(
  `DuckDB without memory${lacksDuckdb === null ? '' : ` (needs ${lacksDuckdb})`}`,
  () => {
    let database: PythonDatabase
    beforeAll(async () => {
      database = await PythonDatabase.start('duckdb')
      for await (const _ of database.query('CREATE TABLE events ("user" VARCHAR, item VARCHAR)')) continue
      const values = pairs.map(([user, item]) => `('${user}', '${item}')`).join(', ')
      for await (const _ of database.query(`INSERT INTO events VALUES ${values}`)) continue
    })
    afterAll(async () => database[Symbol.asyncDispose]())

    it.each([
      [7, 16],
      [3, 8],
      [1, 4],
    ])('gives the same scores by queries of at most %d columns, and says so', async (columns, classes) => {
      await using whole = await SqlEngine.connect({ connection: database, table: 'events' })
      const narrow = new Narrow(database)
      await using engine = await SqlEngine.connect({ connection: narrow, table: 'events' })
      const asked = { seeds: seedsOf(classes), alpha: 0.7 }
      const expected = await whole.labelSpreading(asked)
      let steps = 0
      const onProgress = (): void => {
        if (++steps === 2) narrow.columns = columns
      }
      const found = await engine.labelSpreading(asked, { onProgress })
      expectScores(found, expected)
      expect(found.iterations).toBe(expected.iterations)
      expect(narrow.lacked).toBeGreaterThan(0)
      expect(found.notes).toEqual([
        expect.stringMatching(/^\d columns? per query.*the database ran out of memory for more$/),
      ])
      expect(engine.notes).toEqual(found.notes)
      const before = narrow.lacked
      expectScores(await engine.labelSpreading(asked), expected)
      expect(narrow.lacked).toBe(before)
    })

    it('embeds by panels that became narrower in the middle', async () => {
      await using whole = await SqlEngine.connect({ connection: database, table: 'events' })
      const narrow = new Narrow(database)
      await using engine = await SqlEngine.connect({ connection: narrow, table: 'events' })
      const asked = { dimensions: 6, tolerance: 1e-3, valueExponent: 0 }
      const expected = await whole.spectralEmbedding(asked)
      let steps = 0
      const onProgress = (): void => {
        if (++steps === 7) narrow.columns = 5
      }
      const found = await engine.spectralEmbedding(asked, { onProgress })
      expect(narrow.lacked).toBeGreaterThan(0)
      found.values.forEach((value, at) => expect(Math.abs(value - expected.values[at])).toBeLessThan(1e-4))
      expect(engine.notes[0]).toContain('columns per query')
    })

    it('says what it lacks where there is no memory for one column, and leaves nothing of the call', async () => {
      const narrow = new Narrow(database)
      await using engine = await SqlEngine.connect({ connection: narrow, table: 'events' })
      narrow.columns = 0
      await expect(engine.labelSpreading({ seeds: seedsOf(5) })).rejects.toMatchObject({
        code: 'READ_FAILED',
        message: expect.stringMatching(/make state1_0_1|sweep|step|database/) as string,
        details: { reason: 'memory' },
      })
      const left: string[] = []
      for await (const { name } of database.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'rivulet%state%'",
      ))
        left.push(...Array.from(name as ArrayLike<string>))
      expect(left).toEqual([])
      narrow.columns = 16
      expect((await engine.labelSpreading({ seeds: seedsOf(5) })).converged).toBe(true)
    })
  },
)

const lacks = missing.clickhouse()
describe.skipIf(lacks !== null)(`ClickHouse without room${lacks === null ? '' : ` (needs ${lacks})`}`, () => {
  let cluster: ClickHouseCluster
  beforeAll(async () => {
    cluster = await ClickHouseCluster.start(1)
    await cluster.run('CREATE TABLE events (user UInt32, item String) ENGINE = MergeTree ORDER BY user')
    await cluster.run(
      `INSERT INTO events SELECT intHash32(number) % 20000, concat('i', toString(intHash32(number * 7 + 3) % 3000)) FROM system.numbers LIMIT 60000`,
    )
  })
  afterAll(async () => cluster[Symbol.asyncDispose]())
  const left = async (): Promise<string> => cluster.run("SELECT name FROM system.tables WHERE name LIKE 'rivulet%'")

  it('goes on by narrower queries where max_memory_usage is small, and says so', async () => {
    await using whole = await SqlEngine.connect({ clickhouse: cluster.urls[0], table: 'events' })
    const seeds = Array.from({ length: 48 }, (_, at) => [whole.users.keyOf(at * 7), `c${at % 16}`] as const)
    const asked = { seeds, alpha: 0.3, tolerance: 1e-2 }
    const expected = await whole.labelSpreading(asked)
    expect(expected.notes).toEqual([])
    const tight = `${cluster.urls[0]}/?max_memory_usage=48000000&max_threads=2`
    await using engine = await SqlEngine.connect({ clickhouse: tight, table: 'events' })
    const found = await engine.labelSpreading(asked)
    expectScores(found, expected)
    expect(found.notes).toEqual([
      expect.stringMatching(
        /^\d columns? per query, which is slower than 16: 127\.0\.0\.1:\d+ ran out of memory for more$/,
      ),
    ])
  })

  it.each([
    ['Code: 243, e.displayText() = DB::Exception: Not enough space on the disk', 500],
    [
      'Code: 75, e.displayText() = DB::ErrnoException: Cannot write to file, errno: 28, strerror: No space left on device',
      500,
    ],
    [
      'Code: 76, e.displayText() = DB::ErrnoException: Cannot open file, errno: 122, strerror: Disk quota exceeded',
      500,
    ],
  ])('says that the disk is full, and leaves nothing: %s', async (text, status) => {
    let full = false
    const onStatement = async (sql: string): Promise<Answer | undefined> =>
      Promise.resolve(full && sql.startsWith('INSERT') ? { status, text } : undefined)
    await using proxy = await TellingProxy.start(cluster.urls[0], onStatement)
    const engine = await SqlEngine.connect({ clickhouse: proxy.url, table: 'events' })
    const made = await left()
    full = true
    const refused = {
      code: 'READ_FAILED',
      message: expect.stringMatching(
        /127\.0\.0\.1:\d+, .*: expected enough disk space, got Code.*Free disk space there/,
      ) as string,
    }
    await expect(engine.personalizedPageRank()).rejects.toMatchObject(refused)
    expect(await left()).toBe(made)
    await expect(engine.neighboursInto('near', { method: 'item-knn', neighbours: 5 })).rejects.toMatchObject(refused)
    expect(await left()).toBe(made)
    expect(await cluster.run("SELECT count() FROM system.tables WHERE name = 'near'")).toBe('0\n')
    await engine.close()
    await expect(SqlEngine.connect({ clickhouse: proxy.url, table: 'events' })).rejects.toMatchObject(refused)
    expect(await left()).toBe('')
  })
})
