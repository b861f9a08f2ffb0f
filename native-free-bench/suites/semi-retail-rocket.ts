import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atOnce, mix, walk } from '../../src/advanced.ts'
import {
  compile,
  Engine,
  evaluateRankings,
  type Evaluation,
  type Interactions,
  pairedBootstrap,
  type Recipe,
  type Signals,
  type SignalsTuning,
  splitSessions,
  tune,
} from '../../src/index.ts'
import { holdOutLabels } from '../../src/tune/label-hold-out.ts'
import { loadRetailRocket } from '../data/retail-rocket.ts'
import type { TrainAndTest } from '../data/splits.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import { rankAmongSampled } from './sampled-negatives.ts'
import type { Ranker, SampledScores } from './sampled-negatives.ts'
import type { Bench } from './suite.ts'

const HIT_AT = 20
const NDCG_AT = 10
/** What was asked of learnt weights, on the full ranking. */
const ASKED = { hitRate: 0.14, ndcg: 0.062 }
const TRIALS = 16
/** Pauses that end a session, in seconds. */
const GAPS = [120, 300, 900, 1800]

/** Three steps with gentle normalisation: what was had before anything was learnt. */
const PLAIN_WALK = mix([walk()], {
  userExponent: 0.3,
  itemExponent: 0.3,
  profileExponent: 0,
  popularityExponent: 0,
  leaveOneOut: null,
  shortProfiles: 0,
  sweeps: 1,
})
/** Sessions are short, and three steps from an item are what was looked at with it. */
const SESSION_WALK: Recipe = { ...PLAIN_WALK, popularityExponent: 0.2 }

interface Row {
  readonly label: string
  /** By what it was chosen. */
  readonly chosen: string
  readonly evaluation: Evaluation
  readonly sampled: SampledScores
}

/** The next purchase from views, carts and purchases: purchases alone, all signals alike, learnt weights, and sessions in the place of users. */
export async function retailRocket(bench: Bench): Promise<void> {
  const data = await loadRetailRocket()
  if (data === null) return bench.report.skip('semi on retail-rocket: not below RIVULET_DATA')
  const { train } = data
  const tuning = tune(train, {
    search: 'signals',
    labels: ['buy'],
    trials: bench.size === 'smoke' ? 1 : TRIALS,
    onProgress: ({ done, total }) => bench.report.say(`   retail-rocket: ${done} of ${total} trials`),
  })
  const learnt = tuning.best
  const gap = chooseGap(train, tuning, bench)
  const rows = [
    await byEngine('buys alone', 'default', data, { buy: 1, view: 0, cart: 0 }),
    await byEngine('three-step walk, all signals', 'given', data, null, PLAIN_WALK),
    await byEngine('all signals alike', 'default', data, null),
    await byEngine('signals by inference', 'default', data, 'auto'),
    await byEngine(`learnt (${tuning.decision})`, 'validation', data, learnt.signals, learnt.recipe),
    await bySessions(`sessions of ${gap} s`, data, gap),
  ]
  const [alone] = rows
  const line = {
    date: new Date().toISOString(),
    set: 'retail-rocket',
    split: alone.evaluation.split,
    gap,
    tuning,
    rows: rows.map((row) => ({ ...lineOf(row), overBuysAlone: gainOver(row, alone) })),
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(bench.results, 'semi-retail-rocket.json'), `${JSON.stringify(line)}\n`)
  tell(bench, line)
}

