import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { predictRatings, type RatingPrediction, type RatingPredictions } from '../../../src/index.ts'
import { rmse } from '../../../src/advanced.ts'
import { RATED, ratedTable, ratedWorld, type RatedRow } from '../../ratings.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const rows = ratedWorld({ users: 100, items: 60, labels: 6, views: 12, telling: true })
const isView = ({ signal }: RatedRow): boolean => signal === 'view'
const stars = rows.filter((row) => !isView(row))
const held = stars.filter((_, at) => at % 10 === 0)
const kept = stars.filter((_, at) => at % 10 !== 0)
const views = rows.filter(isView)

const ratings = (some: readonly RatedRow[]): string =>
  `user,item,rating\n${some.map(({ user, item, value }) => `${user},${item},${value}`).join('\n')}\n`
const pairs = (some: readonly Pick<RatedRow, 'user' | 'item'>[]): string =>
  `user,item\n${some.map(({ user, item }) => `${user},${item}`).join('\n')}\n`

const starFile = folder.write('stars.csv', ratings(kept))
const viewFile = folder.write('views.csv', pairs(views))
const testFile = folder.write('test.csv', ratings(held))
const mixed = folder.write(
  'mixed.csv',
  `user,item,signal,value\n${[...kept, ...views].map((row) => [row.user, row.item, row.signal, row.value].join()).join('\n')}\n`,
)
const single = ['--threads', '1', '--options', '{"rank":8}']
const options = { signals: RATED, rank: 8 }

type Document = Pick<RatingPredictions, 'labels' | 'balance' | 'converged'> & {
  readonly predictions: readonly RatingPrediction[]
  readonly scores: { readonly rmse: number; readonly byActivity: readonly { readonly ratings: number }[] }
  readonly supervised: { readonly rmse: number } | null
  readonly expected: number
  readonly signals: object
  readonly unknown: object
}

