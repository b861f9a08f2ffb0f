import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mae, rmse } from '../../src/advanced.ts'
import {
  Engine,
  type Interactions,
  pairedBootstrap,
  type PredictRatingsOptions,
  type RatingPredictions,
} from '../../src/index.ts'
import { loadRatedFolds } from '../data/rated-folds.ts'
import type { RatedFold, RatedSet } from '../data/rated-folds.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Figure } from '../report/report.ts'
import { pseudoRatings } from './semi-pseudo-ratings.ts'
import type { Bench } from './suite.ts'

const NO_TASTE = { itemLevel: 0, userTaste: 0, itemAudience: 0, sharedTaste: 0, rank: 1 }

/** Everything below is by default but for what stands here. */
const BIASES: PredictRatingsOptions = { ...NO_TASTE, balance: 0 }
/** The supervised half: the same method on the graph of labels alone. The best of them by the test is what evidence is held to. */
const SUPERVISED: readonly PredictRatingsOptions[] = [
  { balance: 0 },
  { balance: 0, rank: 16 },
  { balance: 0, rank: 96 },
  { balance: 0, userTaste: 0.1, itemAudience: 0.03, sharedTaste: 0.06 },
  { balance: 0, userTaste: 0.4, itemAudience: 0.12, sharedTaste: 0.25 },
  { balance: 0, userBias: 0.5, itemBias: 0.25 },
]
const SEMI: PredictRatingsOptions = { balance: 'auto' }

/** What was asked: of the mean over folds, of the gain over the best supervised configuration, of one fold, in seconds. */
const ASKED: Readonly<Record<RatedSet, { rmse?: number; gain?: number; first?: number; seconds?: number }>> = {
  'ml-1m-mixed': { rmse: 0.89, gain: 0.01, seconds: 60 },
  'ml-100k': { rmse: 0.919, first: 0.905 },
  bookcrossing: {},
  films: {},
}

/** Quarters of the users by their labels in training. */
const QUARTERS = 4

/** Squared and absolute errors of every label that was held out in any fold, in the order of folds and rows. */
interface Errors {
  readonly label: string
  /** Whether the pairs to predict are among the evidence. */
  readonly transductive: boolean
  readonly options: PredictRatingsOptions
  readonly perFold: { readonly rmse: number; readonly mae: number; readonly lambda: number; readonly seconds: number }[]
  readonly squared: number[]
}

/** Ratings of pairs that were held out: biases, the graph of labels, and the graph of labels and evidence. */
export async function ratings(bench: Bench, set: RatedSet): Promise<void> {
  const folds = await loadRatedFolds(set)
  if (folds === null) return bench.report.skip(`semi on ${set}: not below RIVULET_DATA`)
  const count = bench.size === 'smoke' ? 1 : folds.names.length
  const hasEvidence = folds.fold(0).train.signals.includes('seen')
  const contenders = contendersOf(bench, hasEvidence)
  const owners: number[] = []
  const activity: number[] = []
  let users = 0
  for (let at = 0; at < count; at++) {
    const fold = folds.fold(at)
    users = fold.train.users.size
    noteOwners(fold, owners, activity)
    for (const contender of contenders) await judge(fold, contender)
    bench.report.say(`   ${set}: fold ${fold.name}, ${contenders.map(lastOf).join(', ')}`)
  }
  const best = bestSupervised(contenders)
  const semi = contenders.find(({ label }) => label.startsWith('labels and evidence'))
  const shown = contenders.filter(
    (one) => !one.label.startsWith('labels alone') || one === best || one.options === SUPERVISED[0],
  )
  const line = {
    date: new Date().toISOString(),
    set,
    folds: count,
    rows: contenders.map((one) => ({
      label: one.label,
      options: one.options,
      transductive: one.transductive,
      rmse: mean(one, 'rmse'),
      mae: mean(one, 'mae'),
      perFold: one.perFold,
      over: gainOver(best, one, owners, users),
    })),
    quarters: semi === undefined ? [] : byQuarter(best, semi, activity),
    pseudo: semi === undefined ? null : await pseudoRatings(folds.fold(0), SEMI),
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(bench.results, `semi-${set}.json`), `${JSON.stringify(line)}\n`)
  tell(bench, set, shown, line, best, semi)
}

