/**
 * Notebook: users by taste. What tells tastes apart: what people play, what they like, or both? And a picture of them.
 *
 * Run: npx tsx docs/notebooks/users-by-taste.ts
 * Last.fm (HetRec 2011) is read from the folder RIVULET_DATA (default ../shared/data); without it the notebook makes a log of its own.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import {
  clusterPlane,
  clusterUsers,
  fromColumns,
  joinInteractions,
  pairedBootstrap,
  readInteractions,
  readRecords,
  spectralEmbedding,
  splitRandom,
  type Clusters,
  type Interactions,
  type Signals,
} from '../../src/index.ts'
import { clusterDiagram } from '../../src/advanced.ts'
import { seededRandom } from '../../src/support/random.ts'
import { count, print, printTable } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'

const data = process.env['RIVULET_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const folder = join(data, 'lastfm')
const isThere = existsSync(join(folder, 'user_artists.dat.gz'))

/** Users of six tastes; what they play is mostly theirs, and counts have a long tail. */
function generatePlays(): Interactions {
  const random = seededRandom(3)
  const draws = Array.from({ length: 600 * 25 }, (_, at) => {
    const user = Math.floor(at / 25)
    const taste = random.next() < 0.8 ? user % 6 : random.below(6)
    return { user, item: 6 * random.below(60) + taste, plays: Math.ceil(3 / (random.next() + 0.001)) }
  })
  const distinct = [...new Map(draws.map((draw) => [`${draw.user} ${draw.item}`, draw])).values()]
  return fromColumns({
    user: distinct.map(({ user }) => `u${user}`),
    item: distinct.map(({ item }) => `a${item}`),
    value: distinct.map(({ plays }) => plays),
    signals: ['play'],
  })
}

cell(
  'Plays and likes',
  "A user's likes are the tenth of her artists that she played most: a stand-in, and said to be one.",
)
if (!isThere) print(`  Last.fm is not in ${data}: set RIVULET_DATA. This run uses a generated log instead.`)
const columns = { user: 0, item: 1, value: 2 } as const
const read = (): Promise<Interactions> =>
  readInteractions(join(folder, 'user_artists.dat.gz'), { columns, header: false, signalName: 'play' })
const log = isThere ? await read() : generatePlays()
const { train, test } = splitRandom(log, { testFraction: 0.2, seed: 1 })
const { users, items } = train
const plays = train.value ?? new Float32Array(train.length).fill(1)
const rowsOf = Array.from({ length: users.size }, (): number[] => [])
train.user.forEach((user, row) => rowsOf[user].push(row))
const liked = Int32Array.from(
  rowsOf.flatMap((rows) =>
    rows.sort((a, b) => plays[b] - plays[a]).slice(0, Math.max(1, Math.round(rows.length / 10))),
  ),
)
const likes = fromColumns({
  ...{ users, items },
  user: liked.map((row) => train.user[row]),
  item: liked.map((row) => train.item[row]),
  signals: ['like'],
})
const table = joinInteractions(likes, train)
print(
  `  ${count(users.size)} users, ${count(likes.length)} likes, ${count(train.length)} plays, ${count(test.length)} plays held out`,
)

/** Of the vectors; those that clusterUsers makes by itself, with a few more directions. */
const embed = (signals: Signals): ReturnType<typeof spectralEmbedding.detailed> =>
  spectralEmbedding.detailed(table, {
    ...{ signals, dimensions: 32 },
    ...{ userExponent: 0.25, itemExponent: 0.25, valueExponent: 1 },
  })

/** How much likelier her held-out artists are by her cluster's plays than by everybody's: for each user, in nats an artist. */
function gainsOf({ clusters, count }: Clusters): Float64Array {
  const all = new Float64Array(items.size).fill(1)
  const inside = Array.from({ length: count }, () => new Float64Array(items.size))
  const sums = new Float64Array(count)
  train.item.forEach((item, row) => {
    const cluster = clusters[train.user[row]]
    all[item]++
    if (cluster < 0) return
    inside[cluster][item]++
    sums[cluster]++
  })
  const smoothing = train.length / (4 * count)
  const [gains, tested] = [new Float64Array(users.size), new Float64Array(users.size)]
  test.user.forEach((user, row) => {
    const share = all[test.item[row]] / (train.length + items.size)
    const cluster = clusters[user]
    const own =
      cluster < 0 ? share : (inside[cluster][test.item[row]] + smoothing * share) / (sums[cluster] + smoothing)
    gains[user] += Math.log(own / share)
    tested[user]++
  })
  return gains.map((gain, user) => gain / tested[user]).filter((gain) => !Number.isNaN(gain))
}

cell(
  'Which of them tells tastes apart?',
  'Ten clusters each. Stable: five seeds agree. Telling: held-out artists are likelier by the cluster than by popularity.',
)
const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length
const ways: readonly (readonly [name: string, signals: Signals])[] = [
  ['likes', { like: 1 }],
  ['plays', { play: { transform: 'log1p' } }],
  ['both', { like: 2, play: { transform: 'log1p' } }],
]
const found = ways.map(([name, signals]) => {
  const embedding = embed(signals)
  const clusters = clusterUsers.detailed(table, { embedding, method: 'k-means', count: 10 })
  return { name, embedding, clusters, gains: gainsOf(clusters) }
})
const [byLikes, byPlays, byBoth] = found
printTable([
  ['clusters by', 'stability', 'silhouette', 'nats an artist over popularity'],
  ...found.map(({ name, clusters: { stability, silhouette }, gains }) => [
    name,
    (stability ?? 1).toFixed(2),
    (silhouette ?? 0).toFixed(2),
    mean(gains).toFixed(3),
  ]),
])
for (const [name, { gains }] of [
  ['likes', byLikes],
  ['plays', byPlays],
] as const) {
  const { difference, low, high } = pairedBootstrap(byBoth.gains, gains)
  const verdict = low > 0 ? 'both win' : high < 0 ? 'both lose' : 'no difference that is not chance'
  print(`  both over ${name}: ${difference.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]: ${verdict}`)
}
print(
  '  These likes are made of plays: they say nothing that counts do not say already, and most artists of a user are not among them.',
)

cell(
  'Who they are',
  'Clusters by plays. Distinctive: taken more often than by all others, by log-odds over their standard error.',
)
const names = new Map<string, string>()
if (isThere) {
  const records = readRecords(join(folder, 'artists.dat.gz'), { delimiter: '\t', quoted: false })
  for await (const record of records) names.set(record['id'], record['name'])
}
const { clusters, embedding } = byPlays
const labels = clusters.distinctive.map((list) =>
  list
    .slice(0, 3)
    .map(({ key }) => names.get(key) ?? key)
    .join(', '),
)
printTable([['users', 'distinctive'], ...labels.map((text, cluster) => [count(clusters.sizes[cluster]), text])])
await writeDrawing(
  `users-by-taste-${isThere ? 'lastfm' : 'generated'}.svg`,
  clusterDiagram(clusters, clusterPlane(clusters, embedding), { title: 'Users by what they play', names: labels }),
)
