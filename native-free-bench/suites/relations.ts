import { splitColdItems } from '../../src/advanced.ts'
import {
  contrastiveEmbedding,
  Engine,
  evaluateRankings,
  pairedBootstrap,
  scoreRatings,
  spectralEmbedding,
  splitRandom,
  type Evaluation,
  type Interactions,
  type Relation,
  type Relations,
  type SpectralEmbedding,
} from '../../src/index.ts'
import { relatedSets, type RelatedSet } from '../data/related-sets.ts'
import type { Bench, Suite } from './suite.ts'

const K = 20

/** What relations add to known items, and how items that nobody has taken yet are found by them. */
export const relationsSuite: Suite = {
  about:
    'relations: lists with them and without, items held out whole against content neighbours and chance, vectors and ratings of these',
  run: async (bench) => {
    for (const set of await relatedSets(bench.size === 'smoke')) {
      await warm(bench, set)
      await cold(bench, set)
      await ratings(bench, set)
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
async function cold({ report, size }: Bench, { title, table, relations }: RelatedSet): Promise<void> {
  const ofItems = Object.entries(relations).filter(([, { item }]) => item !== undefined)
  if (ofItems.length === 0) return
  const split = splitColdItems(table)
  const { allow, own, content } = await coldDraw(split, relations, ofItems[0][1])
  const small = size === 'smoke' ? { dimensions: 8, epochs: 1 } : {}
  const vectors = (embedding: Embedding) => scored(split, allow, productsOf(embedding))
  // Nobody has taken them: popularity knows no order but that of their rows.
  const chance = scored(split, allow, () => (item) => (item * 2654435761) % 4294967291)
  const against = (other: Evaluation) =>
    pairedBootstrap(own.perUser.metrics[`ndcg@${K}`], other.perUser.metrics[`ndcg@${K}`])
  const { difference, low, high } = against(content)
  const gains = [difference]
  for (let seed = 2; seed <= (size === 'smoke' ? 1 : DRAWS); seed++) {
    const drawn = await coldDraw(splitColdItems(table, { seed }), relations, ofItems[0][1])
    gains.push(drawn.own.metrics[`ndcg@${K}`] - drawn.content.metrics[`ndcg@${K}`])
  }
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
      [
        'spectral vectors with relations',
        ...cells(vectors(spectralEmbedding.detailed(split.train, { relations })).metrics),
      ],
      [
        'contrastive vectors with relations',
        ...cells(vectors(contrastiveEmbedding.detailed(split.train, { relations, ...small })).metrics),
      ],
      ['popularity, which is chance', ...cells(chance.metrics)],
      [
        'relations less content',
        `${difference.toFixed(4)} NDCG`,
        `95 % interval over users ${low.toFixed(4)} to ${high.toFixed(4)}`,
      ],
      ...overDraws(gains),
    ],
    [{ name: 'over chance', value: own.metrics[`ndcg@${K}`] / chance.metrics[`ndcg@${K}`], unit: 'x', atLeast: 1 }],
  )
}

/** Draws of a fifth of the items: an interval over the users of one says nothing of other items. */
const DRAWS = 8

/** Of Student's t with as many degrees of freedom as there are draws less one: 97.5 % lie below. */
const T_OF_DRAWS = 2.365

function overDraws(gains: readonly number[]): string[][] {
  if (gains.length < DRAWS) return []
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / DRAWS
  const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (DRAWS - 1))
  const half = (T_OF_DRAWS * deviation) / Math.sqrt(DRAWS)
  const ahead = gains.filter((gain) => gain > 0).length
  return [
    [
      `the same over ${DRAWS} draws of items, ahead in ${ahead}`,
      `${mean.toFixed(4)} NDCG`,
      `95 % interval over draws ${(mean - half).toFixed(4)} to ${(mean + half).toFixed(4)}`,
    ],
  ]
}

/** Lists of items held out whole, by relations and by content. */
async function coldDraw(split: Parts, relations: Relations, relation: Relation) {
  const allow = [...new Set(split.test.item)].map((row) => split.test.items.keyOf(row))
  const own = await evaluationOf(split, relations, allow)
  return { allow, own, content: scored(split, allow, contentNeighbours(split.train, relation)) }
}

type Embedding = Pick<SpectralEmbedding, 'dimensions' | 'userVectors' | 'itemVectors' | 'items'>

/** Products of users' and items' vectors: relations add nobody, for the items held out have numbers already. */
function productsOf({ dimensions, userVectors, itemVectors }: Embedding): Scorer {
  return (user) => (item) => {
    let sum = 0
    for (let k = 0; k < dimensions; k++) sum += userVectors.get(user, k) * itemVectors.get(item, k)
    return sum
  }
}

/** Ratings of items that nobody has rated in training, and of known ones. */
async function ratings({ report, size }: Bench, { title, table, relations, isRated }: RelatedSet): Promise<void> {
  if (!isRated) return
  const [signal] = table.signals
  const small = size === 'smoke' ? { rank: 8 } : {}
  for (const [task, { train, test }] of [
    ['ratings of items held out whole', splitColdItems(table)],
    ['ratings of known items, a random fifth of the pairs', splitRandom(table)],
  ] as const) {
    const pairs = Array.from(
      test.user,
      (user, row) => [test.users.keyOf(user), test.items.keyOf(test.item[row])] as const,
    )
    const actual = test.value ?? new Float32Array(test.length)
    await using engine = await Engine.create(train)
    const errorsBy = async (some: Relations | undefined) => {
      const asked = { pairs, relations: some, signals: { [signal]: { role: 'label' } } as const, balance: 0, ...small }
      const { rating } = await engine.predictRatings(asked)
      return { rmse: scoreRatings(rating, actual).rmse, byUser: squaresByUser(test, rating, actual) }
    }
    const [plain, own] = [await errorsBy(undefined), await errorsBy(relations)]
    const { difference, low, high } = pairedBootstrap(plain.byUser, own.byUser)
    report.table(
      { suite: 'relations', graph: title, task },
      [
        ['predictRatings', 'RMSE', ''],
        ['without relations', plain.rmse.toFixed(4), ''],
        [`with ${Object.keys(relations).join(' + ')}`, own.rmse.toFixed(4), ''],
        [
          'squared error saved, mean over users',
          difference.toFixed(4),
          `95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}`,
        ],
      ],
      [],
    )
  }
}

/** Mean squared errors of the users with a rating. */
function squaresByUser({ user, users }: Interactions, rating: Float32Array, actual: Float32Array): Float64Array {
  const [sums, counts] = [new Float64Array(users.size), new Int32Array(users.size)]
  user.forEach((one, row) => {
    sums[one] += (rating[row] - actual[row]) ** 2
    counts[one]++
  })
  return sums.map((sum, one) => sum / counts[one]).filter((_, one) => counts[one] > 0)
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
