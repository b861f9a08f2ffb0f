import { Option, type Command } from 'commander'
import { OPTIONS } from '../advanced.ts'
import { writeTextFile, type Interactions } from '../index.ts'
import { readIds, readNumber } from './argument-values.ts'
import { addLibraryFlags } from './library-flags.ts'
import { LIST_WRITERS, titled, type UserList } from './list-lines.ts'
import { askEngine, askModel, type ListSource, type SourceArguments } from './list-sources.ts'
import {
  addEngineOptions,
  addListOptions,
  addReadingOptions,
  readTable,
  type ReadingArguments,
} from './option-groups.ts'
import { withProgress } from './progress.ts'
import { count, fitColumn, headLine, rowLine } from './table.ts'
import type { Terminal } from './terminal.ts'
import { outWriter, SPREADSHEET_SAFE, type OutArguments } from './text-writers.ts'
import { readTitles, type Titles } from './titles.ts'

interface RecommendArguments extends ReadingArguments, SourceArguments, OutArguments {
  readonly titles?: string
  readonly json?: true
  readonly verbose?: true
}

export function addRecommend(program: Command, terminal: Terminal): void {
  const command = program
    .command('recommend')
    .description('rank the items that every user has not seen yet')
    .argument('<file>', 'interactions of users and items')
    .option('--users <ids>', 'only these, between commas (default: all)', readIds)
    .option('--k <n>', 'items of each user', readNumber, OPTIONS.recommend.k.fallback)
    .option(
      '--prior <file>',
      'fill up lists by the clusters of users that `cluster` wrote as .clusters (default: by popularity)',
    )
    .option('--model <file>', 'serve from what `compile` wrote; FILE says who had what')
    .addOption(
      new Option('--unknown-items <rule>', 'of FILE, with --model (default: error)').choices(['error', 'drop']),
    )
    .option('--out <file>', 'write a .csv, .tsv or .jsonl file, each also with .gz; whole or not at all')
    .option(...SPREADSHEET_SAFE)
    .option('--titles <file>', "what items are called: columns 'item' and 'title', or the first two")
    .option('--json', 'print one JSON document')
  addLibraryFlags(command, 'recommend', ['priorUpTo'])
  addListOptions(command)
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => recommend(file, command, terminal))
}

async function recommend(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<RecommendArguments>()
  const began = performance.now()
  const { out } = given
  const write = outWriter(command, given, LIST_WRITERS)
  const open =
    given.model === undefined ? askEngine(given, command, terminal) : await askModel(given.model, given, command)
  const titles = await readTitles(given.titles, given.encoding, terminal)
  const table = await readTable(file, given, terminal)
  await using source: ListSource = await open(table)
  const { head } = source
  const elapsedMs = (): number => Math.round(performance.now() - began)

  if (out !== undefined && write !== undefined) {
    const tally = { lists: 0, entries: 0 }
    await withProgress('Ranking', terminal, (watch) =>
      writeTextFile(out, write(counted(source.lists(watch), tally), titles)),
    )
    if (given.json) await terminal.print(`${JSON.stringify({ ...head, out, ...tally, elapsedMs: elapsedMs() })}\n`)
    else terminal.warn(`${count(tally.lists)} lists, ${count(tally.entries)} entries -> ${out}\n`)
  } else {
    const lists = source.lists({ signal: terminal.signal })
    if (given.json) await printJson(lists, titles, head, elapsedMs, terminal)
    else await printTable(lists, titles, table, terminal)
  }
  const plan = given.verbose && source.explainPlan()
  if (plan) terminal.warn(`${plan}\n`)
}

async function* counted(
  lists: AsyncIterable<UserList>,
  tally: { lists: number; entries: number },
): AsyncGenerator<UserList, void, undefined> {
  for await (const list of lists) {
    tally.lists++
    tally.entries += list.items.length
    yield list
  }
}

/** One document, written list by list: all users of a large file never stand in memory together. */
async function printJson(
  lists: AsyncIterable<UserList>,
  titles: Titles | undefined,
  head: object,
  elapsedMs: () => number,
  terminal: Terminal,
): Promise<void> {
  let separator = `${JSON.stringify(head).slice(0, -1)},"lists":[\n`
  for await (const list of lists) {
    await terminal.print(`${separator}${JSON.stringify(titled(list, titles))}`)
    separator = ',\n'
  }
  await terminal.print(`\n],"elapsedMs":${elapsedMs()}}\n`)
}

/** The columns are as wide as the longest id of the data, so that rows can be printed before the last is known. */
async function printTable(
  lists: AsyncIterable<UserList>,
  titles: Titles | undefined,
  { users, items }: Interactions,
  terminal: Terminal,
): Promise<void> {
  const columns = [
    fitColumn('user', 'left', users.keys()),
    fitColumn('rank', 'right', []),
    fitColumn('item', 'left', items.keys()),
    fitColumn('score', 'right', ['0.000012345']),
    fitColumn('', 'left', ['prior']),
    ...(titles ? [fitColumn('title', 'left', [])] : []),
  ]
  // With the first row: a failure before it prints no table.
  let head = `${headLine(columns)}\n`
  let anyPrior = false
  for await (const { user, items: entries } of lists) {
    for (const [at, { item, score, prior }] of entries.entries()) {
      anyPrior ||= prior === true
      const cells = [user, String(at + 1), item, score.toPrecision(4), prior ? 'prior' : '', titles?.get(item) ?? '']
      await terminal.print(`${head}${rowLine(columns, cells)}\n`)
      head = ''
    }
  }
  if (anyPrior)
    await terminal.print(
      "\nprior: nothing of the user's reaches this item, or she has too few; it stands here because it is popular.\n",
    )
}
