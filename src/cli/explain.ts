import type { Command } from 'commander'
import type { Explanation } from '../index.ts'
import { readNumber } from './argument-values.ts'
import {
  addEngineOptions,
  addMethodOptions,
  addReadingOptions,
  askQuestion,
  openEngine,
  readTable,
  type EngineArguments,
  type MethodArguments,
  type ReadingArguments,
} from './option-groups.ts'
import { settleSignals } from './signal-argument.ts'
import { bar, count, tableLines } from './table.ts'
import type { Terminal } from './terminal.ts'
import { readVectors } from './embedding-argument.ts'
import { readTitles, type Titles } from './titles.ts'

interface ExplainArguments extends ReadingArguments, MethodArguments, EngineArguments {
  readonly user: string
  readonly item: string
  readonly top: number
  readonly titles?: string
  readonly json?: true
}

/** Characters of the bar of a contribution that is the whole score. */
const BAR_WIDTH = 30

export function addExplain(program: Command, terminal: Terminal): void {
  const command = program
    .command('explain')
    .description('what each of her own items adds to the score of an item')
    .argument('<file>', 'interactions of users and items')
    .requiredOption('--user <id>', 'whose score')
    .requiredOption('--item <id>', 'of which item')
    .option('--top <n>', 'contributions shown, largest first', readNumber, 20)
    .option('--titles <file>', "what items are called: columns 'item' and 'title', or the first two")
    .option('--json', 'print one JSON document, with all contributions')
  addMethodOptions(command)
  addEngineOptions(command)
  addReadingOptions(command)
  command.action(async (file: string) => {
    const given = command.optsWithGlobals<ExplainArguments>()
    const { list, method, options } = askQuestion('explain', given)
    const titles = await readTitles(given.titles, given.encoding, terminal)
    const vectors = await readVectors(given)
    const table = await readTable(file, given, terminal)
    await using engine = await openEngine(table, settleSignals(table, given, terminal))
    const explanation = await engine.explain(given.user, given.item, { ...list, ...vectors, signal: terminal.signal })
    if (given.json) await terminal.print(`${JSON.stringify({ ...explanation, method, options })}\n`)
    else await terminal.print(`${explanationLines(explanation, method, given.top, titles).join('\n')}\n`)
  })
}

function explanationLines(
  { user, item, score, contributions }: Explanation,
  method: string,
  top: number,
  titles: Titles | undefined,
): string[] {
  const nameOf = (id: string): string => titles?.get(id) ?? id
  const shown = contributions.slice(0, top)
  const rows = shown.map((part) => [
    nameOf(part.item),
    part.score.toPrecision(4),
    `${(100 * part.share).toFixed(1)}%`,
    bar(part.share, BAR_WIDTH),
  ])
  const left = contributions.slice(top)
  const share = left.reduce((sum, part) => sum + part.share, 0)
  const rest = `and ${count(left.length)} more, together ${(100 * share).toFixed(1)}% (all with --json)`
  return [
    ...tableLines(['user', 'item', 'score', 'method'], [[user, nameOf(item), score.toPrecision(4), method]], LEFT),
    '',
    ...tableLines(['because of', 'score', 'share', ''], rows, ['left', 'right', 'right', 'left']),
    ...(left.length > 0 ? [rest] : []),
  ]
}

const LEFT = ['left', 'left', 'left', 'left'] as const
