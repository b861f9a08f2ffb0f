/**
 * Notebook: plays and likes. A few artists are liked, many more were played; what do play counts say about the likes that are still to come?
 *
 * Run: npx tsx docs/notebooks/plays-and-likes.ts
 * Last.fm (HetRec 2011) is read from the folder RIVULET_DATA (default ../shared/data); without it the notebook makes a log of its own.
 */
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import {
  describeSignals,
  Engine,
  evaluateRankings,
  fromColumns,
  joinInteractions,
  pairedBootstrap,
  readInteractions,
  splitRandom,
  tune,
  type Interactions,
  type SignalRule,
  type Signals,
} from '../../src/index.ts'
import { balanceDiagram } from '../../src/advanced.ts'
import { seededRandom } from '../../src/support/random.ts'
import { count, print, printTable } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'

const folder = process.env['RIVULET_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const file = join(folder, 'lastfm', 'user_artists.dat.gz')

/** Users of six tastes; what they play is mostly theirs, and counts have a long tail. */
function generatePlays(): Interactions {
  const random = seededRandom(3)
  const rows = Array.from({ length: 600 * 25 }, (_, at) => {
    const user = Math.floor(at / 25)
    const taste = random.next() < 0.8 ? user % 6 : random.below(6)
    return { user: `u${user}`, item: `a${6 * random.below(60) + taste}`, plays: Math.ceil(3 / (random.next() + 0.001)) }
  })
  const distinct = [...new Map(rows.map((row) => [`${row.user} ${row.item}`, row])).values()]
  return fromColumns({
    user: distinct.map(({ user }) => user),
    item: distinct.map(({ item }) => item),
    value: distinct.map(({ plays }) => plays),
    signals: ['play'],
  })
}

cell(
  'Plays and likes',
  "A user's likes are the tenth of her artists that she played most: a stand-in, and said to be one.",
)
const isThere = existsSync(file)
if (!isThere) print(`  Last.fm is not in ${folder}: set RIVULET_DATA. This run uses a generated log instead.`)
const read = (): Promise<Interactions> =>
  readInteractions(file, { columns: { user: 0, item: 1, value: 2 }, header: false })
const log = isThere ? await read() : generatePlays()
const { users, items } = log
const value = log.value ?? new Float32Array(log.length).fill(1)

/** The rows of the tenth that each user played most, at least two. */
function likedRows(): Int32Array {
  const rowsOf = Array.from({ length: users.size }, (): number[] => [])
  log.user.forEach((user, row) => rowsOf[user].push(row))
  const most = (rows: number[]): number[] =>
    rows.sort((a, b) => value[b] - value[a]).slice(0, Math.max(2, Math.round(rows.length / 10)))
  return Int32Array.from(rowsOf.flatMap(most))
}

const take = (name: string, rows: Int32Array, values?: Float32Array): Interactions =>
  fromColumns({
    users,
    items,
    user: rows.map((row) => log.user[row]),
    item: rows.map((row) => log.item[row]),
    ...(values && { value: Float32Array.from(rows, (row) => values[row]) }),
    signals: [name],
  })

const { train: liked, test } = splitRandom(take('like', likedRows()), { testFraction: 0.3, seed: 1 })
const hidden = new Set(Array.from(test.user, (user, row) => `${user} ${test.item[row]}`))
const isKept = (row: number): boolean => !hidden.has(`${log.user[row]} ${log.item[row]}`)
const known = Int32Array.from(log.user.keys()).filter(isKept)
const table = joinInteractions(liked, take('play', known, value))
print(
  `  ${count(users.size)} users, ${count(liked.length)} likes and ${count(known.length)} plays to learn from, ${count(test.length)} likes to find`,
)
printTable([
  ['signal', 'rows', 'taken for', 'because'],
  ...describeSignals(table).map(({ name, rows, role, transform, why }) => [
    name,
    count(rows),
    `${role}, ${transform}`,
    why,
  ]),
])

/** NDCG@20 of the users whose likes are hidden. */
async function ndcgOf(source: Interactions, signals: Signals): Promise<Float64Array> {
  await using engine = await Engine.create(source, { signals })
  const asked = [...new Set(test.user)].map((row) => users.keyOf(row))
  return evaluateRankings(await engine.rank({ users: asked, k: 20 }), source, test, { k: 20 }).perUser.metrics[
    'ndcg@20'
  ]
}

const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length
const rulesWith = (transform: SignalRule['transform']): Signals => ({
  like: { role: 'label' },
  play: { role: 'evidence', transform },
})

cell(
  'Do plays help, and how should they count?',
  'Their weight is found on likes that are held out of the known ones; the hidden likes are not looked at.',
)
const alone = await ndcgOf(table, { like: 1, play: 0 })
const tried = (['binary', 'log1p', 'bm25'] as const).map((transform) => {
  const { best, balance } = tune(table, { search: 'balance', signals: rulesWith(transform) })
  return { transform, best, balance }
})
const rows = await Promise.all(
  tried.map(async ({ transform, best, balance }) => {
    const found = await ndcgOf(table, best.signals)
    const { difference, low, high } = pairedBootstrap(found, alone)
    const gain = `${difference.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
    return [`plays, ${transform}`, mean(found).toFixed(3), gain, String(balance.lambda), balance.decision]
  }),
)
printTable([
  ['', 'NDCG@20', 'over likes alone', 'weight found', 'decision'],
  ['likes alone', mean(alone).toFixed(3), '', '', ''],
  ...rows,
])
const drawn = isThere ? 'lastfm' : 'generated'
await writeDrawing(
  `plays-and-likes-${drawn}.svg`,
  balanceDiagram(tried[1].balance, { title: 'What plays, by log, add to likes' }),
)

cell('Plays that say nothing', 'As many pairs a user, of artists drawn by lot: the guard should leave them out.')
const random = seededRandom(1)
const noise = fromColumns({
  users,
  items,
  user: known.map((row) => log.user[row]),
  item: known.map(() => random.below(items.size)),
  signals: ['play'],
})
const useless = tune(joinInteractions(liked, noise), { search: 'balance', signals: rulesWith('binary') })
print(`  ${useless.balance.decision}: ${useless.balance.reason}`)
