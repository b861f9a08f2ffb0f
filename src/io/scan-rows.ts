import type { RowScanner } from './row-scanner.ts'

/** Feeds all chunks to the scanner and calls back on each row. A callback, because an async iterator costs more than the row itself. */
export async function scanRows(scanner: RowScanner, chunks: AsyncIterable<Buffer>, onRow: () => void): Promise<void> {
  for await (const chunk of chunks) {
    scanner.push(chunk)
    while (scanner.next()) onRow()
  }
  scanner.finish()
  while (scanner.next()) onRow()
}
