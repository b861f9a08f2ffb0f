/** What a table in a database answers is what the same pairs answer in this memory: on one server, on two, and in other dialects. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  compile,
  Engine,
  fromRows,
  labelSpreading,
  personalizedPageRank,
  recommend,
  spectralEmbedding,
  type CompiledRecommender,
  type Interactions,
  type Recommendation,
} from '../../src/index.ts'
import { SqlEngine, type ConnectOptions } from '../../src/sql.ts'
import { seededRandom } from '../../src/advanced.ts'
import { ClickHouseCluster, CLUSTER } from '../cluster/clickhouse.ts'
import { missing } from '../cluster/folder.ts'
import { PythonDatabase } from '../cluster/python-database.ts'
import { SparkConnectServer } from '../cluster/spark-connect.ts'

/** Pairs in two components, some of them twice, with ids that need care: quotes, numbers beyond 2^53, one that is on both sides. */
const pairs = ((): readonly (readonly [user: string, item: string])[] => {
  const random = seededRandom(7)
  const some = Array.from({ length: 900 }, () => {
    const half = random.below(2)
    return [`u${2 * random.below(60) + half}`, `i${2 * Math.floor(40 * random.next() ** 2) + half}`] as const
  })
  const chain = Array.from({ length: 30 }, (_, at) => [
    [`c${at}`, `d${at}`] as const,
    [`c${at + 1}`, `d${at}`] as const,
  ]).flat()
  const odd = [
    ["o'neill; DROP TABLE events --", 'i1'],
    ['\\', 'i1'],
    ['9007199254740993', 'i3'],
    ['9007199254740992', 'i5'],
    ['i1', 'é "`'],
    ['u1', 'é "`'],
    ['c0', 'i2'],
  ] as const
  return [...some, ...chain, ...odd]
})()
const table = fromRows(
  pairs.map(([user, item]) => ({ user, item })),
  { user: 'user', item: 'item' },
)
/** Items in the order of their keys, as databases number them: ties go to the same ones. */
const inOrder = fromRows(
  pairs.map(([user, item]) => ({ user, item })).sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)),
  { user: 'user', item: 'item' },
)
const nodes = personalizedPageRank.detailed(table).nodes
const seeds = Array.from(
  { length: 12 },
  (_, at) => [nodes.keyOf((at * 37) % nodes.size), ['red', 'blue', 'green'][at % 3]] as const,
)

const quoted = (text: string, backslash: string): string =>
  `'${text.replaceAll('\\', backslash).replaceAll("'", "''")}'`
const valuesOf = (backslash: string): string =>
  pairs.map(([user, item]) => `(${quoted(user, backslash)}, ${quoted(item, backslash)})`).join(', ')

/** Some of the pairs with values, signals, and rows that are there again. */
const valuedRows = pairs.flatMap(([user, item], at) => {
  const row = [user, item, ((7 * at) % 11) / 2, at % 4 === 0 ? 'buy' : 'view'] as const
  return at % 9 === 0 ? [row, row] : [row]
})
const valued = fromRows(
  valuedRows
    .map(([user, item, stars, kind]) => ({ user, item, stars, kind }))
    .sort((a, b) => (a.item < b.item ? -1 : a.item > b.item ? 1 : 0)),
  { user: 'user', item: 'item', value: 'stars', signal: 'kind' },
)
const weighedSeeds = ['user:c0', 'user:c9', 'item:d20', 'user:u4', 'user:u7'].map(
  (node, at) => [node, at % 2 ? 'red' : 'blue'] as const,
)

const WEIGHINGS: readonly (readonly [string, Pick<ConnectOptions, 'weighted' | 'signals'>])[] = [
  ['by values', { weighted: true }],
  ['by signals', { signals: { buy: 1, view: 0.2 } }],
  ['by rules', { weighted: true, signals: { buy: { weight: 2 }, view: { weight: 0.5, transform: 'log1p' } } }],
  ['by one signal, against the other', { signals: { buy: 1, view: -0.5 } }],
]

/** A database with the pairs in a table `events`, and what tables are there. */
interface Opened extends AsyncDisposable {
  readonly options: ConnectOptions
  tables(): Promise<string[]>
}

