import { Option, type Command } from 'commander'
import { evaluateRankings, type CallOptions, type Evaluation, type ListOptions, type Rankings } from '../index.ts'
import { publishedResults, type PublishedSplit } from '../advanced.ts'
import { readNumber, readNumbers } from './argument-values.ts'
import { readVectors } from './embedding-argument.ts'
import { evaluationLines } from './evaluation-lines.ts'
import { askTuning, chooseRecipe, type TuningArguments } from './choose-recipe.ts'
import { readSplit, SPLIT_NAMES, testedUsers, type SplitArguments } from './held-out.ts'
import {
  addEngineOptions,
  addListOptions,
  addReadingOptions,
  askQuestion,
  openEngine,
  type EngineArguments,
  type ListArguments,
} from './option-groups.ts'
import { withProgress } from './progress.ts'
import { settleSignals } from './signal-argument.ts'
import type { Terminal } from './terminal.ts'
import { addSearchOptions } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

interface EvaluateArguments extends SplitArguments, ListArguments, EngineArguments, TuningArguments {
  readonly k: readonly number[]
  readonly by: 'activity' | 'activity-deciles' | 'none'
  readonly unknownItems: 'miss' | 'drop'
  readonly seenPairs: 'keep' | 'drop'
  readonly json?: true
  readonly verbose?: true
}

export function addEvaluate(program: Command, terminal: Terminal): void {
  const command = program
    .command('evaluate')
    .description('score a method against what users did later')
    .argument('[file]', 'interactions to cut by --split, or else --train and --test')
    .option('--train <file>', 'interactions to learn from')
    .option('--test <file>', 'interactions held out')
    .addOption(new Option('--split <how>', 'cut the file').choices(SPLIT_NAMES))
    .option('--test-fraction <share>', 'of --split random and time (default: 0.2)', readNumber)
    .option('--seed <number>', 'of --split random (default: 1)', readNumber)
    .option('--k <n>', 'cut-offs of the metrics, between commas', readNumbers, [20])
    .addOption(
      new Option('--by <groups>', 'report by the number of training items of the user too')
        .choices(['activity', 'activity-deciles', 'none'])
        .default('activity'),
    )
    .addOption(
      new Option('--unknown-items <rule>', 'held-out items that training lacks')
        .choices(['miss', 'drop'])
        .default('miss'),
    )
    .addOption(
      new Option('--seen-pairs <rule>', 'held-out pairs that are in training')
        .choices(['keep', 'drop'])
        .default('keep'),
    )
    .option('--tune', 'tune a recipe first, on a part of training: takes --trials, --budget and --held-out')
    .addOption(new Option('--fit').hideHelp())
    .option('--json', 'print one JSON document')
  addSearchOptions(command)
  addListOptions(command)
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string | undefined) => evaluate(file, command, terminal))
}

async function evaluate(file: string | undefined, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<EvaluateArguments>()
  const began = performance.now()
  const k = given.k.reduce((most, one) => Math.max(most, one))
  const search = askTuning(given, k, command)
  const asked = { ...given, k, ...(search && { method: 'graph-filter' as const }) }
  const known = askQuestion('evaluate', asked)
  const vectors = await readVectors(given)
  const split = await readSplit(file, given, command, terminal)
  const users = testedUsers(split)
  const settled = settleSignals(split.train, given, terminal)
  const tuning = search && (await chooseRecipe(split.train, settled, search, terminal))
  await using engine = await openEngine(split.train, settled)

  const scoreOf = async (question: ListOptions, watch: CallOptions): Promise<Evaluation> => {
    const rankings = lengthened(await engine.rank(users, { ...question, ...watch }), k)
    const by = given.by === 'none' ? undefined : given.by
    const { unknownItems, seenPairs } = given
    return evaluateRankings(rankings, split.train, split.test, { k: given.k, by, unknownItems, seenPairs })
  }

  const { list, method, options } = tuning ? askQuestion('evaluate', { ...asked, recipe: tuning.best.recipe }) : known
  const evaluation = await withProgress(`Ranking by ${method}`, terminal, (watch) =>
    scoreOf({ ...list, ...vectors }, watch),
  )
  const elapsedMs = Math.round(performance.now() - began)
  const published = comparableResults(evaluation, list)
  if (given.verbose && engine.plan) terminal.warn(`${engine.plan.explain()}\n`)
  if (given.json) {
    const { split: fingerprint, metrics, byActivity, sparsestTenth, audit } = evaluation
    const { k: cutoffs, weighted = false, signals, unknownItems, seenPairs } = settled
    const all = { ...options, k: cutoffs.length === 1 ? k : cutoffs, weighted, signals, unknownItems, seenPairs }
    const scores = { metrics, byActivity, sparsestTenth }
    const document = { split: fingerprint, method, options: all, ...scores, published, elapsedMs, audit, tuning }
    await terminal.print(`${JSON.stringify(document)}\n`)
    return
  }
  const { exclude } = list
  const baseline =
    method === 'popularity'
      ? null
      : await scoreOf({ k, method: 'popularity', ...(exclude && { exclude }) }, { signal: terminal.signal })
  const lines = evaluationLines({ method, options, evaluation, baseline, published, elapsedMs })
  const tuned = tuning ? [...tuningLines(tuning, 0), ''] : []
  await terminal.print(`${[...tuned, ...lines].join('\n')}\n`)
}

/** What papers report, if this run ranked as they do: all unseen items, twenty of them looked at. */
function comparableResults({ split, metrics }: Evaluation, { exclude, minScore }: ListOptions): PublishedSplit | null {
  const comparable = metrics['recall@20'] !== undefined && exclude !== 'none' && minScore === undefined
  return comparable ? publishedResults(split) : null
}

/** The same lists as lists of `k` places: a catalogue of fewer items leaves the last ones empty. */
function lengthened(rankings: Rankings, k: number): Pick<Rankings, 'users' | 'k' | 'items'> {
  const { users, items, k: length } = rankings
  const wide = new Int32Array(users.length * k).fill(-1)
  users.forEach((_, place) => wide.set(items.subarray(place * length, (place + 1) * length), place * k))
  return { users, k, items: wide }
}
