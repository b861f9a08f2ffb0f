import { RivuletError, show } from '../support/errors.ts'
import { BadRows } from '../data/bad-rows.ts'
import type { Interactions } from '../data/interactions.ts'
import { timeOf } from '../data/cells.ts'
import { expectedSingle, isSingle } from '../support/options.ts'
import { TableBuilder } from '../data/table-builder.ts'
import { namedColumns, numberedColumns, type Columns } from './columns.ts'
import { CommentFilter } from './comments.ts'
import { delimiterOfSpaces, detectDelimiter, sampleRows } from './detect.ts'
import { decideHeader } from './header.ts'
import { KeyReader } from './key-reader.ts'
import type { ReadInteractionsOptions } from './read-options.ts'
import { describeColumns, timeNotes, unitOfRows, type Reading } from './reading.ts'
import { ESCAPE_ADVICE, RowScanner, scanRows } from './row-scanner.ts'
import { emptyFile } from './read-bytes.ts'

/** Reads delimited text into a table; see `readInteractions`. */
export async function readDelimited(
  who: string,
  chunks: AsyncIterable<Buffer>,
  sample: Buffer,
  options: ReadInteractionsOptions,
): Promise<Interactions> {
  const { quoted = true, encoding = 'utf8' } = options
  const delimiter = options.delimiter ?? detectDelimiter(sample, options) ?? delimiterOfSpaces(sample, options)
  if (delimiter === undefined) throw noDelimiter(who)
  const comments = new CommentFilter(who, options.comments)
  const badRows = new BadRows(who, options.onBadRow)
  const scanner = new RowScanner({ who, delimiter, quoted, encoding, comments, badRows })
  let reader: RowReader | undefined
  await scanRows(scanner, chunks, () => {
    if (reader !== undefined) reader.addRow()
    else reader = new RowReader(who, scanner, sampleRows(sample, delimiter, options, encoding), options, badRows)
  })
  if (reader === undefined) throw badRows.count > 0 ? badRows.nothingLeft() : emptyFile(who)
  const table = reader.build()
  const notes = [...reader.reading.notes, ...badRows.notes, ...timeNotes(table)]
  options.onReading?.({ format: 'delimited', delimiter, comments: comments.count, ...reader.reading, notes })
  return table
}

/** Turns the scanner's rows into table rows. */
class RowReader {
  /** Decisions from the first rows. */
  readonly reading: Pick<Reading, 'header' | 'columns' | 'timeUnit' | 'ignored' | 'notes'>
  readonly #who: string
  readonly #scanner: RowScanner
  readonly #width: number
  readonly #columns: Columns
  readonly #table: TableBuilder
  readonly #users: KeyReader
  readonly #items: KeyReader
  readonly #signals: KeyReader
  readonly #badRows: BadRows

  /**
   * Takes the scanner at its first row, which is a header or data.
   *
   * @param sample the first rows; `addRow` reports those of another width
   */
  constructor(
    who: string,
    scanner: RowScanner,
    sample: readonly string[][],
    options: ReadInteractionsOptions,
    badRows: BadRows,
  ) {
    const first = scanner.texts()
    const below = sample.slice(1).filter((row) => row.length === scanner.count)
    const { header, note } = decideHeader([first, ...below], options)
    const rows = header ? below : [first, ...below]
    this.#who = who
    this.#badRows = badRows
    this.#scanner = scanner
    this.#width = scanner.count
    this.#columns = header ? namedColumns(who, first, options.columns) : numberedColumns(who, rows, options.columns)
    this.reading = {
      header,
      ...describeColumns(header ? first : first.map(() => ''), this.#columns),
      timeUnit: unitOfRows(rows, this.#columns),
      notes: note === null ? [] : [note],
    }
    const { value, signal, time } = this.#columns
    const { signalName } = options
    const table = new TableBuilder({
      value: value !== undefined,
      signal: signal !== undefined,
      time: time !== undefined,
      signalName,
    })
    this.#table = table
    const userName = header ? first[this.#columns.user] : undefined
    this.#users = new KeyReader((key) => {
      if (key === userName) this.#requireOtherThan(first)
      return table.users.add(key)
    })
    this.#items = new KeyReader((key) => table.items.add(key))
    this.#signals = new KeyReader((key) => table.signalNumber(key))
    if (!header) this.addRow()
  }

  addRow(): void {
    try {
      this.#addRow()
    } catch (error) {
      this.#badRows.skip(error)
    }
  }

  #addRow(): void {
    const scanner = this.#scanner
    const { user, item, value, signal, time } = this.#columns
    if (scanner.count !== this.#width) throw this.#ragged()
    this.#table.add(
      this.#key(this.#users, user, 'user'),
      this.#key(this.#items, item, 'item'),
      value === undefined ? 1 : this.#value(value),
      signal === undefined ? 0 : this.#key(this.#signals, signal, 'signal'),
      time === undefined ? NaN : this.#time(time),
    )
  }

  build(): Interactions {
    return this.#table.build(this.#who, this.#badRows)
  }

  #key(reader: KeyReader, column: number, what: string): number {
    const scanner = this.#scanner
    if (scanner.ends[column] > scanner.starts[column]) return reader.rowOf(scanner, column)
    throw scanner.invalid(scanner.line, column, `the ${what}`, 'an empty field', 'Correct or drop that row.')
  }

  #value(column: number): number {
    const scanner = this.#scanner
    const value = scanner.number(column)
    if (isSingle(value)) return value
    const todo = scanner.line === 1 ? HEADER_ADVICE : 'Correct or drop that row.'
    throw scanner.invalid(scanner.line, column, expectedSingle(value), show(scanner.text(column)), todo)
  }

  #time(column: number): number {
    const scanner = this.#scanner
    const time = scanner.number(column)
    if (Number.isFinite(time)) return time
    return timeOf(
      scanner.text(column),
      () => `${this.#who}, line ${scanner.line}, column ${column + 1}`,
      'Correct or drop that row, or leave the times out: columns: { time: null }.',
    )
  }

  #requireOtherThan(header: readonly string[]): void {
    const scanner = this.#scanner
    if (scanner.texts().some((cell, column) => cell !== header[column])) return
    const todo = 'Were two files joined? Drop that line, or set header: false.'
    throw scanner.invalid(scanner.line, undefined, 'a row', 'the header of line 1 again', todo)
  }

  #ragged(): RivuletError {
    const { count, line } = this.#scanner
    const endsOnEscape = this.#scanner.texts().some((field) => field.endsWith('\\'))
    const todo = endsOnEscape ? ESCAPE_ADVICE : 'Is the row cut off, or a delimiter not quoted? Correct or drop it.'
    return this.#scanner.invalid(line, undefined, `${this.#width} fields as in the first row`, String(count), todo)
  }
}

const HEADER_ADVICE = 'If line 1 names the columns, say header: true.'

function noDelimiter(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, line 1`,
    expected: "fields delimited by a tab, '::', ';', '|' or ','",
    got: 'none of them in the first lines',
    todo: "Name it: delimiter: ' ', or the format: format: 'adjacency'.",
  })
}
