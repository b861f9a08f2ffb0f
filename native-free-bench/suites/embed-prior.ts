import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cutProfiles, type CutProfiles } from '../../src/advanced.ts'
import {
  type Clusters,
  clusterUsers,
  Engine,
  evaluateRankings,
  type Evaluation,
  fromColumns,
  type Interactions,
  type ListOptions,
  type PairedBootstrap,
  pairedBootstrap,
} from '../../src/index.ts'
import { loadLastfmPlays } from '../data/lastfm-plays.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

const K = 20
const CHOICE = { share: 0.3, seed: 1 }
/** Lengths of the vectors; the validation pairs choose one for each cut. */
const DIMENSIONS = [8, 16, 32]

interface Row {
  readonly label: string
  readonly evaluation: Evaluation
}

/**
 * Last.fm's users cut to one and two artists: lists of the prior alone, by popularity and by the clusters of the users who were not cut, and the default
 * method's lists beside them.
 */
export async function embedPrior({ report, results, size }: Bench): Promise<void> {
  const data = await loadLastfmPlays()
  if (data === null) return report.skip('cluster prior on lastfm: not below RIVULET_DATA')
  const lines: object[] = []
  for (const items of [1, 2]) {
    const cut = cutProfiles(data.train, { ...CHOICE, items })
    const candidates = (size === 'smoke' ? [16] : DIMENSIONS).map((dimensions) => clustersOfOthers(cut, dimensions))
    const judged = await Promise.all(
      candidates.map(async (prior) => ndcgOf(await evaluate(cut, data.validation, { prior, priorUpTo: items }))),
    )
    const best = judged.indexOf(Math.max(...judged))
    const prior = candidates[best]
    const rows: Row[] = []
    for (const [label, options] of [
      ['popularity', { priorUpTo: items }],
      [`${prior.count} clusters`, { prior, priorUpTo: items }],
      ['default method', {}],
    ] as const) {
      rows.push({ label, evaluation: await evaluate(cut, data.test, options) })
    }
    const [popular, clustered, method] = rows.map(({ evaluation }) => evaluation.perUser.metrics[`ndcg@${K}`])
    const [overPopularity, overMethod] = [pairedBootstrap(clustered, popular), pairedBootstrap(clustered, method)]
    lines.push({
      ...{ set: 'lastfm', items, ...CHOICE, clusters: prior.facts, count: prior.count, users: popular.length },
      rows: rows.map(({ label, evaluation: { metrics } }) => ({ label, metrics })),
      ...{ overPopularity, overMethod },
    })
    report.table(
      { suite: 'embed', graph: `lastfm, ${popular.length} users of ${items} artists`, task: 'lists of the prior' },
      [
        ['', `hit rate@${K}`, `Recall@${K}`, `NDCG@${K}`],
        ...rows.map(({ label, evaluation: { metrics } }) => [
          label,
          ...['hit-rate', 'recall', 'ndcg'].map((name) => metrics[`${name}@${K}`].toFixed(4)),
        ]),
      ],
      rows.map(({ label, evaluation }) => ({ name: `${label}, NDCG@${K}`, value: ndcgOf(evaluation), unit: '' })),
    )
    report.say(`   clusters over popularity, NDCG@${K}: ${interval(overPopularity)}`)
    report.say(`   clusters over the default method: ${interval(overMethod)}`)
  }
  const versions = { rivulet: readManifest().version, node: process.version }
  const record = { date: new Date().toISOString(), lines, versions, machine: describeMachine() }
  await writeFile(join(results, 'embed-prior-lastfm.json'), `${JSON.stringify(record)}\n`)
}

/** Somebody of whom one artist is known is in a cluster by chance: those who were cut are placed, not clustered. */
function clustersOfOthers({ table, users }: CutProfiles, dimensions: number): Clusters {
  const cut = new Set(users)
  const rows = Int32Array.from(table.user.keys()).filter((row) => !cut.has(table.user[row]))
  const others = fromColumns({
    users: table.users,
    items: table.items,
    user: rows.map((row) => table.user[row]),
    item: rows.map((row) => table.item[row]),
  })
  return clusterUsers.detailed(others, { dimensions, distinctive: 0 })
}

async function evaluate({ table, users }: CutProfiles, held: Interactions, options: ListOptions): Promise<Evaluation> {
  await using engine = await Engine.create(table, { threads: 1 })
  const keys = Array.from(users, (row) => table.users.keyOf(row))
  return evaluateRankings(await engine.rank({ users: keys, ...options, k: K }), table, held, { k: K })
}

const ndcgOf = ({ metrics }: Evaluation): number => metrics[`ndcg@${K}`]
const interval = ({ difference, low, high }: PairedBootstrap): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
