import { splitColdItems } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  pairedBootstrap,
  splitRandom,
  type Evaluation,
  type Interactions,
  type Relation,
  type Relations,
} from '../../src/index.ts'
import { relatedSets, type RelatedSet } from '../data/related-sets.ts'
import type { Bench, Suite } from './suite.ts'

const K = 20

/** What relations add to known items, and how items that nobody has taken yet are found by them. */
export const relationsSuite: Suite = {
  about: 'relations: lists with them and without, and of items held out whole against content neighbours and chance',
  run: async (bench) => {
    for (const set of await relatedSets(bench.size === 'smoke')) {
      await warm(bench, set)
      await cold(bench, set)
    }
  },
}

type Row = readonly [label: string, evaluation: Evaluation]

/** A random fifth of everybody's pairs. */
async function warm({ report }: Bench, { title, table, relations }: RelatedSet): Promise<void> {
  const split = splitRandom(table)
  const plain = await evaluationOf(split, {})
  const names = Object.keys(relations)
  const single = names.length > 1 ? names.map((name): [string, Relations] => [name, { [name]: relations[name] }]) : []
  const asked = [...single, [names.join(' + '), relations] as const]
  const rows: Row[] = [['without', plain]]
  for (const [name, some] of asked) rows.push([name, await evaluationOf(split, some)])
  for (const [name, some] of asked) rows.push([`${name}${FOUND}`, await evaluationOf(split, open(some))])
  const compared = rows.slice(1).map(([label, { perUser }]) => ({
    label,
    ...pairedBootstrap(perUser.metrics[`ndcg@${K}`], plain.perUser.metrics[`ndcg@${K}`]),
  }))
  report.table(
    { suite: 'relations', graph: `${title}, ${plain.split.hash}`, task: 'known items, a random fifth of the pairs' },
    [
      ['relations', `Recall@${K}`, `NDCG@${K}`],
      ...rows.map(([label, { metrics }]) => [label, ...cells(metrics)]),
      ...compared.map(({ label, difference, low, high }) => [
        `${label}, less without`,
        `${difference.toFixed(4)} NDCG`,
        `95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}`,
      ]),
    ],
    // Below 0: lost beyond chance.
    compared
      .filter(({ label }) => label.endsWith(FOUND))
      .map(({ label, high }) => ({ name: `${label}, upper end`, value: high, unit: `NDCG@${K}`, atLeast: 0 })),
  )
}

const FOUND = ", weight 'auto'"

/** Relations whose weights are found by held-out users of the training rows. */
const open = (relations: Relations): Relations =>
  Object.fromEntries(Object.entries(relations).map(([name, relation]) => [name, { ...relation, weight: 'auto' }]))

/** A fifth of the items without one training pair; lists of these alone. */
async function cold({ report }: Bench, { title, table, relations }: RelatedSet): Promise<void> {
  const ofItems = Object.entries(relations).filter(([, { item }]) => item !== undefined)
  if (ofItems.length === 0) return
  const split = splitColdItems(table)
  const allow = [...new Set(split.test.item)].map((row) => split.test.items.keyOf(row))
  const own = await evaluationOf(split, relations, allow)
  const content = scored(split, allow, contentNeighbours(split.train, ofItems[0][1]))
  // Nobody has taken them: popularity knows no order but that of their rows.
  const chance = scored(split, allow, () => (item) => (item * 2654435761) % 4294967291)
  const against = (other: Evaluation) =>
    pairedBootstrap(own.perUser.metrics[`ndcg@${K}`], other.perUser.metrics[`ndcg@${K}`])
  const { difference, low, high } = against(content)
  report.table(
    {
      suite: 'relations',
      graph: `${title}, ${own.split.hash}`,
      task: `${allow.length} items held out whole, ranked among each other`,
    },
    [
      ['method', `Recall@${K}`, `NDCG@${K}`],
      [`relations ${Object.keys(relations).join(' + ')}`, ...cells(own.metrics)],
      ['content neighbours, TF-IDF', ...cells(content.metrics)],
      ['popularity, which is chance', ...cells(chance.metrics)],
      [
        'relations less content',
        `${difference.toFixed(4)} NDCG`,
        `95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}`,
      ],
    ],
    [{ name: 'over chance', value: own.metrics[`ndcg@${K}`] / chance.metrics[`ndcg@${K}`], unit: 'x', atLeast: 1 }],
  )
}

const cells = (metrics: Evaluation['metrics']): string[] =>
  ['recall', 'ndcg'].map((name) => metrics[`${name}@${K}`].toFixed(4))

interface Parts {
  readonly train: Interactions
  readonly test: Interactions
}

async function evaluationOf(
  { train, test }: Parts,
  relations: Relations,
  allow?: readonly string[],
): Promise<Evaluation> {
  await using engine = await Engine.create(train, { relations })
  const users = [...new Set(test.user)].map((row) => test.users.keyOf(row))
  const rankings = await engine.rank({ users, k: K, ...(allow && { allow }) })
  return evaluateRankings(rankings, train, test, { k: K })
}

/** Scores of all items for a user. */
type Scorer = (user: number) => (item: number) => number

function scored({ train, test }: Parts, allow: readonly string[], scorer: Scorer): Evaluation {
  const users = [...new Set(test.user)]
  const candidates = allow.map((key) => train.items.rowOf(key))
  const lists = users.map((user) => {
    const scores = scorer(user)
    const ranked = candidates.map((item) => [scores(item), item] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1])
    return Array.from({ length: K }, (_, at) => ranked[at]?.[1] ?? -1)
  })
  return evaluateRankings({ users: Int32Array.from(users), k: K, items: Int32Array.from(lists.flat()) }, train, test, {
    k: K,
  })
}

/** The sum of a profile's TF-IDF vectors, each of length 1, times an item's. */
function contentNeighbours(train: Interactions, { rows, item = '', attribute = '', separator }: Relation): Scorer {
  const held = new Map<number, Set<string>>()
  for (const row of rows as Iterable<Readonly<Record<string, string>>>) {
    const number = train.items.rowOf(row[item])
    if (number < 0) continue
    const values = held.get(number) ?? new Set()
    held.set(number, values)
    for (const value of separator === undefined ? [row[attribute]] : row[attribute].split(separator)) values.add(value)
  }
  const holders = new Map<string, number>()
  for (const values of held.values()) for (const value of values) holders.set(value, (holders.get(value) ?? 0) + 1)
  const weightOf = (value: string): number => Math.log(held.size / (holders.get(value) ?? 1))
  const norms = new Map(Array.from(held, ([one, values]) => [one, Math.hypot(...Array.from(values, weightOf)) || 1]))
  const profiles = Array.from({ length: train.users.size }, () => new Map<string, number>())
  train.user.forEach((user, row) => {
    const one = train.item[row]
    for (const value of held.get(one) ?? [])
      profiles[user].set(value, (profiles[user].get(value) ?? 0) + weightOf(value) / (norms.get(one) ?? 1))
  })
  return (user) => (one) => {
    let sum = 0
    for (const value of held.get(one) ?? []) sum += (profiles[user].get(value) ?? 0) * weightOf(value)
    return sum / (norms.get(one) ?? 1)
  }
}