function contendersOf({ size }: Bench, hasEvidence: boolean): Errors[] {
  const supervised = size === 'smoke' || !hasEvidence ? SUPERVISED.slice(0, 1) : SUPERVISED
  const fresh = (label: string, options: PredictRatingsOptions, transductive = false): Errors => ({
    ...{ label, options, transductive },
    perFold: [],
    squared: [],
  })
  return [
    fresh('biases', BIASES),
    ...supervised.map((options) => fresh(`labels alone ${differing(options)}`.trim(), options)),
    ...(hasEvidence ? [fresh('labels and evidence, balance auto', SEMI)] : []),
    ...(hasEvidence && size !== 'smoke' ? [fresh('the same, held-out pairs among the evidence', SEMI, true)] : []),
  ]
}

const differing = ({ balance: _, ...rest }: PredictRatingsOptions): string =>
  Object.keys(rest).length === 0 ? '' : JSON.stringify(rest).replace(/"/g, '')

async function judge({ train, transductive, test }: RatedFold, contender: Errors): Promise<void> {
  const began = performance.now()
  const table = (contender.transductive ? transductive : null) ?? train
  const { rating, balance } = await predict(table, test, contender.options)
  const seconds = (performance.now() - began) / 1000
  const actual = test.value ?? []
  contender.perFold.push({ rmse: rmse(rating, actual), mae: mae(rating, actual), lambda: balance.lambda, seconds })
  for (let row = 0; row < test.length; row++) contender.squared.push((rating[row] - actual[row]) ** 2)
}

async function predict(
  train: Interactions,
  { users, items, user, item }: Interactions,
  options: PredictRatingsOptions,
): Promise<RatingPredictions> {
  const pairs = Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)
  const signals = train.signals.includes('seen')
    ? ({ rating: { role: 'label' }, seen: { role: 'evidence' } } as const)
    : ({ rating: { role: 'label' } } as const)
  await using engine = await Engine.create(train)
  return await engine.predictRatings({ signals, pairs, ...options })
}

function noteOwners({ train, test }: RatedFold, owners: number[], activity: number[]): void {
  const labels = new Int32Array(train.users.size)
  for (let row = 0; row < train.length; row++) if ((train.signal?.[row] ?? 0) === 0) labels[train.user[row]]++
  for (const user of test.user) {
    owners.push(user)
    activity.push(labels[user])
  }
}

function bestSupervised(contenders: readonly Errors[]): Errors {
  const supervised = contenders.filter(({ label }) => label.startsWith('labels alone'))
  return supervised.reduce((best, next) => (mean(next, 'rmse') < mean(best, 'rmse') ? next : best))
}

const mean = ({ perFold }: Errors, name: 'rmse' | 'mae' | 'seconds'): number =>
  perFold.reduce((sum, fold) => sum + fold[name], 0) / perFold.length

const lastOf = ({ label, perFold }: Errors): string => `${label} ${perFold[perFold.length - 1].rmse.toFixed(4)}`

/** How much lower the second one's RMSE is, with its interval: the bootstrap draws users, and the ends are those of the mean squared error. */
function gainOver(one: Errors, other: Errors, owners: readonly number[], users: number): Gain {
  const sumsOf = ({ squared }: Errors): Float64Array => {
    const sums = new Float64Array(users)
    squared.forEach((square, at) => (sums[owners[at]] += square))
    return sums
  }
  const [a, b] = [sumsOf(one), sumsOf(other)]
  const { difference, low, high } = pairedBootstrap(a, b)
  const total = (sums: Float64Array): number => Math.sqrt(sums.reduce((sum, square) => sum + square, 0) / owners.length)
  const perUnit = users / owners.length / (total(a) + total(b))
  return { difference: difference * perUnit, low: low * perUnit, high: high * perUnit }
}

