/** Where lists come from: an engine over the file, or a compiled recommender that the file's users are shown to. */
import { Command } from 'commander'
import { readClusters, readCompiled, type CallOptions, type Interactions } from '../index.ts'
import { readVectors } from './embedding-argument.ts'
import type { UserList } from './list-lines.ts'
import {
  addEngineOptions,
  addMethodOptions,
  askQuestion,
  openEngine,
  type EngineArguments,
  type ListArguments,
} from './option-groups.ts'
import { settleSignals } from './signal-argument.ts'
import type { Terminal } from './terminal.ts'

export interface SourceArguments extends ListArguments, EngineArguments {
  readonly users?: readonly string[]
  readonly k: number
  readonly prior?: string
  readonly priorUpTo?: number
  readonly model?: string
  readonly unknownItems?: 'error' | 'drop'
}

/** Somebody to ask for lists, open until disposed of. */
export interface ListSource extends AsyncDisposable {
  /** How it ranks, for the record. */
  readonly head: object
  lists(watch: CallOptions): AsyncIterable<UserList>
  /** The plan of the work so far, if it had one. */
  explainPlan(): string | undefined
}

type OpenSource = (table: Interactions) => Promise<ListSource>

/** Ranks by a method on the graph of the file. What is wrong with the options is told at once. */
export function askEngine(given: SourceArguments, command: Command, terminal: Terminal): OpenSource {
  if (given.unknownItems !== undefined) command.error('error: --unknown-items belongs to --model')
  const { list, method, options } = askQuestion('recommend', given)
  return async (table) => {
    const vectors = await readVectors(given)
    const prior = given.prior === undefined ? {} : { prior: await readClusters(given.prior) }
    const engine = await openEngine(table, settleSignals(table, given, terminal))
    return {
      head: { method, options: { ...options, prior: given.prior } },
      lists: (watch) => engine.recommendAll({ ...list, ...vectors, ...prior, users: given.users, ...watch }),
      explainPlan: () => engine.plan?.explain(),
      [Symbol.asyncDispose]: () => engine.close(),
    }
  }
}

/** Ranks by a compiled recommender, which has its method and needs no engine. */
export async function askModel(path: string, given: SourceArguments, command: Command): Promise<OpenSource> {
  const decided = addEngineOptions(addMethodOptions(new Command())).options
  const extra = decided.find((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
  if (extra !== undefined) command.error(`error: ${extra.long} was decided when the model was compiled`)
  if (given.prior !== undefined) command.error('error: --prior needs the graph: a model fills up by popularity')
  const { k, exclude, minScore, priorUpTo, users, unknownItems } = given
  const compiled = await readCompiled(path)
  const { method, options } = compiled
  const list = { k, exclude, minScore, priorUpTo, users, unknownItems }
  return (table) =>
    Promise.resolve({
      head: { model: path, method, options: { k, ...options } },
      lists: ({ signal }) => watched(compiled.recommendAll(table, list), signal),
      explainPlan: () => undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    })
}

async function* watched(lists: Iterable<UserList>, signal: AbortSignal | undefined): AsyncGenerator<UserList> {
  for (const list of lists) {
    signal?.throwIfAborted()
    yield list
  }
}
