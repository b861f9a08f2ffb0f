/** Options that several commands share, and what the library gets of them. Defaults are the library's own. */
import { Option, type Command } from 'commander'
import { DenseKeyIndex, METHOD_NAMES, resolveList } from '../advanced.ts'
import {
  Engine,
  readInteractions,
  type EngineOptions,
  type Interactions,
  type ListOptions,
  type MethodName,
  type MethodOptions,
  type ReadInteractionsOptions,
  type Reading,
  type RecommenderOptions,
} from '../index.ts'
import { readBytes, readColumns, readDelimiter, readNumber, readThreads } from './argument-values.ts'
import { withEmbedding, type EmbeddingArguments } from './embedding-argument.ts'
import { readOptionsArgument } from './json-argument.ts'
import { warningLines } from './reading-lines.ts'
import { addLibraryFlags, addMethodFlags } from './library-flags.ts'
import { readRecipeArgument } from './recipe-argument.ts'
import { readSignals } from './signal-argument.ts'
import { orAborted, type Terminal } from './terminal.ts'

export interface ReadingArguments extends Omit<ReadInteractionsOptions, 'quoted' | 'onReading'> {
  readonly quotes: boolean
}

export function addReadingOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'how files are written (default: by name and content)').choices(FORMATS))
    .option('--delimiter <text>', 'between fields; one or two characters (default: found)', readDelimiter)
    .option(
      '--columns <roles>',
      'user=..,item=..,value=..,signal=..,time=..: names, or numbers from 0; time=- for none',
      readColumns,
    )
    .option('--header', 'the first line names the columns (default: found)')
    .option('--no-header', 'the first line is data')
    .option('--comments', "lines that begin with '#', '%' or '//' are comments (default: found at the top)")
    .option('--no-comments', 'such lines are data')
    .option('--no-quotes', 'double quotes are plain characters')
    .addOption(new Option('--encoding <name>', 'of the text (default: utf8)').choices(['utf8', 'latin1']))
}

const FORMATS = ['delimited', 'adjacency', 'json-lines'] satisfies ReadInteractionsOptions['format'][]

/**
 * Reads a file of interactions, until the user interrupts.
 *
 * @param onReading told how it was read; default: what was left out or guessed goes to the standard error
 */
export function readTable(
  path: string,
  given: ReadingArguments,
  terminal: Terminal,
  onReading = (reading: Reading): void => {
    for (const line of warningLines(reading)) terminal.warn(`${path}: ${line}\n`)
  },
): Promise<Interactions> {
  const { format, delimiter, columns, header, quotes, encoding, comments } = given
  const options = { format, delimiter, columns, header, quoted: quotes, encoding, comments, onReading }
  return orAborted(readInteractions(path, options), terminal.signal)
}

export interface MethodArguments extends Omit<MethodOptions, 'neighbours'>, EmbeddingArguments {
  readonly neighbours?: number | 'all' | undefined
  readonly method?: MethodName | undefined
  /** Those that stand by themselves come first. */
  readonly options?: BundledOptions | undefined
}

/** What --options holds: of what was tuned by signals, the rules of these too. They are the engine's. */
export interface BundledOptions extends RecommenderOptions {
  readonly signals?: EngineOptions['signals']
}

export interface ListArguments extends MethodArguments {
  readonly exclude?: ListOptions['exclude']
  readonly minScore?: number | undefined
}

export function addMethodOptions(command: Command): Command {
  command
    .option('--method <name>', `${METHOD_NAMES.join(', ')} (default: graph-filter)`)
    .option('--recipe <recipe>', 'graph-filter: a file of JSON, as `tune` writes it, or JSON', readRecipeArgument)
    .option(
      '--options <options>',
      'of the method, with its name: a file of JSON, as `tune` writes it, or JSON',
      readOptionsArgument,
    )
    .option('--embedding <file>', 'graph-filter: mix in the vectors that `embed` wrote of FILE as .embedding')
    .option('--embedding-weight <number>', 'beside what is spread: 1 counts as much (default: 1)', readNumber)
  return addMethodFlags(command)
}

export function addListOptions(command: Command): Command {
  return addLibraryFlags(addMethodOptions(command), 'recommend', ['exclude', 'minScore'])
}

/** A question to the library, checked. */
export interface Question {
  /** As the library's functions take it. */
  readonly list: ListOptions
  readonly method: MethodName
  /** What was given and what the method's defaults add to it, for the record. */
  readonly options: QuestionOptions
}

/** Plain JSON: an embedding is named by its file. */
export interface QuestionOptions extends Omit<ListOptions, 'method' | 'embedding'> {
  readonly embedding?: string
}

/**
 * Checks how items are asked for before a file is read: a slip of the pen is told at once.
 *
 * `readVectors` has what else belongs to the question: the file of `--embedding` is not read here.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION
 */
export function askQuestion(
  who: string,
  given: ListArguments & { readonly k?: number; readonly priorUpTo?: number },
): Question {
  const { k, exclude, minScore, priorUpTo, embedding } = given
  const { method: named, signals: _, ...bundled } = given.options ?? {}
  const recipe = withEmbedding(given.recipe ?? bundled.recipe, { ...given, method: given.method ?? named })
  const method = given.method ?? named ?? (recipe === undefined ? undefined : 'graph-filter')
  const { alpha, itemAlpha, beta, neighboursOf, shrink, lambda, tolerance } = given
  const neighbours = given.neighbours === 'all' ? null : given.neighbours
  const own = { recipe, alpha, itemAlpha, beta, neighbours, neighboursOf, shrink, lambda, tolerance }
  // An option that was not given must not be named either: the method may not know it.
  const alone = Object.entries({ k, exclude, minScore, priorUpTo, ...own }).filter(([, value]) => value !== undefined)
  const asked: Omit<ListOptions, 'method' | 'embedding'> = { ...bundled, ...Object.fromEntries(alone) }
  const list = method === undefined ? asked : { ...asked, method }
  const request = resolveList(who, list, new DenseKeyIndex(0))
  const options = { ...asked, ...request.methodOptions, ...(embedding !== undefined && { embedding }) }
  return { list, method: request.method, options }
}

export interface EngineArguments {
  readonly threads?: EngineOptions['threads']
  readonly memoryLimit?: number | undefined
  readonly weighted?: boolean | undefined
  readonly signals?: EngineOptions['signals']
}

export function addEngineOptions(command: Command): Command {
  command
    .option('--weighted', 'the values weigh (default: every pair counts 1)')
    .option('--signals <weights>', "those not named are left out: buy=1,play=0.2:log1p; JSON; or 'auto'", readSignals)
  return addMachineOptions(command)
}

export function addMachineOptions(command: Command): Command {
  return command
    .option('--threads <n>', 'worker threads (default: auto)', readThreads)
    .option('--memory-limit <bytes>', 'refuse what would take more: 500MB, 8GB (default: what is free)', readBytes)
}

export function openEngine(
  table: Interactions,
  given: EngineArguments & Pick<MethodArguments, 'options'>,
): Promise<Engine> {
  const { threads, memoryLimit, weighted, signals = given.options?.signals } = given
  return Engine.create(table, { threads, memoryLimitBytes: memoryLimit, weighted, signals })
}
