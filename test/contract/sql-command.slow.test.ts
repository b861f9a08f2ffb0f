/** The command line on a table of a database says what it says of a file with the same pairs. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { seededRandom } from '../../src/advanced.ts'
import { readEmbedding } from '../../src/index.ts'
import { ClickHouseCluster, CLUSTER, READER } from '../cluster/clickhouse.ts'
import { missing } from '../cluster/folder.ts'
import { SparkConnectServer } from '../cluster/spark-connect.ts'
import { documentOf, rivulet } from '../unit/cli/stage.ts'

const rows = ((): readonly (readonly [shopper: string, sku: string])[] => {
  const random = seededRandom(11)
  // Some rows are there twice.
  return Array.from({ length: 700 }, () => [`u${random.below(60)}`, `i${Math.floor(40 * random.next() ** 2)}`])
})()
const values = rows.map(([shopper, sku]) => `('${shopper}', '${sku}')`).join(', ')
const COLUMNS = ['--columns', 'user=shopper,item=sku']
const NEIGHBOURS = ['--method', 'rp3beta', '--neighbours', '30', '--k', '5']

const folder = mkdtempSync(join(tmpdir(), 'rivulet-command-'))
const file = join(folder, 'events.csv')
const seeds = join(folder, 'seeds.csv')
const model = join(folder, 'events.model')
// Items in the order of their keys, as databases number them: ties go to the same ones.
const inOrder = [...rows].sort(([, a], [, b]) => (a < b ? -1 : 1))
writeFileSync(file, `shopper,sku\n${inOrder.map((row) => row.join(',')).join('\n')}\n`)
writeFileSync(seeds, 'node,label\nu1,red\nu2,blue\ni3,green\n')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Labels {
  readonly labels: readonly { readonly node: string; readonly label: string; readonly confidence: number }[]
}
const labelsOf = ({ labels }: Labels) => Object.fromEntries(labels.map(({ node, label }) => [node, label]))

/** Of a file, whose remarks are silent with --json. */
const ofFile = async <T>(command: string, ...more: string[]): Promise<T> =>
  documentOf<T>(await rivulet([command, file, ...COLUMNS, ...more, '--json']))

