/** Turns a command, which is a table of flags and a function, into one of commander. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { findFiles } from '../io/find-files.ts'
import type { ColumnRole } from '../sql.ts'
import { databaseOf, FROM_FLAGS, PAIRS, type Database, type FromArguments } from './database.ts'
import { addFlags, flagOf, on, type Flags, type Given } from './flags.ts'
import type { Stage } from './stage.ts'
import type { Terminal } from './terminal.ts'

/** Paths of one table: files, folders, patterns. */
export type Files = string | readonly string[]

/** A command. */
export interface Definition<F extends Flags = Flags> {
  readonly name: string
  readonly what: string
  /** Form of the file argument, and its content. Default: interactions, required. */
  readonly file?: readonly [form: string, what: string]
  readonly flags: F
  /** How it works on a table in a database, if it can. */
  readonly inDatabase?: InDatabase<F>
  /** @param file one or several; undefined if the argument is optional and missing */
  run(file: Files, given: Given<F>, stage: Stage): Promise<void>
}

/** A command on a table in a database. */
interface InDatabase<F extends Flags> {
  /** Flags that apply there; others are refused. */
  readonly flags: readonly (keyof F & string)[]
  /** Roles of the columns to read. Default: those of users, items and weights. */
  readonly columns?: readonly ColumnRole[]
  /** Whether the result can be written to a table. */
  readonly writes: boolean
  run(database: Database, given: Given<F> & FromArguments, stage: Stage): Promise<void>
}

export const define = <const F extends Flags>(definition: Definition<F>): Definition<F> => definition

/** @param fields fields of the document, for the help */
export const jsonFlag = (fields = '') => on(`print one JSON document${fields === '' ? '' : `: { ${fields} }`}`)

export function addCommand(program: Command, definition: Definition, terminal: Terminal): void {
  const { name, what, flags, inDatabase, file = ['<file...>', 'interactions of users and items'] } = definition
  const [form, content] = file
  const isNeeded = form.startsWith('<')
  const command = program
    .command(name)
    .description(what)
    .argument(inDatabase ? `[${form.slice(1, -1)}]` : form, inDatabase ? `${content}; or --from` : content)
  addFlags(command, inDatabase ? { ...flags, ...FROM_FLAGS } : flags).action(async (paths: readonly string[]) => {
    await requireOwnOutput(command)
    const given = command.optsWithGlobals<Given<Flags> & Common & FromArguments>()
    const stage = stageOf(command, given, terminal)
    if (inDatabase && given.from !== undefined) {
      requireMeant(inDatabase, paths, command, stage)
      await inDatabase.run(databaseOf(given.from, given, inDatabase.columns ?? PAIRS, stage), given, stage)
      return
    }
    const alone = Object.keys(FROM_FLAGS).find((name) => stage.isGiven(name))
    if (alone !== undefined) stage.refuse(`${flagOf(alone)} requires --from`)
    if (isNeeded && paths.length === 0)
      stage.refuse(`missing required argument '${form.slice(1, -1).replace('...', '')}'`)
    await definition.run(paths.length > 1 ? paths : paths[0], given, stage)
  })
}

/** Refuses flags that do not apply with --from. */
function requireMeant(
  { flags, writes }: InDatabase<Flags>,
  paths: readonly string[],
  command: Command,
  stage: Stage,
): void {
  if (paths.length > 0) stage.refuse('give either FILE or --from, not both')
  const meant = new Set([...flags, ...Object.keys(FROM_FLAGS), 'columns', 'json', 'verbose'])
  if (!writes) meant.delete('to')
  const other = command.options
    .map((one) => one.attributeName())
    .find((name) => stage.isGiven(name) && !meant.has(name))
  if (other !== undefined)
    stage.refuse(`${flagOf(other)} does not apply to a table in a database: leave out either it or --from`)
  if (stage.isGiven('to') && stage.isGiven('out')) stage.refuse('give either --to or --out, not both')
  if (stage.isGiven('dryRun') && stage.isGiven('json')) stage.refuse('--dry-run prints statements, not a JSON document')
}

interface Common {
  readonly json?: true
  readonly verbose?: true
}

function stageOf(command: Command, { json, verbose }: Common, terminal: Terminal): Stage {
  const began = performance.now()
  return {
    ...terminal,
    verbose: verbose === true,
    refuse: (message) => command.error(`error: ${message}`),
    isGiven: (name) => command.getOptionValueSource(name) === 'cli',
    elapsedMs: () => Math.round(performance.now() - began),
    async show(document, lines) {
      if (json) await terminal.print(`${JSON.stringify(document())}\n`)
      else for (const line of lines?.() ?? []) await terminal.print(`${line}\n`)
    },
    remark(lines) {
      if (!json) terminal.warn(`${lines.join('\n')}\n`)
    },
  }
}

/** Refuses an output that is also an input, by any path or link: the source would be lost before the result exists. */
async function requireOwnOutput(command: Command): Promise<void> {
  const given = Object.entries(command.opts<Record<string, unknown>>())
  const isOut = ([name]: readonly [string, unknown]): boolean => name === 'out' || name.endsWith('Out')
  // The reader reports errors of these paths.
  const files = await findFiles(command.name(), command.args).catch(() => command.args)
  const read = [...files, ...given.filter((one) => !isOut(one)).flatMap(([, value]) => value)].map(fileOf)
  const written: (string | null)[] = []
  for (const [name, path] of given.filter(isOut)) {
    const file = fileOf(path)
    const fault = read.includes(file) ? 'is also read' : written.includes(file) ? 'is written twice' : null
    if (file !== null && fault !== null)
      command.error(`error: ${flagOf(name)} ${String(path)} ${fault}: use another file`)
    written.push(file)
  }
}

/** Identifies a file on this machine, links followed; null for others (a pipe or a device may be input and output). */
function fileOf(path: unknown): string | null {
  if (typeof path !== 'string') return null
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found?.isFile() === true ? `${found.dev} ${found.ino}` : null
  } catch {
    return null
  }
}
