import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import {
  compile,
  explain,
  predictRatings,
  readCompiled,
  readEmbedding,
  readInteractions,
  recommend,
  type RatingPrediction,
} from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { rivulet } from './stage.ts'

const folder = temporaryFolder()
const taken = folder.write(
  'taken.csv',
  'user,item\nann,heat\nann,ronin\nbob,ronin\nbob,alien\ncid,alien\ncid,dune\ndan,heat\ndan,dune\n',
)
const films = folder.write(
  'films.csv',
  'id,title,genres\nheat,Heat,crime|drama\nronin,Ronin,crime|action\nalien,Alien,horror|sf\ndune,Dune,sf\narrival,Arrival,sf|drama\n',
)
const friends = folder.write('friends.csv', 'a,b\nzoe,cid\nann,dan\n')
const single = ['--threads', '1', '--k', '4']

interface Lists {
  readonly lists: readonly { readonly user: string; readonly items: readonly { readonly item: string }[] }[]
}

const FILMS = [
  { id: 'heat', genres: 'crime|drama' },
  { id: 'ronin', genres: 'crime|action' },
  { id: 'alien', genres: 'horror|sf' },
  { id: 'dune', genres: 'sf' },
  { id: 'arrival', genres: 'sf|drama' },
]

const FRIENDS = [
  { a: 'zoe', b: 'cid' },
  { a: 'ann', b: 'dan' },
]