async function openClickHouse(servers: number): Promise<Opened> {
  const cluster = await ClickHouseCluster.start(servers)
  await cluster.run('CREATE TABLE events (user String, item String) ENGINE = MergeTree ORDER BY user')
  await cluster.run(`INSERT INTO events VALUES ${valuesOf('\\\\').replaceAll("''", "\\'")}`)
  const names = async (server: number): Promise<string[]> =>
    (await cluster.run('SHOW TABLES', server)).split('\n').filter((one) => one !== '')
  return {
    options: { clickhouse: cluster.urls, table: 'events', ...(servers > 1 && { cluster: CLUSTER }) },
    tables: async () => (await Promise.all(cluster.urls.map((_, server) => names(server)))).flat(),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}

async function openInPython(name: 'duckdb' | 'chdb'): Promise<Opened> {
  const database = await PythonDatabase.start(name)
  const run = async (sql: string): Promise<unknown[]> => {
    const columns = []
    for await (const block of database.query(sql)) columns.push(...Object.values(block))
    return Array.from((columns[0] ?? []) as ArrayLike<unknown>)
  }
  const [text, engine] = name === 'duckdb' ? ['VARCHAR', ''] : ['String', ' ENGINE = Memory']
  await run(`CREATE TABLE events ("user" ${text}, item ${text})${engine}`)
  await run(`INSERT INTO events VALUES ${valuesOf(name === 'duckdb' ? '\\' : '\\\\')}`)
  const all =
    name === 'duckdb'
      ? 'SELECT table_name FROM information_schema.tables'
      : `SELECT name FROM system.tables WHERE database = 'work'`
  return {
    options: { connection: database, table: 'events' },
    tables: async () => (await run(all)).map(String),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function openSpark(starting: Promise<SparkConnectServer>): Promise<Opened> {
  const server = await starting
  await server.run('DROP TABLE IF EXISTS events')
  await server.run('CREATE TABLE events (user STRING, item STRING) USING parquet')
  await server.run(`INSERT INTO events VALUES ${valuesOf('\\\\').replaceAll("''", "\\'")}`)
  return {
    options: { spark: server.url, table: 'events' },
    tables: async () => (await server.run('SHOW TABLES')).flatMap(({ tableName }) => Array.from(tableName, String)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const DATABASES = [
  { name: 'one ClickHouse server', lacks: missing.clickhouse(), open: () => openClickHouse(1) },
  { name: 'two ClickHouse servers', lacks: missing.clickhouse(), open: () => openClickHouse(2) },
  { name: 'DuckDB', lacks: missing.python('duckdb'), open: () => openInPython('duckdb') },
  { name: 'the ClickHouse of today, embedded', lacks: missing.python('chdb'), open: () => openInPython('chdb') },
  {
    name: 'Sail, by Spark Connect',
    lacks: missing.python('pysail'),
    open: () => openSpark(SparkConnectServer.startSail()),
  },
  {
    name: 'Spark itself',
    lacks: missing.spark(),
    open: () => openSpark(SparkConnectServer.at(process.env.RIVULET_SPARK_ITSELF ?? '')),
  },
] as const

/** Those that are asked for vectors, which takes hundreds of statements: each dialect once, and several servers. */
const SPANNING: ReadonlySet<string> = new Set(['two ClickHouse servers', 'DuckDB', 'Sail, by Spark Connect'])

describe.each(DATABASES)('a table on $name', ({ name, lacks, open }) => {
  describe.skipIf(lacks !== null)(lacks === null ? 'that is here' : `that is not here (needs ${lacks})`, () => {
    let opened: Opened
    let engine: SqlEngine
    beforeAll(async () => {
      opened = await open()
      engine = await SqlEngine.connect(opened.options)
      const columns = { user: 'text', item: 'text', stars: 'double', kind: 'text' } as const
      await engine.write('valued', columns, valuedRows)
    })
    afterAll(async () => opened[Symbol.asyncDispose]())

    it('has the nodes of the pairs, and each pair once', () => {
      const { rowCount, columnCount, nnz } = shapeOf(table)
      expect(engine.size).toEqual({ users: rowCount, items: columnCount, pairs: nnz })
    })

    it('is counted by statements that only read', async () => {
      const { rowCount, columnCount, nnz } = shapeOf(table)
      const before = await opened.tables()
      const facts = await SqlEngine.inspect(opened.options)
      expect(facts).toMatchObject({ rows: pairs.length, users: rowCount, items: columnCount, pairs: nnz })
      expect(facts.itemsOfUsers.reduce((sum, one) => sum + one, 0)).toBe(nnz)
      const plan = await SqlEngine.plan(opened.options, { columns: 3 })
      expect(plan).toContain(`${rowCount} users, ${columnCount} items`)
      expect(await opened.tables()).toEqual(before)
    })

    it('takes rows of this memory, all or none', async () => {
      const odd = pairs.slice(-7)
      const columns = { 'the "node"': 'text', select: 'single', place: 'int' } as const
      expect(
        await engine.write(
          'kept',
          columns,
          odd.map(([node], at) => [node, at / 4, at]),
        ),
      ).toBe(odd.length)
      const options = { ...opened.options, table: 'kept', columns: { user: 'the "node"', item: 'place' } }
      await using again = await SqlEngine.connect(options)
      expect([...again.users.keys()].sort()).toEqual(odd.map(([node]) => node).sort())
      await expect(
        engine.write('half', columns, [
          ['a', 1, 1],
          ['b', NaN, 2],
        ]),
      ).rejects.toThrow(/got 'b', NaN, 2/)
      expect(await opened.tables()).not.toContain('half')
      await expect(engine.write('kept', columns, [])).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    })

    it.each([0.3, 0.9])('spreads labels as this memory does, at alpha %d', async (alpha) => {
      const here = labelSpreading.detailed(table, { seeds, alpha })
      const there = await engine.labelSpreading({ seeds, alpha })
      expect([there.classes, there.converged]).toEqual([here.classes, true])
      for (const [node, key] of [...here.nodes.keys()].entries()) {
        const other = there.nodes.rowOf(key)
        expect([key, there.labels[other], there.reached[other]]).toEqual([key, here.labels[node], here.reached[node]])
        for (let c = 0; c < here.classes.length; c++) {
          expect(Math.abs(there.scores.get(other, c) - here.scores.get(node, c))).toBeLessThan(1e-5)
        }
      }
    })

    it.each([
      ['from everywhere', null],
      ['from two seeds', [nodes.keyOf(3), nodes.keyOf(150)]],
    ])('walks as this memory does, %s', async (_, from) => {
      const here = personalizedPageRank.detailed(table, { seeds: from })
      const there = await engine.personalizedPageRank({ seeds: from })
      for (const [node, key] of [...here.nodes.keys()].entries()) {
        const other = there.nodes.rowOf(key)
        expect(Math.abs(there.scores[other] - here.scores[node])).toBeLessThan(1e-6)
        expect(there.reached[other]).toBe(here.reached[node])
      }
    })

    it.each([
      ['item-knn', { method: 'item-knn', neighbours: 6, shrink: 2 }],
      ['item-knn of targets', { method: 'item-knn', neighbours: 6, neighboursOf: 'target' }],
      ['rp3beta', { method: 'rp3beta', neighbours: 20, itemAlpha: 0.5 }],
    ] as const)('lists what this memory lists, by %s', async (_, options) => {
      const asked = { ...options, k: 8 }
      expectLists(await engine.recommend(asked), recommend(inOrder, asked))
      const some = {
        ...asked,
        users: ['u7', 'c3', 'u7', '\\'],
        exclude: 'none',
        deny: ['i1', 'd3'],
        minScore: 0.001,
      } as const
      expectLists(await engine.recommend(some), recommend(inOrder, some))
      const strangers = { ...asked, users: ['nobody', 'u7', 'no one'], unknown: 'prior' } as const
      expectLists(await engine.recommend(strangers), recommend(inOrder, strangers))
    })

    it('compiles what this memory compiles, and lists by it', async () => {
      const options = { method: 'p3alpha', neighbours: 10 } as const
      const there = await engine.compile(options)
      const here = compile(inOrder, options)
      expect(there.fingerprint).toEqual(here.fingerprint)
      const lists = (model: CompiledRecommender): Map<string, Recommendation[]> =>
        new Map(Array.from(model.recommendAll(inOrder, { k: 5 }), ({ user, items }) => [user, items]))
      expectLists(lists(there), lists(here))
      expectLists(await engine.recommend({ model: there, k: 5 }), lists(there))
      const spread = compile(inOrder, { head: 0 })
      expectLists(await engine.recommend({ model: spread, k: 5 }), lists(spread))
    })

    it.each([
      [{}, 'method'],
      [{ method: 'rp3beta' }, 'neighbours'],
      [{ method: 'item-knn', exclude: { signals: ['buy'] } }, 'exclude'],
      [{ model: compile(inOrder, { head: 8 }) }, 'model'],
      [{ model: compile(inOrder, { head: 0, weighted: false, signals: { interaction: 1 } }) }, 'model'],
      [{ model: {} }, 'model'],
    ])('refuses what it cannot answer: %s', async (options, option) => {
      await expect(engine.recommend(options as never)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option },
      })
    })

    it('leaves lists as a table', async () => {
      const asked = { method: 'rp3beta', neighbours: 20, k: 3 } as const
      const entries = [...(await engine.recommend(asked)).values()].flat().length
      expect(await engine.recommendInto('lists of all', asked)).toEqual({ lists: engine.size.users, entries })
      expect(await opened.tables()).toContain('lists of all')
      await expect(engine.recommendInto('lists of all', asked)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
      await using again = await SqlEngine.connect({
        ...{ ...opened.options, table: 'lists of all' },
      })
      expect(again.size).toMatchObject({ users: engine.size.users, pairs: entries })
    })

    it.each([
      ['rp3beta', { method: 'rp3beta', neighbours: 20, itemAlpha: 0.5 }],
      ['item-knn', { method: 'item-knn', neighbours: 6, neighboursOf: 'target', shrink: 2 }],
    ] as const)(
      'leaves neighbours of items as a table, and lists of all users by one join of it: %s',
      async (_, options) => {
        const near = `near by ${options.method}`
        const here = lentBy(options)
        // Compiled entries are rounded to the largest of their row.
        const largest = Math.max(...here.values())
        expect(await engine.neighboursInto(near, options)).toEqual({ entries: here.size })
        const columns = { user: 'item', item: 'neighbour', value: 'score' }
        const there = await SqlEngine.read({ ...opened.options, table: near, columns })
        expect(there.length).toBe(here.size)
        there.value?.forEach((score, row) => {
          const pair = [there.users.keyOf(there.user[row]), there.items.keyOf(there.item[row])]
          // Ties at the end of a list may go to either.
          const own = here.get(JSON.stringify(pair)) ?? score
          expect([pair, Math.abs(own - score) <= 1e-5 * largest]).toEqual([pair, true])
        })
        for (const exclude of ['seen', 'none'] as const) {
          const lists = `lists by ${options.method}, ${exclude}`
          const { entries } = await engine.recommendInto(lists, { table: near, k: 4, exclude })
          const left = await SqlEngine.read({ ...opened.options, table: lists, columns: LIST_COLUMNS })
          expect(left.length).toBe(entries)
          // Who gets nothing from neighbours has no row.
          const expected = [...recommend(inOrder, { ...options, k: 4, exclude, minScore: 0 })]
          expectLists(listsOf(left), new Map(expected.filter(([, list]) => list.length > 0)))
        }
      },
    )

    it.skipIf(!SPANNING.has(name))(
      'embeds by the singular values of this memory, and vectors that span the same',
      async () => {
        // Two blocks of columns on the engine that answers soonest, one on the others.
        const k = name === 'DuckDB' ? 12 : 4
        const asked = { tolerance: 1e-4, seed: 3 }
        const here = spectralEmbedding.detailed(table, { dimensions: k + 1, valueExponent: 0, ...asked })
        const there = await engine.spectralEmbedding({ dimensions: k, valueExponent: 0, ...asked })
        expect([there.values.length, there.converged]).toEqual([k, true])
        there.values.forEach((value, at) => {
          expect(Math.abs(value - here.values[at])).toBeLessThan(1e-5)
        })
        expect(there.facts.fingerprint).toEqual(here.facts.fingerprint)
        const rows = Array.from({ length: here.items.size }, (_, item) => {
          const other = there.items.rowOf(here.items.keyOf(item))
          const ours = here.itemVectors.data.subarray(item * (k + 1), item * (k + 1) + k)
          return [ours, there.itemVectors.data.subarray(other * k, other * k + k)] as const
        })
        // Entries of the projection on the subspace, which do not depend on how it is spanned: as far apart as residuals over the gap let them be.
        const atMost = (10 * asked.tolerance) / (here.values[k - 1] ** 2 - here.values[k] ** 2)
        const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at], 0)
        for (const [ours, theirs] of rows) {
          for (const [one, other] of rows) expect(Math.abs(dot(ours, one) - dot(theirs, other))).toBeLessThan(atMost)
        }
      },
    )

    // All of them where statements take least time.
    it.each(name === 'DuckDB' ? WEIGHINGS : WEIGHINGS.slice(2, 3))(
      'weighs pairs as this memory does: %s',
      async (_, weighing) => {
        const columns = { user: 'user', item: 'item', value: 'stars', signal: 'kind' }
        await using weighed = await SqlEngine.connect({ ...opened.options, table: 'valued', columns, ...weighing })
        await using local = await Engine.create(valued, weighing)
        expect(weighed.size).toMatchObject({ users: valued.users.size, items: valued.items.size })
        const asked = { seeds: weighedSeeds, alpha: 0.6 }
        const here = await local.labelSpreading(asked)
        const there = await weighed.labelSpreading(asked)
        for (const [node, key] of [...here.nodes.keys()].entries()) {
          const other = there.nodes.rowOf(key)
          expect([key, there.reached[other]]).toEqual([key, here.reached[node]])
          for (let c = 0; c < here.classes.length; c++) {
            const apart = Math.abs(there.scores.get(other, c) - here.scores.get(node, c))
            expect([key, apart < 1e-5]).toEqual([key, true])
          }
        }
        if (weighing.signals?.view === -0.5) {
          await expect(weighed.personalizedPageRank()).rejects.toThrow('weights >= 0')
          await expect(weighed.recommend({ method: 'item-knn', neighbours: 5 })).rejects.toThrow('weights >= 0')
          return
        }
        const ranks = [await local.personalizedPageRank(), await weighed.personalizedPageRank()]
        for (const [node, key] of [...ranks[0].nodes.keys()].entries()) {
          expect(Math.abs(ranks[1].scores[ranks[1].nodes.rowOf(key)] - ranks[0].scores[node])).toBeLessThan(1e-6)
        }
        for (const own of [{ method: 'item-knn' }, { method: 'rp3beta', alpha: 1, itemAlpha: 1 }] as const) {
          const lists = { ...own, neighbours: 6, k: 5 }
          expectLists(await weighed.recommend(lists), await local.recommend(lists))
        }
        const model = await weighed.compile({ method: 'item-knn', neighbours: 6 })
        expect(model).toMatchObject({
          ...weighing,
          fingerprint: (await local.compile({ method: 'item-knn' })).fingerprint,
        })
      },
    )

    it('weighs sums that single precision does not hold as this memory does, and refuses what it refuses', async () => {
      const rows = (sizes: readonly number[]) =>
        pairs.slice(0, 60).map(([user, item], at) => ({ user, item, stars: sizes[at % sizes.length] }))
      const large = rows([3e38, 1e37, 2e38]).flatMap((row) => [row, row, row])
      const columns = { user: 'text', item: 'text', stars: 'double' } as const
      await engine.write(
        'large',
        columns,
        large.map(({ user, item, stars }) => [user, item, stars]),
      )
      const names = { user: 'user', item: 'item', value: 'stars' }
      const options = { ...opened.options, columns: names, weighted: true }
      await using weighed = await SqlEngine.connect({ ...options, table: 'large' })
      const here = personalizedPageRank.detailed(fromRows(large, names), {
        weighted: true,
        alpha: 0.5,
        tolerance: 1e-5,
      })
      const there = await weighed.personalizedPageRank({ alpha: 0.5, tolerance: 1e-5 })
      for (const [node, key] of [...here.nodes.keys()].entries()) {
        const other = there.scores[there.nodes.rowOf(key)]
        expect([key, Math.abs(other - here.scores[node]) < 1e-6]).toEqual([key, true])
      }
      const apart = rows([3e38, 1e7])
      await engine.write(
        'apart',
        columns,
        apart.map(({ user, item, stars }) => [user, item, stars]),
      )
      const refused = { code: 'INVALID_DATA', message: expect.stringContaining('within a factor of 1e30') as string }
      await expect(SqlEngine.connect({ ...options, table: 'apart' })).rejects.toMatchObject(refused)
      await expect(Engine.create(fromRows(apart, names), { weighted: true })).rejects.toMatchObject(refused)
    })

    it('lists for those who are asked about by a table of neighbours, and popular items for strangers', async () => {
      const lists = 'lists of some'
      const users = ['u7', 'nobody', 'c3', 'u7', '\\']
      const asked = { table: 'near by rp3beta', users, k: 4 }
      await expect(engine.recommendInto(lists, asked)).rejects.toMatchObject({ code: 'UNKNOWN_KEY' })
      const made = await engine.recommendInto(lists, { ...asked, unknown: 'prior' })
      const left = await SqlEngine.read({ ...opened.options, table: lists, columns: LIST_COLUMNS })
      expect([made.lists, made.entries]).toEqual([4, left.length])
      const found = listsOf(left)
      const { nobody, ...others } = Object.fromEntries(found)
      const popular = recommend(inOrder, { method: 'popularity', k: 4, users: ['nobody'], unknown: 'prior' })
      expect(nobody.map(({ score }) => score)).toEqual(popular.get('nobody')?.map(({ score }) => score))
      const options = { method: 'rp3beta', neighbours: 20, itemAlpha: 0.5, k: 4, minScore: 0 } as const
      expectLists(new Map(Object.entries(others)), recommend(inOrder, { ...options, users: ['u7', 'c3', '\\'] }))
      const plan = await SqlEngine.plan(opened.options, { lists: { k: 4, table: 'near by rp3beta' } })
      expect(plan).toMatch(/count rows.*Lists of 4 by [\d.]+ entries.*read neighbours from.*keep lists/s)
    })

    it('keeps nothing when it is closed', async () => {
      await engine.close()
      const left = ['apart', 'events', 'kept', 'large', 'lists of all', 'lists of some', 'valued']
      expect((await opened.tables()).filter((one) => !/^(near|lists) by /.test(one)).sort()).toEqual(left)
      await expect(engine.personalizedPageRank()).rejects.toMatchObject({ code: 'CLOSED' })
    })
  })
})

function shapeOf({ users, items, user, item }: Interactions): { rowCount: number; columnCount: number; nnz: number } {
  const distinct = new Set(Array.from(user, (one, at) => `${one} ${item[at]}`))
  return { rowCount: users.size, columnCount: items.size, nnz: distinct.size }
}

const LIST_COLUMNS = { user: 'user', item: 'item', value: 'score', time: 'rank' }

/** What items lend in this memory, by both names. */
function lentBy(options: Parameters<typeof compile>[1]): Map<string, number> {
  const { size } = inOrder.items
  const model = compile(inOrder, { ...options, entriesPerItem: size })
  const { indptr, indices, data } = model.matrix()
  const keyOf = (row: number): string => model.items.keyOf(row)
  const rowOf = Array.from({ length: size }, (_, row) => Array.from(indices.subarray(indptr[row], indptr[row + 1])))
  const entries = rowOf.flatMap((columns, row) =>
    columns.map((column, at) => [JSON.stringify([keyOf(row), keyOf(column)]), data[indptr[row] + at]] as const),
  )
  return new Map(entries)
}

/** Lists of a table of them. */
function listsOf({ users, items, user, item, value, time, length }: Interactions): Map<string, Recommendation[]> {
  const lists = new Map<string, Recommendation[]>()
  const order = Array.from({ length }, (_, row) => row).sort((a, b) => (time?.[a] ?? 0) - (time?.[b] ?? 0))
  for (const row of order) {
    const key = users.keyOf(user[row])
    lists.set(key, [...(lists.get(key) ?? []), { item: items.keyOf(item[row]), score: value?.[row] ?? 0 }])
  }
  return lists
}

type Lists = ReadonlyMap<string, readonly Recommendation[]>

/** The same scores place by place to 1e-5, and the same items but for ties: what stands at a place has the score that the other gives it. */
function expectLists(there: Lists, here: Lists): void {
  expect([...there.keys()].sort()).toEqual([...here.keys()].sort())
  for (const [user, list] of here) {
    const other = there.get(user) ?? []
    expect([user, other.length, other.filter(({ prior }) => prior)]).toEqual([
      ...[user, list.length, list.filter(({ prior }) => prior).map(() => expect.anything())],
    ])
    const last = list.at(-1)?.score ?? 0
    const scores = new Map(list.map(({ item, score }) => [item, score]))
    other.forEach(({ item, score }, place) => {
      const own = list[place].score
      expect([user, place, Math.abs(score - own) <= 1e-5 * own]).toEqual([user, place, true])
      expect([user, item, Math.abs((scores.get(item) ?? last) - score) <= 1e-5 * own]).toEqual([user, item, true])
    })
  }
}
