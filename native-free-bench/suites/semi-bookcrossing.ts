import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rowsWhere, seededRandom, takeRows } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  type Evaluation,
  type Interactions,
  pairedBootstrap,
  type Signals,
  tune,
} from '../../src/index.ts'
import { loadRatedFolds } from '../data/rated-folds.ts'
import type { RatedFold } from '../data/rated-folds.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

const K = 10
/** A book worth finding, and a user about whom little is known. */
const LIKED = 8
const MOST_RATINGS = 5
const PARTS = 5

/** Books rated 8 and more by users with at most five ratings, found among all: from ratings alone, and with what was read and not rated. */
export async function bookRanking(bench: Bench): Promise<void> {
  const folds = await loadRatedFolds('bookcrossing')
  if (folds === null) return bench.report.skip('semi on bookcrossing: not below RIVULET_DATA')
  const count = bench.size === 'smoke' ? 1 : folds.names.length
  const [alone, both, balanced]: Evaluation[][] = [[], [], []]
  const lambdas: number[] = []
  for (let at = 0; at < count; at++) {
    const { train, test } = likedByFew(folds.fold(at), at)
    const found = tune(train, { search: 'balance', signals: { rating: { role: 'label' }, seen: { role: 'evidence' } } })
    lambdas.push(found.balance.lambda)
    alone.push(await rank(train, test, { rating: 1, seen: 0 }))
    both.push(await rank(train, test, { rating: 1, seen: 1 }))
    balanced.push(await rank(train, test, found.best.signals))
  }
  const rows = [
    { label: 'ratings alone', ...summary(alone, alone) },
    { label: 'ratings and reads alike', ...summary(both, alone) },
    { label: `balance found: ${lambdas.join(', ')}`, ...summary(balanced, alone) },
  ]
  const line = {
    date: new Date().toISOString(),
    set: 'bookcrossing',
    folds: count,
    rows,
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(bench.results, 'semi-bookcrossing-ranking.json'), `${JSON.stringify(line)}\n`)
  bench.report.table(
    {
      suite: 'semi',
      graph: 'bookcrossing',
      task: `books rated ${LIKED}+ by users with at most ${MOST_RATINGS} ratings`,
    },
    [
      ['', `NDCG@${K}`, `recall@${K}`, 'NDCG over ratings alone', 'users'],
      ...rows.map(({ label, ndcg, recall, gain, users }) => [
        label,
        ndcg.toFixed(4),
        recall.toFixed(4),
        `${gain.difference.toFixed(4)} [${gain.low.toFixed(4)}, ${gain.high.toFixed(4)}]`,
        String(users),
      ]),
    ],
    rows.map(({ label, ndcg }) => ({ name: `${label}, NDCG@${K}`, value: ndcg, unit: '' })),
  )
}

/**
 * Nobody here has rated fewer than a dozen books, so a fifth of the users, others in each fold, keep only a few of their ratings; the rest of what
 * they rated is among what they read. Their held-out books are neither rated nor read in training.
 */
function likedByFew(
  { train, test }: RatedFold,
  at: number,
): { readonly train: Interactions; readonly test: Interactions } {
  const isAsked = (user: number): boolean => user % PARTS === at
  const ratings = new Int32Array(train.users.size)
  const shuffled = seededRandom(at).shuffle(rowsWhere(train.length, (row) => (train.signal?.[row] ?? 0) === 0))
  const dropped = new Set(
    shuffled.filter((row) => isAsked(train.user[row]) && ++ratings[train.user[row]] > MOST_RATINGS),
  )
  const isLiked = (row: number): boolean => isAsked(test.user[row]) && (test.value?.[row] ?? 0) >= LIKED
  return {
    train: takeRows(
      train,
      rowsWhere(train.length, (row) => !dropped.has(row)),
    ),
    test: takeRows(test, rowsWhere(test.length, isLiked)),
  }
}

async function rank(train: Interactions, test: Interactions, signals: Signals): Promise<Evaluation> {
  await using engine = await Engine.create(train, { signals })
  const users = [...new Set(test.user)].map((row) => test.users.keyOf(row))
  return evaluateRankings(await engine.rank({ users, k: K }), train, test, { k: K })
}

function summary(evaluations: readonly Evaluation[], alone: readonly Evaluation[]) {
  const ndcgOf = (all: readonly Evaluation[]): number[] =>
    all.flatMap(({ perUser }) => [...perUser.metrics[`ndcg@${K}`]])
  const recalls = evaluations.flatMap(({ perUser }) => [...perUser.metrics[`recall@${K}`]])
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const ndcgs = ndcgOf(evaluations)
  return { ndcg: mean(ndcgs), recall: mean(recalls), gain: pairedBootstrap(ndcgs, ndcgOf(alone)), users: ndcgs.length }
}
