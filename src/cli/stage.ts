import type { Terminal } from './terminal.ts'

/** The terminal of one command, with functions of all commands. */
export interface Stage extends Terminal {
  readonly verbose: boolean
  /** Ends the command as wrong usage. */
  refuse(message: string): never
  /** Whether the caller gave a flag of this name. */
  isGiven(name: string): boolean
  /** Time since the command began, in whole milliseconds. */
  elapsedMs(): number
  /** Prints a result: a document with --json, otherwise lines of text. */
  show(document: () => object, lines?: () => Iterable<string>): Promise<void>
  /** Prints remarks on the standard error, except with --json. */
  remark(lines: readonly string[]): void
}
