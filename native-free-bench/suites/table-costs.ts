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

/** Clusters that nobody has here: what the plan says of them, at what a pair was seen to cost. */
const ON_PAPER = { servers: 16, cores: 16 } as const
const GRAPHS_ON_PAPER = [
  { users: 20e6, items: 2e6, pairs: 1e9 },
  { users: 200e6, items: 10e6, pairs: 1e10 },
] as const

export async function measureCosts({ report, size }: Bench): Promise<void> {
  let seen: SweepCosts = { nanoseconds: 0, bytesAnItem: 0 }
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
    seen = { nanoseconds: (1e9 * processor) / (pairs * COLUMNS), bytesAnItem: planned / engine.size.items }
    report.figures('tables', title, `a sweep of ${COLUMNS} columns on two servers`, [
      {
        name: 'processor time a pair and column',
        value: seen.nanoseconds,
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
  if (size === 'smoke') return
  for (const sizes of GRAPHS_ON_PAPER) showOnPaper(sizes, seen, report)
}

interface SweepCosts {
  /** Of a processor, a pair and a column. */
  readonly nanoseconds: number
  /** That go to another server and come from there, by the plan. */
  readonly bytesAnItem: number
}

function showOnPaper(
  { users, items, pairs }: (typeof GRAPHS_ON_PAPER)[number],
  { nanoseconds, bytesAnItem }: SweepCosts,
  report: Bench['report'],
): void {
  const { servers, cores } = ON_PAPER
  const title = `${users} users, ${items} items, ${pairs} pairs`
  report.figures('tables', title, `on paper: a sweep of ${COLUMNS} columns on ${servers} servers of ${cores} cores`, [
    { name: 'seconds', value: (nanoseconds * pairs * COLUMNS) / 1e9 / (servers * cores), unit: 's' },
    { name: 'bytes to and from a server', value: bytesAnItem * items, unit: 'B' },
    { name: 'bytes between all servers', value: bytesAnItem * items * (servers - 1), unit: 'B' },
    // Users and items are int32, as rows and as lists; panels are there twice, as they were and as they become.
    { name: 'bytes of pairs a server, unpacked', value: (16 * pairs) / servers, unit: 'B' },
    { name: 'bytes of panels a server', value: 2 * items * (8 + 4 * COLUMNS), unit: 'B' },
  ])
}
