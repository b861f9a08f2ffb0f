import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  clusterItems,
  clusterUsers,
  fromRows,
  readClusters,
  recommend,
  spectralEmbedding,
  writeEmbedding,
} from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()

/** Two circles of eight users with six items each, who share nothing. */
const pairs = [0, 1].flatMap((circle) =>
  Array.from({ length: 24 }, (_, at) => ({
    user: `u${circle}${at % 8}`,
    item: `i${circle}${((at % 8) + (at >> 3)) % 6}`,
  })),
)
const file = folder.write('pairs.csv', `user,item\n${pairs.map(({ user, item }) => `${user},${item}`).join('\n')}\n`)
const titles = folder.write('titles.csv', 'item,title\ni00,Tea\ni10,Oil\n')
const table = fromRows(pairs, { user: 'user', item: 'item' })
const args = ['cluster', file, '--threads', '1', '--method', 'k-means', '--count', '2', '--dimensions', '2']
const options = { method: 'k-means', count: 2, dimensions: 2 } as const

interface Document {
  readonly count: number
  readonly stability: number
  readonly clusters: readonly { readonly size: number; readonly distinctive: readonly object[] }[]
  readonly members: readonly object[]
  readonly out?: string
}

describe('cluster', () => {
  it('answers as the library does', async () => {
    const run = clusterUsers.detailed(table, { ...options, distinctive: 3 })
    const found = documentOf<Document>(await rivulet([...args, '--json']))
    expect(found.count).toBe(2)
    expect(found.stability).toBe(run.stability)
    expect(found.clusters).toEqual(
      run.distinctive.map((distinctive, cluster) => ({ cluster, size: run.sizes[cluster], distinctive })),
    )
    expect(found.members).toEqual(Array.from(clusterUsers(table, options), ([user, cluster]) => ({ user, cluster })))
    const items = documentOf<Document>(await rivulet([...args, '--json', '--side', 'items', '--top', '0']))
    expect(items.members).toEqual(Array.from(clusterItems(table, options), ([item, cluster]) => ({ item, cluster })))
    expect(items.clusters[0].distinctive).toEqual([])
  })

  it('shows a table with titles, a line for each distinctive item, and says how good it is', async () => {
    const { stdout, stderr, code } = await rivulet([...args, '--top', '6', '--titles', titles])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe('cluster  users  distinctive item  users with it    z  title')
    expect(lines).toHaveLength(1 + 12)
    expect(lines[1]).toMatch(/^ {6}0 {6}8 {2}i\d\d +\d {2}\d\.\d/)
    expect(lines[2]).toMatch(/^ {16}i\d\d/)
    expect(stdout).toMatch(/i00 +\d +\d\.\d {2}Tea$/m)
    expect(stdout).toMatch(/i10 +\d +\d\.\d {2}Oil$/m)
    expect(stderr).toMatch(/^2 clusters of 16 users, modularity 0\.\d{3}, silhouette 1\.000, stability 1\.000\n$/)
  })

  it('writes who is in which, in files of three kinds', async () => {
    const expected = [...clusterUsers(table, options)]
    const write = async (name: string): Promise<Buffer> => {
      const out = folder.path(name)
      const { stderr } = await rivulet([...args, '--out', out])
      expect(stderr).toContain(`clusters of 16 users -> ${out}\n`)
      return readFileSync(out)
    }
    const csv = (await write('c.csv')).toString()
    expect(csv).toBe(`user,cluster\n${expected.map((row) => row.join()).join('\n')}\n`)
    expect(gunzipSync(await write('c.tsv.gz')).toString()).toBe(csv.replaceAll(',', '\t'))
    const json = (await write('c.jsonl')).toString().trimEnd().split('\n')
    expect(json.map((line) => JSON.parse(line) as object)).toEqual(
      expected.map(([user, cluster]) => ({ user, cluster })),
    )
    const found = documentOf<Document>(await rivulet([...args, '--json', '--out', folder.path('d.csv')]))
    expect([found.out, found.members]).toEqual([folder.path('d.csv'), undefined])
  })

  it('writes what readClusters reads, by the vectors of a file', async () => {
    const embedding = spectralEmbedding.detailed(table, { dimensions: 3 })
    await writeEmbedding(folder.path('own.embedding'), embedding)
    const out = folder.path('users.clusters.gz')
    const byFile = ['cluster', file, '--threads', '1', '--embedding', folder.path('own.embedding'), '--out', out]
    expect(await rivulet(byFile)).toMatchObject({ code: 0 })
    const run = clusterUsers.detailed(table, { embedding, distinctive: 3 })
    const found = await readClusters(out, { source: table })
    expect(found.clusters).toEqual(run.clusters)
    expect(found.facts).toEqual(run.facts)
    expect(found.distinctive).toEqual(run.distinctive)
  })

  it('writes what fills up the lists of `recommend`', async () => {
    const out = folder.path('prior.clusters')
    await rivulet([...args, '--out', out])
    const list = ['recommend', file, '--threads', '1', '--json', '--users', 'u00', '--prior-up-to', '12']
    const prior = await readClusters(out)
    interface Lists {
      readonly options: object
      readonly lists: readonly { readonly items: readonly object[] }[]
    }
    const found = documentOf<Lists>(await rivulet([...list, '--prior', out]))
    const asked = { users: ['u00'], priorUpTo: 12, k: 10 }
    expect(found.lists[0].items).toEqual(recommend(table, { ...asked, prior }).get('u00'))
    expect(found.options).toMatchObject({ priorUpTo: 12, prior: out })
    const plain = documentOf<Lists>(await rivulet(list))
    expect(plain.lists[0].items).toEqual(recommend(table, asked).get('u00'))
    expect(plain.lists[0].items).not.toEqual(found.lists[0].items)
    const other = await rivulet([...list, '--prior', file])
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('expected clusters')])
    const model = await rivulet(['recommend', file, '--model', out, '--prior', out])
    expect([model.code, model.stderr]).toEqual([2, expect.stringContaining('--prior requires the graph')])
  })

  it('refuses vectors of other data', async () => {
    const others = fromRows(pairs.slice(1), { user: 'user', item: 'item' })
    await writeEmbedding(folder.path('other.embedding'), spectralEmbedding.detailed(others, { dimensions: 3 }))
    const found = await rivulet(['cluster', file, '--embedding', folder.path('other.embedding')])
    expect([found.code, found.stdout]).toEqual([1, ''])
    expect(found.stderr).toContain('expected the data that it was made from, 47 pairs')
  })

  it.each<[string, string[], number, string]>([
    ['two lengths of the vectors', ['--embedding', 'x.embedding'], 2, '--dimensions'],
    ['an unknown kind of file', ['--out', 'c.xlsx'], 2, '.clusters, .csv, .tsv, .jsonl'],
    ['titles of users', ['--side', 'items', '--titles', titles], 2, 'requires --side users'],
    ['more clusters than users', ['--count', '17'], 2, 'at most the 16 users'],
    ['a number for louvain', ['--method', 'louvain'], 2, 'clusterUsers, --count: '],
    ['an unknown method', ['--method', 'dbscan'], 2, "'louvain', 'k-means'"],
    ['another side', ['--side', 'tags'], 2, 'users, items'],
  ])('refuses %s', async (_, more, code, message) => {
    const outcome = await rivulet([...args, ...more])
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(outcome.stderr).toContain(message)
  })

  it('is interrupted', async () => {
    const { code, stderr } = await rivulet(args, AbortSignal.abort(new Error('enough')))
    expect([code, stderr]).toEqual([1, expect.stringContaining('enough')])
  })
})
