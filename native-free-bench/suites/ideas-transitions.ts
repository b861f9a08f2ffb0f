import { takeRows, seededRandom, rowsWhere } from '../../src/advanced.ts'
import {
  Engine,
  type Interactions,
  joinInteractions,
  pairedBootstrap,
  readInteractions,
  splitByTime,
  splitLeaveLastOut,
  splitSessions,
} from '../../src/index.ts'
import { publicFile } from '../data/public-sets.ts'
import { DEMO } from '../data/splits.ts'
import {
  sequencesOf,
  shuffledSequences,
  countTransitions,
  transitionScores,
  unitLengths,
  type Direction,
  type Sequences,
  type TransitionOptions,
  type Transitions,
} from '../data/transitions.ts'
import type { Bench } from './suite.ts'

const K = 20
const DAY = 86_400
const SHUFFLE_SEED = 5

/** What validation chooses among. */
const RECENCY = [3, 7, 14, 30, 60].flatMap((days) => [0.4, 0.75, 1].map((exponent) => ({ days, exponent })))
const TRIED: readonly TransitionOptions[] = [1, 4].flatMap((tau) =>
  [0.5, 2, 8].flatMap((profileTau) =>
    [
      { outExponent: 0.5, inExponent: 0.5 },
      { outExponent: 0.5, inExponent: 0.2 },
      { outExponent: 1, inExponent: 0 },
    ].map((exponents) => ({ tau, profileTau, ...exponents })),
  ),
)
const WEIGHTS = [0.1, 0.3, 0.8]

const SPLITS = { 'last out': splitLeaveLastOut, 'by time': (table: Interactions) => splitByTime(table) } as const

/** Sets with times. Views of Retail Rocket: of items with so many rows that a transition can be counted at all. */
const TABLES: Readonly<Record<string, () => Promise<Interactions | null>>> = {
  MovieTweetings: () => readInteractions(DEMO),
  'MovieLens-100K': async () => await readPublic(['ml-100k', 'u.data.gz'], { user: 0, item: 1, time: 3 }),
  'Retail Rocket, views': async () => {
    const table = await readPublic(['retail-rocket', 'view.tsv.gz'], { user: 0, item: 1, time: 2 })
    return table && frequentItems(table, LEAST_ROWS)
  },
}
const LEAST_ROWS = 8

/**
 * Transitions beside the default, on top of the recency of items: chosen on a part of training that is cut as the test is. Two controls are searched in
 * the same way: the same pairs in both directions (a neighbourhood in time), and every user's order shuffled before it is counted. Beside them what the
 * library has for nearness in time: sessions joined to the table.
 */
export async function transitionsIdea({ report, size }: Bench): Promise<void> {
  const heads = [
    '',
    'split',
    'default',
    'x recency',
    'users and sessions',
    '+ directed',
    '+ both ways',
    '+ shuffled',
    'directed over both ways',
    'over shuffled',
  ]
  const rows: string[][] = []
  const figures: { name: string; value: number; unit: string }[] = []
  for (const [name, load] of Object.entries(TABLES).slice(0, size === 'smoke' ? 1 : undefined)) {
    const table = await load()
    if (table === null) report.skip(`transitions on ${name}: not below RIVULET_DATA`)
    for (const [split, cut] of Object.entries(SPLITS).slice(0, size === 'smoke' ? 1 : undefined)) {
      if (table === null) continue
      const { cells, gains } = await compare(table, cut, size === 'smoke')
      rows.push([name, split, ...cells])
      for (const [over, value] of Object.entries(gains))
        figures.push({ name: `${name}, ${split}, directed over ${over}, NDCG@20`, value, unit: '' })
      report.say(`   transitions: ${name}, ${split}: ${cells.join(' | ')}`)
    }
  }
  report.table(
    { suite: 'ideas', graph: 'sets with times', task: 'NDCG@20, validation / test' },
    [heads, ...rows],
    figures,
  )
}

/** A table to learn from and what is held out of it, with all that depends on neither weight nor order. */
interface Stage {
  readonly itemCount: number
  readonly sequences: Sequences
  /** The default's scores, rows of length 1; shape (users x items). */
  readonly base: Float32Array
  /** The same where half-hour sessions stand beside the users who had them. */
  readonly withSessions: Float32Array
  readonly train: Interactions
  readonly heldOut: ReadonlyMap<number, ReadonlySet<number>>
}

interface Measured {
  readonly validation: number
  readonly test: readonly number[]
}

