/** Predicted ratings as text and rows: the predictions, the balance of evidence, and their errors. */
import { ratingEntries } from '../advanced.ts'
import type { RatingPrediction, RatingPredictions, RatingScores } from '../index.ts'
import { count, figure, fitColumn, headLine, rowLine, tableLines } from './table.ts'

export const RATING_ROWS = {
  columns: { user: 'text', item: 'text', rating: 'float64', expectedError: 'float64', reached: 'int32' } as const,
  of: ({ user, item, rating, expectedError, reached }: RatingPrediction) => [
    [user, item, rating, expectedError, reached ? 1 : 0],
  ],
}

/** The predictions as a table, line by line. */
export function* predictionLines(predictions: RatingPredictions): Generator<string, void, undefined> {
  const { users, items } = predictions
  const columns = [
    fitColumn('user', 'left', users.keys()),
    fitColumn('item', 'left', items.keys()),
    fitColumn('rating', 'right', []),
    fitColumn('give or take', 'right', []),
    fitColumn('', 'left', ['mean']),
  ]
  yield headLine(columns)
  let unreached = false
  for (const { user, item, rating, expectedError, reached } of ratingEntries(predictions)) {
    unreached ||= !reached
    yield rowLine(columns, [user, item, rating.toFixed(2), expectedError.toFixed(2), reached ? '' : 'mean'])
  }
  if (unreached) yield '\nmean: no rating is connected to this user and item; this is the mean of all ratings.'
}

/** The decision about evidence in a sentence, and its curve. */
export function balanceLines({ balance, labels, converged, residual }: RatingPredictions): string[] {
  const { decision, lambda, reason, curve } = balance
  const [low, high] = labels.scale
  const verdict =
    decision === 'supervised' ? 'Only ratings are used' : `Evidence has weight ${lambda} relative to a rating`
  const rows = curve.map(({ lambda: weight, loss, gain }) => [
    String(weight),
    figure(Math.sqrt(loss)),
    gain === null ? '' : `${figure(gain.difference)} [${figure(gain.low)}, ${figure(gain.high)}]`,
  ])
  return [
    `${count(labels.count)} ratings (${labels.signal}), mean ${labels.mean.toFixed(2)}, from ${low} to ${high}`,
    `${verdict}: ${reason}.`,
    ...(curve.length > 1 ? tableLines(['weight', 'held-out RMSE', 'gain in squared error [95 %]'], rows) : []),
    ...(converged ? [] : [`note: not converged, residual ${residual.toPrecision(2)}; raise maxIterations`]),
  ]
}

/** Errors of held-out ratings, and those without evidence if evidence is used. */
export interface RatingReport {
  readonly scores: RatingScores
  /** Root mean square of the expected errors. */
  readonly expected: number
  /** Errors without evidence; `null` if evidence is not used. */
  readonly supervised: RatingScores | null
}

export function scoreLines({ scores, expected, supervised }: RatingReport): string[] {
  const metrics = (['rmse', 'mae'] as const).map((name) => [
    name.toUpperCase(),
    figure(scores[name]),
    ...(supervised ? [figure(supervised[name])] : []),
  ])
  const groups = scores.byActivity.map(({ from, to, ratings, rmse, mae }, at) => [
    to === null ? `${from} and more` : from === to ? String(from) : `${from}-${to}`,
    count(ratings),
    figure(rmse),
    figure(mae),
    ...(supervised ? [figure(supervised.byActivity[at].rmse)] : []),
  ])
  return [
    `${count(scores.ratings)} held-out ratings; expected RMSE ${figure(expected)}`,
    '',
    ...tableLines(['metric', 'predicted', ...(supervised ? ['without evidence'] : [])], metrics),
    '',
    ...tableLines(
      ['ratings of the user', 'held out', 'RMSE', 'MAE', ...(supervised ? ['RMSE without evidence'] : [])],
      groups,
    ),
  ]
}
