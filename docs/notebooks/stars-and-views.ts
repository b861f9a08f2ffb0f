/**
 * Notebook: stars and views. A few films have stars, many more were only seen; what do the second say about the first, for whom, and how
 * far off is a prediction?
 *
 * Run: npx tsx docs/notebooks/stars-and-views.ts
 */
// With the package installed: from 'rivulet'.
import {
  fromColumns,
  joinInteractions,
  predictRatings,
  renameSignals,
  scoreRatings,
  splitRandom,
  type Interactions,
  type PredictRatingsOptions,
  type RatingPredictions,
} from '../../src/index.ts'
import { balanceDiagram } from '../../src/advanced.ts'
import { seededRandom } from '../../src/support/random.ts'
import { bar, count, print, printTable } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'
import { readRatings, readTitles } from './movies.ts'
import { barChart } from './svg.ts'

cell('Stars and views', 'Three ratings in four are taken away: of those pairs we know only that the film was seen.')
const ratings = await readRatings()
const { train, test: hidden } = splitRandom(ratings, { testFraction: 0.75, seed: 1 })
const stars = renameSignals(train, { interaction: 'stars' })
const { users, items, user, item } = ratings
const seen = fromColumns({ users, items, user, item, signals: ['seen'] })
const table = joinInteractions(stars, seen)
const signals = { stars: { role: 'label' }, seen: { role: 'evidence' } } as const
print(
  `  ${count(stars.length)} stars from 0 to 10, ${count(seen.length)} pairs seen, ${count(hidden.length)} to predict`,
)

/** Predictions of the ratings that were taken away. */
const pairs = Array.from(hidden.user, (row, at) => [users.keyOf(row), items.keyOf(hidden.item[at])] as const)
const predict = (source: Interactions, options?: PredictRatingsOptions): RatingPredictions =>
  predictRatings.detailed(source, { signals, pairs, scale: [0, 10], ...options })
const activity = new Int32Array(users.size)
for (const row of stars.user) activity[row]++
const truth = hidden.value ?? new Float32Array(hidden.length)
const scoresOf = ({ rating }: RatingPredictions) =>
  scoreRatings(rating, truth, { activity: hidden.user.map((row) => activity[row]) })

cell(
  'Do the views help?',
  'The weight of what was only seen is found on stars that are held out; the ratings to predict are not looked at.',
)
const biases = predict(table, { balance: 0, itemLevel: 0, userTaste: 0, itemAudience: 0, sharedTaste: 0 })
const alone = predict(table, { balance: 0 })
const both = predict(table)
const rows = { 'user and item biases': biases, 'stars alone': alone, 'stars and views': both }
printTable([
  ['', 'RMSE', 'MAE'],
  ...Object.entries(rows).map(([name, predictions]) => {
    const { rmse, mae } = scoresOf(predictions)
    return [name, rmse.toFixed(3), mae.toFixed(3)]
  }),
])
print(`  ${both.balance.decision}: ${both.balance.reason}`)
printTable(
  [
    ['weight', 'held-out RMSE', 'gain in squared error, with its interval'],
    ...both.balance.curve.map(({ lambda, loss, gain }) => [
      String(lambda),
      Math.sqrt(loss).toFixed(3),
      gain === null ? '' : `${gain.difference.toFixed(3)} [${gain.low.toFixed(3)}, ${gain.high.toFixed(3)}]`,
    ]),
  ],
  [0, 1],
)
await writeDrawing('stars-and-views-balance.svg', balanceDiagram(both.balance, { title: 'What views add to stars' }))

cell('For whom?', 'By the number of stars that were left of the user.')
const [before, after] = [scoresOf(alone).byActivity, scoresOf(both).byActivity]
printTable(
  [
    ['stars', 'predicted', 'stars alone', 'stars and views', 'gain'],
    ...after.map(({ from, to, ratings: predicted, rmse }, at) => [
      to === null ? `${from} and more` : from === to ? String(from) : `${from}-${to}`,
      count(predicted),
      before[at].rmse.toFixed(3),
      rmse.toFixed(3),
      bar(Math.max(0, before[at].rmse - rmse), 0.1, 20),
    ]),
  ],
  [1, 2, 3],
)

cell(
  'How far off is a prediction?',
  'Every prediction comes with the error to expect. Fifths of the predictions, the surest first.',
)
const surest = Array.from(both.rating.keys()).sort((a, b) => both.expectedError[a] - both.expectedError[b])
const fifths = [0, 1, 2, 3, 4].map((n) => surest.slice((n * surest.length) / 5, ((n + 1) * surest.length) / 5))
const rootMean = (places: readonly number[], error: (at: number) => number): number =>
  Math.sqrt(places.reduce((sum, at) => sum + error(at) ** 2, 0) / places.length)
const expected = fifths.map((places) => rootMean(places, (at) => both.expectedError[at]))
const found = fifths.map((places) => rootMean(places, (at) => both.rating[at] - truth[at]))
printTable([
  ['fifth', 'expected RMSE', 'found RMSE'],
  ...fifths.map((_, n) => [String(n + 1), expected[n].toFixed(3), found[n].toFixed(3)]),
])
await writeDrawing(
  'stars-and-views-errors.svg',
  barChart({
    title: 'Expected and found error of predicted ratings',
    subtitle: `MovieTweetings, scale 0 to 10, ${count(truth.length)} predictions; root mean squared errors by expected error`,
    groups: ['surest fifth', 'second', 'third', 'fourth', 'least sure'],
    series: [
      { name: 'expected', values: expected },
      { name: 'found', values: found },
    ],
  }),
)

cell(
  'Views that say nothing',
  'As many pairs a user, of films drawn by lot: the guard should see that they are worth nothing.',
)
const random = seededRandom(1)
const drawn = fromColumns({ users, items, user, item: item.map(() => random.below(items.size)), signals: ['seen'] })
const useless = predict(joinInteractions(stars, drawn))
print(`  ${useless.balance.decision}: ${useless.balance.reason}`)
const forced = predict(joinInteractions(stars, drawn), { balance: 1 })
print(
  `  RMSE ${scoresOf(useless).rmse.toFixed(3)} with the guard, ${scoresOf(forced).rmse.toFixed(3)} if they were believed`,
)

cell("One user's unrated films", 'Seen, not rated: what would she say?')
const titles = await readTitles()
const her = users.keyOf(hidden.user[0])
const guesses = predictRatings(table, { signals, scale: [0, 10], balance: both.balance.lambda })
  .filter((guess) => guess.user === her)
  .sort((a, b) => b.rating - a.rating)
printTable([
  ['film', 'predicted', 'give or take'],
  ...[...guesses.slice(0, 4), ...guesses.slice(-2)].map(({ item: film, rating, expectedError }) => [
    titles.get(film) ?? film,
    rating.toFixed(1),
    expectedError.toFixed(1),
  ]),
])
