import {
  Engine,
  evaluateRankings,
  type Interactions,
  type MethodName,
  type RecipeSearch,
  type RecommenderOptions,
  splitRandom,
} from '../../src/index.ts'
import { easeSize } from '../../src/recommend/methods/ease.ts'
import { DEFAULT_RECIPE } from '../../src/advanced.ts'
import { partWay } from '../../src/tune/recipe-climb.ts'
import { GRIDS, type Grid } from '../data/grids.ts'
import { LIKE_CITEULIKE, smallClusters } from '../data/small-clusters.ts'
import { SPLITS } from '../data/splits.ts'
import type { SetName, TrainAndTest } from '../data/splits.ts'
import type { Figure } from '../report/report.ts'
import { coordinateSearch } from '../timing/coordinate-search.ts'
import type { Trial } from '../timing/coordinate-search.ts'
import { setsOf } from './suite.ts'
import type { Bench, Suite } from './suite.ts'

const K = 20
/** Users that are asked about; the matrix is built of all. */
const MOST_USERS = 2000
/** As the shared splits: a fifth of every user. */
const CARVE = { testFraction: 0.2, seed: 1 }
/** The best few are enough to see how flat the optimum is. */
const SHOWN = 3

type Space = Grid & { readonly method: MethodName }

/**
 * Baselines tuned one option after the other, and the recipe, by validation and by the test. The tuned rows of the accuracy tables hold
 * what such searches found on the day they were made; this one says what is found today.
 */
export const tuneSuite: Suite = {
  about: 'options of the baselines, and at size large the recipe, chosen by a fifth of training and by the test',
  run: async (bench) => {
    for (const set of setsOf(bench)) {
      const split = await SPLITS[set].load()
      if (split === null) {
        bench.report.skip(`tune on ${set}: not below RIVULET_DATA`)
        continue
      }
      for (const space of spacesOf(bench)) await tuneOn(bench, set, split, space)
      if (tunesRecipe(bench)) await tuneRecipe(bench, set, split)
    }
    if (tunesRecipe(bench) && bench.size !== 'smoke' && !bench.sets?.length) {
      const split = splitRandom(smallClusters(LIKE_CITEULIKE), CARVE)
      await tuneRecipe(bench, 'small clusters, generated', split, { baselines: [] })
    }
  },
}

const tunesRecipe = ({ labels, size }: Bench): boolean =>
  labels?.includes('graph-filter') ?? (size === 'large' || size === 'smoke')

/** Seconds that were asked for of a search with all its defaults, on two threads. */
const ASKED: Readonly<Record<string, number | undefined>> = { gowalla: 180 }

/** The recipe by the defaults of its search, baselines included, and what it is worth on the test; at size large also with the test itself as the validation table. */
async function tuneRecipe(
  { report, size }: Bench,
  set: string,
  { train, test }: TrainAndTest,
  options: Partial<RecipeSearch> = {},
): Promise<void> {
  await using engine = await Engine.create(train)
  const few = size === 'smoke' ? { trials: 2, validationUsers: 100, baselines: [] } : {}
  for (const chosen of size === 'large' ? (['validation', 'seen on the test'] as const) : (['validation'] as const)) {
    const seen = chosen === 'validation' ? {} : { validation: test, baselines: [] }
    const [began, before] = [performance.now(), process.cpuUsage()]
    const found = await engine.tune({ ...options, ...few, ...seen, search: 'recipe' })
    const { user, system } = process.cpuUsage(before)
    const { best, share, gain, validation, trials, baselines } = found
    const foundRecipe = trials[0].options.recipe
    const task = `recipe, ${chosen}: ${trials.length} trials, ${baselines.length} baselines, ${validation.examples} users decide`
    report.figures('tune', set, `${task}: ${JSON.stringify(best.recipe)}`, [
      { name: 'seconds', value: (performance.now() - began) / 1000, unit: 's', atMost: ASKED[set] ?? Infinity },
      { name: 'seconds of all threads', value: (user + system) / 1e6, unit: 's' },
      { name: 'share of the way', value: share, unit: '' },
      { name: 'gain on validation', value: gain.difference, unit: 'NDCG@20' },
      ...baselines.map(({ method, ndcg }) => ({ name: `${method} on validation`, value: ndcg, unit: 'NDCG@20' })),
      ...(await testFigures(engine, 'default', {}, train, test)),
      ...(await testFigures(engine, 'tuned', best, train, test)),
      ...(await testFigures(
        engine,
        'half-way to the best trial',
        { recipe: partWay(DEFAULT_RECIPE, foundRecipe, 0.5) },
        train,
        test,
      )),
      ...(await testFigures(engine, 'best trial', { recipe: foundRecipe }, train, test)),
    ])
  }
}

async function testFigures(
  engine: Engine,
  name: string,
  options: RecommenderOptions,
  train: Interactions,
  test: Interactions,
): Promise<Figure[]> {
  const { metrics } = evaluateRankings(await engine.rank({ ...options, k: K }), train, test, { k: K })
  return [`recall@${K}`, `ndcg@${K}`].map((metric) => ({ name: `${name}, test`, value: metrics[metric], unit: metric }))
}

/** The methods that are asked for, with what there is to tune; at smoke size one value is enough. */
function spacesOf({ size, labels }: Bench): Space[] {
  if (size === 'smoke') return [{ method: 'p3alpha', values: { alpha: [0.8] } }]
  return Object.entries(GRIDS)
    .map(([method, space]) => ({ method: method as MethodName, ...space }))
    .filter(({ method, values }) => Object.keys(values).length > 0 && (labels?.includes(method) ?? true))
}

async function tuneOn({ report }: Bench, set: SetName, split: TrainAndTest, space: Space): Promise<void> {
  const { method, values, mostRows = Infinity } = space
  const { users, items } = split.train
  if (easeSize({ rowCount: users.size, columnCount: items.size }) > mostRows) {
    return report.skip(`tune ${method} on ${set}: its matrix would be too large`)
  }
  const asked = evenlyChosen(users.size).map((row) => users.keyOf(row))
  const search = async ({ train, test }: TrainAndTest): Promise<readonly Trial<RecommenderOptions>[]> => {
    await using engine = await Engine.create(train)
    return await coordinateSearch<RecommenderOptions>({ method }, values, async (options) => {
      const rankings = await engine.rank({ users: asked, ...options, k: K })
      return evaluateRankings(rankings, train, test).metrics[`ndcg@${K}`]
    })
  }
  const validated = await search(splitRandom(split.train, CARVE))
  const seen = await search(split)
  const rows = [
    ...validated.slice(0, SHOWN).map((trial) => ['validation', trial] as const),
    ...seen.slice(0, SHOWN).map((trial) => ['seen on the test', trial] as const),
  ]
  const task = `${method}, ${asked.length} users, ${validated.length} and ${seen.length} points`
  report.table(
    { suite: 'tune', graph: set, task },
    [
      ['chosen by', 'NDCG@20 there', 'options'],
      ...rows.map(([chosen, { options, score }]) => [chosen, score.toFixed(4), JSON.stringify(options)]),
    ],
    rows.map(([chosen, { options, score }]) => ({
      name: `${chosen}: ${JSON.stringify(options)}`,
      value: score,
      unit: 'NDCG@20',
    })),
  )
}

function evenlyChosen(count: number): number[] {
  const stride = Math.max(1, count / MOST_USERS)
  return Array.from({ length: Math.min(count, MOST_USERS) }, (_, at) => Math.floor(at * stride))
}
