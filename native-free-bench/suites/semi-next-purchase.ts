import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mix, walk } from '../../src/advanced.ts'
import {
  compile,
  Engine,
  evaluate,
  evaluateRankings,
  pairedBootstrap,
  selectSignals,
  splitSessions,
  type Evaluation,
  type Exclusion,
  type Interactions,
} from '../../src/index.ts'
import { loadLastfmLikes } from '../data/lastfm-likes.ts'
import { endWithLastPurchase, holdOutLastPurchase, PROTOCOLS } from '../data/next-purchase.ts'
import { loadRetailRocket } from '../data/retail-rocket.ts'
import type { TrainAndTest } from '../data/splits.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

const K = 20
const CUTS = [10, K]
/** What the other study of this set found best on validation. */
const GAP = 120
const DAY = 86_400
/** Best items of a stage of the cascade that are seeds of the next. */
const SEEDS = 100

const SESSION_WALK = mix([walk()], {
  ...{ userExponent: 0.3, itemExponent: 0.3, profileExponent: 0, popularityExponent: 0.2 },
  ...{ leaveOneOut: null, shortProfiles: 0, sweeps: 1 },
})

interface Row {
  readonly task: string
  readonly label: string
  /** Those with something in training: means are over them. */
  readonly users: number
  readonly hitRate: number
  readonly ndcg: number
  /** NDCG@10 over that of all signals alike on the same task. */
  readonly over: ReturnType<typeof pairedBootstrap> | null
}

/**
 * Whether events around a held-out purchase give it away; what of it was viewed before; and a cascade of the signals. Without recency of items: a split by
 * users has no one time at which all is asked.
 */
export async function nextPurchase(bench: Bench): Promise<void> {
  const data = await loadRetailRocket()
  const radio = await loadLastfmLikes()
  if (data === null || radio === null) return bench.report.skip('semi next-purchase: no data below RIVULET_DATA')
  const rows: Row[] = []
  for (const [task, train] of givenTasks(data.train)) {
    rows.push(...(await rowsOf(task, { train, test: data.test }, 'seen', null)))
  }
  for (const protocol of PROTOCOLS) {
    const task = `last purchase, ${protocol.label}`
    const split = holdOutLastPurchase(data.train, protocol)
    const signals = protocol.label === 'earlier visits' ? ['view', 'cart', 'buy'] : null
    rows.push(...(await rowsOf(task, split, protocol.viewed ? { signals: ['buy'] } : 'seen', signals)))
  }
  const likes = { train: radio.train, test: radio.validation }
  rows.push(...(await rowsOf('Last.fm, validation artists', likes, 'seen', ['play', 'like'], false)))
  const line = {
    ...{ date: new Date().toISOString(), set: 'next-purchase', gap: GAP, rows },
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(bench.results, 'semi-next-purchase.json'), `${JSON.stringify(line)}\n`)
  const cells = rows.map(({ task, label, users, hitRate, ndcg, over }) => {
    const gain = over === null ? '' : `${over.difference.toFixed(4)} [${over.low.toFixed(4)}, ${over.high.toFixed(4)}]`
    return [task, label, String(users), hitRate.toFixed(4), ndcg.toFixed(4), gain]
  })
  const measures = rows.map(({ task, label, hitRate }) => ({
    name: `${task}: ${label}, HR@${K}`,
    value: hitRate,
    unit: '',
  }))
  bench.report.table(
    { suite: 'semi', graph: 'retail-rocket', task: 'events around a held-out purchase' },
    [['task', '', 'users', `HR@${K}`, 'NDCG@10', 'over all signals alike'], ...cells],
    measures,
  )
}

/** The split as it is given, and two that hold nothing which can be later than the purchase in its test: its time is not told. */
const givenTasks = (train: Interactions): [string, Interactions][] => [
  ['given split', train],
  ['given split, nothing after her last known purchase', endWithLastPurchase(train, 'before')],
  ['given split, nothing of that visit either', endWithLastPurchase(train, 'visits before')],
]

