import { ratingEntries, resolveRatings } from '../advanced.ts'
import {
  Engine,
  RivuletError,
  scoreRatings,
  type PredictRatingsOptions,
  type RatingPredictions,
  type RatingScores,
  type SignalRules,
} from '../index.ts'
import { readNumber, readNumbers } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import type { Stage } from './stage.ts'
import { libraryFlags, onlyGiven, text, value, type Given } from './flags.ts'
import { readOptionsArgument } from './json-argument.ts'
import { outFlags, outWriter } from './out-file.ts'
import { balanceLines, predictionLines, RATING_ROWS, scoreLines, type RatingReport } from './rating-lines.ts'
import { pairsOf, ratingSignals, readRatingTables, rulesOf, type RatingTables } from './rating-tables.ts'
import { readRelationFiles, RELATION_FLAGS } from './relation-argument.ts'
import { readSignals, signalLines } from './signal-argument.ts'
import { MACHINE_FLAGS, READING_FLAGS } from './source.ts'
import { withProgress } from './terminal.ts'

const FLAGS = {
  evidence: value('<file>', 'views, plays, "has read": pairs without a rating; may be repeated', addPath),
  pairs: text('<file>', 'users and items to predict (default: pairs with evidence and no rating)'),
  test: text('<file>', 'held-out ratings: predict them and report the error'),
  balance: value(
    '<weight>',
    "weight of evidence relative to a rating; 0 ignores it; 'auto' chooses by held-out ratings",
    (text): number | 'auto' => (text === 'auto' ? text : readNumber(text)),
  ),
  scale: value('<low,high>', 'lowest and highest rating (default: from the file)', readNumbers),
  options: value(
    '<options>',
    'further options of predictRatings: JSON, or a JSON file such as `tune` writes',
    readOptionsArgument<PredictRatingsOptions & { readonly method?: string }>,
  ),
  ...outFlags(),
  json: jsonFlag('labels, balance, signals, predictions or scores ...'),
  signals: value('<rules>', 'which signal holds the ratings: stars=1:label,view=1:log1p; JSON', readSignals),
  ...libraryFlags('predictRatings', ['seed']),
  ...RELATION_FLAGS,
  ...MACHINE_FLAGS,
  ...READING_FLAGS,
}

function addPath(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, path]
}

type RateArguments = Given<typeof FLAGS>

export const RATE = define({
  name: 'rate',
  what: 'predict ratings, each with its expected error, from ratings and unrated interactions',
  file: ['<file...>', 'ratings of users and items; a signal column may separate them from evidence'],
  flags: FLAGS,
  async run(file, given, stage) {
    const { out, threads, memoryLimit } = given
    if (given.pairs !== undefined && given.test !== undefined) stage.refuse('give either --pairs or --test, not both')
    const write = await outWriter(given, stage)
    const options = askRatings(given)
    const relations = await readRelationFiles(given, stage)
    const tables = await readRatingTables(file, given, stage)
    const signals = settleRules(tables, options, stage)
    await using engine = await Engine.create(tables.table, { threads, memoryLimitBytes: memoryLimit })
    const pairs: PredictRatingsOptions['pairs'] = tables.asked === null ? 'unlabelled' : pairsOf(tables.asked)
    const predict = (asked?: PredictRatingsOptions): Promise<RatingPredictions> => {
      const all = { ...options, ...asked, pairs, signals, relations }
      return withProgress('Spreading', stage, (watch) => engine.predictRatings(all, watch), 'blocks')
    }
    const predictions = await predict()
    const report = given.test === undefined ? null : await judge(tables, predictions, predict)

    stage.remark([...noteLines(tables, predictions), ...balanceLines(predictions)])
    if (write !== undefined) {
      await write(ratingEntries(predictions), RATING_ROWS)
      stage.remark([`${predictions.rating.length} predictions -> ${out}`])
    }
    const { labels, balance, iterations, residual, converged } = predictions
    const head = { labels, balance, signals, options, iterations, residual, converged, unknown: tables.unknown }
    const body = () => report ?? (out === undefined ? { predictions: [...ratingEntries(predictions)] } : { out })
    await stage.show(
      () => ({ ...head, ...body(), elapsedMs: stage.elapsedMs() }),
      () => (report !== null ? scoreLines(report) : out === undefined ? predictionLines(predictions) : []),
    )
  },
})

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
function askRatings({ balance, scale, seed, signals, options }: RateArguments): PredictRatingsOptions {
  const { method: _, ...bundled } = options ?? {}
  const asked = { ...bundled, ...onlyGiven({ balance, scale, seed, signals }) } as PredictRatingsOptions
  resolveRatings('rate', asked)
  return asked
}

function settleRules(tables: RatingTables, { signals = 'auto' }: PredictRatingsOptions, stage: Stage): SignalRules {
  if (signals !== 'auto') return signals
  const found = ratingSignals(tables)
  stage.remark(signalLines(found))
  return rulesOf(found)
}

/** Errors of held-out ratings, with and without evidence. */
async function judge(
  { table, asked }: RatingTables,
  predictions: RatingPredictions,
  predict: (options: PredictRatingsOptions) => Promise<RatingPredictions>,
): Promise<RatingReport> {
  const actual = asked?.value
  if (actual === undefined) {
    throw new RivuletError('INVALID_DATA', {
      who: 'rate, --test',
      expected: 'a column of ratings',
      got: 'only users and items',
      todo: 'Name the column with --columns, or give the file as --pairs.',
    })
  }
  const number = table.signals.indexOf(predictions.labels.signal)
  const labels = new Int32Array(table.users.size)
  table.user.forEach((user, row) => (labels[user] += Number((table.signal?.[row] ?? 0) === number)))
  const activity = predictions.user.map((user) => labels[user])
  const scoresOf = ({ rating }: RatingPredictions): RatingScores => scoreRatings(rating, actual, { activity })
  const { decision } = predictions.balance
  return {
    scores: scoresOf(predictions),
    expected: Math.sqrt(meanSquare(predictions.expectedError)),
    supervised: decision === 'supervised' ? null : scoresOf(await predict({ balance: 0 })),
  }
}

const meanSquare = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length

function noteLines({ asked, unknown: { users, items } }: RatingTables, { rating }: RatingPredictions): string[] {
  return [
    ...(users + items > 0
      ? [`note: ${users} of these users and ${items} of these items are not in the other files`]
      : []),
    ...(asked === null && rating.length === 0
      ? ['note: every pair has a rating; use --pairs for what to predict, or add --evidence']
      : []),
  ]
}
