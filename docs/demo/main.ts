/**
 * The main job on real data: read, split by time, recommend to everybody, explain, compare with popularity.
 *
 * `npm start` runs it. Nothing is tuned here: the method and its options are the library's defaults.
 */
import { fileURLToPath } from 'node:url'
import { SingleBar } from 'cli-progress'
// With the package installed: from 'rivulet'.
import {
  Engine,
  evaluateRankings,
  pairedBootstrap,
  readInteractions,
  readRecords,
  splitByTime,
} from '../../src/index.ts'
import type { Evaluation, Interactions } from '../../src/index.ts'
import { Stages } from './stages.ts'
import { bar, count, dim, green, percent, print, printHeading, printTable, shorten } from './terminal.ts'

const K = 20
const data = (name: string): string => fileURLToPath(new URL(`../data/movietweetings/${name}`, import.meta.url))

/** Number of rows of each user. */
function activityOf({ user, users }: Interactions): Int32Array {
  const activity = new Int32Array(users.size)
  for (const row of user) activity[row]++
  return activity
}

/** Items of each user, by id. */
function itemsByUser({ user, item, users, items }: Interactions): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  user.forEach((row, at) => {
    const list = lists.get(users.keyOf(row)) ?? []
    lists.set(users.keyOf(row), list)
    list.push(items.keyOf(item[at]))
  })
  return lists
}

const stages = new Stages()
const table = await stages.time('read ratings and titles', () => readInteractions(data('ratings.tsv.gz')))
const titles = new Map<string, string>()
await stages.time('read ratings and titles', async () => {
  for await (const { item, title } of readRecords(data('movies.tsv.gz'))) titles.set(item, title)
})
const titleOf = (item: string): string => titles.get(item) ?? item
const withoutYear = (title: string): string => title.replace(/ \(\d{4}\)$/, '')

const { train, test } = await stages.time('split by time', () => splitByTime(table))
const activity = activityOf(train)

printHeading('What was read')
print('  MovieTweetings: film ratings tweeted by people (Dooms, De Pessemier & Martens 2013; MIT)')
printTable(
  [
    ['', 'users', 'items', 'pairs', 'users with < 5', 'users with < 10'],
    ...[
      ['all', table],
      ['training: the first 80 % in time', train],
      ['held out: the rest', test],
    ].map(([name, part]) => {
      const of = part as Interactions
      const perUser = activityOf(of).filter((pairs) => pairs > 0)
      const films = new Set(of.item).size
      const fewer = (limit: number): string => count(perUser.filter((pairs) => pairs < limit).length)
      return [name as string, count(perUser.length), count(films), count(of.length), fewer(5), fewer(10)]
    }),
  ],
  [1, 2, 3, 4, 5],
)

const engine = await stages.time('build the matrix', () => Engine.create(train))
const progress = new SingleBar({
  format: '  recommending [{bar}] {value}/{total} users',
  stream: process.stderr,
  clearOnComplete: true,
})
let planLine = ''
progress.start(train.users.size, 0)
const rankings = await stages.time(`start threads, rank ${K} of ${count(train.items.size)} films for every user`, () =>
  engine.rank({
    k: K,
    onProgress: ({ done }) => {
      planLine ||= engine.plan?.summary ?? ''
      progress.update(done)
    },
  }),
)
progress.stop()
const [popular, recent] = await stages.time('rank by popularity, to compare', async () => [
  await engine.rank({ k: K, method: 'popularity', recency: null }),
  await engine.rank({ k: K, method: 'popularity' }),
])

printHeading('The plan')
print(`  ${planLine}`)

