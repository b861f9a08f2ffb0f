import type { Command } from 'commander'
import { ratingEntries, resolveRatings } from '../advanced.ts'
import {
  Engine,
  RivuletError,
  scoreRatings,
  writeTextFile,
  type Interactions,
  type PredictRatingsOptions,
  type RatingPredictions,
  type RatingScores,
  type SignalRules,
} from '../index.ts'
import { readNumber, readNumbers } from './argument-values.ts'
import { readOptionsArgument } from './json-argument.ts'
import { addLibraryFlags } from './library-flags.ts'
import { addMachineOptions, addReadingOptions, type EngineArguments } from './option-groups.ts'
import { withProgress } from './progress.ts'
import { balanceLines, predictionLines, RATING_WRITERS, scoreLines, type RatingReport } from './rating-lines.ts'
import { ratingSignals, readRatingTables, rulesOf, type RatingFiles, type RatingTables } from './rating-tables.ts'
import { readSignals, signalLines } from './signal-argument.ts'
import type { Terminal } from './terminal.ts'
import { outWriter, SPREADSHEET_SAFE, type OutArguments } from './text-writers.ts'

interface RateArguments extends RatingFiles, Omit<EngineArguments, 'weighted'>, OutArguments {
  readonly balance?: number | 'auto'
  readonly scale?: readonly number[]
  readonly options?: object
  readonly seed?: number
  readonly json?: true
}

export function addRate(program: Command, terminal: Terminal): void {
  const command = program
    .command('rate')
    .description('predict ratings, each with the error to expect, from ratings and from what was only seen')
    .argument('<file>', 'ratings of users and items; a signal column may tell them from evidence')
    .option('--evidence <file>', 'views, plays, "has read": pairs without a rating; several add up', addPath)
    .option('--pairs <file>', 'what to predict: users and items (default: what has evidence and no rating)')
    .option('--test <file>', 'ratings that are held out: predict them and tell how far off that is')
    .option(
      '--balance <weight>',
      "of evidence beside a rating; 0 leaves it out; 'auto' asks held-out ratings",
      readBalance,
    )
    .option('--scale <low,high>', 'lowest and highest rating (default: those of the file)', readNumbers)
    .option(
      '--options <options>',
      'others of predictRatings: a file of JSON, as `tune` writes it, or JSON',
      readOptionsArgument,
    )
    .option('--out <file>', 'write a .csv, .tsv or .jsonl file, each also with .gz; whole or not at all')
    .option(...SPREADSHEET_SAFE)
    .option('--json', 'print one JSON document')
    .option('--signals <rules>', 'which signal holds the ratings: stars=1:label,view=1:log1p; JSON', readSignals)
  addLibraryFlags(command, 'predictRatings', ['seed'])
  addMachineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => rate(file, command, terminal))
}

const addPath = (path: string, before: readonly string[] = []): string[] => [...before, path]

const readBalance = (text: string): number | 'auto' => (text === 'auto' ? text : readNumber(text))

async function rate(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<RateArguments>()
  const began = performance.now()
  const { out, json, threads, memoryLimit } = given
  if (given.pairs !== undefined && given.test !== undefined) command.error('error: expected either --pairs or --test')
  const write = outWriter(command, given, RATING_WRITERS)
  const options = askRatings(given)
  const tables = await readRatingTables(file, given, terminal)
  const signals = settleRules(tables, options, given, terminal)
  await using engine = await Engine.create(tables.table, { threads, memoryLimitBytes: memoryLimit })
  const predict = (asked: PredictRatingsOptions): Promise<RatingPredictions> =>
    withProgress('Spreading', terminal, (watch) => engine.predictRatings({ ...asked, signals }, watch), 'blocks')
  const pairs = tables.asked === null ? 'unlabelled' : pairsOf(tables.asked)
  const predictions = await predict({ ...options, pairs })
  const report =
    given.test === undefined
      ? null
      : await judge(tables, predictions, (asked) => predict({ ...options, ...asked, pairs }))

  if (!json) terminal.warn(`${[...noteLines(tables, predictions), ...balanceLines(predictions)].join('\n')}\n`)
  if (out !== undefined && write !== undefined) {
    await writeTextFile(out, write(predictions))
    if (!json) terminal.warn(`${predictions.rating.length} predictions -> ${out}\n`)
  }
  if (json) {
    const { labels, balance, iterations, residual, converged } = predictions
    const head = { labels, balance, signals, options, iterations, residual, converged, unknown: tables.unknown }
    const body = report ?? (out === undefined ? { predictions: [...ratingEntries(predictions)] } : { out })
    await terminal.print(`${JSON.stringify({ ...head, ...body, elapsedMs: Math.round(performance.now() - began) })}\n`)
  } else if (report !== null) await terminal.print(`${scoreLines(report).join('\n')}\n`)
  else if (out === undefined) for (const line of predictionLines(predictions)) await terminal.print(`${line}\n`)
}

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
function askRatings({ balance, scale, seed, signals, options }: RateArguments): PredictRatingsOptions {
  const { method: _, ...bundled } = (options ?? {}) as PredictRatingsOptions & { method?: string }
  const alone = Object.entries({ balance, scale, seed, signals }).filter(([, value]) => value !== undefined)
  const asked: PredictRatingsOptions = { ...bundled, ...Object.fromEntries(alone) }
  resolveRatings('rate', asked)
  return asked
}

function settleRules(
  tables: RatingTables,
  { signals = 'auto' }: PredictRatingsOptions,
  { json }: RateArguments,
  terminal: Terminal,
): SignalRules {
  if (signals !== 'auto') return signals
  const found = ratingSignals(tables)
  if (!json) terminal.warn(`${signalLines(found).join('\n')}\n`)
  return rulesOf(found)
}

const pairsOf = ({ users, items, user, item }: Interactions): (readonly [string, string])[] =>
  Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)

/** Errors of the ratings held out, and those of the same without evidence. */
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
      got: 'users and items alone',
      todo: 'Name the column by --columns, or give the file as --pairs.',
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
      ? [`note: unknown to the other files are ${users} of the users and ${items} of the items asked about`]
      : []),
    ...(asked === null && rating.length === 0
      ? ['note: every pair has a rating; say by --pairs what to predict, or bring --evidence']
      : []),
  ]
}