/** @param cascaded signals from the first to the last stage, `null` for no cascade */
async function rowsOf(
  task: string,
  { train, test }: TrainAndTest,
  exclude: Exclusion,
  cascaded: readonly string[] | null,
  timed = true,
): Promise<Row[]> {
  const rows: { readonly label: string; readonly evaluation: Evaluation }[] = []
  const byLists = async (label: string, lists: Lists): Promise<void> => {
    rows.push({ label, evaluation: await evaluate(lists, test, { train, k: CUTS }) })
  }
  await using engine = await Engine.create(train)
  for (const [label, method] of [
    ['all signals alike', 'graph-filter'],
    ['popularity', 'popularity'],
  ] as const) {
    const rankings = await engine.rank({ k: K, exclude, method, recency: null })
    rows.push({ label, evaluation: evaluateRankings(rankings, train, test, { k: CUTS }) })
  }
  if (timed) {
    const sessions = compile(splitSessions(train, { gap: GAP }), { recipe: SESSION_WALK, recency: null }).rank(train, {
      k: K,
      exclude,
    })
    rows.push({ label: `sessions of ${GAP} s`, evaluation: evaluateRankings(sessions, train, test, { k: CUTS }) })
  }
  if (exclude !== 'seen' && exclude !== 'none') {
    await byLists('her own viewed items by count', ownItems(train, exclude.signals, Infinity))
    await byLists('the same, half-life a day', ownItems(train, exclude.signals, DAY))
  }
  if (cascaded !== null) {
    const { last, sum } = await cascade(train, cascaded, exclude)
    await byLists('cascade, its last stage', last)
    await byLists('cascade, its stages added', sum)
  }
  const ndcgOf = ({ perUser }: Evaluation): Float64Array => perUser.metrics['ndcg@10']
  return rows.map(({ label, evaluation }, at) => ({
    ...{ task, label, users: evaluation.audit.evaluatedUsers },
    ...{ hitRate: evaluation.metrics[`hit-rate@${K}`], ndcg: evaluation.metrics['ndcg@10'] },
    over: at === 0 ? null : pairedBootstrap(ndcgOf(evaluation), ndcgOf(rows[0].evaluation)),
  }))
}

type Lists = Map<string, readonly string[]>

/** Of each user what she did something with, but nothing with these signals: by the number of rows, each halved with its age before her newest; ties to the later. */
function ownItems(table: Interactions, without: readonly string[], halfLife: number): Lists {
  const { users, items, user, item, signal, signals, time } = table
  const newest = new Float64Array(users.size).fill(-Infinity)
  user.forEach((who, row) => (newest[who] = Math.max(newest[who], time?.[row] ?? 0)))
  const sums = Array.from({ length: users.size }, () => new Map<number, { count: number; latest: number }>())
  const out = Array.from({ length: users.size }, () => new Set<number>())
  user.forEach((who, row) => {
    if (without.includes(signals[signal?.[row] ?? 0])) out[who].add(item[row])
    const { count, latest } = sums[who].get(item[row]) ?? { count: 0, latest: -Infinity }
    const at = time?.[row] ?? 0
    sums[who].set(item[row], { count: count + 2 ** (-(newest[who] - at) / halfLife), latest: Math.max(latest, at) })
  })
  return new Map(
    sums.map((own, who) => {
      const ranked = [...own].filter(([one]) => !out[who].has(one))
      ranked.sort(([, a], [, b]) => b.count - a.count || b.latest - a.latest)
      return [users.keyOf(who), ranked.slice(0, K).map(([one]) => items.keyOf(one))]
    }),
  )
}

/** Lists of a cascade: by its last stage, and by all stages together. */
interface Cascade {
  readonly last: Lists
  readonly sum: Lists
}

/**
 * Each signal on a graph of its own: what spreads from a user's items there are seeds of the next, beside her items there; together they weigh as much as
 * one of these. Linear in what she did.
 */
async function cascade(table: Interactions, signals: readonly string[], exclude: Exclusion): Promise<Cascade> {
  const out = itemsOf(table, typeof exclude === 'string' ? table.signals : exclude.signals)
  const scores = new Map<string, Map<string, number>>()
  const sums = new Map<string, Map<string, number>>()
  for (const name of signals) {
    await using engine = await Engine.create(table, { signals: { [name]: 1 }, threads: 1 })
    const own = itemsOf(selectSignals(table, [name]), [name])
    for (const user of table.users.keys()) {
      const seeds = Array.from(scores.get(user) ?? [], ([item, value]) => ({ item, value }))
      const profile = [...(own.get(user) ?? []), ...seeds]
      const list =
        profile.length === 0 ? [] : await engine.recommendFor(profile, { k: SEEDS, exclude: 'none', recency: null })
      const reached = list.filter(({ prior, score }) => prior !== true && score > 1e-30)
      const all = reached.reduce((sum, { score }) => sum + score, 0)
      scores.set(user, new Map(reached.map(({ item, score }) => [item, score / all])))
      const total = sums.get(user) ?? new Map<string, number>()
      for (const { item, score } of reached) total.set(item, (total.get(item) ?? 0) + score / all)
      sums.set(user, total)
    }
  }
  const listsOf = (scored: ReadonlyMap<string, ReadonlyMap<string, number>>): Lists =>
    new Map(
      Array.from(scored, ([user, items]) => {
        const open = [...items].filter(([item]) => out.get(user)?.has(item) !== true)
        const ranked = open.sort(([, a], [, b]) => b - a).slice(0, K)
        return [user, ranked.map(([item]) => item)] as const
      }),
    )
  return { last: listsOf(scores), sum: listsOf(sums) }
}

function itemsOf({ users, items, user, item, signal, signals }: Interactions, names: readonly string[]) {
  const own = new Map<string, Set<string>>()
  user.forEach((who, row) => {
    if (!names.includes(signals[signal?.[row] ?? 0])) return
    const key = users.keyOf(who)
    own.set(key, (own.get(key) ?? new Set()).add(items.keyOf(item[row])))
  })
  return own
}
