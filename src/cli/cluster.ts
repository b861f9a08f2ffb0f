import { Option, type Command } from 'commander'
import {
  clusterUsers,
  clusterItems,
  readEmbedding,
  writeClusters,
  writeTextFile,
  type ClusterOptions,
} from '../index.ts'
import { readNumber } from './argument-values.ts'
import { clusterLines, clusterReport, clusterSummary, CLUSTER_WRITERS, membersOf } from './cluster-lines.ts'
import { addLibraryFlags } from './library-flags.ts'
import {
  addEngineOptions,
  addReadingOptions,
  openEngine,
  readTable,
  type EngineArguments,
  type ReadingArguments,
} from './option-groups.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { outWriter, SPREADSHEET_SAFE, type OutArguments } from './text-writers.ts'
import { readTitles } from './titles.ts'

interface ClusterArguments extends ReadingArguments, EngineArguments, OutArguments {
  readonly side: 'users' | 'items'
  readonly method?: ClusterOptions['method']
  readonly count?: number
  readonly resolution?: number
  readonly neighbours?: number
  readonly dimensions?: number
  readonly embedding?: string
  readonly runs?: number
  readonly top: number
  readonly seed?: number
  readonly titles?: string
  readonly json?: true
}

const CLUSTER_FLAGS = ['method', 'count', 'resolution', 'neighbours', 'dimensions', 'runs', 'seed'] as const

export function addCluster(program: Command, terminal: Terminal): void {
  const command = program
    .command('cluster')
    .description('groups of users with the same habits, and what is distinctive of each')
    .argument('<file>', 'interactions of users and items')
    .addOption(new Option('--side <side>', 'what is clustered').choices(['users', 'items']).default('users'))
    .option(
      '--embedding <file>',
      'by the vectors that `embed` wrote of FILE as .embedding (default: by vectors of its own)',
    )
    .option('--top <n>', 'what is distinctive of a cluster, at most', readNumber, 3)
    .option('--titles <file>', "what items are called: columns 'item' and 'title', or the first two; for users only")
    .option(
      '--out <file>',
      'write who is in which: .clusters, .csv, .tsv or .jsonl, each also with .gz; whole or not at all',
    )
    .option(...SPREADSHEET_SAFE)
    .option('--json', 'print one JSON document')
  addLibraryFlags(command, 'clusterUsers', CLUSTER_FLAGS)
  addEngineOptions(command)
  addReadingOptions(command)
  command.action((file: string) => cluster(file, command, terminal))
}

async function cluster(file: string, command: Command, terminal: Terminal): Promise<void> {
  const given = command.optsWithGlobals<ClusterArguments>()
  const began = performance.now()
  const { side, out, json } = given
  const write = outWriter(command, given, CLUSTER_WRITERS, '.clusters')
  if (given.titles !== undefined && side === 'items') {
    command.error('error: --titles names the items that are distinctive of users: expected --side users')
  }
  if (given.embedding !== undefined && given.dimensions !== undefined) {
    command.error('error: --dimensions is what the vectors of --embedding already have: give one of the two')
  }
  const { method, count, resolution, neighbours, dimensions, runs, seed } = given
  const options = { method, count, resolution, neighbours, dimensions, runs, seed, distinctive: given.top }
  const clusterSide = side === 'users' ? clusterUsers : clusterItems
  clusterSide.resolve(options)
  const titles = await readTitles(given.titles, given.encoding, terminal)
  const table = await readTable(file, given, terminal)
  const path = given.embedding
  const embedding = path === undefined ? null : await readEmbedding(path, { source: table })
  await using engine = await openEngine(table, given)
  const ask: typeof engine.clusterUsers = (asked, watch) =>
    side === 'users' ? engine.clusterUsers(asked, watch) : engine.clusterItems(asked, watch)
  const all = { ...options, embedding }
  const clusters = await withProgress('Embedding', terminal, (watch) => ask(all, watch), 'blocks')
  const named = { clusters, side, titles }
  if (!json) terminal.warn(`${clusterSummary(named)}\n`)
  if (out !== undefined) {
    await (write === undefined ? writeClusters(out, clusters) : writeTextFile(out, write(named)))
    if (!json) terminal.warn(`clusters of ${clusters.members.size} ${side} -> ${out}\n`)
  }
  if (json) {
    const members = out === undefined ? { members: [...membersOf(named)] } : { out }
    const report = { side, options: { ...options, embedding: path }, ...clusterReport(named), ...members }
    await terminal.print(`${JSON.stringify({ ...report, elapsedMs: Math.round(performance.now() - began) })}\n`)
  } else await terminal.print(`${clusterLines(named).join('\n')}\n`)
}