async function compare(
  table: Interactions,
  cut: (table: Interactions) => { train: Interactions; test: Interactions },
  isQuick: boolean,
): Promise<{ cells: string[]; gains: Record<string, number> }> {
  const whole = cut(table)
  const part = cut(whole.train)
  const stages = [await stageOf(part.train, part.test), await stageOf(whole.train, whole.test)] as const
  const measured = (scores: (stage: Stage) => Float32Array): Measured => {
    const [validation, test] = stages.map((stage) => ndcgs(scores(stage), stage))
    return { validation: mean(validation), test }
  }
  const plain = measured(({ base }) => base)
  const recency = bestOf(isQuick ? RECENCY.slice(0, 2) : RECENCY, (own) =>
    mean(ndcgs(timesRecency(stages[0].base, stages[0], own), stages[0])),
  )
  const recent = (scores: Float32Array, stage: Stage): Float32Array => timesRecency(scores, stage, recency)
  const rows = [
    plain,
    measured((stage) => recent(stage.base, stage)),
    measured((stage) => recent(stage.withSessions, stage)),
  ]
  const tried = isQuick ? TRIED.slice(0, 1) : TRIED
  for (const { direction, isShuffled } of CONTROLS) {
    const counted = new Map<string, Transitions>()
    const scores = (stage: Stage, own: TransitionOptions): Float32Array => {
      const key = `${stages.indexOf(stage)} ${own.tau}`
      const { sequences, itemCount } = stage
      const ordered = isShuffled ? shuffledSequences(sequences, seededRandom(SHUFFLE_SEED)) : sequences
      const counts = counted.get(key) ?? countTransitions(ordered, itemCount, own.tau, direction)
      counted.set(key, counts)
      return transitionScores(counts, sequences, own)
    }
    const best = bestOf(
      tried.flatMap((own) => {
        const added = scores(stages[0], own)
        return WEIGHTS.map((weight) => ({
          own,
          weight,
          value: mean(ndcgs(recent(sum(stages[0].base, added, weight), stages[0]), stages[0])),
        }))
      }),
      ({ value }) => value,
    )
    rows.push(measured((stage) => recent(sum(stage.base, scores(stage, best.own), best.weight), stage)))
  }
  const [, , , directed, both, shuffled] = rows
  return {
    cells: [
      ...rows.map(({ validation, test }) => `${validation.toFixed(4)} / ${mean(test).toFixed(4)}`),
      interval(directed.test, both.test),
      interval(directed.test, shuffled.test),
    ],
    gains: {
      recency: mean(directed.test) - mean(rows[1].test),
      'both ways': mean(directed.test) - mean(both.test),
      shuffled: mean(directed.test) - mean(shuffled.test),
    },
  }
}

const CONTROLS: readonly { direction: Direction; isShuffled: boolean }[] = [
  { direction: 'next', isShuffled: false },
  { direction: 'both', isShuffled: false },
  { direction: 'next', isShuffled: true },
]

async function stageOf(train: Interactions, test: Interactions): Promise<Stage> {
  const sequences = sequencesOf(train)
  const heldOut = new Map<number, Set<number>>()
  test.user.forEach((user, row) => {
    // Who has nothing in training has no order either.
    if (sequences.starts[user] === sequences.starts[user + 1]) return
    const own = heldOut.get(user) ?? new Set()
    heldOut.set(user, own.add(test.item[row]))
  })
  return {
    itemCount: train.items.size,
    sequences,
    base: await defaultScores(train, train),
    withSessions: await defaultScores(joinInteractions(train, splitSessions(train)), train),
    train,
    heldOut,
  }
}

/** The default's scores for the users of a table, learnt from another one that begins with it; rows of length 1. */
async function defaultScores(learnt: Interactions, { users, items: { size } }: Interactions): Promise<Float32Array> {
  await using engine = await Engine.create(learnt, { threads: 1 })
  const asked = [...users.keys()]
  const { items, scores, k, priorFrom } = await engine.rank({ users: asked, k: size, recency: null })
  const dense = new Float32Array(asked.length * size)
  for (let user = 0; user < asked.length; user++) {
    for (let at = user * k; at < user * k + priorFrom[user]; at++) dense[user * size + items[at]] = scores[at]
  }
  return unitLengths(dense, size)
}

/** Scores times (r + e)^p (d + .5)^-p: r the rows of an item, each halved after so many days, d their number. */
function timesRecency(
  scores: Float32Array,
  { train: { item, time = new Float64Array(item.length) }, itemCount }: Stage,
  { days, exponent }: (typeof RECENCY)[number],
): Float32Array {
  const now = time.reduce((latest, at) => Math.max(latest, at), -Infinity)
  const [recent, all] = [new Float64Array(itemCount).fill(0.1), new Float64Array(itemCount).fill(0.5)]
  item.forEach((column, row) => {
    recent[column] += 2 ** (-(now - time[row]) / (days * DAY))
    all[column]++
  })
  const factors = recent.map((value, column) => (value / all[column]) ** exponent)
  return scores.map((score, at) => score * factors[at % itemCount])
}

const sum = (base: Float32Array, added: Float32Array, weight: number): Float32Array =>
  base.map((score, at) => score + weight * added[at])

/** NDCG@20 of the users with held-out items, in their order. */
function ndcgs(scores: Float32Array, { itemCount, sequences: { starts, items }, heldOut }: Stage): number[] {
  return [...heldOut].map(([user, relevant]) => {
    const own = scores.slice(user * itemCount, (user + 1) * itemCount)
    for (const known of items.subarray(starts[user], starts[user + 1])) own[known] = 0
    const top: number[] = []
    own.forEach((score, column) => {
      if (score <= 0 || (top.length === K && score <= own[top[K - 1]])) return
      const place = top.findIndex((other) => own[other] < score)
      top.splice(place < 0 ? top.length : place, 0, column)
      top.length = Math.min(top.length, K)
    })
    const gain = top.reduce((total, column, rank) => total + (relevant.has(column) ? 1 / Math.log2(rank + 2) : 0), 0)
    let ideal = 0
    for (let rank = 0; rank < Math.min(K, relevant.size); rank++) ideal += 1 / Math.log2(rank + 2)
    return gain / ideal
  })
}

function bestOf<T>(choices: readonly T[], value: (choice: T) => number): T {
  const values = choices.map(value)
  return choices[values.indexOf(Math.max(...values))]
}

async function readPublic(
  path: readonly string[],
  columns: { readonly user: number; readonly item: number; readonly time: number },
): Promise<Interactions | null> {
  const file = publicFile(...path)
  return file === null ? null : await readInteractions(file, { columns, header: false })
}

function frequentItems(table: Interactions, least: number): Interactions {
  const counts = new Int32Array(table.items.size)
  for (const item of table.item) counts[item]++
  return takeRows(
    table,
    rowsWhere(table.length, (row) => counts[table.item[row]] >= least),
  )
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length

const interval = (a: readonly number[], b: readonly number[]): string => {
  const { difference, low, high } = pairedBootstrap(a, b)
  return `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
}
