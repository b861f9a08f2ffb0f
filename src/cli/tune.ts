import type { Command } from 'commander'
import { openTrialLog, writeTextFile, type OptionsSearch, type Tuning } from '../index.ts'
import { readNumber } from './argument-values.ts'
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
import { addTuneOptions, askTune, type TuneArguments } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

interface OwnArguments extends ReadingArguments, EngineArguments, TuneArguments {
  readonly validation?: string
  readonly top: number
  readonly log?: string
  readonly out?: string
  readonly json?: true
}

export function addTune(program: Command, terminal: Terminal): void {
  const command = program
    .command('tune')
    .description('search options, a recipe, what signals weigh or a balance, by what is held out of the file')
    .argument('<file>', 'interactions of users and items')
  addTuneOptions(command)
    .option('--validation <file>', 'interactions to score candidates on, none of them in FILE')
    .option('--log <file>', 'keep every trial there, a line each; a run that was interrupted goes on from it')
    .option('--out <file>', 'write the best options, for --options; whole or not at all')
    .option('--top <n>', 'trials that are shown', readNumber, 10)
    .option('--json', 'print one JSON document')
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => tune(file, command, terminal))
}

/** The command whose work `tune` does: it says so. */
export function addFit(program: Command): void {
  const command = program.command('fit', { hidden: true }).allowUnknownOption().allowExcessArguments()
  command.action(() => command.error("error: 'fit' has another name now: rivulet tune FILE --search recipe"))
}

async function tune(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<OwnArguments>()
  const began = performance.now()
  if (given.validation !== undefined && given.split !== undefined) {
    command.error('error: expected either --validation or --split')
  }
  const asked = askTune(given)
  const table = await readTable(file, given, terminal)
  const validation = given.validation === undefined ? given.split : await readTable(given.validation, given, terminal)
  const settled = settleSignals(table, given, terminal)
  const { signals, ...reading } = settled
  // What signals mean is a matter of these searches, not of the engine.
  const ofSearch = given.search === 'signals' || given.search === 'balance'
  await using engine = await openEngine(table, ofSearch ? reading : settled)
  using log = given.log === undefined ? undefined : openTrialLog(given.log)
  const options = { ...asked, validation, log, ...(ofSearch && signals && { signals }) } as OptionsSearch
  const tuning: Tuning = await withProgress('Tuning', terminal, (watch) => engine.tune(options, watch), 'trials')
  const elapsedMs = Math.round(performance.now() - began)
  const text = given.json ? JSON.stringify({ ...tuning, elapsedMs }) : tuningLines(tuning, given.top).join('\n')
  // What was found is lost neither because a folder is missing nor because nobody reads the table to its end.
  try {
    await terminal.print(`${text}\n`)
  } finally {
    if (given.out !== undefined) await writeTextFile(given.out, JSON.stringify(tuning.best, null, 2).split('\n'))
  }
}