describe('--relation', () => {
  it('spreads what files say, by columns that are found or named, as the library does', async () => {
    const relations = {
      genre: { rows: FILMS, item: 'id', attribute: 'genres', separator: '|', weight: 0.2 },
      friend: { rows: FRIENDS, user: 'a', other: 'b' },
    }
    const expected = recommend(await readInteractions(taken), { relations, k: 4 })
    const given = ['--relation', `genre=${films}:item=id,attribute=genres`, '--relation-weights', 'genre=0.2']
    const pairs = ['--relation', `friend=${friends}:user=a,other=b`]
    const { stdout } = await rivulet(['recommend', taken, ...given, ...pairs, '--json', ...single])
    const { lists } = JSON.parse(stdout) as Lists
    expect(new Map(lists.map(({ user, items }) => [user, items]))).toEqual(expected)
    expect(lists.map(({ user }) => user)).toContain('zoe')
    expect(lists.flatMap(({ items }) => items.map(({ item }) => item))).toContain('arrival')
  })

  it('explains what comes by relations, as the library does', async () => {
    const relations = { genre: { rows: FILMS, item: 'id', attribute: 'genres', separator: '|' } }
    const args = ['explain', taken, '--user', 'ann', '--item', 'arrival', '--threads', '1']
    const given = ['--relation', `genre=${films}:item=id,attribute=genres`]
    const expected = explain(await readInteractions(taken), 'ann', 'arrival', { relations })
    expect(expected.relations.map(({ value }) => value).sort()).toEqual(['drama', 'sf'])
    const { stdout } = await rivulet([...args, ...given, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ...expected })
    const shown = (await rivulet([...args, ...given])).stdout
    expect(shown).toMatch(/genre: drama +[\d.]+ +[\d.]+%/)
    expect((await rivulet([...args])).stderr).toContain("got 'arrival'")
  })

  it('says which columns it took, and how many were taken up', async () => {
    const { stderr } = await rivulet([
      'recommend',
      taken,
      '--relation',
      `genre=${films}:item=id,attribute=genres`,
      ...single,
    ])
    expect(stderr).toContain(`${films}: genre of item <- id, attribute <- genres\n`)
    expect(stderr).toContain("relation 'genre': 1 items without interactions are added")
  })

  it.each([
    [['--relation', 'genre'], 2, 'Expected NAME=FILE'],
    [['--relation', `g=${films}`, '--relation', `g=${films}`], 2, "Relation 'g' is given twice."],
    [['--relation', `genre=${films}:film=id`], 2, 'Expected columns by user, item'],
    [
      ['--relation', `genre=${films}:item=id,attribute=genres`, '--relation-weights', 'tag=1'],
      2,
      '--relation-weights: expected names of relations',
    ],
    [['--relation', `g=${films}`, '--relation-weights', 'g=.1,g=.2'], 2, "Relation 'g' has two weights."],
    [
      ['--relation', `friend=${friends}`],
      2,
      "expected a column of items or users, and a column named 'friend', got a, b",
    ],
    [['--relation', `genre=${films}:item=id,attribute=genres`, '--method', 'rp3beta'], 2, 'relations'],
    [['--relation', `genre=${films}:kind=genre`], 2, 'expected a graph: GEXF'],
    [['--relation', `constructor=${films}:item=id,attribute=genres`, '--relation-weights', 'x=1'], 2, 'got x'],
  ])('refuses %j', async (args, code, message) => {
    const outcome = await rivulet(['recommend', taken, ...args, ...single])
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(outcome.stderr).toContain(message)
  })

  it('is of a graph too, by the kind of its nodes, which is the name unless it is said', async () => {
    const graph = new UndirectedGraph()
    for (const user of ['ann', 'bob', 'zoe']) graph.addNode(user, { type: 'user' })
    for (const film of ['heat', 'ronin', 'arrival']) graph.addNode(film, { type: 'movie' })
    for (const genre of ['crime', 'sf']) graph.addNode(genre, { type: 'genre' })
    const edges = ['ann heat', 'bob heat', 'bob ronin', 'heat crime', 'arrival crime', 'ronin sf']
    for (const [one, other] of edges.map((edge) => edge.split(' '))) graph.addEdge(one, other)
    graph.addEdge('zoe', 'ann', { closeness: 2 })
    const path = folder.write('drawn.json', JSON.stringify(graph.export()))
    const mapping = ['--graph', 'kind=type,item=movie']
    const given = ['--relation', `genre=${path}`, '--relation', `friend=${path}:kind=user,value=closeness`]
    const { stdout, stderr } = await rivulet(['recommend', path, ...mapping, ...given, '--json', ...single])
    const relations = { genre: { kind: 'genre' }, friend: { kind: 'user', value: 'closeness' } }
    const expected = recommend(graph, { graph: { kind: 'type', item: 'movie' }, relations, k: 4 })
    const { lists } = JSON.parse(stdout) as Lists
    expect(new Map(lists.map(({ user, items }) => [user, items]))).toEqual(expected)
    expect(stderr).toContain(`${path}: genre of edges to nodes of kind 'genre'`)
    const leftOut = stderr.split('\n').filter((line) => line.includes('graph: left out'))
    expect(leftOut).toEqual([`${path}: graph: left out 2 nodes that are neither user nor item, and 4 edges`])
    expect((await rivulet(['recommend', path, ...single])).stderr).toContain(
      "give --graph kind=type,item=movie, which leaves 'genre' out; lists use such nodes with --relation genre=FILE.",
    )
    const refusedBy = async (relation: string): Promise<string> =>
      (await rivulet(['recommend', path, ...mapping, '--relation', relation, ...single])).stderr
    expect(await refusedBy(`tag=${path}`)).toMatch(/relation 'tag': expected an edge .* of kind 'tag', got none/)
    expect(await refusedBy(`genre=${path}:item=a,attribute=b`)).toContain('Name the kind: --relation genre=')
  })

  it('is embedded, and rates what nobody has rated', async () => {
    const given = ['--relation', `genre=${films}:item=id,attribute=genres`, '--threads', '1']
    const out = folder.path('related.embedding')
    await rivulet(['embed', taken, '--dimensions', '3', '--out', out, ...given])
    const embedding = await readEmbedding(out)
    expect(embedding.items.rowOf('arrival')).toBeGreaterThanOrEqual(0)
    expect(embedding.facts.options).toMatchObject({ relations: { genre: 0.05 } })
    const stars = folder.write(
      'stars.csv',
      'user,item,rating\nann,heat,5\nann,ronin,4\nbob,ronin,2\nbob,alien,5\ncid,alien,4\ncid,dune,3\n',
    )
    const pairs = folder.write('pairs.csv', 'user,item\nann,arrival\n')
    const { stdout } = await rivulet(['rate', stars, '--pairs', pairs, '--json', ...given])
    const { predictions } = JSON.parse(stdout) as { predictions: readonly RatingPrediction[] }
    const relations = { genre: { rows: FILMS, item: 'id', attribute: 'genres', separator: '|' } }
    const table = await readInteractions(stars, { signalName: 'rating' })
    const signals = { rating: { role: 'label' } } as const
    const [expected] = predictRatings(table, { pairs: [['ann', 'arrival']], relations, signals })
    expect(predictions).toEqual([expected])
  })

  it('takes a name that all objects have', async () => {
    const args = ['--relation', `constructor=${films}:item=id,attribute=genres`]
    expect((await rivulet(['recommend', taken, ...args, ...single])).code).toBe(0)
  })

  it('compiles them, with a weight that is found too', async () => {
    const model = folder.path('related.model')
    const given = ['--relation', `genre=${films}:item=id,attribute=genres`, '--threads', '1']
    await rivulet(['compile', taken, '--out', model, ...given])
    const relations = { genre: { rows: FILMS, item: 'id', attribute: 'genres', separator: '|' } }
    const compiled = await readCompiled(model)
    expect(compiled.encode()).toEqual(compile(await readInteractions(taken), { relations }).encode())
    expect(compiled.recommendFor({ attributes: { genre: 'sf' } }, { k: 5 }).map(({ item }) => item)).toContain(
      'arrival',
    )
    const { stdout } = await rivulet(['recommend', taken, '--model', model, '--json', '--k', '3'])
    expect((JSON.parse(stdout) as Lists).lists.length).toBe(4)
    const found = await rivulet(['recommend', taken, ...given, '--relation-weights', 'genre=auto', '--json'])
    expect(found.code).toBe(0)
    expect(found.stderr).toContain("relation 'genre': left out")
  })
})
