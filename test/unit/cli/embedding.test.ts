import { describe, expect, it } from 'vitest'
import {
  evaluateRankings,
  explain,
  readEmbedding,
  readInteractions,
  recommend,
  splitRandom,
  type Recommendation,
} from '../../../src/index.ts'
import { DEFAULT_RECIPE, embeddingProduct, mix } from '../../../src/advanced.ts'
import { randomNetwork } from '../../networks.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const { nodes, edges } = randomNetwork({ users: 30, others: 20, edges: 220, seed: 5 })
const text = (some: typeof edges): string =>
  `user,item\n${some.map(({ from, to }) => `${nodes[from]},${nodes[to]}`).join('\n')}\n`
const file = folder.write('all.csv', text(edges))
const others = folder.write('others.csv', text(edges.slice(1)))
const vectors = folder.path('all.embedding')
const single = ['--threads', '1']
await rivulet(['embed', file, '--dimensions', '4', '--out', vectors, ...single])
const table = await readInteractions(file)
const embedding = await readEmbedding(vectors)
const recipeOf = (weight?: number) =>
  mix([...DEFAULT_RECIPE.operators, embeddingProduct(weight === undefined ? {} : { weight })])

interface Answer {
  readonly method: string
  readonly options: { readonly embedding: string; readonly recipe: object }
  readonly lists: readonly { readonly user: string; readonly items: Recommendation[] }[]
}

describe('--embedding', () => {
  it.each([
    [[], recipeOf()],
    [['--embedding-weight', '2.5'], recipeOf(2.5)],
    [['--recipe', '{"operators":[{"operator":"embedding"}]}'], mix([embeddingProduct()])],
    [
      ['--recipe', '{"operators":[{"operator":"walk"}],"sweeps":3}', '--embedding-weight', '0.5'],
      mix([{ operator: 'walk', steps: 3, weight: 1 }, embeddingProduct({ weight: 0.5 })], { sweeps: 3 }),
    ],
  ])('recommends as the library does: %j', async (args, recipe) => {
    const all = ['recommend', file, '--embedding', vectors, '--k', '4', ...args, '--json', ...single]
    const { method, options, lists } = documentOf<Answer>(await rivulet(all))
    expect(method).toBe('graph-filter')
    expect(options).toEqual({ k: 4, recipe, exact: false, embedding: vectors })
    const expected = recommend(table, { recipe, embedding, k: 4 })
    expect(lists.map(({ user, items }) => [user, items])).toEqual([...expected])
  })

  it('explains and compiles by the same recipe', async () => {
    const [user, item] = ['u1', recommend(table, { recipe: recipeOf(), embedding, users: ['u1'] }).get('u1')![0].item]
    const asked = ['--embedding', vectors, '--json', ...single]
    const told = documentOf<object>(await rivulet(['explain', file, '--user', user, '--item', item, ...asked]))
    expect(told).toMatchObject({ ...explain(table, user, item, { recipe: recipeOf(), embedding }) })
    const compiled = documentOf<object>(await rivulet(['compile', file, '--out', folder.path('model'), ...asked]))
    expect(compiled).toMatchObject({ options: { recipe: { operators: recipeOf().operators } } })
  })

  it('evaluates vectors of training, and none that have seen the test', async () => {
    const { train, test } = splitRandom(table, { testFraction: 0.2, seed: 1 })
    const pairs = ({ users, items, user, item }: typeof train): string =>
      `user,item\n${Array.from(user, (row, at) => `${users.keyOf(row)},${items.keyOf(item[at])}`).join('\n')}\n`
    const [trained, held] = [folder.write('train.csv', pairs(train)), folder.write('test.csv', pairs(test))]
    const own = folder.path('train.embedding')
    await rivulet(['embed', trained, '--dimensions', '4', '--out', own, ...single])
    const args = ['evaluate', '--train', trained, '--test', held, '--k', '5', '--json', ...single]
    const { metrics } = documentOf<{ metrics: Record<string, number> }>(await rivulet([...args, '--embedding', own]))
    const again = await readInteractions(trained)
    const lists = recommend(again, { recipe: recipeOf(), embedding: await readEmbedding(own), k: 5 })
    const expected = evaluateRankings(rowsOf(lists, again), again, await readInteractions(held), { k: 5 }).metrics
    for (const name of ['ndcg@5', 'map@5']) expect(metrics[name]).toBeCloseTo(expected[name], 12)

    const { code, stderr } = await rivulet([...args, '--embedding', vectors])
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('the data that it was made from')])
    expect(code).not.toBe(0)
  })

  it.each([
    ['vectors of another file', [others, '--embedding', vectors], 'the data that it was made from'],
    ['a missing file', [file, '--embedding', folder.path('none')], 'readEmbedding'],
    ['another method', [file, '--embedding', vectors, '--method', 'ease'], "expected method 'graph-filter'"],
    ['a weight alone', [file, '--embedding-weight', '2'], 'Give --embedding FILE too'],
    [
      'a weight said twice',
      [file, '--embedding', vectors, '--embedding-weight', '2', '--recipe', '{"operators":[{"operator":"embedding"}]}'],
      'Set the weight in one place',
    ],
    ['none for the recipe', [file, '--recipe', '{"operators":[{"operator":"embedding"}]}'], 'got none'],
    ['a compiled model', [file, '--embedding', vectors, '--model', 'x'], 'was decided when the model was compiled'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await rivulet(['recommend', ...args, ...single])
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
  })
})

function rowsOf(lists: ReturnType<typeof recommend>, { users, items }: typeof table) {
  const rows = [...lists.values()].flatMap((list) =>
    Array.from({ length: 5 }, (_, at) => (at < list.length ? items.rowOf(list[at].item) : -1)),
  )
  return { users: Int32Array.from(lists.keys(), (key) => users.rowOf(key)), k: 5, items: Int32Array.from(rows) }
}
