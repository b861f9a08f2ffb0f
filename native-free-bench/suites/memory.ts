import type { Figure } from '../report/report.ts'
import type { Size } from '../data/graphs.ts'
import { measureGrowth, MOST_OFF, roughGrowth, type MemoryGrowth } from './memory-process.ts'
import type { MemoryTask } from './memory-run.ts'
import type { Suite } from './suite.ts'

type Asked = Omit<MemoryTask, 'memoryLimitBytes' | 'until'>

/** Nodes of the larger side. */
const NODES: Readonly<Record<Size, number>> = { smoke: 20_000, small: 1_000_000, medium: 2_000_000, large: 4_000_000 }

const TABLES = ['one user', 'one item', 'isolated', 'chain'] as const

/** The bytes that calls are planned with, beside what the process that makes them grows by. */
export const memorySuite: Suite = {
  about: 'bytes as planned against the peak of a process, on tables at the ends of what tables can be',
  run: async ({ size, report }) => {
    const rows = [['', 'nodes', 'planned MB', 'grown MB', 'planned, of grown', '']]
    const figures: Figure[] = []
    for (const asked of tasksOf(size)) {
      const growth = await (size === 'smoke' ? roughGrowth : measureGrowth)(asked)
      rows.push(rowOf(asked, growth))
      figures.push(...figuresOf(asked, growth))
    }
    report.table({ suite: 'memory', graph: 'tables of extremes', task: 'planned against grown' }, rows, figures)
  },
}

/** At smoke size, where answers alone count, each question of one table. */
function tasksOf(named: Size): Asked[] {
  const nodes = NODES[named]
  const tables = named === 'smoke' ? (['chain'] as const) : TABLES
  const one = { size: nodes, threads: 1, k: 10 } as const
  const labellers = ['labelSpreading', 'labelPropagation', 'poissonLearning', 'personalizedPageRank'] as const
  const vectors = ['spectralEmbedding', 'contrastiveEmbedding', 'predictRatings'] as const
  return [
    ...tables.map((table) => ({ ...one, table, question: 'recommend' }) as const),
    { ...one, table: 'one item', question: 'recommend', threads: 2 },
    // All that there is to every user: a list of k entries for each of three.
    { ...one, table: 'broad', question: 'recommend', size: nodes / 5, k: nodes / 5 },
    ...labellers.flatMap((question) => tables.map((table) => ({ ...one, table, question }) as const)),
    ...vectors
      .flatMap((question) => tables.map((table) => ({ ...one, table, question, size: nodes / 4 }) as const))
      // Each of its batches sums all of her items: hours.
      .filter(({ table, question }) => table !== 'one user' || question !== 'contrastiveEmbedding'),
  ]
}

const nameOf = ({ question, table, k, size, threads }: Asked): string =>
  `${question}, ${k === size ? 'k = all' : table}${threads > 1 ? `, ${threads} threads` : ''}`

const rowOf = (asked: Asked, { plannedBytes, grownBytes, seconds }: MemoryGrowth): string[] => [
  nameOf(asked),
  asked.size.toLocaleString('en'),
  (plannedBytes / 1e6).toFixed(0),
  (grownBytes / 1e6).toFixed(0),
  `${((100 * plannedBytes) / grownBytes).toFixed(0)} %`,
  `${seconds.toFixed(1)} s`,
]

const figuresOf = (asked: Asked, { plannedBytes, grownBytes }: MemoryGrowth): Figure[] => [
  { name: `${nameOf(asked)}: planned`, value: plannedBytes / 1e6, unit: 'MB' },
  {
    name: `${nameOf(asked)}: planned, of grown`,
    value: (100 * plannedBytes) / grownBytes,
    unit: '%',
    ...{ atLeast: 100 * (1 - MOST_OFF), atMost: 100 * (1 + MOST_OFF) },
  },
]
