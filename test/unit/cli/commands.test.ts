import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DenseKeyIndex, diversify, resolveList, splitRolling } from '../../../src/advanced.ts'
import {
  evaluateRankings,
  Engine,
  explain,
  readCompiled,
  readInteractions,
  recommend,
  splitRandom,
} from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)
/** Users, items, values and times enough for every split and method; one row is a duplicate. */
const pairs = Array.from({ length: 60 }, (_, n) => ({ user: `u${n % 12}`, item: `i${(n * n + 3 * n) % 17}`, time: n }))
const wide = folder.write(
  'wide.csv',
  `user,item,rating,time\n${pairs.map(({ user, item, time }) => `${user},${item},${1 + (time % 5)},${time}`).join('\n')}\n`,
)
const titles = folder.write('titles.csv', 'item,title\ntea,"Tea, green"\njam,Jam\n')
const single = ['--threads', '1']
/** How items are ranked when nobody says how. */
const unasked = resolveList('test', {}, new DenseKeyIndex(0))

interface ListsDocument {
  readonly method: string
  readonly options: Record<string, unknown>
  readonly lists: readonly { user: string; items: { item: string; score: number; prior?: true; title?: string }[] }[]
}

describe('recommend', () => {
  it('chooses entries that differ', async () => {
    const args = ['recommend', wide, '--k', '3', '--diversity', '0.5', ...single]
    const table = await readInteractions(wide)
    const expected = diversify(table, recommend(table, { k: 15 }), { diversity: 0.5, k: 3 })
    const { lists } = documentOf<ListsDocument>(await rivulet([...args, '--json']))
    expect(new Map(lists.map(({ user, items }) => [user, items]))).toEqual(expected)
    expect((await rivulet([...args, '--method', 'ease,rp3beta'])).stderr).toContain('give one method at a time')
    expect((await rivulet(['recommend', wide, '--diversity', '2', ...single])).stderr).toContain('diversity')
  })

  it('asks several methods side by side, each with the flags that it knows', async () => {
    const args = ['recommend', wide, '--k', '3', ...single]
    const own = { rp3beta: ['--beta', '0.5'], 'item-knn': ['--shrink', '2'], 'graph-filter': [] }
    const alone = await Promise.all(
      Object.entries(own).map(async ([method, more]) =>
        documentOf<ListsDocument>(await rivulet([...args, '--method', method, ...more, '--json'])),
      ),
    )
    const names = Object.keys(own)
    const together = [
      ...args,
      '--method',
      names.slice(0, 2).join(','),
      '--method',
      names[2],
      ...Object.values(own).flat(),
    ]
    interface Compared {
      readonly methods: readonly object[]
      readonly lists: readonly object[]
    }
    const { methods, lists } = documentOf<Compared>(await rivulet([...together, '--json']))
    expect(methods).toEqual(alone.map(({ method, options }) => ({ method, options })))
    const users = alone[0].lists.map((_, at) => names.map((method, one) => ({ method, ...alone[one].lists[at] })))
    expect(lists).toEqual(users.flat())
    const [head, first] = (await rivulet(together)).stdout.split('\n')
    expect(head.split(/ +/)).toEqual(['user', 'rank', ...names])
    expect(first.split(/ +/)).toEqual([alone[0].lists[0].user, '1', ...alone.map((one) => one.lists[0].items[0].item)])
    const out = folder.path('compared.csv')
    await rivulet([...together, '--out', out])
    const [titles, row] = readFileSync(out, 'utf8').split('\n')
    expect([titles, row.split(',')[0]]).toEqual(['method,user,rank,item,score,prior', 'rp3beta'])
  })

  it('refuses a method that comes twice, that nobody knows, and a flag that none of several knows', async () => {
    const refused = async (...args: string[]) => (await rivulet(['recommend', circle, ...args])).stderr
    expect(await refused('--method', 'ease,ease')).toContain('--method ease is given twice')
    expect(await refused('--method', 'ease,magic')).toContain("'magic'")
    expect(await refused('--method', 'ease,popularity', '--beta', '0.5')).toContain('--beta')
    const apart = folder.write('apart.csv', 'user,item\nann,tea\nbob,tea\ncat,jam\n')
    const { stdout } = await rivulet(['recommend', apart, '--users', 'ann', '--method', 'rp3beta,ease', ...single])
    expect(stdout).toMatch(/\*: no item of the user leads to this one/)
  })

  it('answers as the library does, in one document', async () => {
    const table = await readInteractions(wide)
    const { method, options, lists } = documentOf<ListsDocument>(
      await rivulet(['recommend', wide, '--json', ...single]),
    )
    expect([method, options]).toEqual([unasked.method, { k: 10, ...unasked.methodOptions }])
    expect(new Map(lists.map(({ user, items }) => [user, items]))).toEqual(recommend(table, { k: 10 }))
  })

  it('passes every option on', async () => {
    const table = await readInteractions(wide)
    const args =
      '--users u3,u1 --k 4 --method rp3beta --alpha 1 --item-alpha 0.8 --beta 0.5 --neighbours 3 --exclude none --min-score 0.01'
    const { options, lists } = documentOf<ListsDocument>(
      await rivulet(['recommend', wide, ...args.split(' '), '--weighted', '--json', ...single]),
    )
    const wanted = {
      k: 4,
      alpha: 1,
      itemAlpha: 0.8,
      beta: 0.5,
      neighbours: 3,
      exclude: 'none',
      minScore: 0.01,
    } as const
    expect(options).toEqual(wanted)
    const expected = recommend(table, { ...wanted, method: 'rp3beta', weighted: true, users: ['u3', 'u1'] })
    expect(lists.map(({ user, items }) => [user, items])).toEqual([...expected])
  })

  it('lets the last items of a profile count more, of an engine and of a model', async () => {
    const table = await readInteractions(wide)
    const args = ['recommend', wide, '--profile-half-life', '2', '--json']
    const { options, lists } = documentOf<ListsDocument>(await rivulet([...args, ...single]))
    expect(options).toMatchObject({ profileHalfLife: 2 })
    const expected = recommend(table, { k: 10, profileHalfLife: 2 })
    expect(lists.map(({ user, items }) => [user, items])).toEqual([...expected])
    const model = folder.path('aged.model')
    await rivulet(['compile', wide, '--out', model, ...single])
    const compiled = await readCompiled(model)
    const served = documentOf<ListsDocument>(await rivulet([...args, '--model', model])).lists
    expect(served).toEqual([...compiled.recommendAll(table, { k: 10, profileHalfLife: 2 })])
  })

  it('weighs signals, and names those of the data', async () => {
    const text = 'user,item,signal\nann,tea,buy\nann,jam,view\nbob,tea,buy\nbob,bun,buy\ncat,jam,buy\ncat,tea,dislike\n'
    const shop = folder.write('shop.csv', text)
    const signals = { buy: 1, view: 0.2, dislike: -1 }
    const args = ['--signals', 'buy=1,view=0.2,dislike=-1', ...single]
    const { lists } = documentOf<ListsDocument>(await rivulet(['recommend', shop, '--json', ...args]))
    const table = await readInteractions(shop)
    expect(new Map(lists.map(({ user, items }) => [user, items]))).toEqual(recommend(table, { signals }))
    expect(await rivulet(['recommend', shop, '--signals', 'by=1', ...single])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("expected signals of this data: 'buy', 'view', 'dislike', got 'by'") as string,
    })
    const explained = await rivulet(['explain', shop, '--user', 'ann', '--item', 'bun', '--json', ...args])
    expect(documentOf<object>(explained)).toMatchObject(explain(table, 'ann', 'bun', { signals }))
    const split = ['--split', 'random', '--json', ...single]
    const { options } = documentOf<ListsDocument>(await rivulet(['evaluate', shop, ...split, '--signals', 'buy=1']))
    expect(options.signals).toEqual({ buy: 1 })

    const auto = await rivulet(['recommend', shop, '--signals', 'auto', '--json', ...single])
    expect(auto.stderr).toMatch(/^dislike +1 +label +binary +-1 +no values; a dislike by its name \('dislike'\)$/m)
    const found = (JSON.parse(auto.stdout) as ListsDocument).lists.map(({ user, items }) => [user, items] as const)
    expect(new Map(found)).toEqual(recommend(table, { signals: 'auto' }))
  })

  it('keeps all neighbours when told to', async () => {
    const args = ['recommend', wide, '--method', 'rp3beta', '--neighbours', 'all', '--json', ...single]
    expect(documentOf<ListsDocument>(await rivulet(args)).options).toMatchObject({ neighbours: null })
  })

  it('prints an aligned table with titles, and marks what is only popular', async () => {
    const { stdout } = await rivulet(['recommend', circle, '--users', 'ann,bob', '--k', '1', '--titles', titles])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^user {2}rank {2}item {8}score {9}title$/)
    expect(lines[1]).toMatch(/^ann {6}1 {2}bun {2,}0\.\d+$/)
    expect(lines[2]).toMatch(/^bob {6}1 {2}jam {2,}0\.\d+ +Jam$/)
    const islands = folder.write('islands.csv', 'user,item\nann,tea\nbob,bun\n')
    const prior = await rivulet(['recommend', islands, '--users', 'ann', ...single])
    expect(prior.stdout).toMatch(/ann {6}1 {2}bun {2,}0\.5000 {2}prior\n\nprior: no item/)
  })

  it('gives short lists when k exceeds the catalogue, and takes ids that look like anything', async () => {
    const odd = folder.write('odd.csv', 'user,item\n__proto__,constructor\n__proto__,007\n1,007\n1,toString\n')
    const { lists } = documentOf<ListsDocument>(await rivulet(['recommend', odd, '--k', '1000', '--json', ...single]))
    expect(lists.map(({ user, items }) => [user, items.map(({ item }) => item)])).toEqual([
      ['__proto__', ['toString']],
      ['1', ['constructor']],
    ])
    const table = await rivulet(['recommend', odd, '--users', '__proto__', ...single])
    expect(table.stdout).toContain('__proto__     1  toString')
  })

  it('writes the same lists to files', async () => {
    const write = async (name: string, ...more: string[]): Promise<Buffer> => {
      const out = folder.path(name)
      const { code, stdout, stderr } = await rivulet(['recommend', circle, '--out', out, ...single, ...more])
      expect([code, stdout, stderr]).toEqual([0, '', `3 lists, 3 entries -> ${out}\n`])
      return readFileSync(out)
    }
    const expected = recommend(await readInteractions(circle))
    const csv = (await write('lists.csv')).toString().trimEnd().split('\n')
    expect(csv).toEqual([
      'user,rank,item,score,prior',
      ...[...expected].map(([user, [{ item, score }]]) => `${user},1,${item},${score},0`),
    ])
    const tsv = gunzipSync(await write('lists.tsv.gz', '--titles', titles))
      .toString()
      .split('\n')
    expect(tsv.map((line) => line.split('\t')[5])).toEqual(['title', '', 'Jam', 'Tea, green', undefined])
    const jsonl = (await write('lists.jsonl')).toString().trimEnd().split('\n')
    expect(jsonl.map((line) => JSON.parse(line) as unknown)).toEqual(
      [...expected].map(([user, items]) => ({ user, items })),
    )
  })

  it('sums a file up in one document', async () => {
    const out = folder.path('summed.csv')
    const summary = documentOf(await rivulet(['recommend', circle, '--out', out, '--json', ...single]))
    expect(summary).toMatchObject({ method: unasked.method, out, lists: 3, entries: 3 })
  })
})

