import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Balance, findBalance, seededRandom } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  fromColumns,
  type Interactions,
  mergeDuplicates,
  pairedBootstrap,
  splitRandom,
} from '../../src/index.ts'
import { loadLastfmPlays } from '../data/lastfm-plays.ts'
import { loadRetailRocket } from '../data/retail-rocket.ts'
import type { TrainAndTest } from '../data/splits.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

const K = 20
/** Predicted items of every user that the graph is told as if they had happened. */
const PSEUDO = 10
const FLIPPED = 0.3
/** Weights of what was predicted beside what happened. */
const LAMBDAS = [0.1, 0.3, 1]

const SETS: Readonly<Record<string, () => Promise<TrainAndTest | null>>> = {
  'lastfm-plays': loadLastfmPlays,
  'retail-rocket': loadRetailRocket,
}

/**
 * A round of self-training on recommendations: the best items of every user become edges of the graph. A user whom they were predicted for is asked
 * as before: the edges hang on a shadow of hers, which has her own items too, so that nothing that is predicted counts as seen.
 */
export async function pseudoLikes(bench: Bench): Promise<void> {
  for (const [set, load] of Object.entries(SETS)) {
    const data = await load()
    if (data === null) bench.report.skip(`semi, pseudo-likes on ${set}: not below RIVULET_DATA`)
    else await study(bench, set, data)
  }
}

async function study(bench: Bench, set: string, { train: actions, test }: TrainAndTest): Promise<void> {
  const train = pairsOf(actions)
  const none = await ndcgOf(train, test)
  const rows: Row[] = []
  for (const flipped of bench.size === 'smoke' ? [0] : [0, FLIPPED]) {
    const balance = await guard(train, flipped)
    const unguarded = await ndcgOf(await withShadows(train, LAMBDAS[LAMBDAS.length - 1], flipped), test)
    const guarded = balance.lambda === 0 ? none : await ndcgOf(await withShadows(train, balance.lambda, flipped), test)
    rows.push({ flipped, balance, unguarded: gain(unguarded, none), guarded: gain(guarded, none) })
  }
  const line = {
    date: new Date().toISOString(),
    set,
    none: mean(none),
    rows,
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(bench.results, `semi-pseudo-likes-${set}.json`), `${JSON.stringify(line)}\n`)
  bench.report.table(
    {
      suite: 'semi',
      graph: set,
      task: `self-training by ${PSEUDO} predicted items a user, NDCG@${K} ${mean(none).toFixed(4)} without`,
    },
    [
      ['predictions', 'unguarded, weight 1', 'guarded', 'weight found', 'decision'],
      ...rows.map(({ flipped, balance, unguarded, guarded }) => [
        flipped === 0 ? 'as they are' : `${100 * flipped} % at random`,
        interval(unguarded),
        interval(guarded),
        String(balance.lambda),
        balance.decision,
      ]),
    ],
    rows.map(({ flipped, guarded }) => ({
      name: `guarded gain in NDCG@${K}, ${100 * flipped} % flipped`,
      value: guarded.difference,
      unit: '',
    })),
  )
}

/** Every action counts once, whatever it was. */
function pairsOf({ users, items, user, item }: Interactions): Interactions {
  return mergeDuplicates(fromColumns({ users, items, user, item, signals: ['pair'] }))
}

interface Row {
  readonly flipped: number
  readonly balance: Balance
  readonly unguarded: Gain
  readonly guarded: Gain
}

type Gain = ReturnType<typeof pairedBootstrap>

const gain = (one: Float64Array, none: Float64Array): Gain => pairedBootstrap(one, none)

const interval = ({ difference, low, high }: Gain): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The weight that a fifth of every user's interactions speaks for. */
async function guard(table: Interactions, flipped: number): Promise<Balance> {
  const { train, test } = splitRandom(table, { testFraction: 0.2, seed: 7 })
  const losses = new Map<number, Float64Array>()
  for (const lambda of [0, ...LAMBDAS]) {
    const ndcg = await ndcgOf(lambda === 0 ? train : await withShadows(train, lambda, flipped), test)
    losses.set(
      lambda,
      ndcg.map((one) => 1 - one),
    )
  }
  return findBalance((lambda) => losses.get(lambda) ?? [], { lambdas: LAMBDAS })
}

/** NDCG of every user who is tested, full ranking, in the order of the test. */
async function ndcgOf(train: Interactions, test: Interactions): Promise<Float64Array> {
  await using engine = await Engine.create(train, { weighted: train.value !== undefined })
  const users = [...new Set(test.user)].map((row) => test.users.keyOf(row))
  const { perUser } = evaluateRankings(await engine.rank({ users, k: K }), train, test, { k: K })
  const values = perUser.metrics[`ndcg@${K}`]
  const byKey = new Map(Array.from(perUser.users, (row, at) => [train.users.keyOf(row), values[at]]))
  return Float64Array.from(users, (key) => byKey.get(key) ?? 0)
}

/** The table with a shadow of every user, of the given weight: her items and the best that are predicted for her, some of them drawn at random. */
async function withShadows(train: Interactions, lambda: number, flipped: number): Promise<Interactions> {
  await using engine = await Engine.create(train)
  const random = seededRandom(3)
  const user = Array.from(train.user, (row) => train.users.keyOf(row))
  const item = Array.from(train.item, (row) => train.items.keyOf(row))
  const shadow = (key: string): string => `${key} (shadow)`
  const [users, items] = [user.map(shadow), [...item]]
  for await (const { user: key, items: list } of engine.recommendAll({ k: PSEUDO })) {
    for (const { item: predicted } of list) {
      users.push(shadow(key))
      items.push(random.next() < flipped ? train.items.keyOf(random.below(train.items.size)) : predicted)
    }
  }
  const value = Float32Array.from([...user.map(() => 1), ...users.map(() => lambda)])
  return fromColumns({ user: [...user, ...users], item: [...item, ...items], value })
}
