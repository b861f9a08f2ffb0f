import type { Command } from 'commander'
import { writeTextFile, type Recipe } from '../index.ts'
import { readMethods, readNumber } from './argument-values.ts'
import { addSearchOptions, askFit, type FitArguments } from './fit-arguments.ts'
import { fitLines } from './fit-lines.ts'
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

interface OwnArguments extends ReadingArguments, FitArguments, EngineArguments {
  readonly validation?: string
  readonly out?: string
  readonly json?: true
}

export function addFit(program: Command, terminal: Terminal): void {
  const command = program
    .command('fit')
    .description('choose a recipe by held-out interactions, the baselines tuned beside it')
    .argument('<file>', 'interactions of users and items')
  addSearchOptions(command)
    .option('--validation <file>', 'interactions to choose by, none of them in FILE (default: a share is held out)')
    .option('--validation-users <n>', 'most users that are judged by (default: 1500)', readNumber)
    .option('--k <n>', 'length of the lists that are judged (default: 20)', readNumber)
    .option('--baselines <names>', "methods tuned beside it, between commas, or 'none' (default: all)", readMethods)
    .option('--baseline-trials <n>', 'choices tried of a baseline (default: 24)', readNumber)
    .option('--seed <number>', 'of what is held out and of the search (default: 1)', readNumber)
    .option('--out <file>', 'write the recipe, for --recipe and for option `recipe`; whole or not at all')
    .option('--json', 'print one JSON document')
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => fit(file, command, terminal))
}

async function fit(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<OwnArguments>()
  const began = performance.now()
  const { out, weighted = false } = given
  if (given.validation !== undefined && given.heldOut !== undefined) {
    command.error('error: expected either --validation or --held-out')
  }
  const options = askFit(given)
  const table = await readTable(file, given, terminal)
  const validation = given.validation === undefined ? undefined : await readTable(given.validation, given, terminal)
  const settled = settleSignals(table, given, terminal)
  await using engine = await openEngine(table, settled)
  const fitted = await withProgress(
    'Fitting',
    terminal,
    (watch) => engine.fit({ ...options, validation }, watch),
    'trials',
  )
  const elapsedMs = Math.round(performance.now() - began)
  const all = { ...options, validation: given.validation ?? null, weighted, signals: settled.signals }
  const text = given.json ? JSON.stringify({ ...fitted, options: all, elapsedMs }) : fitLines(fitted).join('\n')
  // What took minutes to find is lost neither because a folder is missing nor because nobody reads the table to its end.
  try {
    await terminal.print(`${text}\n`)
  } finally {
    if (out !== undefined) await writeTextFile(out, jsonLines(fitted.recipe))
  }
}

const jsonLines = (recipe: Recipe): string[] => JSON.stringify(recipe, null, 2).split('\n')