describe('explain', () => {
  it('answers as the library does', async () => {
    const args = ['explain', circle, '--user', 'ann', '--item', 'bun', '--method', 'item-knn', ...single]
    const expected = explain(await readInteractions(circle), 'ann', 'bun', { method: 'item-knn' })
    expect(documentOf(await rivulet([...args, '--json']))).toEqual({
      ...expected,
      method: 'item-knn',
      options: { neighbours: 50, neighboursOf: 'profile', shrink: 0 },
    })
    const { stdout } = await rivulet([...args, '--top', '1', '--titles', titles])
    expect(stdout).toMatch(
      /because of {3}score {2}share\nTea, green {2}0\.5000 {2}50\.0% {2}█+\nand 1 more, together 50\.0%/,
    )
  })
})

describe('an explanation for people', () => {
  it('has the twenty largest contributions, and what the others add up to', async () => {
    const own = Array.from({ length: 23 }, (_, n) => `i${n}`)
    const rows = [...own.map((item) => `ann,${item}`), ...own.map((item) => `bob,${item}`), 'bob,bun']
    const file = folder.write('many.csv', `user,item\n${rows.join('\n')}\n`)
    const args = ['explain', file, '--user', 'ann', '--item', 'bun', '--method', 'p3alpha', ...single]
    const lines = (await rivulet(args)).stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^user +item +score +method$/)
    expect(lines[1]).toMatch(/^ann +bun +[\d.]+ +p3alpha$/)
    expect(lines.slice(2, 4)).toEqual(['', expect.stringMatching(/^because of +score +share *$/)])
    const parts = lines.slice(4, -1)
    expect(parts).toHaveLength(20)
    for (const part of parts) expect(part).toMatch(/^i\d+ +[\d.]+ +4\.3% +█+/)
    expect(lines.at(-1)).toBe('and 3 more, together 13.0% (all with --json)')
    const all = (await rivulet([...args, '--top', '23'])).stdout.trimEnd().split('\n')
    expect(all).toHaveLength(4 + 23)
  })
})

