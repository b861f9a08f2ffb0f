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

/** All folds as one, and each. */
export interface CrossValidation extends PooledEvaluation {
  readonly folds: readonly Evaluation[]
}

/** Trained on all folds but one. */
export type Trainer = (
  train: Interactions,
  fold: number,
) => Recommender | RankedLists | RankingModel | Promise<Recommender | RankedLists | RankingModel>

/**
 * k-fold cross-validation: trains once for each fold, on all the others, and evaluates on it. Of data with times this asks for the past too: `splitRolling` does not.
 *
 * @param trainer is given the training table, and what it returns is evaluated as by `evaluate`
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
