import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  labelSpreading,
  personalizedPageRank,
  readInteractions,
  recommend,
  similarItems,
  similarUsers,
  splitRandom,
} from '../../../src/index.ts'
import { toNodeGraph } from '../../../src/advanced.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const single = ['--threads', '1']
const circle = folder.write('circle.csv', CIRCLE)
const path = folder.write('path.csv', 'source,target,weight\na,b,1\nb,c,3\nc,d,1\nc,d,4\n')
const seeds = folder.write('seeds.csv', 'node,label\na,red\nd,blue\n')

describe('label', () => {
  it('labels the nodes of a graph of one kind as the library does', async () => {
    const args = ['label', path, '--seeds', seeds, '--nodes', 'one', '--alpha', '0.8', ...single]
    const found = documentOf<{ labels: object[] }>(await rivulet([...args, '--json']))
    const graph = toNodeGraph(await readInteractions(path))
    expect(graph.size).toBe(3)
    const expected = new Map([
      ['a', 'red'],
      ['d', 'blue'],
    ])
    const { nodes, labels, confidence } = labelSpreading.detailed(graph, {
      seeds: expected,
      alpha: 0.8,
      weighted: false,
    })
    expect(found.labels).toEqual(
      Array.from(nodes.keys(), (node, at) => ({ node, label: labels[at], confidence: confidence[at], reached: true })),
    )
    const weighted = documentOf<{ labels: object[] }>(await rivulet([...args, '--json', '--weighted']))
    expect(weighted.labels[1]).toMatchObject({
      node: 'b',
      label: labelSpreading(graph, { seeds: expected, alpha: 0.8 }).get('b'),
    })
  })

  it('writes users and items with their labels to a file', async () => {
    const out = folder.path('labelled.csv')
    const likes = folder.write('likes.csv', 'ann,sweet\nbun,salty\n')
    const { code, stderr } = await rivulet(['label', circle, '--seeds', likes, '--out', out, ...single])
    expect([code, stderr]).toEqual([0, `6 nodes, 2 labelled, 2 classes\n6 labels -> ${out}\n`])
    const lines = readFileSync(out, 'utf8').split('\n')
    expect(lines[0]).toBe('node,label,confidence,reached')
    expect(lines[1]).toMatch(/^ann,sweet,0\.\d+,1$/)
    expect(lines.length).toBe(8)
  })

  it.each([
    [['label', path, '--seeds', seeds], "give --nodes one or --nodes two: 'b' is on both sides"],
    [['label', circle], "required option '--seeds <file>' not specified"],
    [['label', circle, '--seeds', seeds, '--nodes', 'one', '--signals', 'buy=1'], '--signals requires --nodes two'],
    [['label', circle, '--seeds', seeds, '--alpha', '2'], '--alpha'],
    [['label', circle, '--seeds', seeds, '--alpha', '.5', '--method', 'poissonLearning'], 'got --alpha'],
    [['label', circle, '--seeds', folder.write('odd.csv', 'ann,x\nzoe,y\n')], 'zoe'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await rivulet(args)
    expect(code).toBeGreaterThan(0)
    expect(stderr).toContain(message)
  })

  it('drops labels of unknown nodes where it is told to, and says how many', async () => {
    const odd = folder.write('more.csv', 'ann,x\nzoe,y\nbun,y\n')
    const args = ['label', circle, '--seeds', odd, '--unknown', 'drop', ...single]
    expect((await rivulet(args)).stderr).toContain('1 label of unknown nodes dropped')
  })
})

describe('pagerank', () => {
  it('ranks the nodes as the library does', async () => {
    const args = ['pagerank', path, '--nodes', 'one', '--seeds', 'a', '--seeds', 'b', '--json', ...single]
    const { ranks } = documentOf<{ ranks: { node: string; score: number }[] }>(await rivulet(args))
    const graph = toNodeGraph(await readInteractions(path))
    const expected = personalizedPageRank(graph, { seeds: ['a', 'b'], weighted: false })
    expect(new Map(ranks.map(({ node, score }) => [node, score]))).toEqual(expected)
    expect(ranks[0].score).toBeGreaterThanOrEqual(ranks[1].score)
    const { stdout } = await rivulet([...args.filter((arg) => arg !== '--json'), '--top', '1'])
    expect(stdout.trim().split('\n').length).toBe(2)
  })

  it('refuses seeds that are no node, or drops them and says how many', async () => {
    const args = ['pagerank', path, '--nodes', 'one', '--seeds', 'a,nowhere', ...single]
    const refused = await rivulet(args)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("'nowhere'")])
    const { code, stderr } = await rivulet([...args, '--unknown', 'drop'])
    expect([code, stderr]).toEqual([0, expect.stringContaining("1 unknown node dropped: 'nowhere'")])
  })
})

