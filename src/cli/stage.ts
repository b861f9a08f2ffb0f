import type { Terminal } from './terminal.ts'

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
