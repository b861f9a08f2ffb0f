/**
 * Notebook: first recommendations. Read ratings, recommend, ask why, and find out on three splits which method is worth what.
 *
 * Run: npx tsx docs/notebooks/first-recommendations.ts
 */
// With the package installed: from 'rivulet'.
import {
  Engine,
  evaluateRankings,
  explain,
  recommend,
  recommendFor,
  splitByTime,
  splitLeaveLastOut,
  splitRandom,
  type Evaluation,
  type Split,
} from '../../src/index.ts'
import { METHOD_NAMES } from '../../src/advanced.ts'
import { bar, count, percent, print, printTable } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'
import { readRatings, readTitles } from './movies.ts'
import { barChart } from './svg.ts'

cell(
  'Read',
  'A table: one row a rating, ids numbered once. Ratings are used as "rated or not": weighted is false by default.',
)
const ratings = await readRatings()
const titles = await readTitles()
const titleOf = (item: string): string => titles.get(item) ?? item
print(`  ${count(ratings.users.size)} users, ${count(ratings.items.size)} films, ${count(ratings.length)} ratings`)

cell('How active are the users?')
const activity = new Int32Array(ratings.users.size)
for (const user of ratings.user) activity[user]++
const edges = [10, 15, 20, 30, 50, Infinity]
const sizes = edges.slice(1).map((to, at) => activity.filter((pairs) => pairs >= edges[at] && pairs < to).length)
printTable(
  sizes.map((users, at) => [
    edges[at + 1] === Infinity ? `${edges[at]} and more` : `${edges[at]}-${edges[at + 1] - 1}`,
    count(users),
    bar(users, Math.max(...sizes), 40),
  ]),
  [1],
)

cell('Recommend to one user', 'One call on the calling thread; a Map of lists comes back.')
const user = ratings.users.keyOf(0)
const lists = recommend(ratings, { users: [user], k: 5 })
printTable((lists.get(user) ?? []).map(({ item, score }) => [titleOf(item), score.toFixed(4)]))

cell('Why the first one?', 'The score is linear in the profile, so it splits exactly into what each rating adds.')
const [first] = lists.get(user) ?? []
const { contributions, score } = explain(ratings, user, first.item)
print(`  ${titleOf(first.item)}, score ${score.toFixed(4)}, from`)
printTable(
  contributions.slice(0, 6).map((from) => [titleOf(from.item), percent(from.share), bar(from.share, 0.2, 30)]),
  [1],
)
print(`  and ${contributions.length - 6} more`)

cell('Somebody who is not in the data', 'Two films are a profile.')
const liked = [...titles]
  .filter(([, title]) => ['Moon (2009)', 'Pacific Rim (2013)'].includes(title))
  .map(([item]) => item)
print(`  Liked: ${liked.map(titleOf).join(', ')}`)
printTable(recommendFor(ratings, liked, { k: 5 }).map(({ item, score }) => [titleOf(item), score.toFixed(4)]))

cell(
  'Which method, on which split?',
  'recall@20, every method with its defaults. The hash tells the split. What is recent counts by time alone: elsewhere the test lies all over the past.',
)
const splits: [name: string, split: Split][] = [
  ['by time, last fifth', splitByTime(ratings)],
  ['leave last out', splitLeaveLastOut(ratings)],
  ['random fifth', splitRandom(ratings)],
]
const RECENT = 'recent popularity'
const COLUMNS = [...METHOD_NAMES, RECENT] as const
const results = new Map<string, Map<string, Evaluation>>()
for (const [name, { train, test }] of splits) {
  const engine = await Engine.create(train)
  const byMethod = new Map<string, Evaluation>()
  const byTime = name.startsWith('by time')
  for (const column of COLUMNS) {
    const method = column === RECENT ? 'popularity' : column
    const recency = byTime && column !== 'popularity' ? 'auto' : null
    const rankings = await engine.rank({ k: 20, method, recency })
    byMethod.set(column, evaluateRankings(rankings, train, test, { by: 'activity' }))
  }
  results.set(name, byMethod)
  await engine.close()
}
printTable([
  ['split', ...COLUMNS, 'users tested', 'hash'],
  ...[...results].map(([name, byMethod]) => {
    const evaluations = COLUMNS.map((method) => byMethod.get(method) as Evaluation)
    const [{ split, audit }] = evaluations
    const recalls = evaluations.map(({ metrics }) => metrics['recall@20'].toFixed(3))
    return [name, ...recalls, count(audit.evaluatedUsers), split.hash]
  }),
])
print('  No method wins everywhere: choose on a split that resembles your use.')

cell(
  'What does the alpha of label-spreading do?',
  'The split by time, whatever is recent: recall@20, the share of the catalogue shown, and recall@20 by activity.',
)
const { train, test } = splits[0][1]
const engine = await Engine.create(train)
const alphas: string[][] = []
for (const alpha of [0.3, 0.5, 0.7, 0.9, 0.95]) {
  const rankings = await engine.rank({ k: 20, method: 'label-spreading', alpha, recency: null })
  const { metrics, byActivity } = evaluateRankings(rankings, train, test, { by: 'activity' })
  const recalls = byActivity.map((bucket) => bucket.metrics['recall@20'].toFixed(3))
  alphas.push([String(alpha), metrics['recall@20'].toFixed(3), percent(metrics['coverage@20']), ...recalls])
}
await engine.close()
printTable([['alpha', 'all', 'shown', '1-4', '5-9', '10-19', '20-49', '50 and more'], ...alphas])
print('  Longer walks (a larger alpha) help the sparsest users and end in popularity.')

cell('For whom does it help?', 'The split by time again, by the number of ratings that training holds of a user.')
const byTime = results.get('by time, last fifth') as Map<string, Evaluation>
const [ours, recent, popular] = ['graph-filter', RECENT, 'popularity'].map((method) => byTime.get(method) as Evaluation)
const groups = ours.byActivity.map(({ from, to }) => (to === null ? `${from} and more` : `${from}-${to}`))
const series = [
  { name: 'rivulet', values: ours.byActivity.map(({ metrics }) => metrics['recall@20']) },
  { name: RECENT, values: recent.byActivity.map(({ metrics }) => metrics['recall@20']) },
  { name: 'popularity', values: popular.byActivity.map(({ metrics }) => metrics['recall@20']) },
]
printTable([
  ['ratings', 'users', ...series.map(({ name }) => name)],
  ...groups.map((group, at) => [
    group,
    count(ours.byActivity[at].users),
    ...series.map(({ values }) => values[at].toFixed(3)),
  ]),
])
await writeDrawing(
  'accuracy-by-activity.svg',
  barChart({
    title: 'Held-out recall@20 by activity of the user',
    subtitle: `MovieTweetings split by time (${ours.split.hash}), defaults, ${count(ours.audit.evaluatedUsers)} users; ratings in training below`,
    groups: groups.map((group, at) => `${group} (${count(ours.byActivity[at].users)} users)`),
    series,
  }),
)
