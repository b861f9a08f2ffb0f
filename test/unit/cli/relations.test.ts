import { describe, expect, it } from 'vitest'
import { compile, explain, readCompiled, readInteractions, recommend } from '../../../src/index.ts'
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
    expect(stderr).toContain("relation 'genre': 1 items that have no interaction are taken up")
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
    [['--relation', `friend=${friends}`], 2, "expected a column of items or users, and one named 'friend', got a, b"],
    [['--relation', `genre=${films}:item=id,attribute=genres`, '--method', 'rp3beta'], 2, 'relations'],
    [['--relation', `constructor=${films}:item=id,attribute=genres`, '--relation-weights', 'x=1'], 2, 'got x'],
  ])('refuses %j', async (args, code, message) => {
    const outcome = await rivulet(['recommend', taken, ...args, ...single])
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(outcome.stderr).toContain(message)
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