describe('items by their titles', () => {
  const own = folder.write('own.csv', 'item,title\ntea,"Tea, green"\nbun,Bun\njam,Sweet\nbun,Bun\n')
  const twice = folder.write('twice.csv', 'item,title\ntea,Hot\nbun,Hot\njam,Jam\n')

  it.each([
    ['explain', ['--user', 'ann', '--method', 'item-knn']],
    ['similar', []],
  ])('%s finds one, and an id first', async (command, more) => {
    const ask = async (item: string): Promise<object> => {
      const args = [command, circle, '--item', item, '--titles', own, ...more, '--json', ...single]
      return { ...documentOf<object>(await rivulet(args)), elapsedMs: 0 }
    }
    expect(await ask('bUN')).toEqual(await ask('bun'))
    const args = [command, circle, ...more, ...single]
    const both = await rivulet([...args, '--item', 'hot', '--titles', twice])
    expect([both.code, both.stdout]).toEqual([1, ''])
    expect(both.stderr).toContain(
      'expected a title of exactly one item, got hot, the title of 2 items: tea, bun. Give the id.',
    )
    const none = await rivulet([...args, '--item', 'cold', '--titles', twice])
    expect(none.stderr).toContain("got 'cold'")
  })
})

describe('inspect', () => {
  it('counts what is there', async () => {
    const rows = ['ann,tea,view,1', 'ann,tea,buy,2', 'ann,tea,view,3', 'bob,jam,view,']
    const file = folder.write('signals.csv', `user,item,event,time\n${rows.join('\n')}\n`)
    const found = documentOf(await rivulet(['inspect', file, '--json']))
    expect(found).toMatchObject({
      ...{ users: 2, items: 2, rows: 4, pairs: 2, duplicates: 1, density: 0.5 },
      signals: [
        { name: 'view', rows: 3, role: 'evidence', transform: 'binary', weight: 1 },
        { name: 'buy', rows: 1, role: 'label' },
      ],
      values: null,
      times: { smallest: 1, largest: 3 },
      usersBelow: { 5: 2, 10: 2 },
      itemsOfUsers: { mean: 1, quantiles: { median: 1, max: 1 }, histogram: [{ from: 1, to: 1, count: 2 }] },
    })
    const { stdout } = await rivulet(['inspect', file])
    expect(stdout).toMatch(/^user <- user, item <- item, signal <- event, time <- time\n\nusers +2\n/)
    expect(stdout).toMatch(/^users +2$/m)
    expect(stdout).toMatch(/^signal +rows +role +transform +weight +why$/m)
    expect(stdout).toMatch(/^buy +1 +label +binary +1 +no values; a label by its name \('buy'\)$/m)
    expect(stdout).toMatch(/^users with < 5 pairs +2 \(100\.0%\)$/m)
    expect(stdout).toMatch(/^items per user {2}users\n +1 +2 {2}█{40}$/m)
  })

  it.each([
    ['1300000000', '1300086400', '2011-03-13 07:06 to 2011-03-14 07:06'],
    ['1300000000000', '1300086400000', '2011-03-13 07:06 to 2011-03-14 07:06'],
    ['2011-03-13', '2011-03-14T12:30:00Z', '2011-03-13 00:00 to 2011-03-14 12:30'],
    ['3', '12', '3 to 12'],
  ])('writes times from %s to %s as dates where their unit is known', async (from, to, told) => {
    const file = folder.write('timed.csv', `user,item,time\nann,tea,${from}\nbob,jam,${to}\n`)
    const { stdout } = await rivulet(['inspect', file])
    expect(/^times +(.*)$/m.exec(stdout)?.[1]).toBe(told)
  })

  it('reads as it is told to', async () => {
    const file = folder.write('plain', 'x|Zo\xe9|7\ny|Zo\xe9|8\n')
    const args = ['inspect', file, '--delimiter', '|', '--columns', 'user=1,item=2', '--no-header', '--no-quotes']
    expect(documentOf(await rivulet([...args, '--encoding', 'latin1', '--json']))).toMatchObject({ users: 1, items: 2 })
  })
})