describe('similar', () => {
  it('lists what is near an item, or a user', async () => {
    const table = await readInteractions(circle)
    const items = await rivulet(['similar', circle, '--item', 'tea', '--k', '2', '--json', ...single])
    const expected = similarItems(table, 'tea', { k: 2 }).map((entry, at) => ({ rank: at + 1, ...entry }))
    expect(documentOf<{ list: object[] }>(items).list).toEqual(expected)
    const users = await rivulet(['similar', circle, '--user', 'ann', '--json', ...single])
    expect(documentOf<{ list: object[] }>(users).list).toEqual(
      similarUsers(table, 'ann').map((entry, at) => ({ rank: at + 1, ...entry })),
    )
    const { stdout } = await rivulet(['similar', circle, '--item', 'tea', ...single])
    expect(stdout).toMatch(/^rank {2}item +score\n {3}1 {2}/)
  })

  it.each([
    [['similar', circle], 'give either --item or --user'],
    [['similar', circle, '--user', 'ann', '--method', 'ease'], '--method requires --item'],
    [['similar', circle, '--user', 'ann', '--item-alpha', '1'], '--item-alpha requires --item'],
    [['similar', circle, '--item', 'beer', ...single], 'beer'],
  ])('%j is refused', async (args, message) => {
    expect((await rivulet(args)).stderr).toContain(message)
  })
})

describe('split and convert', () => {
  const rated = folder.write(
    'rated.csv',
    'user,item,rating,timestamp\nann,tea,0.1,1500000000\nann,jam,4,1500000100\nbob,tea,3,1500000200\n',
  )

  it('write what the library cuts, which reads back as the same', async () => {
    const [out, testOut] = [folder.path('train.csv'), folder.path('test.jsonl')]
    const args = ['split', rated, '--split', 'random', '--seed', '3', '--test-fraction', '0.5']
    const { code } = await rivulet([...args, '--out', out, '--test-out', testOut])
    expect(code).toBe(0)
    const expected = splitRandom(await readInteractions(rated), { testFraction: 0.5, seed: 3 })
    const rowsOf = ({ user, item, users, items, value }: typeof expected.train): unknown[] =>
      Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at]), value?.[at]])
    expect(rowsOf(await readInteractions(out))).toEqual(rowsOf(expected.train))
    expect(rowsOf(await readInteractions(testOut))).toEqual(rowsOf(expected.test))
  })

  it('converts to plain columns, numbers as short as they were', async () => {
    const out = folder.path('plain.tsv')
    expect((await rivulet(['convert', rated, '--out', out])).stderr).toBe(`3 interactions -> ${out}\n`)
    expect(readFileSync(out, 'utf8').split('\n')[1]).toBe('ann\ttea\t0.1\t1500000000')
    expect(recommend(await readInteractions(out), { k: 1 })).toEqual(recommend(await readInteractions(rated), { k: 1 }))
  })

  it.each([
    [['convert', rated, '--out', rated], `--out ${rated} is also read`],
    [['convert', rated, '--out', folder.path('x.txt')], 'expected a name that ends in .csv'],
    [['split', rated, '--split', 'time', '--out', folder.path('a.csv'), '--test-out', rated], '--test-out'],
    [
      ['split', rated, '--split', 'time', '--out', folder.path('a.csv'), '--test-out', folder.path('a.csv')],
      'are the same file',
    ],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await rivulet(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(readFileSync(rated, 'utf8')).toContain('ann,tea')
  })
})
