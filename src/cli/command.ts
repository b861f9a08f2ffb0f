/** A command is a table of flags and a function; here it becomes one of commander's. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { findFiles } from '../io/find-files.ts'
import { addFlags, flagOf, on, type Flags, type Given } from './flags.ts'
import type { Terminal } from './terminal.ts'

/** Paths of what is one table: files, folders, patterns. */
export type Files = string | readonly string[]

/** What the name of a command stands for. */
export interface Definition<F extends Flags = Flags> {
  readonly name: string
  readonly what: string
  /** Of its file: how it is written, and what is in it. Default: one of interactions, that must be given. */
  readonly file?: readonly [form: string, what: string]
  readonly flags: F
  /** @param file one or several; undefined where none need be given and none is */
  run(file: Files, given: Given<F>, stage: Stage): Promise<void>
}

export const define = <const F extends Flags>(definition: Definition<F>): Definition<F> => definition

/** The terminal of one command, and what all commands do with it. */
export interface Stage extends Terminal {
  readonly verbose: boolean
  /** Ends the command as wrong usage. */
  refuse(message: string): never
  /** Whether the caller gave a flag of this name. */
  isGiven(name: string): boolean
  /** Since the command began, in whole milliseconds. */
  elapsedMs(): number
  /** Prints a result: a document where --json is given, otherwise lines for people. */
  show(document: () => object, lines?: () => Iterable<string>): Promise<void>
  /** Tells something beside the result on the standard error, unless that is a document. */
  remark(lines: readonly string[]): void
}

/** @param fields what the document holds, where that is worth a word */
export const jsonFlag = (fields = '') => on(`print one JSON document${fields === '' ? '' : `: { ${fields} }`}`)

export function addCommand(program: Command, definition: Definition, terminal: Terminal): void {
  const { name, what, flags, file: [form, content] = ['<file...>', 'interactions of users and items'] } = definition
  const command = program.command(name).description(what).argument(form, content)
  addFlags(command, flags).action(async (paths: readonly string[]) => {
    await requireOwnOutput(command)
    const given = command.optsWithGlobals<Given<Flags> & Common>()
    await definition.run(paths.length > 1 ? paths : paths[0], given, stageOf(command, given, terminal))
  })
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

/** What a command writes is never what it reads, by whatever path or link: the source would be gone before anybody saw the result. */
async function requireOwnOutput(command: Command): Promise<void> {
  const given = Object.entries(command.opts<Record<string, unknown>>())
  const isOut = ([name]: readonly [string, unknown]): boolean => name === 'out' || name.endsWith('Out')
  // What is wrong with these paths is told by who reads them.
  const files = await findFiles(command.name(), command.args).catch(() => command.args)
  const read = [...files, ...given.filter((one) => !isOut(one)).flatMap(([, value]) => value)].map(fileOf)
  const written: (string | null)[] = []
  for (const [name, path] of given.filter(isOut)) {
    const file = fileOf(path)
    const fault = read.includes(file) ? 'is read too' : written.includes(file) ? 'is written twice' : null
    if (file !== null && fault !== null)
      command.error(`error: ${flagOf(name)} ${String(path)} ${fault}: name another file`)
    written.push(file)
  }
}

/** What tells a file on this machine, links followed; null for what is no file (a pipe or a device may stand for both sides). */
function fileOf(path: unknown): string | null {
  if (typeof path !== 'string') return null
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found?.isFile() === true ? `${found.dev} ${found.ino}` : null
  } catch {
    return null
  }
}