describe('every command', () => {
  const rows = ['ann,tea,x,5,1300000000', 'ann,jam,y,4,1300000001', 'bob,tea,z,3,1300000002']
  const file = folder.write('titled.csv', `# export\nuserId,movieId,title,Book-Rating,timestamp\n${rows.join('\n')}\n`)

  it('says what it left out of a file, and inspect how it read it', async () => {
    const { stdout, stderr } = await rivulet(['inspect', file])
    const reading = 'user <- userId, item <- movieId, value <- Book-Rating, time <- timestamp (s), ignored: title'
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      reading,
      '1 comment line skipped',
      '',
      expect.stringMatching(/^users +2$/),
    ])
    expect(stderr).toBe('')
    const document = documentOf<{ reading: object }>(await rivulet(['inspect', file, '--json']))
    expect(document.reading).toMatchObject({ header: true, ignored: ['title'], timeUnit: 's', comments: 1 })
    for (const command of ['recommend', 'evaluate', 'compile']) {
      const args = {
        recommend: [],
        evaluate: ['--split', 'random'],
        compile: ['--out', folder.path('titled.compiled')],
      }
      const { stderr: told } = await rivulet([command, file, ...args[command as keyof typeof args], ...single])
      expect(told).toContain(`${file}: ignored: title\n${file}: 1 comment line skipped\n`)
    }
  })

  it('says what it took line 1 for where that can be doubted', async () => {
    const words = folder.write('words.csv', 'alice,book\nbob,pen\nbob,book\n'.replace('bob,book', 'bob,ink'))
    const { stderr } = await rivulet(['recommend', words, ...single])
    expect(stderr).toMatch(/words\.csv: line 1 is read as data, because it looks like the lines below/)
    const { stdout } = await rivulet(['inspect', words])
    expect(stdout).toMatch(/^user <- column 1, item <- column 2\nline 1 is read as data/)
    expect((await rivulet(['recommend', words, '--no-header', ...single])).stderr).toBe('')
  })

  it('reads some columns as it is told and finds the others', async () => {
    const { stdout } = await rivulet(['inspect', file, '--columns', 'item=title,time=-'])
    expect(stdout).toMatch(/^user <- userId, item <- title, value <- Book-Rating, ignored: movieId, timestamp\n/)
  })
})

