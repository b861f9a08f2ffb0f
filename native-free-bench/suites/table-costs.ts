/** What a sweep of tables costs: seconds of the servers' processors and bytes between the servers, by numbers of pairs. */
import { SqlEngine } from '../../src/sql.ts'
import { ClickHouseCluster, CLUSTER } from '../../test/cluster/clickhouse.ts'
import type { Size } from '../data/graphs.ts'
import type { Bench } from './suite.ts'

const COLUMNS = 16
/** Steps that the costs are taken between. */
const [FEW, MANY] = [2, 6]
const PAIRS: Readonly<Record<Size, readonly number[]>> = {
  smoke: [20_000],
  small: [800_000],
  medium: [800_000, 5_000_000],
  large: [800_000, 5_000_000, 20_000_000],
}
/** Pairs a user and pairs an item, about as Gowalla has them. */
const [OF_USER, OF_ITEM] = [27, 20]
/** Most nanoseconds of processors for a pair and a column. */
const MOST_NS = 60

export async function measureCosts({ report, size }: Bench): Promise<void> {
  for (const rows of PAIRS[size]) {
    await using cluster = await ClickHouseCluster.start(2, { counted: true })
    await cluster.run('CREATE TABLE events (user UInt64, item UInt32) ENGINE = MergeTree ORDER BY user')
    const [users, items] = [Math.ceil(rows / OF_USER), Math.ceil(rows / OF_ITEM)]
    // Squares of even numbers: few items are in many pairs.
    const item = `toUInt32(pow((intHash32(number * 7 + 3) % 1000003) / 1000003, 2) * ${items})`
    await cluster.run(
      `INSERT INTO events SELECT intHash64(number) % ${users}, ${item} FROM system.numbers LIMIT ${rows}`,
    )
    await using engine = await SqlEngine.connect({ clickhouse: cluster.urls, cluster: CLUSTER, table: 'events' })
    const { pairs } = engine.size
    const seeds = Array.from({ length: 20 * COLUMNS }, (_, at) => {
      const user = engine.users.keyOf((at * 7919) % engine.size.users)
      return [`user:${user}`, `class ${at % COLUMNS}`] as const
    })
    const now = () => [cluster.processorSeconds(), cluster.bytesBetweenServers(), performance.now()]
    const marks: number[][] = []
    const enough = new AbortController()
    const onProgress = (): void => {
      if (marks.push(now()) === MANY) enough.abort()
    }
    const watch = { signal: enough.signal, onProgress }
    await engine.labelSpreading({ seeds, alpha: 0.9, tolerance: 1e-12 }, watch).catch((error: unknown) => {
      if (!enough.signal.aborted) throw error
    })
    const [processor, bytes, wall] = marks[MANY - 1].map((one, at) => (one - marks[FEW - 1][at]) / (MANY - FEW))
    const planned = Number(/columns, ([\d,]+) bytes/.exec(engine.explain(COLUMNS))?.[1].replaceAll(',', ''))
    const title = `${engine.size.users} users, ${engine.size.items} items, ${pairs} pairs`
    report.figures('tables', title, `a sweep of ${COLUMNS} columns on two servers`, [
      {
        name: 'processor time a pair and column',
        value: (1e9 * processor) / (pairs * COLUMNS),
        unit: 'ns',
        // What a statement costs whatever its size is most of a small one.
        ...(size !== 'smoke' && { atMost: MOST_NS }),
      },
      { name: 'processor seconds of the servers', value: processor, unit: 's' },
      { name: 'wall seconds', value: wall / 1000, unit: 's' },
      { name: 'bytes between servers', value: bytes, unit: 'B' },
      { name: 'bytes between servers by the plan', value: planned, unit: 'B' },
    ])
  }
}
