/** Files beside the interactions: titles, users, labels of nodes, what items have. */
import { readRecords, type ReadRecordsOptions, type TextRecord } from '../index.ts'
import type { Terminal } from './terminal.ts'

/** What of the flags of reading is meant for these files too. */
export interface SideArguments extends Pick<ReadRecordsOptions, 'encoding'> {
  readonly skipBadRows?: true | undefined
}

/** The records of a file; what was left out is told. @throws {RivuletError} as `readRecords` */
export function sideRecords(
  path: string,
  { encoding, skipBadRows }: SideArguments,
  { warn }: Pick<Terminal, 'warn'>,
  { header }: Pick<ReadRecordsOptions, 'header'> = {},
): AsyncGenerator<TextRecord, void, undefined> {
  const onNotes = (notes: readonly string[]): void => {
    for (const note of notes) warn(`${path}: ${note}\n`)
  }
  return readRecords(path, { header, encoding, onBadRow: skipBadRows ? 'skip' : 'error', onNotes })
}
