import { fromRows, labelSpreading, personalizedPageRank, type Interactions } from '../../src/index.ts'
import { SqlEngine } from '../../src/sql.ts'
import { ClickHouseCluster, CLUSTER } from '../../test/cluster/clickhouse.ts'
import { missing } from '../../test/cluster/folder.ts'
import { SPLITS, type SetName } from '../data/splits.ts'
import { setsOf, type Bench, type Suite } from './suite.ts'
import { measureCosts } from './table-costs.ts'

const CLASSES = 8
const ALPHAS = [0.5, 0.9]

/** Label spreading and PageRank on two ClickHouse servers against this memory: how far shares are apart, and seconds of the servers' processors. */
export const tablesSuite: Suite = {
  about: 'label spreading and PageRank on two ClickHouse servers, against the local answers',
  run: async (bench) => {
    const lacks = missing.clickhouse()
    if (lacks !== null) return bench.report.skip(`tables: ClickHouse is not here (${lacks})`)
    const sets = bench.size === 'smoke' ? (['demo'] as const) : setsOf(bench)
    for (const name of sets) await compareOn(bench, name)
    if (bench.sets === undefined) await measureCosts(bench)
  },
}

async function compareOn({ report }: Bench, name: SetName): Promise<void> {
  const split = await SPLITS[name].load()
  if (split === null) return report.skip(`tables on ${name}: not below RIVULET_DATA`)
  const { table, lines } = onlyPairs(split.train)
  await using cluster = await ClickHouseCluster.start(2)
  await cluster.run('CREATE TABLE events (user String, item String) ENGINE = MergeTree ORDER BY user')
  await cluster.run(`INSERT INTO events FORMAT TabSeparated\n${lines.join('\n')}`)
  await using engine = await SqlEngine.connect({ clickhouse: cluster.urls, cluster: CLUSTER, table: 'events' })
  const { users, items, pairs } = engine.size
  const title = `${SPLITS[name].title}: ${users} users, ${items} items, ${pairs} pairs`
  const { nodes } = personalizedPageRank.detailed(table)
  const seeds = Array.from({ length: 50 * CLASSES }, (_, at) => nodes.keyOf((at * 7919) % nodes.size))
  const labels = [...new Set(seeds)].map((node, at) => [node, `class ${at % CLASSES}`] as const)
  for (const alpha of ALPHAS) {
    const here = labelSpreading.detailed(table, { seeds: labels, alpha })
    const before = cluster.processorSeconds()
    const there = await engine.labelSpreading({ seeds: labels, alpha })
    const places = Array.from(nodes.keys(), (key) => there.nodes.rowOf(key))
    const width = here.classes.length
    const apart = here.scores.data.reduce((most, share, at) => {
      const other = there.scores.data[places[Math.floor(at / width)] * width + (at % width)]
      return Math.max(most, Math.abs(share - other))
    }, 0)
    const otherLabels = places.filter((place, node) => there.labels[place] !== here.labels[node]).length
    report.figures('tables', title, `label spreading, ${width} classes, alpha ${alpha}`, [
      { name: 'largest difference of a share', value: apart, unit: '', atMost: 1e-5 },
      { name: 'labels that differ', value: otherLabels, unit: '', atMost: 0 },
      { name: 'sweeps', value: there.iterations, unit: '' },
      { name: 'processor seconds of the servers', value: cluster.processorSeconds() - before, unit: 's' },
    ])
  }
  const here = personalizedPageRank.detailed(table)
  const there = await engine.personalizedPageRank()
  const apart = here.scores.reduce((most, score, node) => {
    return Math.max(most, Math.abs(score - there.scores[there.nodes.rowOf(nodes.keyOf(node))]))
  }, 0)
  const largest = here.scores.reduce((most, score) => Math.max(most, score), 0)
  report.figures('tables', title, 'PageRank', [
    { name: 'largest difference, of the largest score', value: apart / largest, unit: '', atMost: 1e-5 },
  ])
}

/** A table has only what its rows have: items that came to the test alone are left out here too. */
function onlyPairs({ users, items, user, item }: Interactions): { table: Interactions; lines: string[] } {
  const rows = Array.from(user, (one, at) => ({ user: users.keyOf(one), item: items.keyOf(item[at]) }))
  return {
    table: fromRows(rows, { user: 'user', item: 'item' }),
    lines: rows.map((row) => `${row.user}\t${row.item}`),
  }
}