function tell(
  { report }: Bench,
  { split, rows, tuning }: { split: Evaluation['split']; rows: Line[]; tuning: SignalsTuning },
): void {
  const graph = `retail-rocket: ${[split.users, split.items, split.train, split.test].join(' / ')}, ${split.hash}`
  const { decision, gain, validation } = tuning
  const head = [
    '',
    `HR@${HIT_AT}`,
    `NDCG@${NDCG_AT}`,
    'NDCG over buys alone',
    '99 sampled: HR@10',
    'NDCG@10',
    'chosen by',
  ]
  report.table(
    { suite: 'semi', graph, task: `next purchase, full ranking; ${decision} on ${validation.examples} held-out users` },
    [
      head,
      ...rows.map(({ label, chosen, hitRate, ndcg, overBuysAlone, sampled }) => [
        label,
        hitRate.toFixed(4),
        ndcg.toFixed(4),
        interval(overBuysAlone),
        sampled.hitRate.toFixed(3),
        sampled.ndcg.toFixed(3),
        chosen,
      ]),
    ],
    rows.flatMap(({ label, hitRate, ndcg, sampled }) => {
      const asked = label.startsWith('learnt')
      return [
        { name: `${label}, HR@${HIT_AT}`, value: hitRate, unit: '', ...(asked && { atLeast: ASKED.hitRate }) },
        { name: `${label}, NDCG@${NDCG_AT}`, value: ndcg, unit: '', ...(asked && { atLeast: ASKED.ndcg }) },
        { name: `${label}, HR@10 among 99 sampled negatives`, value: sampled.hitRate, unit: '' },
        { name: `${label}, NDCG@10 among 99 sampled negatives`, value: sampled.ndcg, unit: '' },
      ]
    }),
  )
  report.say(`   learnt weights over the graph without, NDCG@20 on validation: ${interval(gain)}\n`)
}

type Line = ReturnType<typeof lineOf> & { readonly overBuysAlone: ReturnType<typeof gainOver> }

const interval = ({ difference, low, high }: { difference: number; low: number; high: number }): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`

async function byEngine(
  label: string,
  chosen: string,
  data: TrainAndTest,
  signals: Signals | null,
  recipe?: Recipe,
): Promise<Row> {
  await using engine = await Engine.create(data.train, { signals })
  return await measure(label, chosen, data, (users, options) => engine.rank({ users, ...options, recipe }))
}

/** Learns from sessions, answers users. */
async function bySessions(label: string, data: TrainAndTest, gap: number): Promise<Row> {
  const compiled = compile(splitSessions(data.train, { gap }), { recipe: SESSION_WALK })
  return await measure(label, 'validation', data, (users, options) =>
    Promise.resolve(compiled.rank(data.train, { ...options, users })),
  )
}

async function measure(label: string, chosen: string, data: TrainAndTest, rank: Ranker): Promise<Row> {
  const { train, test } = data
  const evaluation = evaluateRankings(await rank(undefined, { k: HIT_AT }), train, test, { k: [NDCG_AT, HIT_AT] })
  return { label, chosen, evaluation, sampled: await rankAmongSampled(data, rank) }
}

/** The pause that finds the last purchases best, which are held out: the test has no say. */
function chooseGap(table: Interactions, { labels }: SignalsTuning, { size, report }: Bench): number {
  const { train, search, validate } = atOnce(
    holdOutLabels('semi', table, labels, { validation: 'auto', heldOutShare: 0.2, seed: 1 }),
  )
  const ndcgOf = (gap: number): number => {
    const rankings = compile(splitSessions(train, { gap }), { recipe: SESSION_WALK }).rank(train, { k: HIT_AT })
    const [a, b] = [search, validate].map((held) => evaluateRankings(rankings, train, held, { k: NDCG_AT }).metrics)
    return (a[`ndcg@${NDCG_AT}`] + b[`ndcg@${NDCG_AT}`]) / 2
  }
  const tried = (size === 'smoke' ? GAPS.slice(-1) : GAPS).map((gap) => ({ gap, ndcg: ndcgOf(gap) }))
  for (const { gap, ndcg } of tried)
    report.say(`   retail-rocket: sessions of ${gap} s, ${ndcg.toFixed(4)} on validation`)
  return tried.reduce((best, next) => (next.ndcg > best.ndcg ? next : best)).gap
}

function lineOf({ label, chosen, evaluation: { metrics }, sampled }: Row): {
  label: string
  chosen: string
  hitRate: number
  ndcg: number
  sampled: SampledScores
} {
  return { label, chosen, hitRate: metrics[`hit-rate@${HIT_AT}`], ndcg: metrics[`ndcg@${NDCG_AT}`], sampled }
}

function gainOver(row: Row, other: Row): ReturnType<typeof pairedBootstrap> {
  const ndcgOf = ({ evaluation }: Row): Float64Array => evaluation.perUser.metrics[`ndcg@${NDCG_AT}`]
  return pairedBootstrap(ndcgOf(row), ndcgOf(other))
}
