import { foldByFold, foldOptions } from '../data/folds.ts'
import type { Interactions } from '../data/interactions.ts'
import { checkArgument } from '../support/arguments.ts'
import { isFunction } from '../support/options.ts'
import { resolve, type Given } from '../support/spec.ts'
import type { RankedLists, RankingModel, Recommender } from './collect-lists.ts'
import { evaluate } from './evaluate.ts'
import { rankingOptions, type EvaluateRankingsOptions, type Evaluation } from './evaluation.ts'
import { poolEvaluations, type PooledEvaluation } from './pool.ts'

export const crossValidateOptions = { ...rankingOptions, ...foldOptions }

export interface CrossValidateOptions extends EvaluateRankingsOptions, Given<typeof foldOptions> {}

/** The evaluation of all folds together, and of each. */
export interface CrossValidation extends PooledEvaluation {
  readonly folds: readonly Evaluation[]
}

/** Trains a recommender on all folds but one. */
export type Trainer = (
  train: Interactions,
  fold: number,
) => Recommender | RankedLists | RankingModel | Promise<Recommender | RankedLists | RankingModel>

/**
 * k-fold cross-validation: evaluates on each fold after training on all others. With data that have times, training includes rows after those of the test; `splitRolling` avoids that.
 *
 * @param trainer gets the training table and returns anything that `evaluate` takes
 * @throws {RivuletError} as `splitFolds` and `evaluate`
 * @example
 * ```ts
 * const { metrics, folds } = await crossValidate((train) => recommend(train, { k: 20, method: 'rp3beta' }), table, { folds: 5, k: 20 })
 * ```
 */
export async function crossValidate(
  trainer: Trainer,
  table: Interactions,
  options?: CrossValidateOptions,
): Promise<CrossValidation> {
  const who = 'crossValidate'
  const { folds, seed, ...choices } = resolve(who, crossValidateOptions, options)
  checkArgument(who, 'trainer', trainer, isFunction)
  const evaluations: Evaluation[] = []
  for (const { train, test } of foldByFold(who, table, { folds, seed })) {
    evaluations.push(await evaluate(await trainer(train, evaluations.length), test, { ...choices, train }))
  }
  return { ...poolEvaluations(evaluations), folds: evaluations }
}