interface Gain {
  readonly difference: number
  readonly low: number
  readonly high: number
}

interface Quarter {
  readonly fewest: number
  readonly most: number
  readonly labels: number
  readonly supervised: number
  readonly semi: number
}

/** RMSE by how many labels a user had in training: quarters of the held-out labels. */
function byQuarter(best: Errors, semi: Errors, activity: readonly number[]): Quarter[] {
  const order = activity.map((_, at) => at).sort((a, b) => activity[a] - activity[b])
  return Array.from({ length: QUARTERS }, (_, quarter) => {
    const part = order.slice((quarter * order.length) / QUARTERS, ((quarter + 1) * order.length) / QUARTERS)
    const root = ({ squared }: Errors): number =>
      Math.sqrt(part.reduce((sum, at) => sum + squared[at], 0) / part.length)
    const [fewest, most] = [activity[part[0]], activity[part[part.length - 1]]]
    return { fewest, most, labels: part.length, supervised: root(best), semi: root(semi) }
  })
}

const signed = ({ difference, low, high }: Gain): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`

function tell(
  { report }: Bench,
  set: RatedSet,
  shown: readonly Errors[],
  line: {
    readonly rows: readonly { readonly label: string; readonly over: Gain }[]
    readonly quarters: readonly Quarter[]
    readonly pseudo: Awaited<ReturnType<typeof pseudoRatings>> | null
  },
  best: Errors,
  semi: Errors | undefined,
): void {
  const asked = ASKED[set]
  const judged = semi ?? best
  const over = line.rows.find(({ label }) => label === judged.label)?.over
  const figures: Figure[] = [
    {
      name: `${judged.label}: mean RMSE`,
      value: mean(judged, 'rmse'),
      unit: '',
      ...(asked.rmse && { atMost: asked.rmse }),
    },
    {
      name: 'RMSE of the first fold',
      value: judged.perFold[0].rmse,
      unit: '',
      ...(asked.first && { atMost: asked.first }),
    },
    {
      name: 'seconds of a fold, end to end',
      value: mean(judged, 'seconds'),
      unit: 's',
      ...(asked.seconds && { atMost: asked.seconds }),
    },
    ...(semi && over
      ? [
          {
            name: 'RMSE below the best on labels alone',
            value: over.difference,
            unit: '',
            ...(asked.gain && { atLeast: asked.gain }),
          },
        ]
      : []),
  ]
  report.table(
    { suite: 'semi', graph: set, task: `ratings held out, mean of ${best.perFold.length} folds` },
    [
      ['', 'RMSE', 'MAE', 'below the best on labels alone', 'weight of evidence', 's a fold'],
      ...shown.map((one) => [
        one === best ? `${one.label} (best by the test)` : one.label,
        mean(one, 'rmse').toFixed(4),
        mean(one, 'mae').toFixed(4),
        one === best
          ? ''
          : signed(line.rows.find(({ label }) => label === one.label)?.over ?? { difference: 0, low: 0, high: 0 }),
        [...new Set(one.perFold.map(({ lambda }) => lambda))].join(', '),
        mean(one, 'seconds').toFixed(1),
      ]),
    ],
    figures,
  )
  for (const { fewest, most, labels, supervised, semi: withEvidence } of line.quarters)
    report.say(
      `   users with ${fewest} to ${most} ratings (${labels} held out): ${supervised.toFixed(4)} -> ${withEvidence.toFixed(4)}`,
    )
  if (line.pseudo) report.say(`   pseudo-ratings, first fold: ${JSON.stringify(line.pseudo)}\n`)
}
