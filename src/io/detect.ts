import { RowScanner } from './row-scanner.ts'
import type { Encoding } from './row-scanner.ts'

/** Delimited text (CSV, TSV ...), adjacency lists (a line is a user followed by her items), JSON lines (a line is an object). */
export type Format = 'delimited' | 'adjacency' | 'json-lines'

const BY_NAME: Readonly<Record<string, Format>> = {
  csv: 'delimited',
  tsv: 'delimited',
  tab: 'delimited',
  jsonl: 'json-lines',
  ndjson: 'json-lines',
}

/** In order of preference: text seldom holds the first ones for any other reason. */
const DELIMITERS = ['\t', '::', ';', '|', ',']

/** How many lines are looked at. */
const SAMPLE_ROWS = 20

/** The format that the file's name says, otherwise the one that its first lines look like. */
export function detectFormat(path: string, sample: Buffer): Format {
  const name = path.toLowerCase().replace(/\.gz$/, '')
  const extension = name.slice(name.lastIndexOf('.') + 1)
  if (Object.hasOwn(BY_NAME, extension)) return BY_NAME[extension]
  const [line = ''] = sampleLines(sample)
  if (/^\s*\{.*\}\s*$/.test(line)) return 'json-lines'
  return detectDelimiter(sample, true) === undefined && /\S[ ]+\S/.test(line) ? 'adjacency' : 'delimited'
}

/**
 * The delimiter that cuts all of the first lines into the same number of fields (more than one); failing that, one that stands in the
 * first line.
 */
export function detectDelimiter(sample: Buffer, quoted: boolean): string | undefined {
  return (
    DELIMITERS.find((delimiter) => {
      const [first = 0, ...others] = fieldCounts(sample, delimiter, quoted)
      return first > 1 && others.every((count) => count === first)
    }) ?? DELIMITERS.find((delimiter) => (fieldCounts(sample, delimiter, quoted)[0] ?? 0) > 1)
  )
}

function fieldCounts(sample: Buffer, delimiter: string, quoted: boolean): number[] {
  const counts: number[] = []
  try {
    for (const scanner of sampleRows(sample, delimiter, quoted, 'latin1')) counts.push(scanner.count)
  } catch {
    // Quotes that make no sense under this delimiter say that it is another one; the reader proper reports them.
  }
  return counts
}

function sampleLines(sample: Buffer): string[] {
  return Array.from(sampleRows(sample, '', false, 'latin1'), (scanner) => scanner.text(0))
}

function* sampleRows(sample: Buffer, delimiter: string, quoted: boolean, encoding: Encoding): Generator<RowScanner> {
  const scanner = new RowScanner({ who: 'sample', delimiter, quoted, encoding })
  scanner.push(sample)
  let rows = 0
  while (rows < SAMPLE_ROWS && scanner.next()) {
    yield scanner
    rows++
  }
  // A single line without a break is a row too; after others, the last may be cut by the end of the sample.
  if (rows === 0) {
    scanner.finish()
    if (scanner.next()) yield scanner
  }
}
