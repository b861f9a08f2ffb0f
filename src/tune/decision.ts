import { mean, bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Sliced } from '../support/pause.ts'
import { meanScores, type MeanScores, type UserScores } from './user-scores.ts'
import type { BenchOptions } from './validation-bench.ts'

/** Compares a candidate with the default, paired by user. The candidate wins if its gain is significant and `mayBeTuned` holds. */
export function* decide(
  found: UserScores,
  byDefault: UserScores,
  { k, seed, mayBeTuned = true }: Pick<BenchOptions, 'k' | 'seed'> & { readonly mayBeTuned?: boolean },
): Sliced<Decision> {
  const gain = yield* bootstrapInSlices(found.ndcg, byDefault.ndcg, { seed })
  const isBetter = mayBeTuned && gain.low > 0
  const winner = isBetter ? found : byDefault
  return {
    decision: isBetter ? 'tuned' : 'default',
    metric: `ndcg@${k}`,
    score: mean(winner.ndcg),
    defaultScore: mean(byDefault.ndcg),
    gain,
    scores: meanScores(winner),
    defaultScores: meanScores(byDefault),
  }
}

/** The fields of `Search` that a decision determines, with accuracy of both sides. */
export interface Decision {
  readonly decision: 'tuned' | 'default'
  readonly metric: string
  readonly score: number
  readonly defaultScore: number
  readonly gain: PairedBootstrap
  readonly scores: MeanScores
  readonly defaultScores: MeanScores
}