const lacksClickHouse = missing.clickhouse()
describe.skipIf(lacksClickHouse !== null)(
  lacksClickHouse === null ? 'two ClickHouse servers' : `ClickHouse that is not here (needs ${lacksClickHouse})`,
  () => {
    let servers: ClickHouseCluster
    let from: readonly string[]
    beforeAll(async () => {
      servers = await ClickHouseCluster.start(2)
      // A database of its own on both: what is named without it is looked for elsewhere by the other server.
      for (const server of [0, 1]) await servers.run('CREATE DATABASE shop', server)
      await servers.run('CREATE TABLE shop.events (shopper String, sku String) ENGINE = MergeTree ORDER BY shopper')
      await servers.run(`INSERT INTO shop.events VALUES ${values}`)
      const hosts = servers.urls.map((url) => url.replace('http://', '')).join(',')
      vi.stubEnv('CLICKHOUSE_PASSWORD', READER.password)
      from = ['--from', `clickhouse://${READER.user}@${hosts}/shop.events`, '--cluster', CLUSTER, ...COLUMNS]
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await servers[Symbol.asyncDispose]()
    })
    const ofTable = async <T>(command: string, ...more: string[]): Promise<T> =>
      documentOf<T>(await rivulet([command, ...from, ...more, '--json']))
    const table = async (sql: string): Promise<string[][]> =>
      (await servers.run(sql))
        .trim()
        .split('\n')
        .map((line) => line.split('\t'))
    const tables = async () => (await table('SHOW TABLES FROM shop')).flat()

    it('inspects it', async () => {
      const found = await ofTable<object>('inspect')
      const expected = await ofFile<object>('inspect')
      expect(found).toEqual({ ...expected, reading: null, signals: [] })
    })

    it('writes labels of its nodes to a table', async () => {
      const asked = ['--seeds', seeds, '--alpha', '0.5']
      const { labels } = await ofFile<Labels>('label', ...asked)
      expect(await ofTable<object>('label', ...asked, '--to', 'tastes')).toMatchObject({
        to: 'tastes',
        converged: true,
      })
      const written = await table('SELECT node, label, confidence, reached FROM shop.tastes ORDER BY node')
      const expected = [...labels].sort((a, b) => (a.node < b.node ? -1 : 1))
      expect(written.map(([node, label, , reached]) => [node, label, reached])).toEqual(
        expected.map(({ node, label }) => [node, label, '1']),
      )
      written.forEach(([, , share], at) => expect(Math.abs(Number(share) - expected[at].confidence)).toBeLessThan(1e-5))
    })

    it('ranks its nodes', async () => {
      interface Ranks {
        readonly ranks: readonly { readonly node: string; readonly score: number }[]
      }
      const asked = ['--seeds', 'u1', '--alpha', '0.5']
      const scoresOf = ({ ranks }: Ranks) => ranks.map(({ score }) => score)
      const found = scoresOf(await ofTable<Ranks>('pagerank', ...asked))
      const expected = scoresOf(await ofFile<Ranks>('pagerank', ...asked))
      expect(found.length).toBe(expected.length)
      found.forEach((score, at) => expect(Math.abs(score - expected[at])).toBeLessThan(1e-5 * expected[0]))
    })

    it('recommends by neighbours that it counts, and by a model, and writes lists to a table', async () => {
      interface Lists {
        readonly lists: readonly { readonly user: string; readonly items: readonly { readonly item: string }[] }[]
      }
      const itemsOf = ({ lists }: Lists) =>
        Object.fromEntries(lists.map(({ user, items }) => [user, items.map(({ item }) => item)]))
      const expected = itemsOf(await ofFile<Lists>('recommend', ...NEIGHBOURS))
      expect(itemsOf(await ofTable<Lists>('recommend', ...NEIGHBOURS))).toEqual(expected)
      const written = await ofTable<object>('recommend', ...NEIGHBOURS, '--to', 'lists')
      const [[entries]] = await table('SELECT count(*) FROM shop.lists')
      expect(written).toMatchObject({ to: 'lists', lists: 60, entries: Number(entries) })
      const ofOne = await table("SELECT item FROM shop.lists WHERE user = 'u1' ORDER BY rank")
      expect(ofOne.flat()).toEqual(expected.u1)
      expect((await rivulet(['compile', file, ...COLUMNS, '--head', '0', '--out', model])).code).toBe(0)
      const byModel = ['--model', model, '--users', 'u1,u2']
      expect(itemsOf(await ofTable<Lists>('recommend', ...byModel))).toEqual(
        itemsOf(await ofFile<Lists>('recommend', ...byModel)),
      )
    })

    it('embeds into a table, and compiles', async () => {
      const asked = ['--dimensions', '2', '--options', '{"tolerance":0.01}']
      interface Vectors {
        readonly values: readonly number[]
        readonly fingerprint: object
      }
      const out = join(folder, 'events.embedding')
      const here = await ofFile<Vectors>('embed', ...asked, '--out', out)
      const there = await ofTable<Vectors>('embed', ...asked, '--to', 'vectors')
      expect(there).toMatchObject({ to: 'vectors', dimensions: 2, fingerprint: here.fingerprint })
      here.values.forEach((value, at) => expect(Math.abs(there.values[at] - value)).toBeLessThan(1e-3))
      const [[users, length]] = await table("SELECT sum(kind = 'user'), sqrt(sum(v1 * v1 + v2 * v2)) FROM shop.vectors")
      const { userVectors, itemVectors } = await readEmbedding(out)
      expect([users, Number(length)]).toEqual([
        '60',
        expect.closeTo(Math.hypot(...userVectors.data, ...itemVectors.data), 1),
      ])
      const again = await rivulet(['embed', ...from, ...asked, '--to', 'vectors'])
      expect(again.stderr).toContain("--to: expected the name of a table that does not exist yet, got 'vectors'")

      const counted = NEIGHBOURS.slice(0, 4)
      const facts = ['method', 'options', 'items', 'fingerprint', 'bytes', 'entriesPerItem']
      const only = (found: object) => facts.map((name) => (found as Record<string, unknown>)[name])
      const compiled = await ofTable<object>('compile', ...counted, '--out', join(folder, 'there.model'))
      const locally = await ofFile<object>('compile', ...counted, '--out', join(folder, 'here.model'))
      expect(only(compiled)).toEqual(only(locally))
      const left = await ofTable<{ readonly entries: number }>('compile', ...counted, '--to', 'similar')
      expect((await table('SELECT count(*) FROM shop.similar'))[0]).toEqual([String(left.entries)])
      await ofTable<object>('recommend', '--model-table', 'similar', '--k', '5', '--to', 'by_similar')
      interface Lists {
        readonly lists: readonly { readonly user: string; readonly items: readonly { readonly item: string }[] }[]
      }
      const { lists } = await ofFile<Lists>('recommend', ...NEIGHBOURS, '--users', 'u1', '--min-score', '0')
      const some = ['recommend', '--model-table', 'similar', '--k', '5', '--users', 'u1,stranger']
      const refused = await rivulet([...some.toSpliced(1, 0, ...from), '--to', 'of_some'])
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("'stranger'")])
      const planned = await rivulet([...some.toSpliced(1, 0, ...from), '--dry-run'])
      expect(planned.stdout).toMatch(/Lists of 5 by [\d.]+ entries of each item.*read neighbours from similar/s)
      await ofTable<object>('recommend', ...some.slice(1), '--unknown', 'prior', '--to', 'of_some')
      const listed = await table('SELECT user, count(), sum(prior) FROM shop.of_some GROUP BY user ORDER BY user')
      expect(listed).toEqual([
        ['stranger', '5', '5'],
        ['u1', '5', '0'],
      ])
      const ofOne = await table("SELECT item FROM shop.by_similar WHERE user = 'u1' ORDER BY rank")
      expect(ofOne.flat()).toEqual(lists[0].items.map(({ item }) => item))
    })

    it('reads rows into this memory to score them, with values, signals and times', async () => {
      const said = ['--split', 'time', '--method', 'rp3beta', '--by', 'none', '--weighted']
      const columns = ['--columns', 'user=shopper,item=sku,value=stars,signal=kind,time=at']
      const valued = inOrder.map(([shopper, sku], at) => [shopper, sku, (at % 5) + 1, at % 3 ? 'buy' : 'view', 60 * at])
      const sorted = valued.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))
      const valuedFile = join(folder, 'valued.csv')
      writeFileSync(valuedFile, `shopper,sku,stars,kind,at\n${sorted.map((row) => row.join(',')).join('\n')}\n`)
      await servers.run(
        'CREATE TABLE shop.valued (shopper String, sku String, stars UInt8, kind String, at DateTime) ENGINE = MergeTree ORDER BY at',
      )
      const texts = valued.map(([who, what, stars, kind, at]) => `('${who}', '${what}', ${stars}, '${kind}', ${at})`)
      await servers.run(`INSERT INTO shop.valued VALUES ${texts.join(', ')}`)
      interface Scores {
        readonly metrics: object
        readonly options: object
        readonly split: object
      }
      const here = documentOf<Scores>(await rivulet(['evaluate', valuedFile, ...said, ...columns, '--json']))
      const address = from.slice(0, 4).map((word) => word.replace('shop.events', 'shop.valued'))
      const there = documentOf<Scores>(await rivulet(['evaluate', ...address, ...said, ...columns, '--json']))
      expect([there.metrics, there.options, there.split]).toEqual([here.metrics, here.options, here.split])
      // The same values weigh where they lie.
      const ranked = ['--weighted', '--alpha', '0.5', '--json']
      const pairColumns = ['--columns', 'user=shopper,item=sku,value=stars']
      interface Ranks {
        readonly ranks: readonly { readonly score: number }[]
      }
      const [ofRows, ofPairs] = [
        documentOf<Ranks>(await rivulet(['pagerank', valuedFile, ...columns, ...ranked])).ranks,
        documentOf<Ranks>(await rivulet(['pagerank', ...address, ...pairColumns, ...ranked])).ranks,
      ]
      ofPairs.forEach(({ score }, at) => expect(Math.abs(score - ofRows[at].score)).toBeLessThan(1e-5))
      const told = await rivulet(['evaluate', ...address, ...said, ...columns])
      expect(told.stderr).toMatch(/note: 700 rows were read from the database, [\d,]+ bytes/)
    })

    it('prints what it would run, and makes nothing', async () => {
      const before = await tables()
      const planned = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await rivulet([args[0], ...from, ...args.slice(1), '--dry-run'])
        expect([code, stderr]).toEqual([0, ''])
        return stdout
      }
      expect(await planned('inspect')).not.toContain('INSERT')
      const label = await planned('label', '--seeds', seeds)
      expect(label).toContain('A sweep of 3 columns, ')
      expect(label).toMatch(/-- step: 40 rows, [\d,]+ bytes between servers/)
      expect(await planned('pagerank')).toContain('A sweep of 1 column, ')
      expect(await planned('embed', '--dimensions', '20')).toContain('A sweep of 20 columns, ')
      expect(await planned('compile', ...NEIGHBOURS.slice(0, 4), '--out', 'x')).toContain('30 neighbours of each item')
      expect(await planned('recommend', ...NEIGHBOURS)).toMatch(/30 neighbours of each item.*Lists of 5 by 30/s)
      expect(await tables()).toEqual(before)
    })

    it('refuses a table that is there before it works, and leaves nothing but what was asked for', async () => {
      for (const args of [['label', '--seeds', seeds], ['pagerank'], ['recommend', ...NEIGHBOURS]]) {
        const { code, stderr } = await rivulet([args[0], ...from, ...args.slice(1), '--to', 'events'])
        expect(code).toBe(2)
        expect(stderr).toContain("--to: expected the name of a table that does not exist yet, got 'events'")
      }
      expect((await table('SELECT count(*) FROM shop.events'))[0]).toEqual([String(rows.length)])
      expect((await tables()).filter((name) => name.startsWith('rivulet_'))).toEqual([])
    })

    it.each([
      ['a table that is not there', ['inspect', 'shop.nothing'], 'Check the table of --from.'],
      ['a database that is not there', ['pagerank', 'nowhere.events'], 'Check '],
      ['a column that is not there', ['inspect', 'shop.events', '--columns', 'user=who,item=sku'], 'Check --columns.'],
      ['a name with a quote', ['inspect', 'shop.`; DROP TABLE events'], 'Check the table of --from.'],
    ])('%s is told', async (_, [command, name, ...more], told) => {
      const host = servers.urls[0].replace('http://', '')
      const address = `clickhouse://${READER.user}@${host}/${encodeURIComponent(name)}`
      const { code, stderr } = await rivulet([command, '--from', address, ...COLUMNS, ...more])
      expect(code).toBe(1)
      expect(stderr).toContain(told)
      expect(stderr).not.toContain(READER.password)
    })
  },
)

