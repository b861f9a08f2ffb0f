import { poolEvaluations, seededRandom, splitRolling } from '../../src/advanced.ts'
import {
  pairedBootstrap,
  splitByTime,
  splitLeaveLastOut,
  type Evaluation,
  type Interactions,
  type Split,
} from '../../src/index.ts'
import { scoredLists } from '../data/scored-lists.ts'
import { TIMED_SETS } from '../data/timed-sets.ts'
import type { Bench } from './suite.ts'

const K = 20
const FOLDS = 2
const SHUFFLE_SEED = 5

/** What validation chooses among: places after which an item of a profile counts half. */
const TRIED: readonly (number | null)[] = [null, 1.5, 3, 6, 12, 25, 50]

/** How a table is cut, and its training again, to choose by what is later there. */
const SPLITS: Readonly<Record<string, { cut(table: Interactions): Split; windows(train: Interactions): Split[] }>> = {
  'last out': { cut: splitLeaveLastOut, windows: (train) => [splitLeaveLastOut(train)] },
  'by time': {
    cut: (table) => splitByTime(table),
    windows: (train) => [...splitRolling(train, { folds: FOLDS })],
  },
}

/**
 * `profileHalfLife` of the default method, chosen on windows of training: NDCG@20 there and on the test, against all items counting alike. The control has the
 * same half-life on a table where every user's times are dealt to her items by chance, which takes the order away and leaves all else (recency apart: both
 * sides of it look at none).
 */
export async function lastItemsIdea({ report, size }: Bench): Promise<void> {
  const isSmoke = size === 'smoke'
  const heads = ['', 'split', 'half after', 'validation', 'test', 'gain on the test, 95 %', 'gain of shuffled times']
  const rows: string[][] = []
  const figures: { name: string; value: number; unit: string }[] = []
  for (const set of TIMED_SETS.slice(0, isSmoke ? 1 : undefined)) {
    const table = await set.load()
    if (table === null) report.skip(`last items on ${set.name}: not below RIVULET_DATA`)
    for (const name of Object.keys(SPLITS).slice(0, isSmoke ? 1 : undefined)) {
      if (table === null) continue
      const { cells, gains } = await compare(table, name, isSmoke ? TRIED.slice(0, 2) : TRIED)
      rows.push([set.title, name, ...cells])
      for (const [kind, value] of Object.entries(gains))
        figures.push({ name: `${set.title}, ${name}, gain ${kind}, NDCG@20`, value, unit: '' })
      report.say(`   last items: ${set.name}, ${name}: ${cells.join(' | ')}`)
    }
  }
  report.table(
    { suite: 'ideas', graph: 'sets with times', task: 'profileHalfLife, NDCG@20' },
    [heads, ...rows],
    figures,
  )
}

async function compare(
  table: Interactions,
  name: string,
  tried: readonly (number | null)[],
): Promise<{ cells: string[]; gains: Record<string, number> }> {
  const { cut, windows } = SPLITS[name]
  const split = cut(table)
  const candidates = tried.map((profileHalfLife) => ({ profileHalfLife }))
  const byWindow: Evaluation[][] = []
  for (const window of windows(split.train)) byWindow.push(await scoredLists(window, candidates, K))
  const means = tried.map((_, at) => ndcg(poolEvaluations(byWindow.map((window) => window[at]))))
  const best = means.indexOf(Math.max(...means))
  // Where nothing is chosen, what does least harm is shown.
  const shown = best === 0 ? means.indexOf(Math.max(...means.slice(1))) : best
  const asked = [candidates[0], candidates[shown]]
  const [alike, aged] = await scoredLists(split, asked, K)
  const control = { ...split, train: withShuffledTimes(split.train) }
  const [flat, shuffled] = await scoredLists(
    control,
    asked.map((options) => ({ ...options, recency: null })),
    K,
  )
  const gain = gainOf(aged, alike)
  const chance = gainOf(shuffled, flat)
  const chosen = best === 0 ? `none (${tried[shown]})` : `${tried[best]} places`
  const cells = [
    chosen,
    `${means[0].toFixed(4)} -> ${means[shown].toFixed(4)}`,
    `${ndcg(alike).toFixed(4)} -> ${ndcg(aged).toFixed(4)}`,
    gain.text,
    chance.text,
  ]
  return {
    cells,
    gains: { 'on validation': means[shown] - means[0], 'on the test': gain.difference, 'of chance': chance.difference },
  }
}

/** The times of every user's rows, dealt to the same rows by chance. */
function withShuffledTimes(table: Interactions): Interactions {
  const random = seededRandom(SHUFFLE_SEED)
  const time = Float64Array.from(table.time ?? [])
  const rowsOf = new Map<number, number[]>()
  table.user.forEach((user, row) => {
    const rows = rowsOf.get(user) ?? []
    rows.push(row)
    rowsOf.set(user, rows)
  })
  for (const rows of rowsOf.values()) {
    const dealt = random.shuffle(Int32Array.from(rows))
    const before = rows.map((row) => time[row])
    dealt.forEach((row, at) => (time[row] = before[at]))
  }
  return { ...table, time }
}

const ndcg = ({ metrics }: Pick<Evaluation, 'metrics'>): number => metrics['ndcg@20']

function gainOf(a: Evaluation, b: Evaluation): { readonly difference: number; readonly text: string } {
  const { difference, low, high } = pairedBootstrap(a.perUser.metrics['ndcg@20'], b.perUser.metrics['ndcg@20'])
  return { difference, text: `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]` }
}
