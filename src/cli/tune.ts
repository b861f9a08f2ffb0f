import { Option, type Command } from 'commander'
import { resolveTune } from '../advanced.ts'
import { openTrialLog, writeTextFile, type SearchSpace, type TuneOptions } from '../index.ts'
import { METHOD_NAMES } from '../advanced.ts'
import { readDuration, readNumber } from './argument-values.ts'
import { SPLIT_NAMES } from './held-out.ts'
import { readOptionsArgument, readSpaceArgument } from './json-argument.ts'
import {
  addEngineOptions,
  addReadingOptions,
  openEngine,
  readTable,
  type EngineArguments,
  type ReadingArguments,
} from './option-groups.ts'
import { withProgress } from './progress.ts'
import { settleSignals } from './signal-argument.ts'
import type { Terminal } from './terminal.ts'
import { tuningLines } from './tuning-lines.ts'

/** Nodes of files have no labels: what labels nodes is tuned by the function. */
const METHODS = [...METHOD_NAMES.filter((name) => name !== 'popularity'), 'predictRatings'] as const

interface TuneArguments extends ReadingArguments, EngineArguments {
  readonly method?: (typeof METHODS)[number]
  readonly options?: object
  readonly space?: object
  readonly metric?: TuneOptions['metric']
  readonly trials?: number
  readonly strategy?: TuneOptions['strategy']
  /** Milliseconds. */
  readonly budget?: number
  readonly split?: (typeof SPLIT_NAMES)[number]
  readonly validation?: string
  readonly heldOut?: number
  readonly validationUsers?: number
  readonly k?: number
  readonly seed?: number
  readonly top: number
  readonly log?: string
  readonly out?: string
  readonly json?: true
}

export function addTune(program: Command, terminal: Terminal): void {
  const command = program
    .command('tune')
    .description('search the options of a method by what is held out of the file')
    .argument('<file>', 'interactions of users and items')
    .addOption(new Option('--method <name>', 'what is tuned (default: graph-filter)').choices(METHODS))
    .option('--trials <n>', 'candidates that are drawn (default: 40)', readNumber)
    .option('--strategy <name>', "'halving': the poor ones on few users only; 'random': all in full (default: halving)")
    .option('--space <space>', 'what is searched: JSON, or a file of it (default: by the method)', readSpaceArgument)
    .option('--options <options>', 'what stays as it is: JSON, or a file of it', readOptionsArgument)
    .option('--metric <name>', 'ndcg, recall, map ...; rmse or mae of ratings (default: ndcg, rmse)')
    .option('--k <n>', 'length of the lists that are judged (default: 20)', readNumber)
    .addOption(
      new Option('--split <how>', 'how validation is held out (default: time where known, else random)').choices(
        SPLIT_NAMES,
      ),
    )
    .option('--held-out <share>', 'by time and at random (default: 0.2)', readNumber)
    .option('--validation <file>', 'interactions to choose by, none of them in FILE')
    .option('--validation-users <n>', 'most users that are judged by (default: 1500)', readNumber)
    .option('--budget <time>', 'start nothing new after so long: 90, 90s, 5m, 1h (default: no limit)', readDuration)
    .option('--seed <number>', 'of the candidates, and of what is held out at random (default: 1)', readNumber)
    .option('--log <file>', 'keep every trial there, a line each; a run that was interrupted goes on from it')
    .option('--out <file>', 'write the best options, for --options; whole or not at all')
    .option('--top <n>', 'trials that are shown', readNumber, 10)
    .option('--json', 'print one JSON document')
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => tune(file, command, terminal))
}

async function tune(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<TuneArguments>()
  const began = performance.now()
  if (given.validation !== undefined && given.split !== undefined) {
    command.error('error: expected either --validation or --split')
  }
  const asked = askTune(given)
  const table = await readTable(file, given, terminal)
  const validation = given.validation === undefined ? given.split : await readTable(given.validation, given, terminal)
  await using engine = await openEngine(table, settleSignals(table, given, terminal))
  using log = given.log === undefined ? undefined : openTrialLog(given.log)
  const tuning = await withProgress(
    'Tuning',
    terminal,
    (watch) => engine.tune({ ...asked, validation, log }, watch),
    'trials',
  )
  const elapsedMs = Math.round(performance.now() - began)
  const text = given.json ? JSON.stringify({ ...tuning, elapsedMs }) : tuningLines(tuning, given.top).join('\n')
  // What was found is lost neither because a folder is missing nor because nobody reads the table to its end.
  try {
    await terminal.print(`${text}\n`)
  } finally {
    if (given.out !== undefined) await writeTextFile(given.out, JSON.stringify(tuning.best, null, 2).split('\n'))
  }
}

/** Checks the options before a file is read. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
function askTune(given: TuneArguments): TuneOptions {
  const { method, options, metric, trials, strategy, budget, heldOut, validationUsers, k, seed } = given
  const asked: TuneOptions = {
    ...{ method, options, space: given.space as SearchSpace | undefined, metric, trials, strategy },
    ...{ budgetMs: budget, heldOutShare: heldOut, validationUsers, k, seed },
  }
  resolveTune('tune', asked)
  return asked
}
