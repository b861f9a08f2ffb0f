import { expect, it } from 'vitest'
import { smallClusters } from '../../../native-free-bench/data/small-clusters.ts'
import { splitRandom } from '../../../src/data/split.ts'
import { evaluate } from '../../../src/evaluate/evaluate.ts'
import { DEFAULT_RECIPE, type Recipe } from '../../../src/recommend/methods/recipe.ts'
import type { LowPass } from '../../../src/recommend/methods/operators.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { partWay } from '../../../src/tune/recipe-climb.ts'
import { tune } from '../../../src/tune/tune.ts'

it('where the default filters the structure out, the search finds a resolvent and goes the whole way', async () => {
  const clusters = smallClusters({ users: 900, items: 2700, clusters: 400, seed: 1 })
  const { train, test } = splitRandom(clusters, { testFraction: 0.2, seed: 5 })
  const { best, decision, share, trials } = tune(train, { search: 'recipe', trials: 6, baselines: [] })
  expect([decision, share]).toEqual(['tuned', 1])
  expect(best.recipe).toEqual(trials[0].options.recipe)
  // A low-pass of order 1 is a resolvent.
  expect((best.recipe.operators[0] as LowPass).order).toBeLessThan(1.5)
  const ndcgOf = async (recipe: Recipe): Promise<number> =>
    (await evaluate(recommend(train, { recipe, k: 20 }), test)).metrics['ndcg@20']
  const found = await ndcgOf(best.recipe)
  expect(found / (await ndcgOf(partWay(DEFAULT_RECIPE, best.recipe, 0.5)))).toBeGreaterThan(1.03)
  expect(found / (await ndcgOf(DEFAULT_RECIPE))).toBeGreaterThan(1.1)
})