describe('evaluate', () => {
  it('answers as the library does, from a cut file and from two', async () => {
    const table = await readInteractions(wide)
    const { train, test } = splitRandom(table, { testFraction: 0.3, seed: 7 })
    await using engine = await Engine.create(train, { threads: 1 })
    const tested = [...new Set(test.user)].map((row) => test.users.keyOf(row))
    const rankings = await engine.rank({ users: tested, k: 5, method: 'rp3beta', recency: null })
    const expected = evaluateRankings(rankings, train, test, { k: [2, 5], by: 'activity' })
    const { split, metrics, byActivity, byItemAge, coldUsers, sparsestTenth, audit } = expected
    const method = ['--method', 'rp3beta', '--k', '2,5', '--json', ...single]
    const cut = ['evaluate', wide, '--split', 'random', '--test-fraction', '0.3', '--seed', '7', ...method]
    const document = documentOf<{ elapsedMs: number }>(await rivulet(cut))
    expect(document).toEqual({
      ...{ split, method: 'rp3beta', metrics, byActivity, byItemAge, coldUsers, sparsestTenth, published: null, audit },
      elapsedMs: document.elapsedMs,
      options: {
        ...{ k: [2, 5], alpha: 0.9, itemAlpha: null, beta: 0.3, neighbours: null },
        ...{ weighted: false, unknownItems: 'miss', seenPairs: 'keep', recency: null },
      },
    })
    const lines = (side: typeof train): string =>
      Array.from(side.user, (user, row) => `${side.users.keyOf(user)} ${side.items.keyOf(side.item[row])}`).join('\n')
    const files = { train: folder.write('train.txt', lines(train)), test: folder.write('test.txt', lines(test)) }
    const two = ['evaluate', '--train', files.train, '--test', files.test, '--format', 'adjacency', ...method]
    expect(documentOf(await rivulet(two))).toMatchObject({ split, audit })
  })

  it.each([
    ['time', ['popularity', 'recent popularity']],
    ['leave-last-out', ['popularity']],
  ])('cuts by %s, and prints %j beside the method', async (how, names) => {
    const { code, stdout, stderr } = await rivulet(['evaluate', wide, '--split', how, '--k', '3', ...single])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      new RegExp(
        `^metric +${unasked.method} +${names.join(' +')}\nrecall@3( +[01]\\.\\d{4}){${1 + names.length}}$`,
        'm',
      ),
    )
    const titles = names.map((name) => `${name} recall@3 +${name} ndcg@3`).join(' +')
    expect(stdout).toMatch(new RegExp(`^training items +users +recall@3 +ndcg@3 +${titles}$`, 'm'))
    expect(stderr.includes('recency: none')).toBe(how !== 'time')
    expect(stdout).toMatch(/^sparsest 10 %: \d(-\d)? +\d+( +[01]\.\d{4}){4,6}$/m)
    expect(stdout).not.toContain('published')
  })

  it('scores windows one after the other, each after training on what was before it', async () => {
    const rolling = ['evaluate', wide, '--split', 'time', '--folds', '2', '--method', 'rp3beta', '--k', '3', ...single]
    const document = documentOf<{ windows: { split: object; metrics: object }[] }>(
      await rivulet([...rolling, '--json']),
    )
    const table = await readInteractions(wide)
    for (const [at, { train, test }] of splitRolling(table, { folds: 2 }).entries()) {
      await using engine = await Engine.create(train, { threads: 1 })
      const tested = [...new Set(test.user)].map((row) => test.users.keyOf(row))
      const { split, metrics } = evaluateRankings(
        await engine.rank({ users: tested, k: 3, method: 'rp3beta' }),
        train,
        test,
      )
      expect(document.windows[at]).toMatchObject({ split, metrics })
    }
    expect(document).toMatchObject({ split: null })
    expect((await rivulet(rolling)).stdout).toMatch(
      /^window 1 [^]*^window 2 [^]*^ndcg@3 minus that of popularity: +[-+]/m,
    )
    const { code, stderr } = await rivulet(['evaluate', wide, '--split', 'random', '--folds', '2'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--folds requires --split time')])
  })

  it('has several methods side by side, with what is between them', async () => {
    const asked = ['evaluate', wide, '--split', 'random', '--k', '3', ...single]
    const several = [...asked, '--method', 'rp3beta,item-knn', '--method', 'ease', '--lambda', '5']
    const { methods } = documentOf<{ methods: { method: string; options: { lambda?: number } }[] }>(
      await rivulet([...several, '--json']),
    )
    expect(methods.map(({ method, options }) => [method, options.lambda])).toEqual([
      ['rp3beta', undefined],
      ['item-knn', undefined],
      ['ease', 5],
    ])
    const alone = documentOf<object>(await rivulet([...asked, '--method', 'item-knn', '--json']))
    const behindFirst = expect.objectContaining({ metric: 'ndcg@3', difference: expect.any(Number), level: 0.95 })
    expect(methods[1]).toEqual({ ...alone, elapsedMs: expect.any(Number), behindFirst })
    const diverse = documentOf<{ metrics: Record<string, number> }>(
      await rivulet([...asked, '--method', 'ease', '--list-diversity', '--json']),
    )
    expect(diverse.metrics['diversity@3']).toBeGreaterThan(0)
    const { stdout } = await rivulet(several)
    expect(stdout).toMatch(/^method +rp3beta, .*\nmethod +item-knn, .*\nmethod +ease, k 3, lambda 5/m)
    expect(stdout).toMatch(/^metric +rp3beta +item-knn +ease +popularity\nrecall@3( +[01]\.\d{4}){4}$/m)
    expect(stdout).toMatch(/^ndcg@3 of rp3beta minus that of item-knn: +[-+][01]\.\d{4}, 95 % interval/m)
    for (const [flags, told] of [
      [['--method', 'ease,ease'], '--method ease is given twice'],
      [['--method', 'ease,rp3beta', '--tune'], '--tune chooses the method'],
      [['--method', 'ease,item-knn', '--beta', '1'], '--beta'],
    ] as const) {
      const { code, stderr } = await rivulet([...asked, ...flags])
      expect([code, stderr]).toEqual([2, expect.stringContaining(told)])
    }
  })

  it('keeps the names of the metrics when k exceeds the catalogue, and tells of strangers', async () => {
    const test = folder.write('test.csv', 'user,item\nann,bun\nann,tea\nbob,wine\neve,tea\n')
    const args = ['evaluate', '--train', circle, '--test', test, '--method', 'popularity', '--by', 'none', ...single]
    const document = documentOf(await rivulet([...args, '--json']))
    expect(document).toMatchObject({
      ...{ metrics: { 'recall@20': 0.25 }, byActivity: [] },
      audit: { evaluatedUsers: 2, unknownUsers: 1, unknownItemPairs: 1, seenPairs: 1 },
    })
    const { stdout } = await rivulet(args)
    expect(stdout).toMatch(/^metric +popularity\nrecall@20 +0\.2500$/m)
    expect(stdout.match(/^note: 1 /gm)).toHaveLength(3)
  })
})