const lacksSail = missing.python('pysail')
describe.skipIf(lacksSail !== null)(lacksSail === null ? 'Sail' : `Sail that is not here (needs ${lacksSail})`, () => {
  it('labels nodes of a table by Spark Connect, and writes them to another', async () => {
    await using sail = await SparkConnectServer.startSail()
    await sail.run('CREATE TABLE events (shopper STRING, sku STRING) USING parquet')
    await sail.run(`INSERT INTO events VALUES ${values}`)
    const from = ['--from', sail.url.replace('/;', '/default.events;'), ...COLUMNS]
    const asked = ['--seeds', seeds, '--alpha', '0.5']
    const expected = labelsOf(await ofFile<Labels>('label', ...asked))
    expect((await rivulet(['label', ...from, ...asked, '--to', 'tastes'])).code).toBe(0)
    const written = await sail.run('SELECT node, label FROM tastes')
    const labels = written.flatMap(({ node, label }) =>
      Array.from(node as ArrayLike<string>, (one, at) => [one, label[at]] as const),
    )
    expect(Object.fromEntries(labels)).toEqual(expected)
    const again = await rivulet(['label', ...from, '--seeds', seeds, '--to', 'tastes'])
    expect(again.stderr).toContain('--to: expected the name of a table that does not exist yet')
    const plan = await rivulet(['label', ...from, '--seeds', seeds, '--dry-run'])
    expect(plan.stdout).toContain('A sweep of 3 columns')
  })
})