describe('rate', () => {
  it('answers as the library does on one file of both, and finds the signals by itself', async () => {
    const table = ratedTable([...kept, ...views])
    const { predictions, balance, signals } = documentOf<Document>(await rivulet(['rate', mixed, '--json', ...single]))
    expect(predictions).toEqual(predictRatings(table, options))
    expect(balance).toEqual(predictRatings.detailed(table, options).balance)
    expect(signals).toMatchObject({ stars: { role: 'label' }, view: { role: 'evidence' } })
    const told = ['--signals', 'stars=1:label,view=1', '--balance', '0.3', '--scale', '0,10', '--seed', '3']
    const more = documentOf<Document>(await rivulet(['rate', mixed, '--json', ...told, ...single]))
    expect(more.predictions).toEqual(predictRatings(table, { ...options, balance: 0.3, scale: [0, 10], seed: 3 }))
  })

  it('takes options that were tuned, signals among them; those that stand by themselves come first', async () => {
    const tuned = { method: 'predictRatings', rank: 8, balance: 1, signals: { stars: { role: 'label' } } }
    const args = ['rate', mixed, '--json', '--threads', '1', '--options', JSON.stringify(tuned)]
    const pairs = folder.write('one.csv', 'user,item\nu1,i2\n')
    const { predictions, balance } = documentOf<Document>(await rivulet([...args, '--pairs', pairs]))
    const asked = { ...options, pairs: [['u1', 'i2']] } as const
    expect(predictions).toEqual(predictRatings(ratedTable(kept), { ...asked, balance: 1 }))
    expect(balance.lambda).toBe(0)
    const other = documentOf<Document>(await rivulet([...args, '--pairs', pairs, '--signals', 'stars=1:label,view=1']))
    expect(other.balance.lambda).toBe(1)
  })

  it('takes evidence from files of its own, one or more', async () => {
    const together = documentOf<Document>(
      await rivulet(['rate', starFile, '--evidence', viewFile, '--json', ...single]),
    )
    const half = Math.floor(views.length / 2)
    const parts = [views.slice(0, half), views.slice(half)].map((part, n) => folder.write(`part${n}.csv`, pairs(part)))
    const evidence = parts.flatMap((path) => ['--evidence', path])
    const apart = documentOf<Document>(await rivulet(['rate', starFile, ...evidence, '--json', ...single]))
    const expected = predictRatings(ratedTable([...kept, ...views]), options)
    expect(together.predictions).toEqual(expected)
    expect(apart.predictions).toEqual(expected)
    expect(together.signals).toMatchObject({ rating: { role: 'label' }, evidence: { role: 'evidence' } })
  })

  it('tells how far off it is on held-out ratings, over all, by activity, and without evidence', async () => {
    const args = ['rate', starFile, '--evidence', viewFile, '--test', testFile]
    const { scores, supervised, expected, balance } = documentOf<Document>(
      await rivulet([...args, '--json', ...single]),
    )
    const pairs = held.map(({ user, item }) => [user, item] as const)
    const table = ratedTable([...kept, ...views])
    const found = predictRatings.detailed(table, { ...options, pairs })
    const truth = held.map(({ value }) => value)
    expect(scores.rmse).toBeCloseTo(rmse(found.rating, truth), 6)
    expect(scores.byActivity.reduce((sum, group) => sum + group.ratings, 0)).toBe(held.length)
    expect(expected / scores.rmse).toBeGreaterThan(0.7)
    expect(balance.decision).toBe('semi-supervised')
    expect(supervised?.rmse).toBeCloseTo(
      rmse(predictRatings.detailed(table, { ...options, pairs, balance: 0 }).rating, truth),
      6,
    )
    expect(supervised?.rmse).toBeGreaterThan(scores.rmse)

    const { stdout, stderr } = await rivulet([...args, ...single])
    expect(stdout).toMatch(
      /^56 held-out ratings; expected RMSE \d\.\d{4}\n\nmetric +predicted +without evidence\nRMSE +/,
    )
    expect(stdout).toMatch(/^1-4 +\d+ +\d\.\d{4} +\d\.\d{4} +\d\.\d{4}$/m)
    expect(stderr).toMatch(/^rating +\d+ +label +raw +1 +the only signal of the file$/m)
    expect(stderr).toMatch(/^Evidence has weight [\d.]+ relative to a rating: weight [\d.]+.* lowers the mean loss/m)
    expect(stderr).toMatch(/^weight +held-out RMSE +gain in squared error \[95 %\]\n0 +\d\.\d{4}\n0\.1 +/m)
  })

  it('shows one column where ratings alone decide', async () => {
    const { stdout, stderr } = await rivulet(['rate', starFile, '--test', testFile, ...single])
    expect(stdout).toMatch(/^metric {2}predicted$/m)
    expect(stderr).toContain('Only ratings are used: the data hold no evidence.')
    expect(stderr).not.toContain('held-out RMSE')
  })

  it('predicts what it is asked, in order, and says of whom nothing is known', async () => {
    const asked = folder.write('asked.csv', pairs([held[3], { user: 'new', item: 'new' }, held[1]]))
    const { stdout, stderr, code } = await rivulet([
      'rate',
      starFile,
      '--evidence',
      viewFile,
      '--pairs',
      asked,
      ...single,
    ])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^user +item +rating +give or take$/)
    expect(lines[1]).toMatch(new RegExp(`^${held[3].user} +${held[3].item} +\\d\\.\\d\\d +\\d\\.\\d\\d$`))
    expect(lines[2]).toMatch(/^new +new +\d\.\d\d +\d\.\d\d {2}mean$/)
    expect(stdout).toContain('\nmean: no rating is connected to this user and item')
    expect(stderr).toContain('note: 1 of these users and 1 of these items are not in the other files')
    expect(code).toBe(0)
  })

  it('writes files of three kinds, with the same predictions', async () => {
    const expected = predictRatings(ratedTable([...kept, ...views]), options)
    const write = async (name: string): Promise<Buffer> => {
      const out = folder.path(name)
      const { stdout, stderr } = await rivulet(['rate', mixed, '--out', out, ...single])
      expect([stdout, stderr.trimEnd().split('\n').at(-1)]).toEqual(['', `${expected.length} predictions -> ${out}`])
      return readFileSync(out)
    }
    const fields = expected.map((one) => [one.user, one.item, one.rating, one.expectedError, one.reached ? 1 : 0])
    const lines = (separator: string): string[] => fields.map((cells) => cells.join(separator))
    const head = ['user', 'item', 'rating', 'expectedError', 'reached']
    expect((await write('p.csv')).toString()).toBe(`${[head.join(), ...lines(',')].join('\n')}\n`)
    expect(gunzipSync(await write('p.tsv.gz')).toString()).toBe(`${[head.join('\t'), ...lines('\t')].join('\n')}\n`)
    const json = (await write('p.jsonl')).toString().trimEnd().split('\n')
    expect(json.map((line) => JSON.parse(line) as RatingPrediction)).toEqual(expected)
  })

  it('takes columns by name: those of ratings for the ratings alone', async () => {
    const odd = folder.write('odd.csv', ratings(kept).replace('user,item,rating', 'who,what,liked'))
    const seen = folder.write('seen.csv', pairs(views).replace('user,item', 'who,what'))
    const args = ['--evidence', seen, '--columns', 'user=who,item=what,value=liked', '--json', ...single]
    const { predictions } = documentOf<Document>(await rivulet(['rate', odd, ...args]))
    expect(predictions).toEqual(predictRatings(ratedTable([...kept, ...views]), options))
  })

  it('says when there is nothing to predict', async () => {
    const { stderr, stdout } = await rivulet(['rate', starFile, ...single])
    expect(stderr).toContain('note: every pair has a rating; use --pairs for what to predict')
    expect(stdout).toMatch(/^user +item +rating +give or take\n$/)
  })

  it.each<[string, string[], number, string]>([
    ['both ways to ask', ['--pairs', viewFile, '--test', testFile], 2, 'either --pairs or --test'],
    ['an unknown kind of file', ['--out', 'p.xlsx'], 2, '.jsonl'],
    ['a balance that is none', ['--balance', 'some'], 2, 'Expected a number'],
    ['a balance below 0', ['--balance', '-1'], 2, 'rate, --balance: '],
    ['half a scale', ['--scale', '5'], 2, 'rate, --scale: '],
    ['an unknown option', ['--options', '{"ranks":8}'], 2, "Did you mean 'rank'?"],
    ['a test without ratings', ['--test', viewFile], 1, 'expected a column of ratings'],
    ['a rating outside the scale', ['--scale', '1,3'], 1, 'expected a rating from 1 to 3'],
    ['a signal that is not there', ['--signals', 'star=1:label'], 1, "got 'star'"],
    ['no label among the signals', ['--signals', 'rating=1'], 1, "one signal with role 'label'"],
    ['evidence that is not there', ['--evidence', folder.path('none.csv')], 1, 'none.csv'],
  ])('refuses %s', async (_, args, code, message) => {
    const outcome = await rivulet(['rate', starFile, ...args, '--threads', '1'])
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(outcome.stderr).toContain(message)
  })

  it('is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const { code, stderr } = await rivulet(['rate', starFile, ...single], signal)
    expect([code, stderr]).toEqual([1, expect.stringContaining('enough')])
  })
})