printHeading('Recommended to three of the sparsest users')
const past = itemsByUser(train)
const future = itemsByUser(test)
// The first in the file with two, three and four ratings: with one, there is nothing to weigh against each other.
const sparsest = [2, 3, 4].map((pairs) => train.users.keyOf(activity.indexOf(pairs)))
await stages.time('lists and reasons of three users', async () => {
  const lists = await engine.recommend({ users: sparsest, k: 5 })
  for (const [user, list] of lists) {
    const own = past.get(user) ?? []
    print(`\n  User ${user} rated ${own.map((item) => titleOf(item)).join(', ')}`)
    const rows: string[][] = []
    for (const [place, { item }] of list.entries()) {
      const { contributions } = await engine.explain(user, item)
      const reasons = contributions.map(
        (from) => `${percent(from.share)} ${shorten(withoutYear(titleOf(from.item)), 22)}`,
      )
      const later = future.get(user)?.includes(item) === true ? green('✓') : ' '
      rows.push([`${place + 1}.`, later, shorten(titleOf(item), 44), dim(`from ${reasons.join(', ')}`)])
    }
    printTable(rows)
  }
})
print(`\n  ${green('✓')} rated later: it is among the held-out pairs. Shares are exact contributions and sum to 100 %.`)
await stages.time('close the threads', () => engine.close())

const options = { k: K, by: 'activity', buckets: [1, 5, 10, 20, 50] } as const
const [ours, baseline, recently] = await stages.time('evaluate all', () => [
  evaluateRankings(rankings, train, test, options),
  evaluateRankings(popular, train, test, options),
  evaluateRankings(recent, train, test, options),
])
const metric = `recall@${K}`
const interval = await stages.time('bootstrap', () => intervalOf(ours, recently))

printHeading(`Held-out accuracy by activity of the user (${metric}, ${count(ours.audit.evaluatedUsers)} users)`)
const largest = Math.max(
  ...[ours, baseline, recently].flatMap(({ byActivity }) => byActivity.map(({ metrics }) => metrics[metric])),
)
printTable(
  [
    ['ratings known', 'users', 'rivulet', '', 'popularity', '', 'recent', '', 'difference to recent'],
    ...ours.byActivity.map(({ from, to, users, metrics }, bucket) => {
      const [left, middle, right] = [metrics, ...[baseline, recently].map((one) => one.byActivity[bucket].metrics)].map(
        (one) => one[metric],
      )
      const range = to === null ? `${from} and more` : `${from}-${to}`
      return [range, count(users), ...[left, middle, right].flatMap(scoreCells), signed(left - right)]
    }),
    [
      'all',
      count(ours.audit.evaluatedUsers),
      ...scoreCells(ours.metrics[metric]),
      ...scoreCells(baseline.metrics[metric]),
      ...scoreCells(recently.metrics[metric]),
      `${signed(interval.difference)}, 95 % interval ${signed(interval.low)} to ${signed(interval.high)}`,
    ],
  ],
  [1],
)
print(
  `  Films shown to anybody: ${percent(ours.metrics[`coverage@${K}`])} of the catalogue, against ${percent(baseline.metrics[`coverage@${K}`])} by popularity. ` +
    `Split ${ours.split.hash}.`,
)

const behind = ours.byActivity.filter(
  ({ metrics }, bucket) => metrics[metric] < recently.byActivity[bucket].metrics[metric],
)
if (behind.length > 0) {
  const ranges = behind.map(({ from, to }) => (to === null ? `${from} and more` : `${from}-${to}`))
  print(`  Recent popularity is ahead for users with ${ranges.join(', ')} ratings.`)
}

function scoreCells(score: number): [string, string] {
  return [score.toFixed(3), dim(bar(score, largest, 12))]
}

function signed(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${Math.abs(difference).toFixed(3)}`
}

/** Is the difference in recall more than the luck of these users? */
function intervalOf(a: Evaluation, b: Evaluation): ReturnType<typeof pairedBootstrap> {
  return pairedBootstrap(a.perUser.metrics[metric], b.perUser.metrics[metric])
}

printHeading('Where the time went')
const totalMs = stages.entries().reduce((sum, [, elapsedMs]) => sum + elapsedMs, 0)
printTable(
  [...stages.entries(), ['together', totalMs] as const].map(([stage, elapsedMs]) => [
    stage,
    `${elapsedMs.toFixed(0)} ms`,
    dim(stage === 'together' ? '' : bar(elapsedMs, totalMs, 30)),
  ]),
  [1],
)
