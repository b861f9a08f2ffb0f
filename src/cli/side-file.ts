/** Files besides the interactions: titles, users, labels of nodes, relations. */
import { readRecords, type ReadRecordsOptions, type TextRecord } from '../index.ts'
import type { Terminal } from './terminal.ts'

/** Reading flags that apply to these files too. */
export interface SideArguments extends Pick<ReadRecordsOptions, 'encoding'> {
  readonly skipBadRows?: true | undefined
}

/** The records of a file; omissions are reported. @throws {RivuletError} as `readRecords` */
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
